#include "host/plugin/descriptor.hpp"

#include "host/base/input_error.hpp"
#include "host/plugin/parameters.hpp"
#include "host/plugin/table_sizes.hpp"
#include "host/plugin/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <set>
#include <stdexcept>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kIdMax = 63;
constexpr std::size_t kVersionMax = 23;
constexpr std::size_t kNameMax = 47;
constexpr std::size_t kDocMax = 4096;
constexpr std::uint32_t kArrayMax = 256;  // of any list in a descriptor
constexpr std::int64_t kDurationMaxNs = 366LL * 86'400 * 1'000'000'000;  // added to times
constexpr std::uint64_t kKnownCapabilities =
    WRIT_CAN_TRADE | WRIT_CAN_PUBLISH | WRIT_CAN_TIMER | WRIT_CAN_RANDOM | WRIT_NONDETERMINISTIC;

/// Reads one table; every message names the file and, once known, the plugin.
class DescriptorReader {
 public:
  DescriptorReader(const std::string& file, const writ_descriptor& table)
      : file_(file), table_(table) {}

  Descriptor read() {
    if (!WRIT_HAS(&table_, state_schema_min)) refuse("its descriptor is smaller than ABI 1.0's");
    Descriptor out;
    out.id = text(table_.id, kIdMax, "id");
    if (!is_identifier(out.id, ".-"))
      refuse("its id \"" + one_line(out.id, kIdMax) +
             "\" is not lower-case letters, digits, . _ -");
    where_ = "plugin " + out.id + ": ";
    if (table_.kind != WRIT_PLUGIN_STRATEGY && table_.kind != WRIT_PLUGIN_SIGNAL) {
      refuse("unknown kind " + std::to_string(table_.kind));
    }
    out.kind = static_cast<PluginKind>(table_.kind);
    out.name = text(table_.name, kNameMax, "name");
    out.version = text(table_.version, kVersionMax, "version");
    out.doc = text(table_.doc, kDocMax, "doc");
    read_capabilities(out);
    read_parameters(out);
    out.signals_in =
        ports(table_.signals_in, table_.signal_in_count, table_.signal_in_stride, "signals_in");
    out.signals_out =
        ports(table_.signals_out, table_.signal_out_count, table_.signal_out_stride, "signals_out");
    if (!out.signals_out.empty() && (out.capabilities & WRIT_CAN_PUBLISH) == 0) {
      refuse("has signals_out but does not declare the capability publish");
    }
    read_subscriptions(out);
    read_ranges(out);
    return out;
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw base::InputError(file_, where_ + reason);
  }

  [[nodiscard]] std::string text(const char* from, std::size_t size_max,
                                 const std::string& what) const {
    if (from == nullptr) refuse(what + " is missing");
    const std::size_t size = ::strnlen(from, size_max + 1);
    if (size > size_max) refuse(what + " is longer than " + std::to_string(size_max) + " bytes");
    std::string result(from, size);
    if (!is_utf8(result)) refuse(what + " is not UTF-8");
    return result;
  }

  [[nodiscard]] static bool is_identifier(std::string_view word, std::string_view also) {
    if (word.empty() || word.front() < 'a' || word.front() > 'z') return false;
    return std::all_of(word.begin(), word.end(), [also](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
             also.find(c) != std::string_view::npos;
    });
  }

  /// Calls `each(element)` for every table of a strided array.
  template <class Table, class Each>
  void for_each(const Table* first, std::uint32_t count, std::uint32_t stride,
                const std::string& what, Each&& each) const {
    constexpr std::size_t kLeast = kFirstSize<Table>;
    if (count == 0) return;
    if (first == nullptr) refuse(what + ": count without an array");
    if (count > kArrayMax) refuse(what + ": more than " + std::to_string(kArrayMax));
    if (stride < kLeast || stride % alignof(Table) != 0) refuse(what + ": wrong stride");
    const auto* bytes = reinterpret_cast<const std::byte*>(first);
    for (std::uint32_t i = 0; i < count; ++i, bytes += stride) {
      const auto* element = reinterpret_cast<const Table*>(bytes);
      if (element->struct_size < kLeast || element->struct_size > stride) {
        refuse(what + ": struct_size of element " + std::to_string(i) + " is wrong");
      }
      each(*element);
    }
  }

