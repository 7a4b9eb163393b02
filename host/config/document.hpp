#pragma once

#include "host/config/node.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace writ::config {

/// A configuration that has passed the table of keys: every key has its value or its default, each
/// value has its one canonical spelling. What is wrong beyond single keys is `Config`'s to find.
class Document {
 public:
  /// Checks what was read. Throws base::InputError at the first thing that is wrong.
  [[nodiscard]] static Document check(const Node& root);
  /// The same for the canonical text of a CONFIG record: what is outside the identity has its
  /// default or is left out. `origin` stands for the file in messages.
  [[nodiscard]] static Document recorded(std::string_view text, const std::string& origin);
  /// The same with the rule book of another file: its `risk` and `ownership` sections, whole,
  /// instead of the recorded ones; one it does not have has its defaults.
  [[nodiscard]] static Document recorded_under_rules(std::string_view text,
                                                     const std::string& origin, Node rules);

  [[nodiscard]] const boost::json::object& values() const noexcept { return values_; }
  /// The same to be printed: of a URL that may hold a key only its hash.
  [[nodiscard]] boost::json::object shown_values() const;
  /// Where the value of a path such as `strategies[0].params.gamma` stands, or else what it is in.
  [[nodiscard]] const Place& place(std::string_view path) const;
  /// Where the key itself stands: for a message about its name.
  [[nodiscard]] const Place& key_place(std::string_view path) const;
  /// Whether a scalar was quoted.
  [[nodiscard]] bool quoted(std::string_view path) const;

  /// Replaces the parameters of an instance by the full set its plugin made of them. `list` is
  /// signals or strategies. What the hash covers has its defaults filled in.
  void set_parameters(std::string_view list, std::size_t index, boost::json::object parameters);

  /// Canonical text without what is no part of the identity: what a CONFIG record holds.
  [[nodiscard]] std::string canonical() const;
  /// SHA-256 of it, 64 hexadecimal digits: the config_hash.
  [[nodiscard]] std::string hash() const;

 private:
  struct Mark {
    Place value;
    Place key;
    bool quoted = false;
  };
  class Checker;

  [[nodiscard]] const Mark& mark(std::string_view path) const;

  boost::json::object values_;
  std::map<std::string, Mark, std::less<>> marks_;
};

}  // namespace writ::config
