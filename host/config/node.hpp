#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::config {

/// Where something stands in a text; line and column count from 1, 0 = not known.
struct Place {
  std::string file;
  std::int64_t line = 0;
  std::int64_t column = 0;
};

/// A configuration text as read, before anything is known of its keys: scalars are texts, and
/// whether they were quoted decides what they may stand for.
struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMapping };
  struct Entry;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;            ///< of a scalar
  bool quoted = false;         ///< of a scalar
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a mapping, in order, keys unique

  [[nodiscard]] const Entry* find(std::string_view key) const;
  /// Replaces or adds; needs a mapping.
  void set(std::string_view key, Node value);
  /// Removes and returns; a null node if there is no such key.
  Node take(std::string_view key);
};

struct Node::Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// A quoted text, for values that come from the command line; `origin` stands for the file.
[[nodiscard]] Node quoted_text(std::string text, const std::string& origin);

/// A recorded configuration as if it had been read from a text: strings count as quoted, nulls are
/// left out. `origin` is the file of every place.
[[nodiscard]] Node node_of(const boost::json::value& value, const std::string& origin);

}  // namespace writ::config
