#include "host/engine/market_payoffs.hpp"

#include <writ/rounding.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace writ::engine {
namespace {

constexpr Int128 kOne = 1'000'000'000;  // what a win unit or a token pays at most

Quantity signed_leaves(const writ_order& order) {
  const Quantity open = execution::leaves(order);
  return order.side == WRIT_SIDE_BUY ? open : -open;
}

}  // namespace

ledger::BetResult matched_bets(const ledger::FifoLots* lots) {
  if (lots == nullptr) return {};
  const Money cost = lots->cost();
  const Int128 won = kOne * lots->position().raw - cost.raw;
  return {Money{std::clamp(won, -kMoneyLimit, kMoneyLimit)}, -cost};
}

bool is_replaced(const writ_intent& intent, const writ_order& order) noexcept {
  return intent.kind == WRIT_INTENT_REPLACE && order.intent_id == intent.target_intent;
}

bool is_taken_back(const writ_intent& intent, const writ_order& order) noexcept {
  if (is_replaced(intent, order)) return true;
  const bool cancels_own = intent.kind == WRIT_INTENT_TARGET || intent.kind == WRIT_INTENT_FLATTEN;
  return cancels_own && order.account == intent.account && order.instance == intent.instance &&
         order.instrument == intent.instrument;
}

Price MarketPayoffs::worsened_mark(const writ_order& order, Rate slippage) const {
  const auto* instrument = tables_.instrument(order.instrument);
  const bool odds = instrument != nullptr && instrument->kind == WRIT_KIND_RUNNER;
  // A buy takes asks, which get worse upwards and mark what is short; a back takes bids.
  const bool takes_asks = (order.side == WRIT_SIDE_BUY) != odds;
  const Price last =
      ledger_.last_mark(InstrumentId{order.instrument}, Quantity{takes_asks ? -1 : 1});
  const auto worse = scaled(last, slippage, Rounding::kCeil);
  if (last.is_none() || !worse) return last;
  return takes_asks ? last + *worse : last - *worse;
}

std::optional<ledger::Payoff> MarketPayoffs::held(AccountId account,
                                                  const writ_instrument& instrument,
                                                  Kept* kept) const {
  const InstrumentId id{instrument.instrument};
  if (instrument.kind == WRIT_KIND_BINARY) {
    const InstrumentId other{instrument.complement};
    auto payoff = ledger::Payoff::of_tokens(
        ledger_.position(account, id),
        instrument.complement == 0 ? Quantity{} : ledger_.position(account, other));
    for (const auto* lots : {ledger_.lots(account, id), ledger_.lots(account, other)}) {
      if (lots != nullptr) payoff.add_cash(-lots->cost());
    }
    return payoff;
  }
  const Quantity position = ledger_.position(account, id);
  const Price mark = ledger_.last_mark(id, position);
  if (mark.is_none()) return std::nullopt;
  if (kept == nullptr) return ledger::Payoff::of_position(instrument.kind, position, mark);
  if (kept->kind != instrument.kind || kept->position != position || kept->mark != mark) {
    kept->kind = instrument.kind;
    kept->position = position;
    kept->mark = mark;
    kept->held = ledger::Payoff::of_position(instrument.kind, position, mark);
  }
  return kept->held;
}

std::optional<ledger::Payoff> MarketPayoffs::betting(AccountId account,
                                                     const writ_instrument& instrument,
                                                     const writ_intent* intent,
                                                     Rate slippage) const {
  std::vector<ledger::Selection> selections;
  std::size_t own = 0;
  tables_.for_each_of_market(instrument, [&](const writ_instrument& runner) {
    const bool is_own = runner.instrument == instrument.instrument;
    if (is_own) own = selections.size();
    auto& selection = selections.emplace_back();
    selection.matched = matched_bets(ledger_.lots(account, InstrumentId{runner.instrument}));
    selection.unmatched = unmatched_bets(
        {account.raw(), runner.instrument, 0}, slippage,
        [&](const writ_order& order) { return intent == nullptr || !is_replaced(*intent, order); });
  });
  return ledger::betting_payoff(instrument, std::move(selections), own);
}

std::optional<ledger::Payoff> MarketPayoffs::seen_from(AccountId account,
                                                       const writ_instrument& instrument,
                                                       const writ_intent* intent, Rate slippage,
                                                       Kept* kept) const {
  if (instrument.kind == WRIT_KIND_RUNNER) return betting(account, instrument, intent, slippage);
  auto payoff = held(account, instrument, kept);
  if (!payoff) return payoff;
  if (kept != nullptr) kept->offers.begin(*payoff);
  const auto add_offers = [&](std::uint32_t number, bool in_complement) {
    orders_.for_each_fillable({account.raw(), number, 0}, [&](const writ_order& order) {
      if (intent != nullptr && is_replaced(*intent, order)) return;
      const Price price = counted_price(order, slippage);
      if (price.is_none()) return;
      const ledger::Offer offer{signed_leaves(order), price, in_complement};
      if (kept == nullptr) return payoff->offer(offer);
      kept->offers.next(offer);
    });
  };
  add_offers(instrument.instrument, false);
  if (instrument.complement != 0) add_offers(instrument.complement, true);
  if (kept != nullptr) {
    kept->offers.end();
    payoff->offer(kept->offers);
  }
  return payoff;
}

}  // namespace writ::engine
