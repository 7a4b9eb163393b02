#pragma once

#include "host/arbiter/arbiter.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/risk_view_builder.hpp"
#include "host/execution/orders.hpp"
#include "host/ledger/ledger.hpp"
#include "host/market/markets.hpp"
#include "host/model/record_view.hpp"
#include "host/plugin/actor.hpp"
#include "host/signal/signal_board.hpp"

#include <cstdint>

namespace writ::engine {

/// Puts together what a strategy is evaluated on. [sequencer-thread]
class SnapshotBuilder {
 public:
  SnapshotBuilder(const CoreSink& sink, const market::Markets& markets,
                  const execution::Orders& orders, const ledger::Ledger& ledger,
                  const arbiter::Arbiter& arbiter, const signal::SignalBoard& board,
                  const RiskViewBuilder& risk_views)
      : sink_(sink),
        markets_(markets),
        orders_(orders),
        ledger_(ledger),
        arbiter_(arbiter),
        board_(board),
        risk_views_(risk_views) {}

  /// Of an instance, whether or not it is there any more.
  struct Whose {
    std::uint32_t instance;
    std::uint32_t account;
    bool warm;
  };

  /// Valid until the next call. Its seq is 0: it has one once it is on record.
  [[nodiscard]] const writ_snapshot& build(const plugin::Actor& actor, std::uint32_t instrument);
  [[nodiscard]] const writ_snapshot& build(const Whose& whose, std::uint32_t instrument);

 private:
  const CoreSink& sink_;
  const market::Markets& markets_;
  const execution::Orders& orders_;
  const ledger::Ledger& ledger_;
  const arbiter::Arbiter& arbiter_;
  const signal::SignalBoard& board_;
  const RiskViewBuilder& risk_views_;
  model::RecordBuffer buffer_;
};

}  // namespace writ::engine
