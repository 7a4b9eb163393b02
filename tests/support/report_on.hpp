#pragma once

#include "host/execution/answer.hpp"

#include <writ/abi/outcome.h>

#include <cstdint>

namespace writ::test {

/// What a venue says of an order it was sent, on the order's own terms. Times are the caller's.
[[nodiscard]] inline writ_report report_on(const writ_order& order, std::uint16_t kind,
                                           std::uint16_t reason) {
  auto report = execution::answer_to<writ_report>(order);
  report.kind = kind;
  report.reason = reason;
  report.price = order.price;
  report.quantity = order.quantity;
  return report;
}

}  // namespace writ::test
