#pragma once

#include "host/base/byte_stream.hpp"

#include <cstdint>

namespace writ::plugin {

/// The history an instance asked for before it counts: a number of events, a time, or both.
/// The same in every mode, since only what is fed to it is counted.
class WarmUp {
 public:
  WarmUp(std::uint64_t events, std::int64_t duration_ns)
      : events_left_(events), duration_ns_(duration_ns) {}

  void on_event(std::int64_t now) {
    if (events_left_ > 0) --events_left_;
    if (until_ == kNotStarted) {
      // A plugin may ask for any duration: one past the end of time never ends.
      until_ = now > kNever - duration_ns_ ? kNever : now + duration_ns_;
    }
    if (until_ <= now) over_ = true;
  }
  /// No event changes anything any more.
  [[nodiscard]] bool settled() const { return events_left_ == 0 && over_; }
  [[nodiscard]] bool warm() const { return events_left_ == 0 && (duration_ns_ == 0 || over_); }

  void save(base::ByteWriter& out) const {
    out.put(events_left_);
    out.put(until_);
    out.put(static_cast<std::uint8_t>(over_ ? 1 : 0));
  }
  [[nodiscard]] bool load(base::ByteReader& in) {
    events_left_ = in.get<std::uint64_t>();
    until_ = in.get<std::int64_t>();
    over_ = in.get<std::uint8_t>() != 0;
    return in.ok();
  }

 private:
  static constexpr std::int64_t kNotStarted = INT64_MIN;
  static constexpr std::int64_t kNever = INT64_MAX;

  std::uint64_t events_left_;
  std::int64_t duration_ns_;
  std::int64_t until_ = kNotStarted;
  bool over_ = false;
};

}  // namespace writ::plugin
