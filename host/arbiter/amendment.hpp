#pragma once

#include "host/arbiter/checks/check_result.hpp"

#include <writ/money.hpp>

#include <algorithm>
#include <optional>

namespace writ::arbiter {

/// What a replacement that asks for more comes to where the venue fills all of the old order before
/// it hears of the new one: that part at the old price, the rest at the new. One order, as large as
/// the new one, at what both are worth together. Nothing for any other intent.
[[nodiscard]] std::optional<OrderTerms> terms_filled_before(const Case& c);

/// The most that `cost(terms)` may be of the order the intent asks for, whenever an order it
/// replaces fills. Nothing: one of the two is not known.
template <class Cost>
[[nodiscard]] std::optional<Money> worst_cost(const Case& c, Cost&& cost) {
  std::optional<Money> worst = cost(c.terms);
  const auto before = terms_filled_before(c);
  if (!worst || !before) return worst;
  const std::optional<Money> other = cost(*before);
  return other ? std::optional(std::max(*worst, *other)) : std::nullopt;
}

}  // namespace writ::arbiter
