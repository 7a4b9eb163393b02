#pragma once

#include "host/base/byte_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace writ::plugin {

/// How long an instance whose process failed is left alone: each fault doubles the pause, and one
/// that then works ten pauses long is trusted again. By core time.
class Quarantine {
 public:
  /// A fault: when the instance may begin anew. `first_ns` > 0.
  std::int64_t begin(std::int64_t now, std::int64_t first_ns, std::int64_t max_ns) {
    const bool trusted = pause_ns_ == 0 || (now - restored_) / 10 >= pause_ns_;
    pause_ns_ = trusted ? first_ns : std::min(max_ns, 2 * pause_ns_);
    due_ = now + pause_ns_;
    return *due_;
  }
  void end(std::int64_t now) {
    due_.reset();
    restored_ = now;
  }
  /// When it may begin anew; nothing if it is in none.
  [[nodiscard]] std::optional<std::int64_t> due() const noexcept { return due_; }
  [[nodiscard]] std::int64_t pause_ns() const noexcept { return pause_ns_; }

  void save(base::ByteWriter& out) const {
    out.put(pause_ns_);
    out.put(restored_);
    out.put(due_.value_or(kNone));
  }
  [[nodiscard]] bool load(base::ByteReader& in) {
    pause_ns_ = in.get<std::int64_t>();
    restored_ = in.get<std::int64_t>();
    const auto due = in.get<std::int64_t>();
    due_.reset();
    if (due != kNone) due_ = due;
    return in.ok();
  }

 private:
  static constexpr std::int64_t kNone = INT64_MAX;

  std::int64_t pause_ns_ = 0;  // of the last fault
  std::int64_t restored_ = 0;
  std::optional<std::int64_t> due_;
};

}  // namespace writ::plugin
