#pragma once

#include "host/base/tick_clock.hpp"
#include "host/plugin/call_times.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace writ::engine {

/// The way of an input through the host. A stage lasts from the end of the one that was reached
/// before it.
enum class Stage : std::uint8_t {
  kReceived,     ///< from the venue's message being read to the sequencer's turn
  kSequenced,    ///< from the feed to the record in the journal
  kSnapshot,     ///< to the snapshot a strategy is evaluated on
  kStrategy,     ///< to a submit
  kJournal,      ///< to the intent in the journal
  kVerdict,      ///< to its verdict in the journal
  kGateway,      ///< to the order at the gateway, its records on disk first where that is promised
  kWire,         ///< to right before its first byte is handed to the network
  kTickToOrder,  ///< from the feed to the order at the gateway
  kTickToWire    ///< all of it: from the message being read to the order's first byte
};

/// By stage; the names of the instances that its statistics are on record as, with a prefix that no
/// configured instance's name can have.
inline constexpr std::array<std::string_view, 10> kStageNames = {
    "stage.received",      "stage.sequenced",   "stage.snapshot", "stage.strategy",
    "stage.journal",       "stage.verdict",     "stage.gateway",  "stage.wire",
    "stage.tick_to_order", "stage.tick_to_wire"};

/// How long each stage took. Real time: for people only, nothing is decided by it.
/// [sequencer-thread]
class StageTimes {
 public:
  /// An input is on its way, unless one is already.
  void begin() noexcept {
    if (under_way_) return;
    under_way_ = true;
    received_ts_ = 0;
    begun_ = last_ = clock_.now();
  }
  /// One whose message was read at `received_ts`; it is `now_ts` by the same clock.
  void begin(std::int64_t received_ts, std::int64_t now_ts) {
    begin();
    received_ts_ = received_ts;
    waited_ns_ = now_ts - received_ts;
    add_ns(Stage::kReceived, waited_ns_);
  }
  /// Counts for nothing while no input is on its way.
  void reached(Stage stage) {
    if (!under_way_) return;
    const auto now = clock_.now();
    add_ns(stage, clock_.ns(now - last_));
    last_ = now;
  }
  /// The input led to a command, the ORDER record `seq`; seqs rise.
  void ordered(std::uint64_t seq) {
    if (under_way_) waiting_.push_back({seq, begun_, last_, received_ts_, waited_ns_});
  }
  void end() noexcept { under_way_ = false; }

  /// The command is at the gateway, then or later.
  void sent(std::uint64_t seq) {
    while (!waiting_.empty() && waiting_.front().seq < seq) waiting_.pop_front();  // halted
    if (waiting_.empty() || waiting_.front().seq != seq) return;
    auto command = waiting_.front();
    waiting_.pop_front();
    const auto now = clock_.now();
    add_ns(Stage::kGateway, clock_.ns(now - command.last));
    add_ns(Stage::kTickToOrder, clock_.ns(now - command.begun));
    if (command.received_ts == 0) return;
    command.last = now;
    constexpr std::size_t kSentMax = 1'024;  // what never leaves is forgotten
    if (sent_.size() == kSentMax) sent_.pop_front();
    sent_.push_back(command);
  }
  /// Its first byte was handed to the network at `ts`, by the clock of `received_ts`.
  void left(std::uint64_t seq, std::int64_t ts) {
    const auto at = std::find_if(sent_.begin(), sent_.end(),
                                 [seq](const Command& command) { return command.seq == seq; });
    if (at == sent_.end()) return;
    const std::int64_t all_ns = ts - at->received_ts;
    add_ns(Stage::kWire, all_ns - at->waited_ns - clock_.ns(at->last - at->begun));
    add_ns(Stage::kTickToWire, all_ns);
    sent_.erase(at);
  }

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
  // What an input led to, and when that input came: `begun` and `last` in ticks.
  struct Command {
    std::uint64_t seq;
    std::uint64_t begun;
    std::uint64_t last;
    std::int64_t received_ts;  // 0: no message led to it
    std::int64_t waited_ns;
  };

  void add_ns(Stage stage, std::int64_t ns) { times_[static_cast<std::size_t>(stage)].add(ns); }

  base::TickClock clock_;
  bool under_way_ = false;
  std::uint64_t begun_ = 0;
  std::uint64_t last_ = 0;
  std::int64_t received_ts_ = 0;
  std::int64_t waited_ns_ = 0;
  std::deque<Command> waiting_;  // for the gateway
  std::deque<Command> sent_;     // for the network
  std::array<plugin::CallTimes, kStageNames.size()> times_;
};

}  // namespace writ::engine
