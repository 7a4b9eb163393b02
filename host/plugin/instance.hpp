#pragma once

#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/base/tick_clock.hpp"
#include "host/plugin/call_times.hpp"
#include "host/plugin/host_services.hpp"
#include "host/plugin/isolation.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"

#include <writ/abi/ext/state.h>
#include <writ/abi/plugin.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::plugin {

struct InstanceOptions {
  std::uint32_t instance = 0;  ///< number, from 1
  std::string name;
  std::uint64_t granted = 0;  ///< capabilities; effective are those declared and granted
  std::vector<std::uint32_t> instruments;  ///< those it names: it may act on no other
  std::vector<SignalWire> inputs;
  std::uint32_t submits_per_call_max = 256;
  std::uint32_t host_table_size = sizeof(writ_host);  ///< other sizes are for `plugin check`
  Isolate isolate;                                    ///< empty: it runs in this process
  std::int64_t deadline_ns = 0;                       ///< of a call in this process; 0 = none
};

/// Counted since create; no time in it, so that it may be compared.
struct InstanceStatistics {
  std::uint64_t calls = 0;
  std::uint64_t errors = 0;  ///< calls that returned a negative status
  std::uint64_t submits = 0;
  std::uint64_t publishes = 0;
  std::uint64_t refused = 0;        ///< host calls that returned a negative status
  std::uint64_t float_control = 0;  ///< calls that came back with another floating-point control
};

/// What an instance did and cost in a period.
struct InstancePeriod {
  InstanceStatistics counted;
  CallSummary times;
};

/// One plugin at work: owns the plugin's object and the host table it sees. The table enforces what
/// needs no knowledge of trading: capability, moment, shape of the record, instruments it named;
/// everything else is HostServices'.
/// Life: create → on_event(INSTRUMENT)… → init → load_state? → on_event / on_snapshot … → stop →
/// destructor. One call at a time.
class Instance {
 public:
  /// Makes the instance. `services` must outlive it; the module lives as long as it.
  /// Throws base::InputError naming file, plugin and instance if the plugin refuses. [main]
  [[nodiscard]] static std::unique_ptr<Instance> create(std::shared_ptr<const Module> module,
                                                        std::string_view plugin_id,
                                                        ParameterSet parameters,
                                                        InstanceOptions options,
                                                        HostServices& services);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// Makes the plugin anew after a fault, without state: what create has done, to be followed by
  /// the INSTRUMENT records and init again. False: it is not to be had. [sequencer-thread]
  [[nodiscard]] bool begin_anew();

  /// To be called once, after its INSTRUMENT records. A negative status: do not use it. [main]
  [[nodiscard]] writ_status init();

  /// Hands over one record. Before init only INSTRUMENT records. A PARAMETER record also changes
  /// parameters(). Negative: the call failed, what it submitted gets the verdict plugin_error.
  /// [sequencer-thread]
  writ_status on_event(const writ_event& event);
  /// Changes parameters() alone: what it is made with when it begins anew. False: it has no such
  /// parameter. [sequencer-thread]
  bool take_parameter(const writ_parameter_change& change);
  /// Evaluates a strategy; WRIT_IGNORED if the plugin does not take snapshots. [sequencer-thread]
  writ_status on_snapshot(const writ_snapshot& snapshot);

  /// Whether the host table would take this writ_intent, writ_signal or writ_signal_report from a
  /// call: what a plugin beside the core wants is examined before it is recorded. WRIT_OK, or what
  /// the table would return. [sequencer-thread]
  [[nodiscard]] writ_status admits(const writ_record& wanted) const;

  /// Takes over what another, which is to go, keeps beside the core (Isolation::take_over). Both
  /// have an isolation. [sequencer-thread]
  void take_over_outside(Instance& from);

  /// From now on these services do what its host table asks for; they must outlive it, or be
  /// changed again. Not within a call.
  void serve(HostServices& services) noexcept;

  /// From now on the host table refuses everything but log, and no call reaches the plugin.
  void stop() noexcept { phase_ = Phase::kStopped; }
  [[nodiscard]] bool stopped() const noexcept { return phase_ == Phase::kStopped; }

