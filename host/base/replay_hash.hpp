#pragma once

#include "host/base/result.hpp"
#include "host/base/sha256.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ::base {

/// A raw frame as received from a source; `payload` is its exact bytes.
struct ReplayFrame {
  std::string_view source;
  std::int64_t seq = 0;  // of the source
  std::int64_t event_ts_ns = 0;
  std::string_view stream_type;
  std::string_view payload;
};

/// What every replay hash starts with.
inline constexpr std::string_view kReplayHashMagic{"SHRPLY1\0", 8};

/// Appends a frame's part of the hashed bytes: u32 length and source, i64 seq, i64 event_ts_ns, u32
/// length and stream type, u32 length and payload, all little-endian.
void append_replay_frame(std::string& out, const ReplayFrame& frame);

/// Identity of the raw frames of a run, in one pass without buffering. Independent of when and
/// where they were stored: equal for the journal and every database.
class ReplayHash {
 public:
  ReplayHash() { hash_.update(kReplayHashMagic); }

  /// Frames come sorted by the bytes of `source`, then by `seq`.
  /// Errors: kInvalid if this one does not follow the last (detail: its seq) or a text is too long;
  /// it is then not part of the hash.
  [[nodiscard]] Result<void> add(const ReplayFrame& frame);

  /// Of the frames so far; 64 lower-case hexadecimal digits, of which people are shown eight.
  [[nodiscard]] std::string hex() const { return hash_.hex(); }

 private:
  Sha256 hash_;
  bool any_ = false;
  std::string last_source_;
  std::int64_t last_seq_ = 0;
  std::string buffer_;
};

/// The hash of frames in any order. Errors: kInvalid if two have the same source and seq.
[[nodiscard]] Result<std::string> replay_hash(std::span<const ReplayFrame> frames);

}  // namespace writ::base
