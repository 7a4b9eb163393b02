#pragma once

#include "host/config/keys.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::config {

/// The table of keys as the tree it describes.
struct KeyTree {
  Key key;
  std::string name;  ///< last part of the path: a key, `*` or `[]`
  std::vector<KeyTree> children;

  /// The row for a key of this section: its own, or that of `*`; nullptr for an unknown one.
  [[nodiscard]] const KeyTree* child(std::string_view wanted) const;
  /// Of a list: what its items are.
  [[nodiscard]] const KeyTree& item() const;
  /// Of a section: any name may stand here.
  [[nodiscard]] bool open() const;
};

/// Aborts if a row of the table is below one that is missing.
[[nodiscard]] KeyTree key_tree(const std::vector<Key>& table);

}  // namespace writ::config
