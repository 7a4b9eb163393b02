#pragma once

#include "host/model/record_view.hpp"

#include <writ/abi/outcome.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace writ::test {

/// What a venue says of an order it was sent, on the order's own terms. Times are the caller's.
[[nodiscard]] inline writ_report report_on(const writ_order& order, std::uint16_t kind,
                                           std::uint16_t reason) {
  auto report = model::make_record<writ_report>();
  report.order_id = order.order_id;
  report.intent_id = order.intent_id;
  report.tag = order.tag;
  report.instance = order.instance;
  report.instrument = order.instrument;
  report.account = order.account;
  report.book = order.book;
  report.kind = kind;
  report.reason = reason;
  report.price = order.price;
  report.quantity = order.quantity;
  std::copy(std::begin(order.client_order_id), std::end(order.client_order_id),
            std::begin(report.client_order_id));
  return report;
}

}  // namespace writ::test
