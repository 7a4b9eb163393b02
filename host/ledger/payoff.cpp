#include "host/ledger/payoff.hpp"

#include <writ/rounding.hpp>

#include <algorithm>
#include <utility>

namespace writ::ledger {
namespace {

constexpr Int128 kOne = 1'000'000'000;  // what a token pays at most, and odds of 1
constexpr std::array<int, 5> kShockTenths = {-1, -3, 1, 3, -10};  // the floor of spot comes last
constexpr std::size_t kPerpetualShocks = 4;

constexpr std::uint32_t kTakenFit = 100;  // so many times the bound, in 128 bits

/// Right wherever the exact sum fits, whatever the ones before it came to.
Int128 wrapping_sum(Int128 a, Int128 b, Int128 c) {
  return static_cast<Int128>(static_cast<UInt128>(a) + static_cast<UInt128>(b) +
                             static_cast<UInt128>(c));
}

Int128 bounded(Int128 amount) { return std::clamp(amount, -kMoneyLimit, kMoneyLimit); }

/// A position's value by tenths, so that all shocks of it cost one division.
struct Tenths {
  Int128 whole;
  int rest;  ///< 0 to 9 units

  /// So many tenths of the value, rounded against us.
  [[nodiscard]] Int128 times(int count) const {
    const int part = rest * count;
    return whole * count + (part >= 0 ? part : part - 9) / 10;
  }
};

Tenths tenths_of(Int128 value) {
  const Int128 whole = divide_rounded(value, 10, Rounding::kFloor);
  return {whole, static_cast<int>(value - whole * 10)};
}

}  // namespace

Payoff Payoff::of_tokens(Quantity position, Quantity complement) {
  Payoff payoff;
  payoff.kind_ = WRIT_KIND_BINARY;
  payoff.count_ = 3;
  payoff.outcomes_[0] = kOne * position.raw;
  payoff.outcomes_[1] = kOne * complement.raw;
  payoff.outcomes_[2] = kOne / 2 * (Int128{position.raw} + complement.raw);
  return payoff;
}

Payoff Payoff::of_position(std::uint32_t kind, Quantity position, Price reference) {
  Payoff payoff;
  payoff.kind_ = kind;
  payoff.reference_ = reference;
  payoff.count_ = kind == WRIT_KIND_SPOT ? kShockTenths.size() : kPerpetualShocks;
  payoff.trade(position, reference);
  return payoff;
}

Payoff Payoff::of_selection(Money if_wins, Money if_loses) {
  Payoff payoff;
  payoff.kind_ = WRIT_KIND_RUNNER;
  payoff.count_ = 2;
  payoff.outcomes_[0] = if_wins.raw;
  payoff.outcomes_[1] = if_loses.raw;
  return payoff;
}

Payoff Payoff::of_selection(Money if_wins, Money if_loses, Money if_removed) {
  Payoff payoff = of_selection(if_wins, if_loses);
  payoff.count_ = 3;
  payoff.outcomes_[2] = if_removed.raw;
  return payoff;
}

Payoff::Outcomes Payoff::change(Quantity quantity, Price price) const {
  const Int128 size = quantity.raw;
  const Int128 paid = size * price.raw;
  Outcomes change{};
  if (kind_ == WRIT_KIND_BINARY) {
    change = {kOne * size - paid, -paid, kOne / 2 * size - paid};
  } else if (kind_ == WRIT_KIND_RUNNER) {
    change = {paid - size * kOne, -size * kOne, 0};
  } else {
    const Int128 value = bounded(size * reference_.raw);
    // Most prices are whole tenths themselves.
    const bool divides = reference_.raw % 10 == 0 && value == size * reference_.raw;
    const Tenths tenths = divides ? Tenths{size * (reference_.raw / 10), 0} : tenths_of(value);
    const Int128 gained = value - bounded(paid);
    for (std::size_t i = 0; i < count_; ++i) change[i] = tenths.times(kShockTenths[i]) + gained;
  }
  return change;
}

Payoff::Outcomes Payoff::taken_by(const Offer& offer) const {
  Outcomes taken = change(offer.quantity, offer.price);
  if (offer.in_complement) std::swap(taken[0], taken[1]);
  for (Int128& of : taken) of = std::min(bounded(of), Int128{0});
  return taken;
}

void Payoff::add(const Outcomes& change) {
  keep_in_bounds();
  for (std::size_t i = 0; i < count_; ++i) {
    outcomes_[i] = bounded(outcomes_[i] + bounded(change[i]));
  }
}

void Payoff::take(const Outcomes& taken) {
  for (std::size_t i = 0; i < count_; ++i) outcomes_[i] += taken[i];
  if (++taken_unbounded_ == kTakenFit) keep_in_bounds();
}

void Payoff::keep_in_bounds() {
  for (Int128& outcome : outcomes_) outcome = bounded(outcome);
  taken_unbounded_ = 0;
}

void Payoff::add_cash(Money amount) {
  Outcomes same;
  same.fill(amount.raw);
  add(same);
}

void Payoff::trade(Quantity quantity, Price price) { add(change(quantity, price)); }

void Payoff::offer(const Offer& offer) { take(taken_by(offer)); }

void Payoff::offer(const KeptOffers& offers) {
  keep_in_bounds();
  if (offers.offers_.size() > kTakenFit) {
    for (const KeptOffers::Taken& each : offers.offers_) take(each.outcomes);
    return;
  }
  for (std::size_t i = 0; i < count_; ++i) outcomes_[i] = bounded(outcomes_[i] + offers.sum_[i]);
}

void KeptOffers::begin(const Payoff& of) {
  count_ = 0;
  if (of_.kind_ == of.kind_ && of_.reference_ == of.reference_) return;
  of_ = of;
  offers_.clear();
  sum_ = {};
}

// Of too many the sum is not used: it may have wrapped.
void KeptOffers::replace(const Offer& offer) {
  if (count_ == offers_.size()) offers_.emplace_back();
  Taken& kept = offers_[count_++];
  const auto taken = of_.taken_by(offer);
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    sum_[i] = wrapping_sum(sum_[i], taken[i], -kept.outcomes[i]);
  }
  kept = {offer, taken};
}

void KeptOffers::end() {
  for (; offers_.size() > count_; offers_.pop_back()) {
    const auto& gone = offers_.back().outcomes;
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] = wrapping_sum(sum_[i], -gone[i], 0);
  }
}

Money Payoff::outcome(std::size_t i) const { return Money{bounded(outcomes_[i])}; }

Int128 Payoff::worst() const noexcept {
  return bounded(*std::min_element(outcomes_.begin(), outcomes_.begin() + count_));
}

Money Payoff::worst_loss() const noexcept { return Money{std::max(Int128{0}, -worst())}; }

Money Payoff::worst_loss_with(const Offer& offer) const {
  const Outcomes taken = taken_by(offer);
  Int128 worst = 0;
  for (std::size_t i = 0; i < count_; ++i) worst = std::min(worst, outcomes_[i] + taken[i]);
  return Money{-bounded(worst)};
}

}  // namespace writ::ledger
