#pragma once

#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/journal/run_identity.hpp"
#include "host/journal/storage.hpp"

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The bytes of a segment file: docs/JOURNAL_FORMAT.md.

namespace writ::journal {

inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kOldestReader = 1;
inline constexpr std::uint32_t kCodecPlain = 0;

/// What stands before each record.
struct FrameHead {
  std::uint32_t length = 0;  ///< of the record; 0 = nothing written yet; kSealMark = the seal
  std::uint32_t crc32c = 0;  ///< of the record's bytes
};
static_assert(sizeof(FrameHead) == 8);

inline constexpr std::uint32_t kSealMark = 0xffffffff;

/// What stands at the end of a finished segment, after a FrameHead with kSealMark.
struct Seal {
  std::uint64_t last_seq = 0;      ///< of this segment; first_seq - 1 if it is empty
  std::uint64_t end_position = 0;  ///< of this segment in the run's stream of frames
  base::Sha256Digest sha256{};     ///< of all bytes of the file before the FrameHead of the seal
};
static_assert(sizeof(Seal) == 48);
inline constexpr std::size_t kSealBytes = sizeof(FrameHead) + sizeof(Seal);

/// The head for a record or for a seal's bytes.
[[nodiscard]] FrameHead frame_head(std::span<const std::byte> bytes) noexcept;
/// The seal as it stands in the file.
[[nodiscard]] std::vector<std::byte> encode_seal(const Seal& seal);

struct SegmentHeader {
  RunIdentity identity;
  std::uint32_t number = 1;
  Seq first_seq{1};
  /// Bytes of frames of the run before this segment: with the mapping, one stream of positions.
  std::uint64_t first_position = 0;
  base::Sha256Digest previous{};   ///< SHA-256 of the whole segment before; zero for the first
  std::string catalogue;           ///< JSON text
  std::vector<std::byte> tables;   ///< records of the run's tables so far, one after the other
  std::uint32_t header_bytes = 0;  ///< where the frames begin; set by encoding and decoding
};

/// The bytes of a header, a multiple of 4096; sets header_bytes.
[[nodiscard]] std::vector<std::byte> encode_header(SegmentHeader& header);

/// Reads the header of a segment. Errors: kTruncated, kCorrupt, kUnsupported; detail is the offset,
/// or the version or codec that is not known.
[[nodiscard]] base::Result<SegmentHeader> read_header(File& file);

/// Why the bytes after a FrameHead are not the record that `expected` wants, nullptr if they are.
/// `bytes` are `head.length` many and 8-byte aligned.
[[nodiscard]] const char* check_frame(const FrameHead& head, std::span<const std::byte> bytes,
                                      Seq expected) noexcept;
/// Whether a length can be that of a record at all.
[[nodiscard]] bool is_record_length(std::uint32_t length) noexcept;

/// Number of a segment by its file name; nothing for another file.
[[nodiscard]] std::optional<std::uint32_t> segment_number(std::string_view name);
/// Numbers of the segments in a run's folder, rising.
[[nodiscard]] base::Result<std::vector<std::uint32_t>> list_segments(
    Storage& storage, const std::filesystem::path& run_folder);

}  // namespace writ::journal
