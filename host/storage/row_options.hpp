#pragma once

#include <string_view>

namespace writ::storage {

/// Which rows a run's configuration asks for, besides those that are always written.
struct RowOptions {
  bool log_l2_full = false;     ///< raw frames and rows of depth, tops of book and trades
  bool store_snapshots = true;  ///< each recorded snapshot; off: only those an intent was made on
  bool store_features = true;   ///< off: state_snapshot.features_json is []

  friend bool operator==(const RowOptions&, const RowOptions&) = default;
};

/// What the text of a CONFIG record says in its `storage` section; the default for what it leaves
/// out, and for a text that is no JSON object.
[[nodiscard]] RowOptions row_options(std::string_view config_json);

}  // namespace writ::storage
