#include "account.hpp"

#include "host/base/assert.hpp"

#include <writ/muldiv.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::venue_sim {
namespace {

constexpr Int128 kVenueUnit = 10'000'000'000;  // 1e-8 of 1e-18

Money at_venue_precision(Money amount) {
  return Money{divide_rounded(amount.raw, kVenueUnit, Rounding::kHalfEven) * kVenueUnit};
}

}  // namespace

Price Position::entry_price() const {
  return unit_price(cost, amount, Rounding::kHalfEven).value_or(Price{});
}

Money Position::unrealised(Price mark) const { return notional(mark, amount) - cost; }

Money Position::trade(Side side, Price price, Quantity quantity) {
  const Quantity change = side == Side::kBuy ? quantity : -quantity;
  const bool reduces = amount.raw != 0 && (amount.raw > 0) != (change.raw > 0);
  const Quantity closed = reduces ? std::min(quantity, abs(amount)) : Quantity{};
  Money profit;
  if (closed.raw != 0) {
    Money released = cost;
    if (closed != abs(amount)) {
      const auto part = muldiv(cost.raw, closed.raw, abs(amount).raw, Rounding::kHalfEven);
      WRIT_ASSERT(part);
      released = at_venue_precision(Money{*part});
    }
    const Quantity closing = amount.raw > 0 ? closed : -closed;
    profit = notional(price, closing) - released;
    cost = cost - released;
    amount = amount - closing;
  }
  const Quantity opened = quantity - closed;
  if (opened.raw != 0) {
    const Quantity opening = change.raw > 0 ? opened : -opened;
    cost += notional(price, opening);
    amount += opening;
  }
  realised += profit;
  return profit;
}

std::int64_t Account::leverage_of(const std::string& symbol) const {
  const auto found = leverages.find(symbol);
  return found == leverages.end() ? 20 : found->second;
}

Quantity Account::position_of(const std::string& symbol) const {
  const auto found = positions.find(symbol);
  return found == positions.end() ? Quantity{} : found->second.amount;
}

}  // namespace writ::venue_sim
