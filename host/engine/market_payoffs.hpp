#pragma once

#include "host/execution/orders.hpp"
#include "host/execution/reservation.hpp"
#include "host/ledger/betting_market.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/payoff.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/intent.h>
#include <writ/ids.hpp>
#include <writ/rate.hpp>

#include <optional>
#include <vector>

namespace writ::engine {

/// Whether the venue puts the order of the intent in the place of this one. What a target or
/// flatten cancels may fill all the same.
[[nodiscard]] bool is_replaced(const writ_intent& intent, const writ_order& order) noexcept;

/// Whether the order is gone once that of the intent is sent: the one it replaces, or one of the
/// strategy's own where a target or flatten cancels them first.
[[nodiscard]] bool is_taken_back(const writ_intent& intent, const writ_order& order) noexcept;

/// What matched bets on a selection come to: the ledger keeps them as win units and their cost.
/// `lots` may be nullptr.
[[nodiscard]] ledger::BetResult matched_bets(const ledger::FifoLots* lots);

/// What an account's market can come to, its working orders filled wherever that is worse.
/// [sequencer-thread]
class MarketPayoffs {
 public:
  /// What a position comes to, and what each of the market's orders takes, one after the other.
  /// They are only ever worth computing less.
  struct Kept {
    std::uint32_t kind = 0;  ///< no kind: of nothing yet
    Quantity position;
    Price mark;
    ledger::Payoff held;
    ledger::KeptOffers offers;
  };

  MarketPayoffs(const model::InstrumentTable& tables, const execution::Orders& orders,
                const ledger::Ledger& ledger)
      : tables_(tables), orders_(orders), ledger_(ledger) {}

  /// As one instrument of the market sees it, in the asset its results are in. `intent`, if any:
  /// without the order it replaces. A market order counts at the last mark, worsened by
  /// `slippage`. Of a betting market see ledger::betting_payoff. Nothing: the instrument was never
  /// quoted. What was computed before is looked up in `kept`, if given, and kept there.
  [[nodiscard]] std::optional<ledger::Payoff> seen_from(AccountId account,
                                                        const writ_instrument& instrument,
                                                        const writ_intent* intent, Rate slippage,
                                                        Kept* kept = nullptr) const;

  /// What bets at work on one selection can take from its results, those that `counts(order)`.
  template <class Counts>
  [[nodiscard]] ledger::BetResult unmatched_bets(const execution::OrderScope& scope, Rate slippage,
                                                 Counts&& counts) const {
    ledger::BetResult unmatched;
    orders_.for_each_fillable(scope, [&](const writ_order& order) {
      if (!counts(order)) return;
      const auto bet =
          ledger::bet_result(order.side, execution::leaves(order), counted_price(order, slippage));
      if (bet && !unmatched.add_unmatched(*bet)) unmatched.if_loses = Money{-kMoneyLimit};
    });
    return unmatched;
  }

  /// What an order at work counts at: its own price, or of a market order the last one of the side
  /// it takes from, worsened. None: never quoted.
  [[nodiscard]] Price counted_price(const writ_order& order, Rate slippage) const {
    return order.price != WRIT_NONE ? Price{order.price} : worsened_mark(order, slippage);
  }

 private:
  [[nodiscard]] Price worsened_mark(const writ_order& order, Rate slippage) const;
  [[nodiscard]] std::optional<ledger::Payoff> held(AccountId account,
                                                   const writ_instrument& instrument,
                                                   Kept* kept) const;
  [[nodiscard]] std::optional<ledger::Payoff> betting(AccountId account,
                                                      const writ_instrument& instrument,
                                                      const writ_intent* intent,
                                                      Rate slippage) const;

  const model::InstrumentTable& tables_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
};

}  // namespace writ::engine
