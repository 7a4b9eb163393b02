#pragma once

#include "host/plugin/by_turns.hpp"
#include "host/plugin/outside_port.hpp"
#include "host/sandbox/sandbox.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/signal.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::sandbox {

class BesidePort;

/// A plugin in a helper process beside the core: a call puts the record into its ring and returns;
/// what the plugin wants comes back through the port and becomes an input. Its timers and random
/// numbers are its own: a replay takes its outcomes from the record and does not call it.
/// Made, told of its instruments and initialised in lock-step. [sequencer-thread]
class Beside final : public Sandbox {
 public:
  Beside(SandboxOptions options, std::string instance, BesidePort& port);
  ~Beside() override;

  [[nodiscard]] writ_status create(const plugin::PluginOrder& order, writ_plugin** plugin) override;
  [[nodiscard]] bool has_state() const noexcept override { return false; }
  void take_over(plugin::Isolation& from, std::uint32_t schema) override;
  /// Once it works, a fault is an input like all else that comes from it.
  [[nodiscard]] const std::string& fault() const noexcept override;
  [[nodiscard]] plugin::CallTimes* call_times() noexcept override { return &times_; }

 private:
  friend class BesidePort;

  static Beside& self_of(writ_plugin* plugin) noexcept {
    return *static_cast<Beside*>(plugin->self);
  }
  [[nodiscard]] writ_status initialise();
  writ_status take_event(const writ_event& event);
  [[nodiscard]] bool answer() override;
  void print(const LogCall& line) const;
  [[nodiscard]] bool save_last(std::vector<std::byte>& state);
  void deliver(Ask ask, const writ_record& record, std::int64_t now);
  [[nodiscard]] const writ_record* poll(std::int64_t now, const plugin::OutsidePort::Look& look);
  [[nodiscard]] bool next_message();
  [[nodiscard]] const writ_record* take(const plugin::OutsidePort::Look& look);
  [[nodiscard]] const writ_record* wanted(std::uint16_t type, std::size_t least);
  void look_up(const plugin::OutsidePort::Look& look);
  void find_fault();
  const writ_record* fault_record();
  const writ_record* error_record(writ_status status);
  void fire_timers(std::int64_t now);
  writ_status set_timer(const TimerCall& call);
  [[nodiscard]] Reply draw();
  [[nodiscard]] std::optional<std::int64_t> next_due() const;

  BesidePort& port_;
  std::uint32_t number_ = 0;
  std::uint64_t capabilities_ = 0;
  bool made_ = false;   // once, so that the run can begin
  bool works_ = false;  // initialised: calls are not waited for any more
  bool told_ = false;   // its fault is on record
  struct Given {
    std::uint64_t seq;           // the last one known to it, where it has none itself
    std::uint64_t snapshot_seq;  // 0: no snapshot, or one that is not on record
    std::uint32_t instrument;    // of the snapshot
    std::int64_t ts;             // core time at which it was given
  };
  std::deque<Given> given_;  // what it has not returned from
  std::uint64_t last_seq_ = 0;
  std::int64_t progress_ns_ = 0;  // when it last returned, or was given something while idle
  std::map<std::uint64_t, std::int64_t> timers_;
  std::uint64_t drawn_ = 0;
  plugin::CallTimes times_;
  std::vector<std::uint64_t> outcome_;
  writ_plugin beside_{};
};

/// All plugins beside one core. [sequencer-thread]
class BesidePort final : public plugin::OutsidePort {
 public:
  /// Of the random sequences.
  void set_seed(std::uint64_t seed) noexcept { seed_ = seed; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }

  [[nodiscard]] const writ_record* poll(std::int64_t now, const Look& look) override;
  void answer(writ_status status, std::uint64_t intent_id) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;

  /// The isolation of an instance at this port, which must outlive it.
  [[nodiscard]] plugin::Isolate isolate(const SandboxOptions& options);

 private:
  friend class Beside;

  plugin::ByTurns<Beside> plugins_;
  std::uint64_t seed_ = 0;
};

/// Stands in for a plugin whose outcomes are on record: takes every call and does nothing.
[[nodiscard]] plugin::Isolate recorded();

}  // namespace writ::sandbox
