#pragma once

#include "host/journal/storage.hpp"
#include "host/market/markets.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace writ::cli {

/// How well one instrument's book can be rebuilt from a tape.
struct InstrumentQuality {
  std::string name;
  market::Markets::Counters counters;
};

/// What a run would meet on a tape.
struct TapeQuality {
  std::vector<InstrumentQuality> instruments;
  std::map<std::string, std::uint64_t> incidents;  ///< by code
  std::vector<std::string> lines;                  ///< the first incidents, as text
};

/// Plays a tape through the books and compares them with the venue's own best prices wherever their
/// update ids meet. Throws base::InputError if the tape is damaged.
[[nodiscard]] TapeQuality tape_quality(journal::Storage& storage,
                                       const std::filesystem::path& path);

}  // namespace writ::cli
