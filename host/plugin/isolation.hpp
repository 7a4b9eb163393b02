#pragma once

#include "host/plugin/call_times.hpp"

#include <writ/abi/plugin.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace writ::plugin {

struct Descriptor;

/// Which publisher feeds an input port of an instance.
struct SignalWire {
  std::uint32_t port = 0;      ///< of the subscriber's signals_in
  std::uint32_t instance = 0;  ///< the publisher
  std::uint32_t signal = 0;    ///< of the publisher's signals_out
};

/// What a plugin object is made of, wherever it is made.
struct PluginOrder {
  const std::filesystem::path& object;  ///< the shared object's copy
  const char* id;
  const writ_host* host;
  std::span<const writ_value> values;
  std::span<const SignalWire> wires;
  std::uint32_t instance;
  std::uint64_t capabilities;  ///< declared and granted
  const writ_module* module;   ///< nullptr: not loaded in this process
  const Descriptor& descriptor;
};

/// Where the plugin of one instance runs when it is not this process. What it makes is called like
/// any other plugin; once it has a fault, every call fails with WRIT_E_INTERNAL.
class Isolation {
 public:
  virtual ~Isolation() = default;

  /// As writ_module::create. Again after a fault: begins anew, without state. [main] first, then
  /// [sequencer-thread]
  [[nodiscard]] virtual writ_status create(const PluginOrder& order, writ_plugin** plugin) = 0;

  /// Whether its state can be saved; one that works beside the core is never where the core is.
  [[nodiscard]] virtual bool has_state() const noexcept { return true; }

  /// Takes over, from another of its kind that is to go, the state it saves by this schema, its
  /// timers and its random sequence; for those whose state is not the core's (has_state false). One
  /// that cannot has a fault. What the other still wants is refused. [sequencer-thread]
  virtual void take_over(Isolation& from, std::uint32_t schema) {
    (void)from;
    (void)schema;
  }

  /// In one line why the plugin does not work any more; empty while it does.
  [[nodiscard]] virtual const std::string& fault() const noexcept = 0;

  /// The protections around it: those that hold, and those that this machine has not.
  struct Guards {
    std::string held;
    std::string missing;
  };
  [[nodiscard]] virtual Guards guards() const = 0;

  /// How often its calls with records and snapshots asked for memory.
  [[nodiscard]] virtual std::uint64_t allocations() const noexcept { return 0; }
  /// Of a plugin that works beside the core, how long it took with what it was given: nobody waits
  /// for its calls. nullptr: the calls themselves are measured.
  [[nodiscard]] virtual CallTimes* call_times() noexcept { return nullptr; }
};

/// Makes the isolation of the instance of this name; empty: it runs in this process.
using Isolate = std::function<std::unique_ptr<Isolation>(const std::string& instance)>;

}  // namespace writ::plugin
