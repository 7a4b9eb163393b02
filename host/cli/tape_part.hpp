#pragma once

#include "host/journal/tape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// What of a tape is read; what it does not say is read whole.
struct TapePart {
  std::optional<std::int64_t> from_ts = {};  ///< what came then or later
  std::optional<std::int64_t> to_ts = {};    ///< what came before
  std::vector<std::string> only = {};        ///< instruments by canonical name; empty: all

  [[nodiscard]] bool is_whole() const noexcept { return !from_ts && !to_ts && only.empty(); }
  [[nodiscard]] bool has(const std::string& instrument) const;
};

/// Makes `reader` give just this part, from its first record on. Returns which of the names are on
/// the tape. Throws base::InputError if its tables are damaged.
std::vector<std::string> select_part(journal::TapeReader& reader, const TapePart& part);

}  // namespace writ::cli
