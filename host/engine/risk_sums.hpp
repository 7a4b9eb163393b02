#pragma once

#include "host/arbiter/risk_view.hpp"
#include "host/engine/market_payoffs.hpp"
#include "host/execution/orders.hpp"
#include "host/ledger/ledger.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/instrument.h>
#include <writ/ids.hpp>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/rate.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
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
      : tables_(tables), orders_(orders), ledger_(ledger), payoffs_(tables, orders, ledger) {}

  /// A position, an order or the mark of the instrument changed. Cheap.
  void touch(std::uint32_t instrument);
  /// Anything may have changed: tables, a checkpoint, money moved by other than fills.
  void touch_all() noexcept { all_touched_ = true; }
  /// Of market orders at work; see MarketPayoffs.
  void set_slippage(Rate slippage);

  /// Beside what one instrument has, in the account's reporting currency, rounded up.
  struct Elsewhere {
    arbiter::ExposureElsewhere exposure;
    Money worst_case;        ///< of the other markets
    Money strategy_capital;  ///< of the strategy in all instruments, this one too
  };
  /// Nothing: a sum does not fit, or nobody knows a rate.
  [[nodiscard]] std::optional<Elsewhere> beside(const writ_instrument& instrument,
                                                AccountId account, InstanceId instance);

 private:
  using Venue = std::array<char, sizeof(writ_instrument::venue)>;
  using ByAsset = std::map<std::uint32_t, Int128>;
  struct OfStrategy {
    Int128 gross = 0;
    Int128 capital = 0;
  };
  /// What one instrument adds to the sums of an account.
  struct Part {
    std::uint32_t asset = 0;
    std::uint64_t market = 0;
    Venue venue{};
    Int128 gross = 0;
    std::map<std::uint32_t, OfStrategy> strategies;
  };
  struct Loss {
    std::uint32_t asset = 0;
    Int128 amount = 0;
  };
  struct OfAccount {
    std::map<std::uint32_t, Part> parts;   // by instrument
    std::map<std::uint64_t, Loss> losses;  // by market
    ByAsset gross;
    ByAsset worst_case;
    std::map<std::uint64_t, ByAsset> by_market;
    std::map<Venue, ByAsset> by_venue;
    std::map<std::uint32_t, ByAsset> by_strategy;
    std::map<std::uint32_t, ByAsset> capital;
  };

  void refresh();
  void refresh(AccountId account, const writ_instrument& instrument);
  [[nodiscard]] Part part_of(AccountId account, const writ_instrument& instrument) const;
  [[nodiscard]] Loss loss_of(AccountId account, const writ_instrument& instrument) const;
  static void add(OfAccount& sums, const Part& part, int sign);
  [[nodiscard]] std::optional<Money> worth(AccountId account, const ByAsset& amounts,
                                           std::uint32_t asset, Int128 taken_off) const;

  const model::InstrumentTable& tables_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
  MarketPayoffs payoffs_;
  Rate slippage_;
  std::map<std::uint32_t, OfAccount> accounts_;
  bool all_touched_ = true;
  std::vector<std::uint32_t> touched_;  // instruments, each once
  std::vector<bool> is_touched_;        // by instrument
};

}  // namespace writ::engine
