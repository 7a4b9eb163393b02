#pragma once

#include <writ/abi/plugin.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

enum class PluginKind : std::uint32_t {
  kStrategy = WRIT_PLUGIN_STRATEGY,
  kSignal = WRIT_PLUGIN_SIGNAL,
};

enum class ParameterType : std::uint32_t {
  kInteger = WRIT_PARAMETER_INTEGER,
  kDecimal = WRIT_PARAMETER_DECIMAL,
  kBoolean = WRIT_PARAMETER_BOOLEAN,
  kText = WRIT_PARAMETER_TEXT,
  kDuration = WRIT_PARAMETER_DURATION,
};

/// One value of a parameter: a number (boolean 0 or 1, decimal at 1e-9, duration in ns) or a text.
struct ParameterValue {
  std::int64_t number = 0;
  std::string text;

  friend bool operator==(const ParameterValue&, const ParameterValue&) = default;
};

struct ParameterSpec {
  std::uint32_t id = 0;
  std::string name;
  std::string doc;
  std::string unit;
  ParameterType type = ParameterType::kInteger;
  bool required = false;
  bool live = false;
  std::optional<std::int64_t> min;  ///< of the value's number, inclusive
  std::optional<std::int64_t> max;
  std::optional<ParameterValue> default_value;
};

/// A signal going out of, or into, a plugin.
struct Port {
  std::uint32_t id = 0;
  std::string name;
  std::string doc;
  std::string unit;
};

struct Subscription {
  std::uint32_t record_type = 0;
  std::uint32_t trigger = 0;  ///< WRIT_TRIGGER_*
  std::int64_t interval_ns = 0;
};

/// What a plugin says of itself, copied out of its constant data and found sound.
struct Descriptor {
  std::string id;
  PluginKind kind = PluginKind::kStrategy;
  std::string name;
  std::string version;
  std::string doc;
  std::uint64_t capabilities = 0;  ///< WRIT_CAN_*
  std::vector<ParameterSpec> parameters;
  std::vector<Port> signals_in;
  std::vector<Port> signals_out;
  std::vector<Subscription> subscriptions;
  std::uint64_t warmup_events = 0;
  std::int64_t warmup_ns = 0;
  std::uint32_t state_schema = 0;  ///< 0 = no state
  std::uint32_t state_schema_min = 0;

  [[nodiscard]] const ParameterSpec* parameter(std::string_view parameter_name) const;
  [[nodiscard]] const Port* signal_in(std::string_view port_name) const;
  [[nodiscard]] const Port* signal_out(std::string_view port_name) const;
  /// nullptr: not subscribed to this record type.
  [[nodiscard]] const Subscription* subscription(std::uint32_t record_type) const;
  [[nodiscard]] bool deterministic() const noexcept {
    return (capabilities & WRIT_NONDETERMINISTIC) == 0;
  }
};

/// Copies and validates one descriptor: ids and names unique, texts present and UTF-8, types and
/// triggers known, bounds in order, defaults within them, state schema range sane. Throws
/// base::InputError naming `file` and the plugin.
[[nodiscard]] Descriptor read_descriptor(const std::string& file, const writ_descriptor& table);

/// `trade publish timer random nondeterministic` of a capability mask, in that order.
[[nodiscard]] std::vector<std::string> capability_names(std::uint64_t capabilities);
/// The mask of one such name; nothing if it is none.
[[nodiscard]] std::optional<std::uint64_t> capability_of(std::string_view name);

}  // namespace writ::plugin
