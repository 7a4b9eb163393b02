#pragma once

#include "host/model/record_view.hpp"

#include <writ/abi/outcome.h>

#include <algorithm>
#include <concepts>
#include <iterator>

namespace writ::execution {

/// A REPORT or FILL with what every answer of a venue repeats of the order: whose it is, and its
/// names. Times and everything else are the caller's.
template <class Answer>
requires std::same_as<Answer, writ_report> || std::same_as<Answer, writ_fill>
[[nodiscard]] Answer answer_to(const writ_order& order) {
  auto answer = model::make_record<Answer>();
  answer.order_id = order.order_id;
  answer.intent_id = order.intent_id;
  answer.tag = order.tag;
  answer.instance = order.instance;
  answer.instrument = order.instrument;
  answer.account = order.account;
  answer.book = order.book;
  std::copy(std::begin(order.client_order_id), std::end(order.client_order_id),
            std::begin(answer.client_order_id));
  std::copy(std::begin(order.venue_order_id), std::end(order.venue_order_id),
            std::begin(answer.venue_order_id));
  return answer;
}

}  // namespace writ::execution