  void read_capabilities(Descriptor& out) const {
    out.capabilities = table_.capabilities;
    if ((out.capabilities & ~kKnownCapabilities) != 0) refuse("declares an unknown capability");
    if (out.kind == PluginKind::kSignal && (out.capabilities & WRIT_CAN_TRADE) != 0) {
      refuse("a signal cannot declare the capability trade");
    }
    if (out.kind == PluginKind::kStrategy && !out.deterministic()) {
      refuse("a strategy cannot be nondeterministic: what it asks belongs into a signal");
    }
  }

  void read_parameters(Descriptor& out) const {
    std::set<std::uint32_t> ids;
    std::set<std::string> names;
    for_each(table_.parameters, table_.parameter_count, table_.parameter_stride, "parameters",
             [&](const writ_parameter& entry) {
               ParameterSpec spec = parameter(entry);
               if (!ids.insert(spec.id).second) {
                 refuse("two parameters have the id " + std::to_string(spec.id));
               }
               if (!names.insert(spec.name).second) {
                 refuse("two parameters have the name \"" + spec.name + "\"");
               }
               out.parameters.push_back(std::move(spec));
             });
  }

  [[nodiscard]] ParameterSpec parameter(const writ_parameter& entry) const {
    ParameterSpec spec;
    spec.id = entry.id;
    spec.name = text(entry.name, kNameMax, "the name of a parameter");
    const std::string what = "parameter \"" + one_line(spec.name, kNameMax) + "\"";
    if (!is_identifier(spec.name, "")) refuse(what + ": not a lower-case identifier");
    spec.doc = text(entry.doc, kDocMax, what + ": doc");
    spec.unit = text(entry.unit, kNameMax, what + ": unit");
    if (entry.type < WRIT_PARAMETER_INTEGER || entry.type > WRIT_PARAMETER_DURATION) {
      refuse(what + ": unknown type " + std::to_string(entry.type));
    }
    spec.type = static_cast<ParameterType>(entry.type);
    if ((entry.flags & ~(WRIT_PARAMETER_REQUIRED | WRIT_PARAMETER_LIVE)) != 0) {
      refuse(what + ": unknown flags");
    }
    spec.required = (entry.flags & WRIT_PARAMETER_REQUIRED) != 0;
    spec.live = (entry.flags & WRIT_PARAMETER_LIVE) != 0;
    const bool bounded = spec.type != ParameterType::kBoolean && spec.type != ParameterType::kText;
    if (!bounded && (entry.min != nullptr || entry.max != nullptr)) {
      refuse(what + ": its type has no bounds");
    }
    const auto value = [&](const char* from, const char* which) {
      try {
        return parse_parameter(spec, text(from, kDocMax, what + ": " + which));
      } catch (const std::invalid_argument& error) {
        refuse(what + ": its " + which + ": " + error.what());
      }
    };
    std::optional<std::int64_t> min;
    std::optional<std::int64_t> max;
    if (entry.min != nullptr) min = value(entry.min, "min").number;
    if (entry.max != nullptr) max = value(entry.max, "max").number;
    if (min && max && *min > *max) refuse(what + ": its min is above its max");
    spec.min = min;
    spec.max = max;
    if (entry.default_value != nullptr) {
      spec.default_value = value(entry.default_value, "default");
    } else if (!spec.required) {
      refuse(what + ": neither required nor with a default");
    }
    return spec;
  }

  [[nodiscard]] std::vector<Port> ports(const writ_port* first, std::uint32_t count,
                                        std::uint32_t stride, const char* list) const {
    std::vector<Port> result;
    for_each(first, count, stride, list, [&](const writ_port& entry) {
      Port port{entry.id, text(entry.name, kNameMax, std::string(list) + ": a name"), {}, {}};
      const std::string what = std::string(list) + " \"" + one_line(port.name, kNameMax) + "\"";
      if (!is_identifier(port.name, "")) refuse(what + ": not a lower-case identifier");
      port.doc = text(entry.doc, kDocMax, what + ": doc");
      port.unit = text(entry.unit, kNameMax, what + ": unit");
      for (const Port& other : result) {
        if (other.id == port.id || other.name == port.name) {
          refuse(what + ": its id or name is used twice");
        }
      }
      result.push_back(std::move(port));
    });
    return result;
  }

