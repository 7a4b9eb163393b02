#include "host/engine/risk_sums.hpp"

#include "host/arbiter/exposure.hpp"
#include "host/base/assert.hpp"
#include "host/model/market_key.hpp"
#include "host/model/result_asset.hpp"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

constexpr Int128 kOne = 1'000'000'000;

/// Money the open lots of a strategy hold: what they cost, and of what was sold short in a binary
/// or laid what it can lose beyond the proceeds.
Int128 capital_of(const writ_instrument& instrument, const ledger::FifoLots& lots) {
  const Int128 cost = lots.cost().raw;
  const bool pays_one = instrument.kind == WRIT_KIND_BINARY || instrument.kind == WRIT_KIND_RUNNER;
  if (pays_one && lots.position().raw < 0) return cost - kOne * lots.position().raw;
  return cost < 0 ? -cost : cost;
}

void add_working(const execution::WorkingOrders& working, const ledger::BetResult& unmatched,
                 arbiter::Holding& held) {
  held.working_buy = working.buy;
  held.working_sell = working.sell;
  held.unmatched_if_wins = unmatched.if_wins;
  held.unmatched_if_loses = unmatched.if_loses;
}

arbiter::Holding held_of(const writ_instrument& instrument, const ledger::FifoLots* lots) {
  arbiter::Holding held;
  if (lots != nullptr) {
    held.position = lots->position();
    if (instrument.kind == WRIT_KIND_RUNNER) {
      const auto bets = matched_bets(lots);
      held.if_wins = bets.if_wins;
      held.if_loses = bets.if_loses;
    }
  }
  return held;
}

Int128 exposure_of(const writ_instrument& instrument, const arbiter::Holding& held,
                   const arbiter::MarkPrices& marks) {
  const auto gross = arbiter::gross_exposure(instrument.kind, held, marks);
  return gross ? gross->raw : 0;  // never quoted: nothing to value it by, nor to trade it on
}

auto venue_of(const writ_instrument& instrument) {
  std::array<char, sizeof instrument.venue> venue;
  std::copy(std::begin(instrument.venue), std::end(instrument.venue), venue.begin());
  return venue;
}

template <class Key, class T>
const T& found_or(const std::map<Key, T>& map, const Key& key, const T& otherwise) {
  const auto at = map.find(key);
  return at == map.end() ? otherwise : at->second;
}

}  // namespace

void RiskSums::set_slippage(Rate slippage) {
  slippage_ = slippage;
  touch_all();
}

/// What amounts are worth to an account in its reporting currency; most are of the same asset.
class RiskSums::Rates {
 public:
  Rates(const ledger::Ledger& ledger, AccountId account, std::uint32_t asset)
      : ledger_(ledger), account_(account), asset_(asset), rate_(rate_of(asset)) {}

  /// `amounts`, less `taken_off` of `asset`.
  [[nodiscard]] Money worth(const ByAsset& amounts, std::uint32_t asset, Int128 taken_off) {
    Int128 sum = 0;
    for (const auto& [in, amount] : amounts) {
      const Int128 left = in == asset ? amount - taken_off : amount;
      if (left != 0) sum += reported(Money{std::min(left, kMoneyLimit)}, in).raw;
      if (!Money{sum}.in_bounds()) sum = fail().raw;
    }
    return Money{sum};
  }
  /// Some sum did not fit, or nobody knew a rate.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// Of the asset it was made for.
  [[nodiscard]] std::optional<Rate> rate() const noexcept { return rate_; }

 private:
  [[nodiscard]] std::optional<Rate> rate_of(std::uint32_t asset) const {
    return ledger_.reporting_rate(account_, AssetId{asset});
  }
  Money reported(Money amount, std::uint32_t asset) {
    const auto rate = asset == asset_ ? rate_ : rate_of(asset);
    if (rate == Rate::one()) return amount;
    const auto value = arbiter::reported(amount, rate);
    return value ? *value : fail();
  }
  Money fail() noexcept {
    failed_ = true;
    return Money{};
  }

  const ledger::Ledger& ledger_;
  AccountId account_;
  std::uint32_t asset_;
  std::optional<Rate> rate_;
  bool failed_ = false;
};

RiskSums::Share& RiskSums::share_of(Shares& shares, std::uint32_t instance) {
  const auto at = std::lower_bound(
      shares.begin(), shares.end(), instance,
      [](const Share& one, std::uint32_t number) { return one.instance < number; });
  if (at != shares.end() && at->instance == instance) return *at;
  return *shares.insert(at, Share{instance, {}, 0, 0});
}

