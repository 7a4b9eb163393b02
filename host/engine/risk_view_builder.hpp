#pragma once

#include "host/arbiter/arbiter.hpp"
#include "host/arbiter/risk_view.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/market_payoffs.hpp"
#include "host/engine/open_liabilities.hpp"
#include "host/engine/own_orders.hpp"
#include "host/engine/risk_sums.hpp"
#include "host/execution/orders.hpp"
#include "host/ledger/ledger.hpp"
#include "host/market/markets.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/ids.hpp>
#include <writ/money.hpp>

#include <cstdint>
#include <vector>

namespace writ::engine {

/// Gathers what one judgement needs from the books, the orders and the ledger. [sequencer-thread]
class RiskViewBuilder {
 public:
  RiskViewBuilder(const CoreSink& sink, const model::InstrumentTable& tables,
                  const market::Markets& markets, const execution::Orders& orders,
                  const ledger::Ledger& ledger, const arbiter::Arbiter& arbiter, RiskSums& sums)
      : sink_(sink),
        tables_(tables),
        markets_(markets),
        orders_(orders),
        ledger_(ledger),
        arbiter_(arbiter),
        sums_(sums),
        payoffs_(tables, orders, ledger),
        liabilities_(tables, ledger) {}

  [[nodiscard]] arbiter::RiskView build(const writ_intent& intent) const;

  /// Cash the order can consume, as the orders reserve it.
  [[nodiscard]] static Money cash_required(const arbiter::OrderTerms& terms,
                                           const arbiter::RiskView& view);

  /// The account's resting orders that of the intent would match, see own_orders_met.
  [[nodiscard]] std::vector<OwnOrderMet> orders_met(const writ_intent& intent,
                                                    const arbiter::RiskView& view) const;

  /// Cash of the asset an instrument's results are in, less what working orders hold and what open
  /// positions may still take.
  [[nodiscard]] Money cash_free(AccountId account, const writ_instrument& instrument) const;

 private:
  [[nodiscard]] std::vector<OwnOrderMet> orders_met(const writ_intent& intent,
                                                    arbiter::OrderTerms terms,
                                                    const arbiter::RiskView& view) const;
  void add_bets(const writ_intent& intent, std::uint32_t instance, arbiter::Holding& held) const;
  [[nodiscard]] Quantity most_units(const writ_order& order, Price counted) const;
  void value(const writ_intent& intent, arbiter::RiskView& view) const;
  [[nodiscard]] Money freed_by_flip(const writ_intent& intent, const arbiter::OrderTerms& terms,
                                    const writ_instrument& instrument) const;
  [[nodiscard]] arbiter::TargetOrder target(const writ_intent& intent) const;

  const CoreSink& sink_;
  const model::InstrumentTable& tables_;
  const market::Markets& markets_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
  const arbiter::Arbiter& arbiter_;
  RiskSums& sums_;
  MarketPayoffs payoffs_;
  OpenLiabilities liabilities_;
};

}  // namespace writ::engine
