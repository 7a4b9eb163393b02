#pragma once

#include "host/arbiter/risk_view.hpp"
#include "host/base/dense_map.hpp"
#include "host/engine/held_back_cash.hpp"
#include "host/engine/market_payoffs.hpp"
#include "host/engine/touched_instruments.hpp"
#include "host/execution/orders.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/payoff.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/intent.h>
#include <writ/ids.hpp>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/rate.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace writ::engine {

/// What every account has at risk: gross exposure by market, venue and strategy, capital tied up by
/// strategy, worst-case loss by market. Kept as sums, of which only what was touched is added up
/// anew, when it is read; so they are a function of ledger, orders and marks as they are then.
/// [sequencer-thread]
class RiskSums {
 public:
  RiskSums(const model::InstrumentTable& tables, const execution::Orders& orders,
           const ledger::Ledger& ledger)
      : tables_(tables),
        orders_(orders),
        ledger_(ledger),
        payoffs_(tables, orders, ledger),
        held_back_(tables, ledger) {}

  /// A position, an order or the mark of the instrument changed. Cheap.
  void touch(std::uint32_t instrument) {
    touched_.touch(instrument);
    held_back_.touch(instrument);
  }
  /// Only an order of the instrument changed.
  void touch_orders(std::uint32_t instrument) { touched_.touch(instrument); }
  /// Anything may have changed: tables, a checkpoint, money moved by other than fills.
  void touch_all() noexcept {
    touched_.touch_all();
    held_back_.touch_all();
  }
  /// Of market orders at work; see MarketPayoffs.
  void set_slippage(Rate slippage);

  /// Beside what one instrument has, in the account's reporting currency, rounded up.
  struct Elsewhere {
    std::optional<Rate> rate;  ///< of the asset the instrument's results are in; nobody may know
    arbiter::ExposureElsewhere exposure;
    Money worst_case;        ///< of the other markets
    Money strategy_capital;  ///< of the strategy in all instruments, this one too
  };
  /// Nothing: a sum does not fit, or nobody knows a rate.
  [[nodiscard]] std::optional<Elsewhere> beside(const writ_instrument& instrument,
                                                AccountId account, InstanceId instance);

  /// Positions and working orders of the account there, or of one strategy (instance 0 = the
  /// account's); of a selection without its win units at work.
  [[nodiscard]] arbiter::Holding holding(AccountId account, InstanceId instance,
                                         InstrumentId instrument);

  /// What open positions may still take from the account's cash of an asset; see HeldBackCash.
  [[nodiscard]] Money open_liabilities(AccountId account, AssetId asset) {
    return held_back_.of_account(account, asset);
  }

  /// The market of the intent's instrument, for its account and without the order it replaces; see
  /// MarketPayoffs.
  [[nodiscard]] std::optional<ledger::Payoff> market_payoff(const writ_instrument& instrument,
                                                            const writ_intent& intent);

 private:
  using Venue = std::array<char, sizeof(writ_instrument::venue)>;

  /// Amounts by asset, of which there are few: found by looking through.
  class ByAsset {
   public:
    void add(std::uint32_t asset, Int128 amount) {
      for (auto& [in, sum] : amounts_) {
        if (in != asset) continue;
        sum += amount;
        return;
      }
      amounts_.emplace_back(asset, amount);
    }
    [[nodiscard]] auto begin() const noexcept { return amounts_.begin(); }
    [[nodiscard]] auto end() const noexcept { return amounts_.end(); }

   private:
    std::vector<std::pair<std::uint32_t, Int128>> amounts_;
  };
  struct MarketSums {
    ByAsset gross;
    std::uint32_t seen_from = 0;  ///< the instrument by which the rest was measured last
    std::optional<ledger::Payoff> payoff;
    MarketPayoffs::Kept kept;
    std::uint32_t asset = 0;
    Int128 loss = 0;
  };
  struct StrategySums {
    ByAsset gross;
    ByAsset capital;
  };
  /// Of one strategy in one instrument.
  struct Share {
    std::uint32_t instance = 0;
    arbiter::Holding held;
    Int128 gross = 0;
    Int128 capital = 0;

    [[nodiscard]] bool adds_as(const Share& other) const noexcept {
      return instance == other.instance && gross == other.gross && capital == other.capital;
    }
  };
  using Shares = std::vector<Share>;  ///< by instance
  [[nodiscard]] static Share& share_of(Shares& shares, std::uint32_t instance);
  /// What one instrument adds to the sums of an account, and to which.
  struct Part {
    std::uint32_t asset = 0;
    MarketSums* market = nullptr;
    ByAsset* venue = nullptr;
    arbiter::Holding held;
    Int128 gross = 0;
    Shares shares;

    /// nullptr: it has nothing there.
    [[nodiscard]] const Share* find(std::uint32_t instance) const noexcept;
  };
  struct OfAccount {
    base::DenseMap<Part> parts;  // by instrument
    std::map<std::uint64_t, MarketSums> markets;
    std::map<Venue, ByAsset> venues;
    base::DenseMap<StrategySums> strategies;
    ByAsset gross;
    ByAsset worst_case;
  };
  class Rates;

  /// What is read next is as ledger, orders and marks are now.
  void refresh() {
    if (touched_.any() || coins_booked_ != ledger_.coins_booked()) measure_touched();
  }
  void measure_touched();
  void refresh(AccountId account, const writ_instrument& instrument);
  [[nodiscard]] static Part& begin_part(OfAccount& sums, const writ_instrument& instrument);
  void measure(AccountId account, const writ_instrument& instrument, OfAccount& sums, Part& part);
  void measure_shares(AccountId account, const writ_instrument& instrument,
                      const arbiter::MarkPrices& marks);
  [[nodiscard]] ledger::BetResult unmatched_of(AccountId account, const writ_instrument& instrument,
                                               std::uint32_t instance) const;
  void measure_market(AccountId account, const writ_instrument& instrument, OfAccount& sums,
                      MarketSums& market) const;
  static void add_shares(OfAccount& sums, const Part& part, int sign);

  const model::InstrumentTable& tables_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
  MarketPayoffs payoffs_;
  HeldBackCash held_back_;
  Rate slippage_;
  base::DenseMap<OfAccount> accounts_;
  TouchedInstruments touched_;
  std::uint64_t coins_booked_ = 0;  // by the ledger, when it was measured last
  Shares measured_;                 // of one instrument, while it is measured
};

}  // namespace writ::engine
