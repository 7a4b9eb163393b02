#include "host/engine/open_liabilities.hpp"

#include "host/ledger/betting.hpp"
#include "host/ledger/betting_market.hpp"
#include "host/ledger/payoff.hpp"
#include "host/model/result_asset.hpp"

#include <writ/rate.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace writ::engine {
namespace {

Money held_back(Int128 amount) { return Money{std::clamp(amount, Int128{0}, kMoneyLimit)}; }

}  // namespace

Money OpenLiabilities::of_perpetual(std::uint32_t instrument, Quantity position, Money cost) const {
  const Price mark = ledger_.last_mark(InstrumentId{instrument}, position);
  const Int128 value = mark.is_none() ? cost.raw : Int128{mark.raw} * position.raw;
  const Int128 lost = std::max(cost.raw - value, Int128{0});
  return held_back((value < 0 ? -value : value) + lost);
}

// A token pays at most one: what is owed for both together is owed once.
Money OpenLiabilities::of_tokens(AccountId account, const writ_instrument& token, bool own) const {
  const auto position = [&](std::uint32_t number) {
    return number == 0 ? Quantity{} : ledger_.position(account, InstrumentId{number});
  };
  return ledger::Payoff::of_tokens(own ? position(token.instrument) : Quantity{},
                                   position(token.complement))
      .worst_loss();
}

// Stakes are paid and received already: of each outcome's result only the rest moves cash.
Money OpenLiabilities::of_bets(AccountId account, const writ_instrument& runner, bool own) const {
  std::vector<ledger::Selection> selections;
  const writ_instrument* first = nullptr;  // says for the market what all of its runners say
  Int128 staked = 0;
  bool any = false;
  tables_.for_each_of_market(runner, [&](const writ_instrument& other) {
    if (first == nullptr) first = &other;
    auto& selection = selections.emplace_back();
    if (other.instrument == runner.instrument && !own) return;
    selection.matched = ledger_.bets(account, InstrumentId{other.instrument});
    staked -= selection.matched.if_loses.raw;
    any = any || selection.matched.if_wins != Money{} || selection.matched.if_loses != Money{};
  });
  if (!any) return {};
  const Int128 worst = ledger::betting_payoff(*first, std::move(selections), 0).worst();
  const auto commission = ledger::market_commission(Money{worst}, Rate{first->taker_fee});
  return held_back(commission.value_or(Money{}).raw - worst - staked);
}

std::uint32_t OpenLiabilities::counted_under(const writ_instrument& instrument) const {
  std::uint32_t first = instrument.instrument;
  if (instrument.kind == WRIT_KIND_BINARY && instrument.complement != 0) {
    first = std::min(first, instrument.complement);
  } else if (instrument.kind == WRIT_KIND_RUNNER) {
    tables_.for_each_of_market(instrument, [&](const writ_instrument& other) {
      first = std::min(first, other.instrument);
    });
  }
  return first;
}

Money OpenLiabilities::of_market(AccountId account, const writ_instrument& instrument) const {
  switch (instrument.kind) {
    case WRIT_KIND_PERP: {
      const auto* lots = ledger_.lots(account, InstrumentId{instrument.instrument});
      if (lots == nullptr || lots->position().raw == 0) return {};
      return of_perpetual(instrument.instrument, lots->position(), lots->cost());
    }
    case WRIT_KIND_BINARY:
      return of_tokens(account, instrument, true);
    case WRIT_KIND_RUNNER:
      return of_bets(account, instrument, true);
    default:
      return {};
  }
}

Money OpenLiabilities::beside(AccountId account, const writ_instrument& instrument) const {
  if (instrument.kind == WRIT_KIND_BINARY) return of_tokens(account, instrument, false);
  if (instrument.kind == WRIT_KIND_RUNNER) return of_bets(account, instrument, false);
  return {};
}

Money OpenLiabilities::freed_by_closing(AccountId account, const writ_instrument& instrument,
                                        Quantity signed_quantity, Price price) const {
  const auto* lots = ledger_.lots(account, InstrumentId{instrument.instrument});
  if (lots == nullptr || price.is_none()) return {};
  const auto closed = lots->plan(0, signed_quantity, price, Money{});
  if (!closed) return {};
  const Money before = of_perpetual(instrument.instrument, lots->position(), lots->cost());
  const Money after =
      of_perpetual(instrument.instrument, closed->position_after, closed->cost_after);
  return held_back(before.raw - after.raw + closed->gross.raw);
}

}  // namespace writ::engine
