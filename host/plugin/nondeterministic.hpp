#pragma once

#include "host/plugin/by_turns.hpp"
#include "host/plugin/isolation.hpp"
#include "host/plugin/json_text.hpp"
#include "host/plugin/outside_port.hpp"

#include <writ/abi/ext/book.h>
#include <writ/abi/ext/state.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/host.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::plugin {

class NondeterministicPort;

/// A signal in this process that declares itself nondeterministic. It is called where any other is,
/// but nothing it does is the core's: what it publishes is wanted at the port and becomes an input,
/// its timers are its own, its log lines go to standard error, and a call that fails is a fault at
/// the port. So a replay has its values on record and does not run it. [sequencer-thread]
class Nondeterministic final : public Isolation {
 public:
  Nondeterministic(std::string instance, NondeterministicPort& port);
  ~Nondeterministic() override;
  Nondeterministic(const Nondeterministic&) = delete;
  Nondeterministic& operator=(const Nondeterministic&) = delete;

  [[nodiscard]] writ_status create(const PluginOrder& order, writ_plugin** plugin) override;
  /// What it knows, it learnt where no replay can go.
  [[nodiscard]] bool has_state() const noexcept override { return false; }
  void take_over(Isolation& from, std::uint32_t schema) override;
  [[nodiscard]] const std::string& fault() const noexcept override { return none_; }
  [[nodiscard]] Guards guards() const override { return {}; }

  [[nodiscard]] const writ_record* poll(std::int64_t now);
  void answer(writ_status status);
  [[nodiscard]] std::optional<std::int64_t> next_due() const;

 private:
  static Nondeterministic& of(const writ_host* host) noexcept {
    return *static_cast<Nondeterministic*>(host->context);
  }
  static Nondeterministic& of(writ_plugin* plugin) noexcept {
    return *static_cast<Nondeterministic*>(plugin->self);
  }
  void fill_host_table();
  writ_status initialise();
  [[nodiscard]] const writ_ext_state* state_table() const;
  [[nodiscard]] writ_status load_state_of(const Nondeterministic& other, std::uint32_t schema);
  void tell_error(writ_status status);
  writ_status give(const writ_event& event);
  void call(const writ_event& event);
  writ_status publish(const writ_record* value);
  [[nodiscard]] writ_status may_set_timer() const noexcept;
  writ_status set_timer(std::uint64_t timer, std::int64_t due_ts);
  writ_status cancel_timer(std::uint64_t timer);
  [[nodiscard]] const void* extension(const char* id) const;
  void fire_timers(std::int64_t now);

  std::string instance_;
  NondeterministicPort& port_;
  const std::string none_;
  const writ_host* core_ = nullptr;  // the instance's own table: for what only reads
  const Descriptor* descriptor_ = nullptr;
  std::uint32_t number_ = 0;
  std::uint64_t capabilities_ = 0;
  writ_plugin* author_ = nullptr;  // what the module made
  bool initialising_ = false;
  bool works_ = false;                    // initialised: what it does from now on goes to the port
  bool in_call_ = false;                  // of a record
  std::optional<std::int64_t> fired_at_;  // the time of the call, while a timer is due
  std::uint64_t seen_seq_ = 0;
  std::deque<std::vector<std::uint64_t>> wanted_;
  std::vector<std::uint64_t> told_;  // what poll gave last
  std::map<std::uint64_t, std::int64_t> timers_;
  JsonText json_;

  writ_host host_{};
  writ_ext_book book_{};
  writ_ext_wiring wiring_{};
  writ_plugin plugin_{};
};

/// All nondeterministic plugins of one core. [sequencer-thread]
class NondeterministicPort final : public OutsidePort {
 public:
  [[nodiscard]] const writ_record* poll(std::int64_t now, const Look& look) override;
  void answer(writ_status status, std::uint64_t intent_id) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;

  /// The isolation of an instance at this port, which must outlive it.
  [[nodiscard]] Isolate isolate();

 private:
  friend class Nondeterministic;

  ByTurns<Nondeterministic> plugins_;
};

}  // namespace writ::plugin
