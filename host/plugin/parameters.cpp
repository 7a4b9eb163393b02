#include "host/plugin/parameters.hpp"

#include "host/base/canonical_json.hpp"
#include "host/base/duration_text.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/plugin/utf8.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kTextMax = 1024;

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
  throw std::invalid_argument("\"" + one_line(text, 60) + "\" " + reason);
}

std::int64_t parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) refuse(text, "does not fit 64 bits");
  if (error != std::errc() || end != text.data() + text.size()) refuse(text, "is not an integer");
  return number;
}

std::int64_t parse_decimal(std::string_view text) {
  const auto parsed = parse_nano(text);
  switch (parsed.error) {
    case DecimalError::kNone:
      if (parsed.value == WRIT_NONE) break;
      return parsed.value;
    case DecimalError::kInexact:
      refuse(text, "has more than 9 decimals");
    case DecimalError::kSyntax:
      refuse(text, "is not a decimal number");
    case DecimalError::kRange:
      break;
  }
  refuse(text, "is out of range");
}

std::int64_t parse_duration(std::string_view text) {
  const auto ns = base::parse_duration(text);
  switch (ns.error) {
    case DecimalError::kNone:
      return ns.value;
    case DecimalError::kInexact:
      refuse(text, "is finer than a nanosecond");
    case DecimalError::kRange:
      refuse(text, "is out of range");
    case DecimalError::kSyntax:
      break;
  }
  refuse(text, "is not a duration such as 250ms (units ns us ms s m h d)");
}

ParameterValue parse_any(ParameterType type, std::string_view text) {
  switch (type) {
    case ParameterType::kInteger:
      return {parse_integer(text), {}};
    case ParameterType::kDecimal:
      return {parse_decimal(text), {}};
    case ParameterType::kDuration:
      return {parse_duration(text), {}};
    case ParameterType::kBoolean:
      if (text != "true" && text != "false") refuse(text, "is neither true nor false");
      return {text == "true" ? 1 : 0, {}};
    case ParameterType::kText:
      if (text.size() > kTextMax) refuse(text, "is longer than 1024 bytes");
      if (!is_utf8(text) || text.find('\0') != text.npos) refuse(text, "is not UTF-8 text");
      return {0, std::string(text)};
  }
  refuse(text, "is of an unknown type");
}

std::string bound_text(const ParameterSpec& spec, std::int64_t bound) {
  return to_text(spec, ParameterValue{bound, {}});
}

/// The known name nearest to a misspelt one, if it is near.
std::string suggestion(const Descriptor& descriptor, std::string_view wrong) {
  std::vector<std::string> known;
  for (const auto& spec : descriptor.parameters) known.push_back(spec.name);
  return base::near_name(wrong, known);
}

boost::json::value json_value(const ParameterSpec& spec, const ParameterValue& value) {
  switch (spec.type) {
    case ParameterType::kInteger:
      return value.number;
    case ParameterType::kBoolean:
      return value.number != 0;
    default:
      return boost::json::value(to_text(spec, value));
  }
}

const char* type_name(ParameterType type) {
  switch (type) {
    case ParameterType::kInteger:
      return "integer";
    case ParameterType::kDecimal:
      return "decimal";
    case ParameterType::kBoolean:
      return "boolean";
    case ParameterType::kText:
      return "text";
    case ParameterType::kDuration:
      return "duration";
  }
  return "unknown";
}

const char* trigger_name(std::uint32_t trigger) {
  constexpr std::array<const char*, 6> kNames = {"none",  "event", "top",
                                                 "trade", "timer", "conflated"};
  return trigger < kNames.size() ? kNames[trigger] : "unknown";
}

