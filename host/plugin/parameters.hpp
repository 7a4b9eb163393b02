#pragma once

#include "host/model/record_view.hpp"
#include "host/plugin/descriptor.hpp"

#include <writ/abi/plugin.h>

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// A parameter as the configuration spells it, with its place there (0 = not known).
struct ParameterText {
  std::string name;
  std::string text;
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::string file = {};  ///< empty: that of the whole set
};

/// One text as a value of the parameter's type: integers and decimals exactly, `true` or `false`,
/// durations as number and unit (`250ms`, `1.5s`; ns us ms s m h d), any UTF-8 for a text.
/// Throws std::invalid_argument with the reason, without a place: syntax, range or bound.
[[nodiscard]] ParameterValue parse_parameter(const ParameterSpec& spec, std::string_view text);

/// The value's canonical text: parses back to the same.
[[nodiscard]] std::string to_text(const ParameterSpec& spec, const ParameterValue& value);

/// A whole, valid set of values for one descriptor, in its order.
class ParameterSet {
 public:
  /// The given texts, defaults elsewhere. Throws base::InputError with `file` and the place of the
  /// wrong one: unknown or doubled name, bad text, out of bounds; or the required one that is
  /// missing, at `line`.
  [[nodiscard]] static ParameterSet parse(const Descriptor& descriptor,
                                          std::span<const ParameterText> texts,
                                          const std::string& file, std::int64_t line = 0,
                                          std::int64_t column = 0);

  struct Entry {
    ParameterSpec spec;
    ParameterValue value;
  };
  [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }
  [[nodiscard]] const Entry* find(std::string_view name) const;
  /// Takes over a live change as recorded. False if there is no such parameter.
  [[nodiscard]] bool apply(const writ_parameter_change& change);

  /// As create() gets them; texts point into this set.
  [[nodiscard]] std::vector<writ_value> abi_values() const;
  /// Name to value: integers and booleans as JSON has them, everything else as text.
  [[nodiscard]] boost::json::object json() const;
  /// Canonical text of json(), for the INSTANCE record and hashes.
  [[nodiscard]] std::string canonical_json() const;

 private:
  std::vector<Entry> entries_;
};

/// One parameter whose value differs between two sets of the same descriptor.
struct ParameterChange {
  ParameterSpec spec;
  ParameterValue value;  ///< the new one
};
/// Changes from `before` to `after` in the order of `after`; parameters only one of them has are
/// not changes of a value and are left out.
[[nodiscard]] std::vector<ParameterChange> changes(const ParameterSet& before,
                                                   const ParameterSet& after);

/// Builds the record that tells `instance` of a live change. Valid until the buffer's next use.
[[nodiscard]] writ_record& build_parameter_record(model::RecordBuffer& buffer,
                                                  std::uint32_t instance,
                                                  const ParameterChange& change);

/// JSON Schema (2020-12) of a plugin's `params` mapping, for editors.
[[nodiscard]] boost::json::object parameter_schema(const Descriptor& descriptor);

/// The descriptor as `writ plugin list --json` prints it.
[[nodiscard]] boost::json::object describe(const Descriptor& descriptor);

}  // namespace writ::plugin
