#include "host/arbiter/payoff.hpp"

#include <algorithm>

namespace writ::arbiter {
namespace {

constexpr Int128 kOne = 1'000'000'000;  // what a token pays at most, and odds of 1
constexpr std::array<int, 5> kShockTenths = {-1, -3, 1, 3, -10};  // the floor of spot comes last
constexpr std::size_t kPerpetualShocks = 4;

}  // namespace

Payoff Payoff::of(std::uint32_t kind, Quantity position, Quantity complement) {
  Payoff payoff;
  if (kind == WRIT_KIND_BINARY) {
    payoff.count_ = 3;
    payoff.outcomes_[0] = kOne * position.raw;
    payoff.outcomes_[1] = kOne * complement.raw;
    payoff.outcomes_[2] = kOne / 2 * (Int128{position.raw} + complement.raw);
    return payoff;
  }
  payoff.count_ = kind == WRIT_KIND_SPOT ? kShockTenths.size() : kPerpetualShocks;
  for (std::size_t i = 0; i < payoff.count_; ++i) {
    payoff.outcomes_[i] = Int128{position.raw} * kShockTenths[i];
  }
  return payoff;
}

Payoff Payoff::of_bets(Money if_wins, Money if_loses) {
  Payoff payoff;
  payoff.count_ = 2;
  payoff.outcomes_[0] = if_wins.raw;
  payoff.outcomes_[1] = if_loses.raw;
  return payoff;
}

void Payoff::trade(std::uint32_t kind, Quantity quantity, Price price) {
  const Int128 size = quantity.raw;
  if (kind == WRIT_KIND_BINARY) {
    const Int128 paid = size * price.raw;
    outcomes_[0] += kOne * size - paid;
    outcomes_[1] -= paid;
    outcomes_[2] += kOne / 2 * size - paid;
  } else if (kind == WRIT_KIND_RUNNER) {
    outcomes_[0] += size * (price.raw - kOne);
    outcomes_[1] -= size * kOne;
  } else {
    for (std::size_t i = 0; i < count_; ++i) outcomes_[i] += size * kShockTenths[i];
  }
}

Int128 Payoff::worst() const noexcept {
  return *std::min_element(outcomes_.begin(), outcomes_.begin() + count_);
}

}  // namespace writ::arbiter
