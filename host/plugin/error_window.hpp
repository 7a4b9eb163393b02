#pragma once

#include "host/base/byte_stream.hpp"

#include <cstdint>
#include <deque>

namespace writ::plugin {

/// How often an instance may fail: `limit` errors within `window_ns` of core time stop it.
class ErrorWindow {
 public:
  ErrorWindow(std::uint32_t limit, std::int64_t window_ns) : limit_(limit), window_ns_(window_ns) {}

  /// Counts one error; true if it is one too many.
  [[nodiscard]] bool add(std::int64_t now) {
    while (!errors_.empty() && errors_.front() <= now - window_ns_) errors_.pop_front();
    errors_.push_back(now);
    return errors_.size() >= limit_;
  }

  void save(base::ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(errors_.size()));
    for (const auto ts : errors_) out.put(ts);
  }
  [[nodiscard]] bool load(base::ByteReader& in) {
    errors_.clear();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) errors_.push_back(in.get<std::int64_t>());
    return in.ok();
  }

 private:
  std::uint32_t limit_;
  std::int64_t window_ns_;
  std::deque<std::int64_t> errors_;
};

}  // namespace writ::plugin
