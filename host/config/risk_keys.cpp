#include "host/config/risk_keys.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace writ::config {
namespace {

// Where a limit may be set.
enum Scope : std::uint32_t {
  kDefaults = 1,
  kAccount = 2,
  kInstrument = 4,
  kAccountInstrument = 8,
  kStrategy = 16,
  kMarket = 32,
  kVenue = 64
};

struct Limit {
  Key key;
  std::uint32_t scopes;
};

std::vector<Limit> limits() {
  return {
      {{.path = "staleness",
        .kind = KeyKind::kDuration,
        .min = "1ms",
        .doc = "No adding intent on a book older than this; unset: market.stale_after decides."},
       kDefaults | kAccount | kInstrument | kAccountInstrument},
      {{.path = "position_max",
        .kind = KeyKind::kQuantity,
        .min = "0",
        .doc =
            "Position of the account in one instrument, either sign, working orders filled; of a "
            "runner in win units, stake times odds."},
       kDefaults | kAccount | kInstrument | kAccountInstrument},
      {{.path = "price_band",
        .kind = KeyKind::kRate,
        .min = "0",
        .doc = "Distance of an order's price from the middle of the book and the venue's mark "
               "price, as a fraction of each."},
       kDefaults | kAccount | kInstrument | kAccountInstrument},
      {{.path = "order_rate_max",
        .kind = KeyKind::kInteger,
        .min = "1",
        .max = "1000000",
        .doc = "Approved orders of one strategy within order_rate_window."},
       kDefaults | kAccount | kInstrument | kAccountInstrument | kStrategy},
      {{.path = "order_rate_window",
        .kind = KeyKind::kDuration,
        .preset = "1s",
        .min = "1ms",
        .max = "1d",
        .doc = "The window of order_rate_max."},
       kDefaults | kAccount | kInstrument | kAccountInstrument | kStrategy},
      {{.path = "open_orders_max",
        .kind = KeyKind::kInteger,
        .min = "1",
        .max = "100000",
        .doc = "Working orders of one strategy in one instrument."},
       kDefaults | kAccount | kInstrument | kAccountInstrument | kStrategy},
      {{.path = "duplicate_window",
        .kind = KeyKind::kDuration,
        .min = "1ms",
        .max = "1d",
        .doc = "No second intent of a strategy for the same side, price, quantity and kind so "
               "soon, while the first one's order works."},
       kDefaults | kAccount | kInstrument | kAccountInstrument | kStrategy},
      {{.path = "instrument_exposure_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "Gross exposure of the account in one instrument, working orders filled where that "
               "is worse; in its reporting currency, as all money here."},
       kDefaults | kAccount | kInstrument | kAccountInstrument},
      {{.path = "market_exposure_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "The same in all instruments of one market."},
       kDefaults | kAccount | kMarket},
      {{.path = "venue_exposure_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "The same at one venue."},
       kDefaults | kAccount | kVenue},
      {{.path = "strategy_exposure_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "The same of one strategy, over all instruments."},
       kDefaults | kAccount | kStrategy},
      {{.path = "account_exposure_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "The same of the whole account."},
       kDefaults | kAccount},
      {{.path = "market_worst_case_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc =
            "Loss in the worst outcome of one market, working orders filled where that is worse."},
       kDefaults | kAccount | kMarket},
      {{.path = "account_worst_case_max",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "The sum of that over all markets of the account."},
       kDefaults | kAccount},
      {{.path = "daily_loss_max",
        .kind = KeyKind::kMoney,
        .min = "0.01",
        .doc = "Once the account lost so much since the first portfolio of the UTC day, nothing is "
               "added until the next."},
       kDefaults | kAccount},
      {{.path = "strategy_budget",
        .kind = KeyKind::kMoney,
        .min = "0",
        .doc = "Capital one strategy may tie up: what its positions cost and its orders reserve."},
       kDefaults | kAccount | kStrategy},
      {{.path = "order_to_trade_max",
        .kind = KeyKind::kRate,
        .min = "0",
        .doc =
            "Approved orders of one strategy for each of its fills within order_to_trade_window."},
       kDefaults | kAccount | kStrategy},
      {{.path = "order_to_trade_window",
        .kind = KeyKind::kDuration,
        .preset = "60s",
        .min = "1ms",
        .max = "1d",
        .doc = "The window of order_to_trade_max."},
       kDefaults | kAccount | kStrategy},
      {{.path = "order_to_trade_grace",
        .kind = KeyKind::kInteger,
        .preset = "0",
        .min = "0",
        .max = "1000000",
        .doc = "Orders in the window that need no fill."},
       kDefaults | kAccount | kStrategy},
      {{.path = "drawdown_multiplier_dd10",
        .kind = KeyKind::kRate,
        .min = "0",
        .max = "1",
        .doc = "Part of the quantity asked that is approved from 10 % drawdown on; unset: 0.5."},
       kDefaults | kAccount},
      {{.path = "drawdown_multiplier_dd15",
        .kind = KeyKind::kRate,
        .min = "0",
        .max = "1",
        .doc = "The same from 15 % on; unset: 0.25."},
       kDefaults | kAccount},
      {{.path = "circuit_break_move",
        .kind = KeyKind::kRate,
        .min = "0",
        .doc = "A book's middle that moves by more than this fraction within circuit_break_window "
               "breaks its market."},
       kDefaults | kInstrument},
      {{.path = "circuit_break_window",
        .kind = KeyKind::kDuration,
        .preset = "10s",
        .min = "1ms",
        .max = "1h",
        .doc = "The window of circuit_break_move."},
       kDefaults | kInstrument},
      {{.path = "circuit_break_pause",
        .kind = KeyKind::kDuration,
        .preset = "60s",
        .min = "1ms",
        .max = "1d",
        .doc = "How long nothing is added in a market that broke."},
       kDefaults | kInstrument},
  };
}

// The limits of one scope; the most exact scope that sets a limit decides.
void add_limits(std::vector<Key>& table, const std::string& where, Scope scope) {
  for (Limit limit : limits()) {
    if ((limit.scopes & scope) == 0) continue;
    limit.key.path = where + "." + limit.key.path;
    table.push_back(std::move(limit.key));
  }
}

}  // namespace

void add_risk_keys(std::vector<Key>& table) {
  table.push_back({.path = "risk",
                   .kind = KeyKind::kSection,
                   .doc = "Limits of adding intents; an unset one is not checked. Exits are never "
                          "blocked."});
  add_limits(table, "risk", kDefaults);
  table.push_back({.path = "risk.market_order_slippage",
                   .kind = KeyKind::kRate,
                   .preset = "0.05",
                   .min = "0",
                   .max = "1",
                   .doc = "A market order reserves cash at a price worse by this fraction."});
  table.push_back({.path = "risk.group_timeout",
                   .kind = KeyKind::kDuration,
                   .preset = "5s",
                   .min = "1ms",
                   .max = "1d",
                   .doc = "How long after its approval a group may take: a leg not final by then "
                          "has failed."});
  table.push_back({.path = "risk.ownership_lease",
                   .kind = KeyKind::kDuration,
                   .preset = "0s",
                   .min = "0s",
                   .max = "30d",
                   .doc = "How long a strategy that is flat and has no working order keeps an "
                          "exclusive market from others of its priority or lower."});
  const auto section = [&table](const char* path, const char* doc) {
    table.push_back({.path = path, .kind = KeyKind::kSection, .doc = doc});
  };
  section("risk.instruments", "Limits of single instruments, in every account.");
  section("risk.instruments.*", "By canonical name.");
  add_limits(table, "risk.instruments.*", kInstrument);
  section("risk.markets", "Limits of single markets, in every account.");
  section("risk.markets.*", "By venue and market, as in polymarket/will-it-rain.");
  add_limits(table, "risk.markets.*", kMarket);
  section("risk.venues", "Limits of single venues, in every account.");
  section("risk.venues.*", "By name.");
  add_limits(table, "risk.venues.*", kVenue);
  section("risk.strategies", "Limits of single strategies.");
  section("risk.strategies.*", "By name of the instance.");
  add_limits(table, "risk.strategies.*", kStrategy);
  section("risk.accounts", "Limits of single accounts.");
  section("risk.accounts.*", "By name.");
  add_limits(table, "risk.accounts.*", kAccount);
  section("risk.accounts.*.instruments", "Limits of single instruments in this account.");
  section("risk.accounts.*.instruments.*", "By canonical name.");
  add_limits(table, "risk.accounts.*.instruments.*", kAccountInstrument);

  const std::vector<std::string> ways = {"exclusive", "shared"};
  table.push_back({.path = "ownership",
                   .kind = KeyKind::kSection,
                   .doc = "Whether several strategies of an account may be in one market."});
  table.push_back({.path = "ownership.default",
                   .kind = KeyKind::kWord,
                   .preset = "exclusive",
                   .words = ways,
                   .doc =
                       "exclusive: one strategy holds a market, others get market_locked; shared: "
                       "each has its own position."});
  table.push_back({.path = "ownership.instruments",
                   .kind = KeyKind::kSection,
                   .doc = "Where it is not the default."});
  table.push_back({.path = "ownership.instruments.*",
                   .kind = KeyKind::kWord,
                   .words = ways,
                   .doc = "By canonical name."});
}

}  // namespace writ::config
