#pragma once

#include "host/journal/tape.hpp"

#include <cstdint>
#include <filesystem>
#include <map>

namespace writ::cli {

enum class ExportFormat : std::uint8_t { kCsv, kParquet };

/// Writes what `reader` gives into a new folder, one file for each type of record, such as
/// trade.csv; the folder appears under its name when it is complete. Returns how many records of
/// each type that is. Throws base::InputError for a folder that is there, a tape that is damaged,
/// or what cannot be written.
std::map<std::uint16_t, std::uint64_t> export_tape(journal::TapeReader& reader,
                                                   const std::filesystem::path& folder,
                                                   ExportFormat format);

}  // namespace writ::cli
