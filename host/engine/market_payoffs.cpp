#include "host/engine/market_payoffs.hpp"

#include "host/model/market_key.hpp"

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

Price MarketPayoffs::counted_price(const writ_order& order, Rate slippage) const {
  if (order.price != WRIT_NONE) return Price{order.price};
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
                                                  const writ_instrument& instrument) const {
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
  return ledger::Payoff::of_position(instrument.kind, position, mark);
}

std::optional<ledger::Payoff> MarketPayoffs::betting(AccountId account,
                                                     const writ_instrument& instrument,
                                                     const writ_intent* intent,
                                                     Rate slippage) const {
  std::vector<ledger::Selection> selections;
  std::size_t own = 0;
  tables_.for_each_instrument([&](const writ_instrument& runner) {
    if (model::market_key(runner) != model::market_key(instrument)) return;
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
                                                       const writ_intent* intent,
                                                       Rate slippage) const {
  if (instrument.kind == WRIT_KIND_RUNNER) return betting(account, instrument, intent, slippage);
  auto payoff = held(account, instrument);
  if (!payoff) return payoff;
  const auto offer = [&](std::uint32_t number, bool is_own) {
    orders_.for_each_fillable({account.raw(), number, 0}, [&](const writ_order& order) {
      if (intent != nullptr && is_replaced(*intent, order)) return;
      const Quantity quantity = signed_leaves(order);
      const Price price = counted_price(order, slippage);
      if (price.is_none()) return;
      if (is_own) {
        payoff->offer(quantity, price);
      } else {
        payoff->offer_complement(quantity, price);
      }
    });
  };
  offer(instrument.instrument, true);
  if (instrument.complement != 0) offer(instrument.complement, false);
  return payoff;
}

}  // namespace writ::engine
