#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace writ::config {

/// What a key's value is, and how it is spelled.
enum class KeyKind : std::uint8_t {
  kSection,  ///< a mapping; its keys are the rows below it, `*` for any name
  kList,     ///< a list; its items are the row `[]`
  kText,     ///< any text; quoted where other readers of YAML would see a number, a boolean or null
  kWord,     ///< one of `words`
  kInteger,  ///< digits, not quoted
  kBoolean,  ///< true or false, not quoted
  kMoney,    ///< a quoted decimal at 1e-18
  kPrice,    ///< a quoted decimal at 1e-9, and so the next two
  kQuantity,
  kRate,
  kDuration,  ///< a number with its unit: 250ms
  kPath,      ///< relative to the folder of the configuration
  kScalar,    ///< any scalar: the plugin's descriptor decides
};

/// One row of the table of all keys: all that validation, defaults, hashing, the JSON Schema and
/// the documentation know of it.
struct Key {
  std::string path;  ///< "journal.dir", "accounts[].initial.*"; "" is the whole
  KeyKind kind = KeyKind::kText;
  /// Value when left out; nullptr = unset, and [] for a list, which "null" leaves unset.
  const char* preset = nullptr;
  const char* preset_backtest = nullptr;  ///< the same in a backtest, where it differs
  bool required = false;
  /// No part of what a run is a function of: a path, a host's name. Not hashed, not recorded.
  bool outside_identity = false;
  /// Only beside one of these values of the key `type`; empty: beside any.
  std::vector<std::string> when = {};
  const char* min = nullptr;  ///< inclusive, as the value is spelled; of a list: its least length
  const char* max = nullptr;
  std::vector<std::string> words = {};
  const char* unit = "";
  const char* doc = "";
};

/// The table, in the order of the documentation; a row comes after the row it is below.
[[nodiscard]] std::vector<Key> keys();

}  // namespace writ::config
