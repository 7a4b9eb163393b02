#pragma once

#include "host/ledger/payoff.hpp"
#include "host/market/market_view.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/snapshot.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstdint>
#include <optional>

namespace writ::arbiter {

/// The order a CANCEL or REPLACE is about.
struct TargetOrder {
  bool working = false;  ///< found and not final
  std::uint32_t instance = 0;
  std::uint32_t instrument = 0;
  std::uint16_t side = 0;
  Price price = Price::none();
  Quantity quantity;  ///< whole, what was filled included
  Quantity filled;
  Money cash_reserved;  ///< what its leaves hold of the quote asset, as the next of the base asset
  Money base_reserved;
};

/// Positions and working orders of one account, or of one strategy in it, in one instrument.
struct Holding {
  Quantity position;           ///< signed; of a betting selection in win units
  Quantity working_buy;        ///< leaves of working buys, >= 0
  Quantity working_sell;       ///< leaves of working sells, >= 0
  Money if_wins;               ///< a betting selection: result of its matched bets if it wins,
  Money if_loses;              ///< and if it loses
  Money unmatched_if_wins{};   ///< what its working bets can take from either, <= 0, without the
  Money unmatched_if_loses{};  ///< one the intent replaces
  Quantity back_units{};       ///< win units of working backs and lays, >= 0, without the one the
  Quantity lay_units{};        ///< intent replaces
};

/// Best prices an exposure is valued at: a long one at the bid, a short one at the ask, each the
/// last valid one; none where there never was one.
struct MarkPrices {
  Price of_long = Price::none();
  Price of_short = Price::none();
};

/// Gross exposure without that in the intent's own instrument, in the reporting currency.
struct ExposureElsewhere {
  Money market;  ///< of the account in the other instruments of the market, and so on
  Money venue;
  Money account;
  Money strategy;  ///< of the strategy, over all other instruments
};

/// Everything one judgement needs: filled for each intent, after the intents before it in the batch
/// made their orders. The arbiter's own state (kill, pause, leases, rates) is not in it.
struct RiskView {
  std::int64_t now = 0;                         ///< core time
  std::int64_t decided_ts = 0;                  ///< core time of what the intent was decided on
  const writ_instrument* instrument = nullptr;  ///< nullptr: unknown
  market::MarketView market;
  Holding account;
  Holding strategy;
  Holding strategy_complement;  ///< of the strategy there
  Holding complement;           ///< of the account in the other token of a binary market
  Money cash_free;              ///< of the quote (perpetual: settle) asset, reservations taken off
  Money owed_beside;            ///< of a token or runner: what the rest of its market may owe
  Money base_free;              ///< spot: of the base asset at 1e-18, working sells taken off
  bool by_operator = false;     ///< who asks is a person: may cancel anybody's orders
  std::uint32_t strategy_open_orders = 0;  ///< in this instrument
  std::uint32_t tier = WRIT_TIER_NORMAL;   ///< of the account
  TargetOrder target;
  std::uint32_t group_legs = 0;         ///< of the intent's group, in this batch
  Price own_order_met = Price::none();  ///< of the account's resting orders, the price of the one
                                        ///< this order would match first; none: it matches none
  /// The strategy's working order alike was approved so long ago; nothing: there is none.
  std::optional<std::int64_t> duplicate_age_ns;

  MarkPrices marks;
  /// What one unit of the asset its results are in is worth in the account's reporting currency,
  /// rounded up; nothing: nobody knows.
  std::optional<Rate> reporting_rate = Rate::one();
  ExposureElsewhere exposure_elsewhere;
  /// The account's market as this instrument sees it, in its own asset: what is held, and working
  /// orders where that is worse, but those the intent takes back. Nothing: there is no price to
  /// value it by.
  std::optional<ledger::Payoff> market_payoff;
  Money worst_case_elsewhere;  ///< sum over the account's other markets, in the reporting currency
  Money daily_loss;            ///< of the account, in the reporting currency, >= 0
  Money strategy_capital;      ///< tied up by the strategy, but by the order it replaces
};

}  // namespace writ::arbiter
