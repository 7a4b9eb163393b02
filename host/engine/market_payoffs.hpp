#pragma once

#include "host/execution/orders.hpp"
#include "host/ledger/betting_market.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/payoff.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/intent.h>
#include <writ/ids.hpp>
#include <writ/rate.hpp>

#include <optional>

namespace writ::engine {

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
  MarketPayoffs(const model::InstrumentTable& tables, const execution::Orders& orders,
                const ledger::Ledger& ledger)
      : tables_(tables), orders_(orders), ledger_(ledger) {}

  /// As one instrument of the market sees it, in the asset its results are in. `intent`, if any:
  /// without the order it replaces. A market order counts at the last mark, worsened by
  /// `slippage`. Of a betting market see ledger::betting_payoff. Nothing: the instrument was never
  /// quoted.
  [[nodiscard]] std::optional<ledger::Payoff> seen_from(AccountId account,
                                                        const writ_instrument& instrument,
                                                        const writ_intent* intent,
                                                        Rate slippage) const;

 private:
  [[nodiscard]] std::optional<ledger::Payoff> held(AccountId account,
                                                   const writ_instrument& instrument) const;
  [[nodiscard]] std::optional<ledger::Payoff> betting(AccountId account,
                                                      const writ_instrument& instrument,
                                                      const writ_intent* intent) const;

  const model::InstrumentTable& tables_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
};

}  // namespace writ::engine