boost::json::array json_ports(const std::vector<Port>& ports) {
  boost::json::array result;
  for (const Port& port : ports) {
    boost::json::object entry;
    entry["id"] = port.id;
    entry["name"] = port.name;
    entry["doc"] = port.doc;
    entry["unit"] = port.unit;
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace

ParameterValue parse_parameter(const ParameterSpec& spec, std::string_view text) {
  ParameterValue value = parse_any(spec.type, text);
  if (spec.min && value.number < *spec.min) {
    refuse(text, "is below the minimum " + bound_text(spec, *spec.min));
  }
  if (spec.max && value.number > *spec.max) {
    refuse(text, "is above the maximum " + bound_text(spec, *spec.max));
  }
  return value;
}

std::string to_text(const ParameterSpec& spec, const ParameterValue& value) {
  switch (spec.type) {
    case ParameterType::kInteger:
      return std::to_string(value.number);
    case ParameterType::kDecimal:
      return DecimalText(value.number, 9).str();
    case ParameterType::kBoolean:
      return value.number != 0 ? "true" : "false";
    case ParameterType::kText:
      return value.text;
    case ParameterType::kDuration:
      return base::duration_text(value.number);
  }
  return {};
}

ParameterSet ParameterSet::parse(const Descriptor& descriptor, std::span<const ParameterText> texts,
                                 const std::string& file, std::int64_t line, std::int64_t column) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const ParameterText& given = texts[i];
    if (descriptor.parameter(given.name) == nullptr) {
      throw base::InputError(given.file.empty() ? file : given.file, given.line, given.column,
                             descriptor.id + " has no parameter \"" + one_line(given.name, 60) +
                                 "\"" + suggestion(descriptor, given.name));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (texts[j].name == given.name) {
        throw base::InputError(given.file.empty() ? file : given.file, given.line, given.column,
                               "parameter \"" + given.name + "\" is given twice");
      }
    }
  }
  ParameterSet set;
  for (const ParameterSpec& spec : descriptor.parameters) {
    const auto given = std::find_if(texts.begin(), texts.end(), [&](const ParameterText& text) {
      return text.name == spec.name;
    });
    if (given != texts.end()) {
      try {
        set.entries_.push_back({spec, parse_parameter(spec, given->text)});
      } catch (const std::invalid_argument& error) {
        throw base::InputError(given->file.empty() ? file : given->file, given->line, given->column,
                               "parameter \"" + spec.name + "\": " + error.what());
      }
    } else if (spec.default_value && !spec.required) {
      set.entries_.push_back({spec, *spec.default_value});
    } else {
      throw base::InputError(file, line, column,
                             descriptor.id + " needs the parameter \"" + spec.name + "\"");
    }
  }
  return set;
}

const ParameterSet::Entry* ParameterSet::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.spec.name == name) return &entry;
  }
  return nullptr;
}

bool ParameterSet::apply(const writ_parameter_change& change) {
  for (Entry& entry : entries_) {
    if (entry.spec.id != change.parameter) continue;
    if (static_cast<std::uint32_t>(entry.spec.type) != change.type) return false;
    entry.value.number = change.value;
    entry.value.text = std::string(model::tail_text(change, change.text_size));
    return true;
  }
  return false;
}

std::vector<writ_value> ParameterSet::abi_values() const {
  std::vector<writ_value> values;
  values.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    writ_value value{};
    value.struct_size = sizeof value;
    value.parameter = entry.spec.id;
    value.type = static_cast<std::uint32_t>(entry.spec.type);
    value.value = entry.value.number;
    value.text = entry.value.text.c_str();
    values.push_back(value);
  }
  return values;
}

boost::json::object ParameterSet::json() const {
  boost::json::object object;
  for (const Entry& entry : entries_) {
    object[entry.spec.name] = json_value(entry.spec, entry.value);
  }
  return object;
}

std::string ParameterSet::canonical_json() const {
  // Texts were checked to be UTF-8 and there is no floating-point number, so it cannot fail.
  return base::canonical_json(json()).value();
}

std::vector<ParameterChange> changes(const ParameterSet& before, const ParameterSet& after) {
  std::vector<ParameterChange> result;
  for (const auto& entry : after.entries()) {
    const auto* old = before.find(entry.spec.name);
    if (old != nullptr && !(old->value == entry.value)) result.push_back({entry.spec, entry.value});
  }
  return result;
}

writ_record& build_parameter_record(model::RecordBuffer& buffer, std::uint32_t instance,
                                    const ParameterChange& change) {
  auto record = model::make_record<writ_parameter_change>();
  record.instance = instance;
  record.parameter = change.spec.id;
  record.type = static_cast<std::uint32_t>(change.spec.type);
  record.value = change.value.number;
  record.text_size = static_cast<std::uint32_t>(change.value.text.size());
  return buffer.begin(record).append(change.value.text.data(), change.value.text.size()).finish();
}

