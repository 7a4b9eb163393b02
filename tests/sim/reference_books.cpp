#include "tests/sim/reference_books.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

Int128 half_even(Int128 value, Int128 divisor) {
  const bool negative = value < 0;
  const Int128 size = negative ? -value : value;
  Int128 quotient = size / divisor;
  const Int128 twice = 2 * (size % divisor);
  if (twice > divisor || (twice == divisor && quotient % 2 != 0)) ++quotient;
  return negative ? -quotient : quotient;
}

}  // namespace

Int128 Lots::trade(Int128 quantity, std::int64_t price) {
  Int128 realized = 0;
  position_ += quantity;
  while (quantity != 0 && !lots_.empty() && (lots_.front().quantity > 0) != (quantity > 0)) {
    Lot& first = lots_.front();
    const Int128 size = std::min(first.quantity < 0 ? -first.quantity : first.quantity,
                                 quantity < 0 ? -quantity : quantity);
    const Int128 closed = first.quantity > 0 ? size : -size;
    realized += closed * (Int128{price} - first.price);
    first.quantity -= closed;
    quantity += closed;
    if (first.quantity == 0) lots_.pop_front();
  }
  if (quantity != 0) lots_.push_back({quantity, price});
  return realized;
}

Int128 Lots::unrealized(std::int64_t price) const {
  Int128 sum = 0;
  for (const Lot& lot : lots_) sum += lot.quantity * (Int128{price} - lot.price);
  return sum;
}

void ReferenceBooks::trade(const writ_fill& fill, const writ_instrument& instrument) {
  Account& account = accounts_[fill.account];
  const Int128 signed_quantity =
      fill.side == WRIT_SIDE_BUY ? Int128{fill.quantity} : -Int128{fill.quantity};
  const Int128 fee = from_abi(fill.fee).raw;
  Strategy& strategy = account.strategies[{fill.instrument, fill.instance}];
  const Int128 realized = strategy.lots.trade(signed_quantity, fill.price);
  strategy.results.realized += realized;
  strategy.results.fees += fee;
  account.results.realized += realized;
  account.results.fees += fee;
  const Int128 of_account = account.truth[fill.instrument].trade(signed_quantity, fill.price);
  const bool perpetual = instrument.kind == WRIT_KIND_PERP;
  Int128& cash = account.cash[perpetual ? instrument.settle_asset : instrument.quote_asset];
  cash += perpetual ? of_account : -signed_quantity * fill.price;
  cash -= fee;
  if (instrument.kind == WRIT_KIND_SPOT) {
    account.cash[instrument.base_asset] += signed_quantity * instrument.quantity_unit;
  }
}

void ReferenceBooks::deposit(std::uint32_t account, std::uint32_t asset, Int128 amount) {
  accounts_[account].cash[asset] += amount;
}

void ReferenceBooks::hold_coins(std::uint32_t account, std::uint32_t instrument, Int128 quantity,
                                std::int64_t price) {
  accounts_[account].truth[instrument].trade(quantity, price);
  accounts_[account].strategies[{instrument, 0}].lots.trade(quantity, price);
}

void ReferenceBooks::fund(std::uint32_t instrument, std::uint32_t asset, std::int64_t mark,
                          std::int64_t rate) {
  for (auto& [number, account] : accounts_) {
    for (auto& [key, strategy] : account.strategies) {
      if (key.first != instrument) continue;
      const Int128 value = strategy.lots.position() * mark;
      // The product needs more than 128 bits only for positions no limit here allows.
      const Int128 received = -half_even(value * rate, kOne);
      strategy.results.funding += received;
      account.results.funding += received;
      account.cash[asset] += received;
    }
  }
}

Int128 ReferenceBooks::position(std::uint32_t account, std::uint32_t instrument) const {
  const auto books = accounts_.find(account);
  if (books == accounts_.end()) return 0;
  const auto lots = books->second.truth.find(instrument);
  return lots == books->second.truth.end() ? 0 : lots->second.position();
}

Int128 ReferenceBooks::strategy_position(std::uint32_t account, std::uint32_t instrument,
                                         std::uint32_t instance) const {
  const auto books = accounts_.find(account);
  if (books == accounts_.end()) return 0;
  const auto lots = books->second.strategies.find({instrument, instance});
  return lots == books->second.strategies.end() ? 0 : lots->second.lots.position();
}

}  // namespace writ::test