  /// Why a plugin in a process of its own does not work any more, in one line; empty while it does
  /// and where it runs in this process.
  [[nodiscard]] const std::string& fault() const noexcept;
  /// nullptr: it runs in this process.
  [[nodiscard]] const Isolation* isolation() const noexcept { return isolation_.get(); }

  /// Whether the plugin can be checkpointed; without it a restart is cold.
  [[nodiscard]] bool has_state() const noexcept { return state_ != nullptr; }
  /// The state as a blob that names plugin, schema, length and checksum. Same state, same bytes.
  /// Errors: kUnsupported without state, kRejected (detail: the plugin's status), kState.
  [[nodiscard]] base::Result<std::vector<std::byte>> save_state();
  /// Takes a blob over, after init and before the first event. On error the instance is as it was.
  /// Errors: kCorrupt, kMismatch (of another plugin), kUnsupported (schema outside its range,
  /// detail: that schema), kRejected (detail: status), kState.
  [[nodiscard]] base::Result<void> load_state(std::span<const std::byte> blob);
  /// SHA-256 of save_state().
  [[nodiscard]] base::Result<base::Sha256Digest> state_hash();

  [[nodiscard]] std::uint32_t number() const noexcept { return options_.instance; }
  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  [[nodiscard]] const Descriptor& descriptor() const noexcept { return *descriptor_; }
  [[nodiscard]] const Module& module() const noexcept { return *module_; }
  [[nodiscard]] const std::shared_ptr<const Module>& shared_module() const noexcept {
    return module_;
  }
  [[nodiscard]] const ParameterSet& parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::uint64_t capabilities() const noexcept { return capabilities_; }
  [[nodiscard]] std::span<const std::uint32_t> instruments() const noexcept {
    return options_.instruments;
  }
  [[nodiscard]] bool names(std::uint32_t instrument) const noexcept;
  [[nodiscard]] const InstanceStatistics& statistics() const noexcept { return statistics_; }
  /// How long its calls with records and snapshots took: all of them in a sandbox beside the core
  /// and where it has a deadline, a sample otherwise; they are counted all. [sequencer-thread]
  [[nodiscard]] CallSummary call_times() const;
  /// The longest call beyond its deadline since the last time, in ns; 0: none was. Real time: to
  /// be put on record before anything is done about it. [sequencer-thread]
  [[nodiscard]] std::int64_t take_late_ns() noexcept { return std::exchange(late_ns_, 0); }
  [[nodiscard]] bool late() const noexcept { return late_ns_ != 0; }
  /// What it did since the last time. [sequencer-thread]
  [[nodiscard]] InstancePeriod take_period();
  /// A wish of a plugin beside the core that was put on record. [sequencer-thread]
  void count_recorded(const writ_record& wish) noexcept;

 private:
  friend class HostTable;
  static constexpr std::uint32_t kTimedEach = 7;
  enum class Phase { kCreated, kInitialising, kReady, kInCall, kStopped };

  Instance(std::shared_ptr<const Module> module, const Descriptor& descriptor,
           ParameterSet parameters, InstanceOptions options, HostServices& services);
  /// Makes the plugin; why it could not, or nothing.
  [[nodiscard]] std::string make();
  [[nodiscard]] std::string take_state_table();
  void destroy_plugin();
  template <class Call>
  writ_status guarded(Phase during, Call&& call);
  [[nodiscard]] CallTimes& measured() const noexcept;
  [[nodiscard]] bool is_timed() noexcept;
  void count_time(std::int64_t ns);

  std::shared_ptr<const Module> module_;
  const Descriptor* descriptor_;
  ParameterSet parameters_;
  InstanceOptions options_;
  std::uint64_t capabilities_ = 0;
  Phase phase_ = Phase::kCreated;
  InstanceStatistics statistics_;
  InstanceStatistics reported_;  // at the last take_period
  base::TickClock clock_;
  mutable CallTimes call_times_;
  std::uint32_t until_timed_ = 1;
  std::int64_t late_ns_ = 0;
  std::unique_ptr<class HostTable> table_;
  std::unique_ptr<Isolation> isolation_;
  writ_plugin* plugin_ = nullptr;
  const writ_ext_state* state_ = nullptr;
};

/// A writ_status in words: `invalid`, `denied`, ...; `unknown` for a number that is none.
[[nodiscard]] const char* status_name(writ_status status) noexcept;

}  // namespace writ::plugin
