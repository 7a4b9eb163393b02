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

/// quantity × (to - from), exact; nothing if it does not fit.
std::optional<Money> difference_value(Quantity quantity, Price from, Price to) {
  const auto value = checked_mul(Int128{to.raw} - from.raw, Int128{quantity.raw});
  if (!value || !Money{*value}.in_bounds()) return std::nullopt;
  return Money{*value};
}

/// The part of `fee` that goes with `part` of `whole`: all of it with the whole, so that parts add
/// up. Both > 0.
Money fee_part(Money fee, std::int64_t part, std::int64_t whole) {
  if (part == whole) return fee;
  const auto raw = muldiv(fee.raw, part, whole, Rounding::kFloor);
  WRIT_ASSERT(raw);  // smaller than the fee
  return Money{*raw};
}

}  // namespace

base::Result<LotChange> FifoLots::plan(std::uint64_t fill_id, Quantity quantity, Price price,
                                       Money fee) const {
  if (quantity.is_none() || quantity.raw == 0 || price.is_none() || !fee.in_bounds()) {
    return Error{Errc::kInvalid, "lots"};
  }
  LotChange change;
  change.fill_id = fill_id;
  change.price = price;
  const auto position = checked_add(position_, quantity);
  if (!position) return overflow();
  change.position_after = *position;

  const std::int64_t sign = quantity.raw < 0 ? -1 : 1;
  std::int64_t left = abs(quantity).raw;
  Money fee_left = fee;
  auto cost = std::optional{cost_};
  for (const Lot& lot : lots_) {
    if (left == 0 || (lot.quantity.raw < 0) == (sign < 0)) break;
    const std::int64_t open = abs(lot.quantity).raw;
    const std::int64_t closed = std::min(open, left);
    const Quantity closed_signed{closed * -sign};  // as the lot is signed
    const auto gross = difference_value(closed_signed, lot.price, price);
    const auto entry_cost = checked_notional(lot.price, closed_signed);
    if (!gross || !entry_cost) return overflow();
    LotMatch match{lot.fill_id,
                   Quantity{closed},
                   lot.price,
                   *gross,
                   fee_part(lot.fee_remaining, closed, open),
                   fee_part(fee_left, closed, left)};
    fee_left = Money{fee_left.raw - match.close_fee.raw};
    left -= closed;
    const auto sum = checked_add(change.gross, match.gross);
    cost = cost ? checked_sub(*cost, *entry_cost) : cost;
    if (!sum || !cost) return overflow();
    change.gross = *sum;
    change.matches.push_back(match);
  }
  change.opened = Quantity{left * sign};
  if (left != 0) {
    change.opened_fee = fee_left;
    const auto opened_cost = checked_notional(price, change.opened);
    cost = opened_cost && cost ? checked_add(*cost, *opened_cost) : std::nullopt;
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
    lot.fee_remaining = Money{lot.fee_remaining.raw - match.open_fee.raw};
    if (lot.quantity.raw == 0) {
      WRIT_ASSERT(lot.fee_remaining == Money{});
      lots_.pop_front();
    }
  }
  if (change.opened.raw != 0) {
    WRIT_ASSERT(lots_.empty() || (lots_.back().quantity.raw < 0) == (change.opened.raw < 0));
    lots_.push_back({change.fill_id, change.opened, change.price, change.opened_fee});
  }
  position_ = change.position_after;
  cost_ = change.cost_after;
  WRIT_ASSERT(lots_.empty() == (position_.raw == 0));
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
    Lot lot{};
    lot.fill_id = in.get<std::uint64_t>();
    lot.quantity = Quantity{in.get<std::int64_t>()};
    lot.price = Price{in.get<std::int64_t>()};
    lot.fee_remaining = Money{in.get<Int128>()};
    // An open of the same sign is a fill that closes nothing; anything else never was saved.
    const auto change = loaded.plan(lot.fill_id, lot.quantity, lot.price, lot.fee_remaining);
    if (!change || !change->matches.empty()) return corrupt();
    loaded.apply(*change);
  }
  if (!in.ok()) return corrupt();
  *this = std::move(loaded);
  return {};
}

}  // namespace writ::ledger
