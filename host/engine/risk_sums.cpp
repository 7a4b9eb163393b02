#include "host/engine/risk_sums.hpp"

#include "host/arbiter/exposure.hpp"
#include "host/ledger/result_asset.hpp"
#include "host/model/market_key.hpp"

#include <algorithm>

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

arbiter::Holding holding(const writ_instrument& instrument, const ledger::FifoLots* lots) {
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

void RiskSums::touch(std::uint32_t instrument) {
  if (instrument >= is_touched_.size()) is_touched_.resize(instrument + 1);
  if (is_touched_[instrument]) return;
  is_touched_[instrument] = true;
  touched_.push_back(instrument);
}

void RiskSums::set_slippage(Rate slippage) {
  slippage_ = slippage;
  touch_all();
}

/// What one unit of an asset is worth to an account; most sums are of the same asset.
class RiskSums::Rates {
 public:
  Rates(const ledger::Ledger& ledger, AccountId account) : ledger_(ledger), account_(account) {}

  /// `amounts` in the reporting currency, less `taken_off` of `asset`. Nothing: it does not fit, or
  /// nobody knows a rate.
  [[nodiscard]] std::optional<Money> worth(const ByAsset& amounts, std::uint32_t asset,
                                           Int128 taken_off) {
    std::optional<Money> sum = Money{};
    for (const auto& [in, amount] : amounts) {
      const Int128 left = in == asset ? amount - taken_off : amount;
      if (left == 0) continue;
      const Money bounded{std::min(left, kMoneyLimit)};
      const auto value = arbiter::reported(bounded, rate(in));
      sum = sum && value ? checked_add(*sum, *value) : std::nullopt;
    }
    return sum;
  }

 private:
  std::optional<Rate> rate(std::uint32_t asset) {
    if (!asked_ || asset != asset_) rate_ = ledger_.reporting_rate(account_, AssetId{asset});
    asked_ = true;
    asset_ = asset;
    return rate_;
  }

  const ledger::Ledger& ledger_;
  AccountId account_;
  bool asked_ = false;
  std::uint32_t asset_ = 0;
  std::optional<Rate> rate_;
};

void RiskSums::ByAsset::add(std::uint32_t asset, Int128 amount) {
  for (auto& [in, sum] : amounts_) {
    if (in != asset) continue;
    sum += amount;
    return;
  }
  amounts_.emplace_back(asset, amount);
}

RiskSums::Share& RiskSums::Part::share(std::uint32_t instance) {
  const auto at = std::lower_bound(
      shares.begin(), shares.end(), instance,
      [](const Share& one, std::uint32_t number) { return one.instance < number; });
  if (at != shares.end() && at->instance == instance) return *at;
  return *shares.insert(at, Share{instance, {}, 0, 0});
}

Int128 RiskSums::Part::gross_of(std::uint32_t instance) const noexcept {
  for (const Share& one : shares) {
    if (one.instance == instance) return one.gross;
  }
  return 0;
}

void RiskSums::refresh() {
  const auto refresh_all_of = [this](const writ_instrument& instrument) {
    ledger_.for_each_account([&](AccountId account) { refresh(account, instrument); });
  };
  if (all_touched_) {
    accounts_.clear();
    tables_.for_each_instrument(refresh_all_of);
  } else {
    for (const std::uint32_t number : touched_) {
      if (const auto* instrument = tables_.instrument(number)) refresh_all_of(*instrument);
    }
  }
  all_touched_ = false;
  for (const std::uint32_t number : touched_) is_touched_[number] = false;
  touched_.clear();
}

RiskSums::Part& RiskSums::begin_part(OfAccount& sums, const writ_instrument& instrument) {
  Part& part = sums.parts[instrument.instrument];
  part.asset = ledger::result_asset(instrument);
  part.market = &sums.markets[model::market_key(instrument)];
  part.venue = &sums.venues[venue_of(instrument)];
  return part;
}

void RiskSums::measure(AccountId account, const writ_instrument& instrument, Part& part) const {
  const InstrumentId id{instrument.instrument};
  const arbiter::MarkPrices marks{ledger_.last_mark(id, Quantity{1}),
                                  ledger_.last_mark(id, Quantity{-1})};
  // Of all bets at work, 0, or those of one strategy.
  const auto unmatched = [&](std::uint32_t instance) -> ledger::BetResult {
    if (instrument.kind != WRIT_KIND_RUNNER) return {};
    return payoffs_.unmatched_bets({account.raw(), instrument.instrument, instance}, slippage_,
                                   [](const writ_order&) { return true; });
  };
  part.shares.clear();
  ledger_.for_each_strategy(account, id, [&](std::uint32_t instance, const auto& lots) {
    part.shares.push_back({instance, holding(instrument, &lots), 0, capital_of(instrument, lots)});
  });
  orders_.for_each_owner(account, id, [&](std::uint32_t instance, const auto& working) {
    Share& own = part.share(instance);
    add_working(working, unmatched(instance), own.held);
    own.capital += working.cash_reserved.raw;
  });
  for (Share& own : part.shares) own.gross = exposure_of(instrument, own.held, marks);
  auto whole = holding(instrument, ledger_.lots(account, id));
  add_working(orders_.sums({account.raw(), instrument.instrument, 0}), unmatched(0), whole);
  part.gross = exposure_of(instrument, whole, marks);
}

void RiskSums::measure_market(AccountId account, const writ_instrument& instrument, OfAccount& sums,
                              MarketSums& market) const {
  sums.worst_case.add(market.asset, -market.loss);
  market.seen_from = instrument.instrument;
  market.payoff = payoffs_.seen_from(account, instrument, nullptr, slippage_);
  market.asset = ledger::result_asset(instrument);
  market.loss = market.payoff ? market.payoff->worst_loss().raw : 0;
  sums.worst_case.add(market.asset, market.loss);
}

void RiskSums::add(OfAccount& sums, const Part& part, int sign) {
  sums.gross.add(part.asset, sign * part.gross);
  part.market->gross.add(part.asset, sign * part.gross);
  part.venue->add(part.asset, sign * part.gross);
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
  } else {
    add(sums, *part, -1);
  }
  measure(account, instrument, *part);
  add(sums, *part, +1);
  measure_market(account, instrument, sums, *part->market);
}

std::optional<RiskSums::Elsewhere> RiskSums::beside(const writ_instrument& instrument,
                                                    AccountId account, InstanceId instance) {
  refresh();
  const OfAccount* sums = accounts_.get(account.raw());
  if (sums == nullptr) return Elsewhere{};
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

  Rates rates(ledger_, account);
  const auto in_market = rates.worth(market.gross, own.asset, own.gross);
  const auto in_venue = rates.worth(venue, own.asset, own.gross);
  const auto everywhere = rates.worth(sums->gross, own.asset, own.gross);
  const auto of_strategy = rates.worth(strategy.gross, own.asset, own.gross_of(instance.raw()));
  const auto worst_case = rates.worth(sums->worst_case, market.asset, market.loss);
  const auto capital = rates.worth(strategy.capital, 0, 0);
  if (!in_market || !in_venue || !everywhere || !of_strategy || !worst_case || !capital) {
    return std::nullopt;
  }
  return Elsewhere{{*in_market, *in_venue, *everywhere, *of_strategy}, *worst_case, *capital};
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
