#pragma once

#include "host/config/config.hpp"
#include "host/engine/ports.hpp"
#include "host/ops/attention.hpp"

#include <cstdint>

namespace writ::cli {

/// The time now, ns since 1970 UTC.
[[nodiscard]] std::int64_t wall_clock_ns();

/// Core time of a paper or live run: the clock's.
class ClockPacer final : public engine::Pacer {
 public:
  explicit ClockPacer(ops::Attention& attention, config::HostWait wait = config::HostWait::kSleep)
      : attention_(attention), wait_(wait) {}
  bool wait_until(std::int64_t ts) override;
  [[nodiscard]] std::int64_t stamp(std::int64_t ts) override;
  [[nodiscard]] std::int64_t stopwatch() override;

 private:
  bool spin_until(std::int64_t ts);

  ops::Attention& attention_;
  config::HostWait wait_;
};

/// Core time of a tape: as fast as it is read.
class TapePacer final : public engine::Pacer {
 public:
  bool wait_until(std::int64_t) override { return true; }
  [[nodiscard]] std::int64_t stamp(std::int64_t ts) override { return ts; }
};

}  // namespace writ::cli
