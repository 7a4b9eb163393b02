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

arbiter::Holding holding(const writ_instrument& instrument, const ledger::FifoLots* lots,
                         const execution::WorkingOrders& working) {
  arbiter::Holding held;
  if (lots != nullptr) {
    held.position = lots->position();
    if (instrument.kind == WRIT_KIND_RUNNER) {
      const auto bets = matched_bets(lots);
      held.if_wins = bets.if_wins;
      held.if_loses = bets.if_loses;
    }
  }
  held.working_buy = working.buy;
  held.working_sell = working.sell;
  if (instrument.kind == WRIT_KIND_RUNNER) {
    // What bets at work reserve is the most they can lose, whichever way it goes.
    held.unmatched_if_wins = held.unmatched_if_loses = -working.cash_reserved;
  }
  return held;
}

Int128 exposure_of(const writ_instrument& instrument, const arbiter::Holding& held,
                   const arbiter::MarkPrices& marks) {
  const auto gross = arbiter::gross_exposure(instrument.kind, held, marks);
  return gross ? gross->raw : 0;  // never quoted: nothing to value it by, nor to trade it on
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

void RiskSums::refresh() {
  const auto refresh_all_of = [this](const writ_instrument& instrument) {
    for (const AccountId account : ledger_.accounts()) refresh(account, instrument);
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

RiskSums::Part RiskSums::part_of(AccountId account, const writ_instrument& instrument) const {
  const InstrumentId id{instrument.instrument};
  Part part;
  part.asset = ledger::result_asset(instrument);
  part.market = model::market_key(instrument);
  std::copy(std::begin(instrument.venue), std::end(instrument.venue), part.venue.begin());
  const arbiter::MarkPrices marks{ledger_.last_mark(id, Quantity{1}),
                                  ledger_.last_mark(id, Quantity{-1})};
  std::map<std::uint32_t, arbiter::Holding> strategies;
  ledger_.for_each_strategy(account, id, [&](std::uint32_t instance, const auto& lots) {
    strategies[instance] = holding(instrument, &lots, {});
    part.strategies[instance].capital = capital_of(instrument, lots);
  });
  execution::WorkingOrders all;
  Int128 buy = 0, sell = 0;
  orders_.for_each_owner(account, id, [&](std::uint32_t instance, const auto& working) {
    const auto at = strategies.find(instance);
    auto held = holding(instrument, nullptr, working);
    if (at != strategies.end()) {
      held.position = at->second.position;
      held.if_wins = at->second.if_wins;
      held.if_loses = at->second.if_loses;
    }
    strategies[instance] = held;
    part.strategies[instance].capital += working.cash_reserved.raw;
    buy += working.buy.raw;
    sell += working.sell.raw;
    all.cash_reserved += working.cash_reserved;
  });
  const auto narrow = [](Int128 sum) {
    const auto raw = narrow_to_int64(sum);
    return raw ? Quantity{*raw} : Quantity::max();
  };
  all.buy = narrow(buy);
  all.sell = narrow(sell);
  for (const auto& [instance, held] : strategies) {
    part.strategies[instance].gross = exposure_of(instrument, held, marks);
  }
  part.gross = exposure_of(instrument, holding(instrument, ledger_.lots(account, id), all), marks);
  return part;
}

RiskSums::Loss RiskSums::loss_of(AccountId account, const writ_instrument& instrument) const {
  const auto payoff = payoffs_.seen_from(account, instrument, nullptr, slippage_);
  return {ledger::result_asset(instrument), payoff ? payoff->worst_loss().raw : 0};
}

void RiskSums::add(OfAccount& sums, const Part& part, int sign) {
  sums.gross[part.asset] += sign * part.gross;
  sums.by_market[part.market][part.asset] += sign * part.gross;
  sums.by_venue[part.venue][part.asset] += sign * part.gross;
  for (const auto& [instance, own] : part.strategies) {
    sums.by_strategy[instance][part.asset] += sign * own.gross;
    sums.capital[instance][part.asset] += sign * own.capital;
  }
}

void RiskSums::refresh(AccountId account, const writ_instrument& instrument) {
  const bool lies_idle = orders_.sums({account.raw(), instrument.instrument, 0}).count == 0 &&
                         ledger_.lots(account, InstrumentId{instrument.instrument}) == nullptr;
  OfAccount& sums = accounts_[account.raw()];
  const auto known = sums.parts.find(instrument.instrument);
  if (lies_idle && known == sums.parts.end()) return;
  if (known != sums.parts.end()) add(sums, known->second, -1);
  const Part& part = sums.parts[instrument.instrument] = part_of(account, instrument);
  add(sums, part, +1);
  Loss& loss = sums.losses[part.market];
  sums.worst_case[loss.asset] -= loss.amount;
  loss = loss_of(account, instrument);
  sums.worst_case[loss.asset] += loss.amount;
}

std::optional<Money> RiskSums::worth(AccountId account, const ByAsset& amounts, std::uint32_t asset,
                                     Int128 taken_off) const {
  std::optional<Money> sum = Money{};
  for (const auto& [in, amount] : amounts) {
    const Int128 left = in == asset ? amount - taken_off : amount;
    if (left == 0) continue;
    const Money bounded{std::min(left, kMoneyLimit)};
    const auto value = arbiter::reported(bounded, ledger_.reporting_rate(account, AssetId{in}));
    sum = sum && value ? checked_add(*sum, *value) : std::nullopt;
  }
  return sum;
}

std::optional<RiskSums::Elsewhere> RiskSums::beside(const writ_instrument& instrument,
                                                    AccountId account, InstanceId instance) {
  refresh();
  const auto at = accounts_.find(account.raw());
  if (at == accounts_.end()) return Elsewhere{};
  OfAccount& sums = at->second;
  const auto part = sums.parts.find(instrument.instrument);
  static const Part kNothing{};
  const Part& own = part == sums.parts.end() ? kNothing : part->second;
  const auto strategy = own.strategies.find(instance.raw());
  const Int128 own_of_strategy = strategy == own.strategies.end() ? 0 : strategy->second.gross;
  const Loss loss = sums.losses[model::market_key(instrument)];
  Venue venue{};
  std::copy(std::begin(instrument.venue), std::end(instrument.venue), venue.begin());
  const auto market =
      worth(account, sums.by_market[model::market_key(instrument)], own.asset, own.gross);
  const auto in_venue = worth(account, sums.by_venue[venue], own.asset, own.gross);
  const auto everywhere = worth(account, sums.gross, own.asset, own.gross);
  const auto of_strategy =
      worth(account, sums.by_strategy[instance.raw()], own.asset, own_of_strategy);
  const auto worst_case = worth(account, sums.worst_case, loss.asset, loss.amount);
  const auto capital = worth(account, sums.capital[instance.raw()], 0, 0);
  if (!market || !in_venue || !everywhere || !of_strategy || !worst_case || !capital) {
    return std::nullopt;
  }
  return Elsewhere{{*market, *in_venue, *everywhere, *of_strategy}, *worst_case, *capital};
}

}  // namespace writ::engine
