#include "host/engine/market_payoffs.hpp"

#include "host/execution/reservation.hpp"
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

/// The venue puts one in the place of the other; what a target cancels may fill all the same.
bool is_replaced(const writ_intent& intent, const writ_order& order) noexcept {
  return intent.kind == WRIT_INTENT_REPLACE && order.intent_id == intent.target_intent;
}

}  // namespace

ledger::BetResult matched_bets(const ledger::FifoLots* lots) {
  if (lots == nullptr) return {};
  const Money cost = lots->cost();
  const Int128 won = kOne * lots->position().raw - cost.raw;
  return {Money{std::clamp(won, -kMoneyLimit, kMoneyLimit)}, -cost};
}

bool is_taken_back(const writ_intent& intent, const writ_order& order) noexcept {
  if (intent.kind == WRIT_INTENT_REPLACE) return order.intent_id == intent.target_intent;
  const bool cancels_own = intent.kind == WRIT_INTENT_TARGET || intent.kind == WRIT_INTENT_FLATTEN;
  return cancels_own && order.account == intent.account && order.instance == intent.instance &&
         order.instrument == intent.instrument;
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
                                                     const writ_intent* intent) const {
  std::vector<ledger::Selection> selections;
  std::size_t own = 0;
  bool fits = true;
  tables_.for_each_instrument([&](const writ_instrument& runner) {
    if (model::market_key(runner) != model::market_key(instrument)) return;
    const bool is_own = runner.instrument == instrument.instrument;
    if (is_own) own = selections.size();
    auto& selection = selections.emplace_back();
    selection.matched = matched_bets(ledger_.lots(account, InstrumentId{runner.instrument}));
    orders_.for_each_fillable({account.raw(), runner.instrument, 0}, [&](const writ_order& order) {
      if (intent != nullptr && is_replaced(*intent, order)) return;
      const auto bet = ledger::bet_result(order.side, execution::leaves(order), Price{order.price});
      fits = fits && (!bet || selection.unmatched.add_unmatched(*bet));
    });
  });
  if (!fits) return std::nullopt;
  return ledger::betting_payoff(instrument, std::move(selections), own);
}

std::optional<ledger::Payoff> MarketPayoffs::seen_from(AccountId account,
                                                       const writ_instrument& instrument,
                                                       const writ_intent* intent,
                                                       Rate slippage) const {
  if (instrument.kind == WRIT_KIND_RUNNER) return betting(account, instrument, intent);
  auto payoff = held(account, instrument);
  if (!payoff) return payoff;
  const auto offer = [&](std::uint32_t number, bool is_own) {
    orders_.for_each_fillable({account.raw(), number, 0}, [&](const writ_order& order) {
      if (intent != nullptr && is_replaced(*intent, order)) return;
      const Quantity quantity = signed_leaves(order);
      Price price{order.price};
      if (price.is_none()) {
        // A buy at the ask and a sale at the bid, worsened: a short is marked at the one.
        price = ledger_.last_mark(InstrumentId{number}, -quantity);
        const auto worse = scaled(price, slippage, Rounding::kCeil);
        if (worse) price = quantity.raw > 0 ? price + *worse : price - *worse;
        if (price.is_none()) return;
      }
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