const RiskSums::Share* RiskSums::Part::find(std::uint32_t instance) const noexcept {
  for (const Share& one : shares) {
    if (one.instance == instance) return &one;
  }
  return nullptr;
}

void RiskSums::measure_touched() {
  // Whatever made them fit, of whatever instrument they are.
  if (coins_booked_ != ledger_.coins_booked()) touched_.touch_all();
  coins_booked_ = ledger_.coins_booked();
  const auto refresh_all_of = [this](const writ_instrument& instrument) {
    ledger_.for_each_account([&](AccountId account) { refresh(account, instrument); });
  };
  touched_.take(
      [&] {
        accounts_.clear();
        tables_.for_each_instrument(refresh_all_of);
      },
      [&](std::uint32_t number) {
        if (const auto* instrument = tables_.instrument(number)) refresh_all_of(*instrument);
      });
}

RiskSums::Part& RiskSums::begin_part(OfAccount& sums, const writ_instrument& instrument) {
  Part& part = sums.parts[instrument.instrument];
  part.asset = model::result_asset(instrument);
  part.market = &sums.markets[model::market_key(instrument)];
  part.venue = &sums.venues[venue_of(instrument)];
  return part;
}

// Of each strategy there, into measured_.
void RiskSums::measure_shares(AccountId account, const writ_instrument& instrument,
                              const arbiter::MarkPrices& marks) {
  const InstrumentId id{instrument.instrument};
  measured_.clear();
  ledger_.for_each_strategy(account, id, [&](std::uint32_t instance, const auto& lots) {
    Share& own = measured_.emplace_back();
    own.instance = instance;
    own.held = held_of(instrument, &lots);
    own.capital = capital_of(instrument, lots);
  });
  orders_.for_each_owner(account, id, [&](std::uint32_t instance, const auto& working) {
    Share& own = share_of(measured_, instance);
    add_working(working, unmatched_of(account, instrument, instance), own.held);
    own.capital += working.cash_reserved.raw;
  });
  for (Share& own : measured_) own.gross = exposure_of(instrument, own.held, marks);
}

// Of all bets at work, 0, or those of one strategy.
ledger::BetResult RiskSums::unmatched_of(AccountId account, const writ_instrument& instrument,
                                         std::uint32_t instance) const {
  if (instrument.kind != WRIT_KIND_RUNNER) return {};
  return payoffs_.unmatched_bets({account.raw(), instrument.instrument, instance}, slippage_,
                                 [](const writ_order&) { return true; });
}

void RiskSums::measure(AccountId account, const writ_instrument& instrument, OfAccount& sums,
                       Part& part) {
  const InstrumentId id{instrument.instrument};
  const arbiter::MarkPrices marks{ledger_.last_mark(id, Quantity{1}),
                                  ledger_.last_mark(id, Quantity{-1})};
  measure_shares(account, instrument, marks);
  const bool add_the_same =
      std::equal(measured_.begin(), measured_.end(), part.shares.begin(), part.shares.end(),
                 [](const Share& a, const Share& b) { return a.adds_as(b); });
  if (!add_the_same) add_shares(sums, part, -1);
  std::swap(part.shares, measured_);
  if (!add_the_same) add_shares(sums, part, +1);

  part.held = held_of(instrument, ledger_.lots(account, id));
  add_working(orders_.sums({account.raw(), instrument.instrument, 0}),
              unmatched_of(account, instrument, 0), part.held);
  const Int128 gross = exposure_of(instrument, part.held, marks);
  const Int128 more = gross - std::exchange(part.gross, gross);
  if (more == 0) return;
  sums.gross.add(part.asset, more);
  part.market->gross.add(part.asset, more);
  part.venue->add(part.asset, more);
}

void RiskSums::measure_market(AccountId account, const writ_instrument& instrument, OfAccount& sums,
                              MarketSums& market) const {
  market.seen_from = instrument.instrument;
  market.payoff = payoffs_.seen_from(account, instrument, nullptr, slippage_, &market.kept);
  const std::uint32_t asset = model::result_asset(instrument);
  const Int128 loss = market.payoff ? market.payoff->worst_loss().raw : 0;
  if (asset == market.asset && loss == market.loss) return;
  sums.worst_case.add(market.asset, -market.loss);
  market.asset = asset;
  market.loss = loss;
  sums.worst_case.add(market.asset, market.loss);
}

