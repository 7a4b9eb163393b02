#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/journal/tape_format.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::journal {

/// Where the index of a tape stands in its file.
struct TapeIndexPlace {
  std::uint64_t blocks_at = 0;
  std::uint64_t instruments_at = 0;
  std::uint32_t blocks = 0;
  std::uint32_t instrument_words = 0;  ///< for each block
};

/// The index of a tape, of which one part at a time is in memory: a tape is read with the same
/// memory however long it is. Best asked by rising block. One thread at a time. Errors: kCorrupt,
/// detail the offset; kTruncated; as File.
class TapeIndex {
 public:
  TapeIndex() = default;
  /// `file` outlives the index.
  TapeIndex(File& file, const TapeIndexPlace& place) : file_(&file), place_(place) {}

  [[nodiscard]] std::size_t size() const noexcept { return place_.blocks; }
  /// Whether the blocks follow each other from the header of the tape to `end`, with so many
  /// records. Reads all of it.
  base::Result<void> check(std::uint64_t end, std::uint64_t records);
  /// Valid until the next call.
  [[nodiscard]] base::Result<const TapeBlock*> block(std::size_t index);
  /// Whether the block holds anything of this instrument; always, on a tape that does not say.
  [[nodiscard]] base::Result<bool> has(std::size_t index, std::uint32_t instrument);

 private:
  base::Result<void> bring(std::size_t index);

  File* file_ = nullptr;
  TapeIndexPlace place_;
  std::size_t first_ = 0;  // of those in memory
  std::vector<TapeBlock> blocks_;
  std::vector<std::uint64_t> instruments_;
};

/// Reads all of `bytes` from there. Errors: kTruncated, `what` being cut off; as File.
base::Result<void> read_exactly(File& file, std::span<std::byte> bytes, std::uint64_t offset,
                                const char* what);

}  // namespace writ::journal
