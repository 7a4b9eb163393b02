#pragma once

#include "host/base/tick_clock.hpp"
#include "host/plugin/call_times.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace writ::engine {

/// The way of an input through the host. A stage lasts from the end of the one that was reached
/// before it.
enum class Stage : std::uint8_t {
  kSequenced,   ///< from the feed to the record in the journal
  kSnapshot,    ///< to the snapshot a strategy is evaluated on
  kStrategy,    ///< to a submit
  kJournal,     ///< to the intent in the journal
  kVerdict,     ///< to its verdict in the journal
  kGateway,     ///< to the order at the gateway
  kTickToOrder  ///< all of it: from the feed to the order at the gateway
};

/// By stage; the names of the instances that its statistics are on record as, with a prefix that no
/// configured instance's name can have.
inline constexpr std::array<std::string_view, 7> kStageNames = {
    "stage.sequenced", "stage.snapshot", "stage.strategy",     "stage.journal",
    "stage.verdict",   "stage.gateway",  "stage.tick_to_order"};

/// How long each stage took. Real time: for people only, nothing is decided by it.
/// [sequencer-thread]
class StageTimes {
 public:
  /// An input is on its way, unless one is already.
  void begin() noexcept {
    if (under_way_) return;
    under_way_ = true;
    begun_ = last_ = clock_.now();
  }
  /// Counts for nothing while no input is on its way.
  void reached(Stage stage) {
    if (!under_way_) return;
    const auto now = clock_.now();
    add(stage, now - last_);
    if (stage == Stage::kGateway) add(Stage::kTickToOrder, now - begun_);
    last_ = now;
  }
  void end() noexcept { under_way_ = false; }

  /// By stage, of all inputs.
  [[nodiscard]] std::array<plugin::CallSummary, kStageNames.size()> summaries() const {
    std::array<plugin::CallSummary, kStageNames.size()> result;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = times_[i].summary();
    return result;
  }
  /// Since the last time.
  [[nodiscard]] plugin::CallSummary take_period(std::size_t stage) {
    return times_[stage].take_period();
  }

 private:
  void add(Stage stage, std::uint64_t ticks) {
    times_[static_cast<std::size_t>(stage)].add(clock_.ns(ticks));
  }

  base::TickClock clock_;
  bool under_way_ = false;
  std::uint64_t begun_ = 0;
  std::uint64_t last_ = 0;
  std::array<plugin::CallTimes, kStageNames.size()> times_;
};

}  // namespace writ::engine
