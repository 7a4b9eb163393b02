#include "host/base/replay_hash.hpp"

#include "host/base/little_endian.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

namespace writ::base {
namespace {

void append_text(std::string& out, std::string_view text) {
  append_little_endian(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

bool fits(std::string_view text) {
  return text.size() <= std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

void append_replay_frame(std::string& out, const ReplayFrame& frame) {
  append_text(out, frame.source);
  append_little_endian(out, frame.seq);
  append_little_endian(out, frame.event_ts_ns);
  append_text(out, frame.stream_type);
  append_text(out, frame.payload);
}

Result<void> ReplayHash::add(const ReplayFrame& frame) {
  if (!fits(frame.source) || !fits(frame.stream_type) || !fits(frame.payload)) {
    return Error(Errc::kInvalid, "replay hash: text too long", frame.seq);
  }
  // string_view compares as unsigned bytes, the order of COLLATE "C".
  if (any_ && std::tuple(frame.source, frame.seq) <=
                  std::tuple(std::string_view(last_source_), last_seq_)) {
    return Error(Errc::kInvalid, "replay hash: frame out of order", frame.seq);
  }
  any_ = true;
  if (last_source_ != frame.source) last_source_ = frame.source;
  last_seq_ = frame.seq;
  buffer_.clear();
  append_replay_frame(buffer_, frame);
  hash_.update(buffer_);
  return {};
}

Result<std::string> replay_hash(std::span<const ReplayFrame> frames) {
  std::vector<ReplayFrame> sorted(frames.begin(), frames.end());
  std::sort(sorted.begin(), sorted.end(), [](const ReplayFrame& a, const ReplayFrame& b) {
    return std::tie(a.source, a.seq) < std::tie(b.source, b.seq);
  });
  ReplayHash hash;
  for (const ReplayFrame& frame : sorted) {
    if (const auto added = hash.add(frame); !added) return added.error();
  }
  return hash.hex();
}

}  // namespace writ::base