namespace {

/// What parse_nano reads. Bounds between its numbers are beyond a pattern, but for the sign.
std::string number_pattern(const ParameterSpec& spec) {
  const bool positive = spec.min && *spec.min > 0;
  return std::string(positive ? "" : "-?") + "([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?";
}

}  // namespace

boost::json::object parameter_schema(const Descriptor& descriptor) {
  boost::json::object properties;
  boost::json::array required;
  for (const ParameterSpec& spec : descriptor.parameters) {
    boost::json::object entry;
    std::string doc = spec.doc;
    if (!spec.unit.empty()) doc += " Unit: " + spec.unit + ".";
    if (spec.live) doc += " May be changed while running.";
    switch (spec.type) {
      case ParameterType::kInteger:
        entry["type"] = "integer";
        if (spec.min) entry["minimum"] = *spec.min;
        if (spec.max) entry["maximum"] = *spec.max;
        break;
      case ParameterType::kBoolean:
        entry["type"] = "boolean";
        break;
      case ParameterType::kText:
        entry["type"] = "string";
        entry["maxLength"] = kTextMax;
        break;
      case ParameterType::kDecimal:
        entry["type"] = "string";
        entry["pattern"] = "^" + number_pattern(spec) + "$";
        break;
      case ParameterType::kDuration:
        entry["type"] = "string";
        entry["pattern"] = "^" + number_pattern(spec) + "(ns|us|ms|s|m|h|d)$";
        break;
    }
    if (spec.type == ParameterType::kDecimal || spec.type == ParameterType::kDuration) {
      if (spec.min) doc += " At least " + bound_text(spec, *spec.min) + ".";
      if (spec.max) doc += " At most " + bound_text(spec, *spec.max) + ".";
    }
    entry["description"] = doc;
    if (spec.default_value) entry["default"] = json_value(spec, *spec.default_value);
    properties[spec.name] = std::move(entry);
    if (spec.required) required.emplace_back(spec.name);
  }
  boost::json::object schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = descriptor.id;
  schema["description"] = descriptor.doc;
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

boost::json::object describe(const Descriptor& descriptor) {
  boost::json::object out;
  out["id"] = descriptor.id;
  out["kind"] = descriptor.kind == PluginKind::kStrategy ? "strategy" : "signal";
  out["name"] = descriptor.name;
  out["version"] = descriptor.version;
  out["doc"] = descriptor.doc;
  boost::json::array capabilities;
  for (const auto& name : capability_names(descriptor.capabilities))
    capabilities.emplace_back(name);
  out["capabilities"] = std::move(capabilities);
  boost::json::array parameters;
  for (const ParameterSpec& spec : descriptor.parameters) {
    boost::json::object entry;
    entry["id"] = spec.id;
    entry["name"] = spec.name;
    entry["type"] = type_name(spec.type);
    entry["doc"] = spec.doc;
    entry["unit"] = spec.unit;
    entry["required"] = spec.required;
    entry["live"] = spec.live;
    entry["min"] = spec.min ? boost::json::value(bound_text(spec, *spec.min)) : nullptr;
    entry["max"] = spec.max ? boost::json::value(bound_text(spec, *spec.max)) : nullptr;
    entry["default"] = spec.default_value ? json_value(spec, *spec.default_value) : nullptr;
    parameters.push_back(std::move(entry));
  }
  out["parameters"] = std::move(parameters);
  out["signals_in"] = json_ports(descriptor.signals_in);
  out["signals_out"] = json_ports(descriptor.signals_out);
  boost::json::array subscriptions;
  for (const Subscription& entry : descriptor.subscriptions) {
    boost::json::object subscription;
    subscription["record_type"] = entry.record_type;
    subscription["trigger"] = trigger_name(entry.trigger);
    subscription["interval_ns"] = entry.interval_ns;
    subscriptions.push_back(std::move(subscription));
  }
  out["subscriptions"] = std::move(subscriptions);
  out["warmup_events"] = descriptor.warmup_events;
  out["warmup_ns"] = descriptor.warmup_ns;
  out["state_schema"] = descriptor.state_schema;
  out["state_schema_min"] = descriptor.state_schema_min;
  return out;
}

}  // namespace writ::plugin
