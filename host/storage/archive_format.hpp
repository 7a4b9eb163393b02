#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

// The bytes of an archive of rows: docs/DATABASES.md.

namespace writ::storage {

inline constexpr std::array<char, 8> kArchiveMagic = {'W', 'R', 'I', 'T', 'R', 'O', 'W', 'S'};
inline constexpr std::array<char, 8> kArchiveEndMagic = {'W', 'R', 'I', 'T', 'D', 'O', 'N', 'E'};
inline constexpr std::uint32_t kArchiveVersion = 1;
inline constexpr std::uint32_t kArchiveCodecZstd = 1;
/// A block is closed by the row that makes it this long.
inline constexpr std::size_t kArchiveBlockBytes = std::size_t{256} << 10U;

/// At the start of the file; the description, JSON text, follows.
struct ArchiveHeader {
  std::array<char, 8> magic{};
  std::uint32_t version = 0;
  std::uint32_t codec = 0;
  std::uint32_t description_bytes = 0;
  std::uint32_t crc32c = 0;  ///< of this header with zero here, then of the description
  std::uint64_t reserved = 0;
};
static_assert(sizeof(ArchiveHeader) == 32);

/// Before the compressed bytes of each block.
struct ArchiveBlockHead {
  std::uint32_t compressed_bytes = 0;
  std::uint32_t raw_bytes = 0;
  std::uint32_t rows = 0;
  std::uint32_t crc32c = 0;  ///< of this head with zero here, then of the compressed bytes
};
static_assert(sizeof(ArchiveBlockHead) == 16);

/// The last bytes of the file.
struct ArchiveTrailer {
  std::array<char, 8> magic{};
  std::uint64_t rows = 0;
  std::uint64_t blocks = 0;
  std::uint32_t reserved = 0;
  std::uint32_t crc32c = 0;               ///< of this trailer with zero here
  std::array<std::uint8_t, 32> sha256{};  ///< of the description, then of every row's bytes
};
static_assert(sizeof(ArchiveTrailer) == 64);

/// The checksum of a part with zero as its own, then of what belongs to it.
template <class Part>
[[nodiscard]] std::uint32_t archive_checksum(Part part, std::span<const std::byte> rest = {});

}  // namespace writ::storage
