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
inline constexpr std::uint32_t kTapeVersion = 2;
/// The readers of this version read what this one writes.
inline constexpr std::uint32_t kTapeOldestReader = 2;
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

/// Begins the trailer; the index, the instruments of each block, the catalogue and the description
/// (both JSON text) follow.
struct TapeTrailerHead {
  std::uint32_t blocks = 0;
  std::uint32_t catalogue_bytes = 0;
  std::uint32_t description_bytes = 0;
  std::uint32_t instrument_words = 0;  ///< u64 words for the instruments of each block
};
static_assert(sizeof(TapeTrailerHead) == 16);

/// The instruments of a block: bit n of the words stands for instrument n, bit 0 for what concerns
/// all, tables too. No words (format version 1): nobody knows.
inline constexpr std::uint32_t kTapeForAll = 0;
/// Of a record of a tape; kTapeForAll if it is none's.
[[nodiscard]] std::uint32_t tape_instrument(const writ_record& record) noexcept;
/// Whether a type is a market record's (100-199).
[[nodiscard]] bool is_tape_event(std::uint16_t type) noexcept;

[[nodiscard]] std::uint32_t checksum(TapeHeader header) noexcept;
[[nodiscard]] std::uint32_t checksum(TapeBlockHead head, std::span<const std::byte> bytes) noexcept;

/// Everything of TapeInfo but the catalogue, as JSON text; and back. Errors: kCorrupt.
[[nodiscard]] std::string describe_tape(const TapeInfo& info);
[[nodiscard]] base::Result<TapeInfo> parse_tape_description(std::string_view json);

}  // namespace writ::journal
