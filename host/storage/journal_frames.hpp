#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/frames.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>

namespace writ::storage {

/// The raw frames of a run by its journal and the flags of its own configuration, up to the record
/// `last_seq`: what raw_event has of them. Read once for each source, in constant memory; a frame's
/// instrument is left out. `storage` outlives them. Errors: as journal::Reader.
[[nodiscard]] base::Result<std::unique_ptr<FrameSource>> journal_frames(
    journal::Storage& storage, const std::filesystem::path& run_folder,
    std::uint64_t last_seq = std::numeric_limits<std::uint64_t>::max());

}  // namespace writ::storage
