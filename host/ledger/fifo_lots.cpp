#include "host/ledger/fifo_lots.hpp"

#include "host/base/assert.hpp"

#include <writ/int128.hpp>
#include <writ/muldiv.hpp>
#include <writ/rounding.hpp>

#include <algorithm>
#include <cstddef>

namespace writ::ledger {
namespace {

using base::Errc;
using base::Error;

Error overflow() { return {Errc::kOverflow, "lots"}; }

/// The part of `amount` that goes with `part` of `whole`: all of it with the whole, so that parts
/// add up. Both > 0.
Money part_of(Money amount, std::int64_t part, std::int64_t whole) {
  if (part == whole || amount == Money{}) return amount;
  const auto raw = muldiv(amount.raw, part, whole, Rounding::kFloor);
  WRIT_ASSERT(raw);  // smaller than the amount
  return Money{*raw};
}

}  // namespace

base::Result<LotChange> FifoLots::plan(std::uint64_t fill_id, Quantity quantity, Price price,
                                       Money fee) const {
  if (quantity.is_none() || price.is_none()) return Error{Errc::kInvalid, "lots"};
  const auto cost = checked_notional(price, quantity);
  if (!cost) return overflow();
  return plan({fill_id, quantity, price, *cost, fee});
}

base::Result<LotChange> FifoLots::plan(const LotFill& fill) const {
  if (fill.quantity.is_none() || fill.quantity.raw == 0 || fill.price.is_none() ||
      !fill.fee.in_bounds() || !fill.cost.in_bounds()) {
    return Error{Errc::kInvalid, "lots"};
  }
  LotChange change;
  change.fill_id = fill.fill_id;
  change.price = fill.price;
  const auto position = checked_add(position_, fill.quantity);
  if (!position) return overflow();
  change.position_after = *position;

  const std::int64_t sign = fill.quantity.raw < 0 ? -1 : 1;
  std::int64_t left = abs(fill.quantity).raw;
  Money fee_left = fill.fee;
  Money cost_left = fill.cost;
  auto cost = std::optional{cost_};
  for (const Lot& lot : lots_) {
    if (left == 0 || (lot.quantity.raw < 0) == (sign < 0)) break;
    const std::int64_t open = abs(lot.quantity).raw;
    const std::int64_t closed = std::min(open, left);
    const Money close_cost = part_of(cost_left, closed, left);
    LotMatch match{lot.fill_id,
                   Quantity{closed},
                   lot.price,
                   part_of(lot.cost, closed, open),
                   {},
                   part_of(lot.fee_remaining, closed, open),
                   part_of(fee_left, closed, left)};
    // One of them is what was paid, the other, negative, what was received.
    const auto gross = checked_sub(-close_cost, match.cost);
    const auto sum = gross ? checked_add(change.gross, *gross) : std::nullopt;
    cost = cost ? checked_sub(*cost, match.cost) : cost;
    if (!sum || !cost) return overflow();
    match.gross = *gross;
    change.gross = *sum;
    fee_left = Money{fee_left.raw - match.close_fee.raw};
    cost_left = Money{cost_left.raw - close_cost.raw};
    left -= closed;
    change.matches.push_back(match);
  }
  change.opened = Quantity{left * sign};
  if (left != 0) {
    change.opened_fee = fee_left;
    change.opened_cost = cost_left;
    cost = cost ? checked_add(*cost, cost_left) : std::nullopt;
    if (!cost) return overflow();
  }
  change.cost_after = *cost;
  return change;
}

void FifoLots::apply(const LotChange& change) {
  for (const LotMatch& match : change.matches) {
    WRIT_ASSERT(!lots_.empty() && lots_.front().fill_id == match.open_fill);
    Lot& lot = lots_.front();
    const std::int64_t sign = lot.quantity.raw < 0 ? -1 : 1;
    lot.quantity = Quantity{lot.quantity.raw - sign * match.quantity.raw};
    lot.cost = Money{lot.cost.raw - match.cost.raw};
    lot.fee_remaining = Money{lot.fee_remaining.raw - match.open_fee.raw};
    if (lot.quantity.raw == 0) {
      WRIT_ASSERT(lot.fee_remaining == Money{} && lot.cost == Money{});
      lots_.pop_front();
    }
  }
  if (change.opened.raw != 0) {
    WRIT_ASSERT(lots_.empty() || (lots_.back().quantity.raw < 0) == (change.opened.raw < 0));
    lots_.push_back(
        {change.fill_id, change.opened, change.price, change.opened_cost, change.opened_fee});
  }
  position_ = change.position_after;
  cost_ = change.cost_after;
  WRIT_ASSERT(lots_.empty() == (position_.raw == 0));
}

base::Result<LotChange> FifoLots::fill(const LotFill& fill) {
  auto change = plan(fill);
  if (change) apply(*change);
  return change;
}

base::Result<LotChange> FifoLots::fill(std::uint64_t fill_id, Quantity quantity, Price price,
                                       Money fee) {
  auto change = plan(fill_id, quantity, price, fee);
  if (change) apply(*change);
  return change;
}

std::optional<Money> FifoLots::unrealized(Price mark) const noexcept {
  const auto value = checked_notional(mark, position_);
  return value ? checked_sub(*value, cost_) : std::nullopt;
}

void FifoLots::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(lots_.size()));
  for (const Lot& lot : lots_) {
    out.put(lot.fill_id);
    out.put(lot.quantity.raw);
    out.put(lot.price.raw);
    out.put(lot.cost.raw);
    out.put(lot.fee_remaining.raw);
  }
}

base::Result<void> FifoLots::load(base::ByteReader& in) {
  *this = FifoLots{};
  const auto corrupt = [this]() -> base::Result<void> {
    *this = FifoLots{};
    return Error{Errc::kCorrupt, "load lots"};
  };
  FifoLots loaded;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    LotFill lot{};
    lot.fill_id = in.get<std::uint64_t>();
    lot.quantity = Quantity{in.get<std::int64_t>()};
    lot.price = Price{in.get<std::int64_t>()};
    lot.cost = Money{in.get<Int128>()};
    lot.fee = Money{in.get<Int128>()};
    // An open of the same sign is a fill that closes nothing; anything else never was saved.
    const auto change = loaded.plan(lot);
    if (!change || !change->matches.empty()) return corrupt();
    loaded.apply(*change);
  }
  if (!in.ok()) return corrupt();
  *this = std::move(loaded);
  return {};
}

}  // namespace writ::ledger