void RiskSums::add_shares(OfAccount& sums, const Part& part, int sign) {
  for (const Share& own : part.shares) {
    StrategySums& strategy = sums.strategies[own.instance];
    strategy.gross.add(part.asset, sign * own.gross);
    strategy.capital.add(part.asset, sign * own.capital);
  }
}

void RiskSums::refresh(AccountId account, const writ_instrument& instrument) {
  OfAccount& sums = accounts_[account.raw()];
  Part* part = sums.parts.get(instrument.instrument);
  if (part == nullptr) {
    const auto open = orders_.sums({account.raw(), instrument.instrument, 0});
    // One that ended may be owed fills still.
    const bool lies_idle = open.count == 0 && open.buy.raw == 0 && open.sell.raw == 0 &&
                           ledger_.lots(account, InstrumentId{instrument.instrument}) == nullptr;
    if (lies_idle) return;
    part = &begin_part(sums, instrument);
  }
  measure(account, instrument, sums, *part);
  measure_market(account, instrument, sums, *part->market);
}

std::optional<RiskSums::Elsewhere> RiskSums::beside(const writ_instrument& instrument,
                                                    AccountId account, InstanceId instance) {
  refresh();
  Rates rates(ledger_, account, model::result_asset(instrument));
  const OfAccount* sums = accounts_.get(account.raw());
  if (sums == nullptr) return Elsewhere{rates.rate(), {}, {}, {}};
  static const Part kNoPart{};
  static const MarketSums kNoMarket{};
  static const StrategySums kNoStrategy{};
  static const ByAsset kNoVenue{};
  const Part* known = sums->parts.get(instrument.instrument);
  const Part& own = known == nullptr ? kNoPart : *known;
  const StrategySums* traded = sums->strategies.get(instance.raw());
  const StrategySums& strategy = traded == nullptr ? kNoStrategy : *traded;
  const MarketSums& market =
      own.market != nullptr ? *own.market
                            : found_or(sums->markets, model::market_key(instrument), kNoMarket);
  const ByAsset& venue =
      own.venue != nullptr ? *own.venue : found_or(sums->venues, venue_of(instrument), kNoVenue);

  const Share* share = own.find(instance.raw());
  const Int128 own_gross = share == nullptr ? 0 : share->gross;
  const Elsewhere elsewhere{
      rates.rate(),
      {rates.worth(market.gross, own.asset, own.gross), rates.worth(venue, own.asset, own.gross),
       rates.worth(sums->gross, own.asset, own.gross),
       rates.worth(strategy.gross, own.asset, own_gross)},
      rates.worth(sums->worst_case, market.asset, market.loss),
      rates.worth(strategy.capital, 0, 0)};
  return rates.failed() ? std::nullopt : std::optional(elsewhere);
}

arbiter::Holding RiskSums::holding(AccountId account, InstanceId instance,
                                   InstrumentId instrument) {
  refresh();
  const OfAccount* sums = accounts_.get(account.raw());
  const Part* part = sums == nullptr ? nullptr : sums->parts.get(instrument.raw());
  const auto working_of = [&](InstanceId who) {
    return orders_.sums({account.raw(), instrument.raw(), who.raw()});
  };
  if (part == nullptr) {  // orders may work for an account the ledger has not heard of
    arbiter::Holding held;
    add_working(working_of(instance), {}, held);
    return held;
  }
  if (instance == InstanceId{0}) {
    const auto working = working_of(instance);
    WRIT_ASSERT(part->held.position == ledger_.position(account, instrument) &&
                part->held.working_buy == working.buy && part->held.working_sell == working.sell);
    return part->held;
  }
  const Share* own = part->find(instance.raw());
  return own == nullptr ? arbiter::Holding{} : own->held;
}

std::optional<ledger::Payoff> RiskSums::market_payoff(const writ_instrument& instrument,
                                                      const writ_intent& intent) {
  refresh();
  const OfAccount* sums = accounts_.get(intent.account);
  const Part* part = sums == nullptr ? nullptr : sums->parts.get(instrument.instrument);
  const bool measured = part != nullptr && part->market->seen_from == instrument.instrument;
  if (measured && intent.kind != WRIT_INTENT_REPLACE) return part->market->payoff;
  return payoffs_.seen_from(AccountId{intent.account}, instrument, &intent, slippage_);
}

}  // namespace writ::engine