  void read_subscriptions(Descriptor& out) const {
    for_each(table_.subscriptions, table_.subscription_count, table_.subscription_stride,
             "subscriptions", [&](const writ_subscription& entry) {
               const std::string what =
                   "subscription to record type " + std::to_string(entry.record_type);
               if (entry.trigger < WRIT_TRIGGER_EVENT || entry.trigger > WRIT_TRIGGER_CONFLATED) {
                 refuse(what + ": unknown trigger " + std::to_string(entry.trigger));
               }
               if (entry.interval_ns < 0 || entry.interval_ns > kDurationMaxNs) {
                 refuse(what + ": interval below 0 or above 366 days");
               }
               const bool timed =
                   entry.trigger == WRIT_TRIGGER_TIMER || entry.trigger == WRIT_TRIGGER_CONFLATED;
               if (timed && entry.interval_ns == 0)
                 refuse(what + ": its trigger needs an interval");
               if (entry.record_type == WRIT_RECORD_SNAPSHOT && out.kind != PluginKind::kStrategy) {
                 refuse(what + ": snapshots are for strategies");
               }
               if (out.subscription(entry.record_type) != nullptr) refuse(what + ": twice");
               out.subscriptions.push_back({entry.record_type, entry.trigger, entry.interval_ns});
             });
  }

  void read_ranges(Descriptor& out) const {
    out.warmup_events = table_.warmup_events;
    out.warmup_ns = table_.warmup_ns;
    if (out.warmup_ns < 0 || out.warmup_ns > kDurationMaxNs) {
      refuse("warm-up below 0 or above 366 days");
    }
    out.state_schema = table_.state_schema;
    out.state_schema_min = table_.state_schema_min;
    const bool no_state = out.state_schema == 0 && out.state_schema_min == 0;
    if (!no_state && (out.state_schema_min == 0 || out.state_schema_min > out.state_schema)) {
      refuse("its state schema range is empty");
    }
  }

  const std::string& file_;
  const writ_descriptor& table_;
  std::string where_;
};

template <class List>
auto* find_by_name(const List& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [name](const auto& entry) { return entry.name == name; });
  return found == list.end() ? nullptr : &*found;
}

constexpr std::array<std::pair<std::uint64_t, const char*>, 5> kCapabilityNames = {{
    {WRIT_CAN_TRADE, "trade"},
    {WRIT_CAN_PUBLISH, "publish"},
    {WRIT_CAN_TIMER, "timer"},
    {WRIT_CAN_RANDOM, "random"},
    {WRIT_NONDETERMINISTIC, "nondeterministic"},
}};

}  // namespace

const ParameterSpec* Descriptor::parameter(std::string_view parameter_name) const {
  return find_by_name(parameters, parameter_name);
}

const Port* Descriptor::signal_in(std::string_view port_name) const {
  return find_by_name(signals_in, port_name);
}

const Port* Descriptor::signal_out(std::string_view port_name) const {
  return find_by_name(signals_out, port_name);
}

const Subscription* Descriptor::subscription(std::uint32_t record_type) const {
  for (const Subscription& entry : subscriptions) {
    if (entry.record_type == record_type) return &entry;
  }
  return nullptr;
}

Descriptor read_descriptor(const std::string& file, const writ_descriptor& table) {
  return DescriptorReader(file, table).read();
}

std::vector<std::string> capability_names(std::uint64_t capabilities) {
  std::vector<std::string> names;
  for (const auto& [bit, name] : kCapabilityNames) {
    if ((capabilities & bit) != 0) names.emplace_back(name);
  }
  return names;
}

std::optional<std::uint64_t> capability_of(std::string_view name) {
  for (const auto& [bit, known] : kCapabilityNames) {
    if (name == known) return bit;
  }
  return std::nullopt;
}

}  // namespace writ::plugin
