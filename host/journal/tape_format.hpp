#pragma once

#include "host/base/result.hpp"
#include "host/journal/tape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

// The bytes of a tape file: docs/JOURNAL_FORMAT.md.

namespace writ::journal {

inline constexpr std::array<char, 8> kTapeMagic = {'W', 'R', 'I', 'T', 'T', 'A', 'P', 'E'};
inline constexpr std::uint32_t kTapeVersion = 1;
inline constexpr std::uint32_t kTapeCodecZstd = 1;
/// A block is closed by the record that makes it this long.
inline constexpr std::size_t kTapeBlockBytes = std::size_t{256} << 10U;

/// At the start of the file; written last.
struct TapeHeader {
  std::array<char, 8> magic{};
  std::uint32_t format_version = 0;
  std::uint32_t oldest_reader = 0;
  std::uint32_t codec = 0;
  std::uint32_t header_crc32c = 0;  ///< of this header with zero here
  std::uint64_t trailer_offset = 0;
  std::uint64_t trailer_bytes = 0;
  std::uint32_t trailer_crc32c = 0;
  std::uint32_t reserved = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t reserved_too = 0;
};
static_assert(sizeof(TapeHeader) == 64);

/// Before the compressed bytes of each block.
struct TapeBlockHead {
  std::uint32_t compressed_bytes = 0;
  std::uint32_t raw_bytes = 0;
  std::uint32_t crc32c = 0;  ///< of this head with zero here, then of the compressed bytes
  std::uint32_t records = 0;
  std::int64_t first_ts = 0;  ///< ingest_ts of its first and last event; both the least number if
  std::int64_t last_ts = 0;   ///< there are tables only
};
static_assert(sizeof(TapeBlockHead) == 32);

/// One line of the index.
struct TapeBlock {
  std::uint64_t offset = 0;  ///< of its head in the file
  std::uint64_t first_seq = 0;
  TapeBlockHead head;
};
static_assert(sizeof(TapeBlock) == 48);

/// Begins the trailer; the index, the catalogue and the description (both JSON text) follow.
struct TapeTrailerHead {
  std::uint32_t blocks = 0;
  std::uint32_t catalogue_bytes = 0;
  std::uint32_t description_bytes = 0;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(TapeTrailerHead) == 16);

[[nodiscard]] std::uint32_t checksum(TapeHeader header) noexcept;
[[nodiscard]] std::uint32_t checksum(TapeBlockHead head, std::span<const std::byte> bytes) noexcept;

/// Everything of TapeInfo but the catalogue, as JSON text; and back. Errors: kCorrupt.
[[nodiscard]] std::string describe_tape(const TapeInfo& info);
[[nodiscard]] base::Result<TapeInfo> parse_tape_description(std::string_view json);

}  // namespace writ::journal
