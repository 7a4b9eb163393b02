#pragma once

#include "host/base/byte_stream.hpp"

#include <writ/abi/plugin.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace writ::strategy {

/// What one input changed in one market, as far as triggers ask.
struct MarketChange {
  std::uint32_t instrument = 0;
  bool top = false;
  bool trade = false;
};

/// When one strategy is evaluated: its snapshot trigger, kept per instrument. Deterministic: core
/// time only. [sequencer-thread]
class EvaluationSchedule {
 public:
  /// `interval_ns` is for TIMER and CONFLATED. `instruments` ascending.
  EvaluationSchedule(std::uint32_t trigger, std::int64_t interval_ns,
                     std::vector<std::uint32_t> instruments);

  /// Whether the change calls for an evaluation now. A conflated one that comes too early is kept
  /// for `take_due`.
  [[nodiscard]] bool on_change(const MarketChange& change, std::int64_t now);

  /// The next instrument whose deferred or periodic evaluation is due at `now`.
  [[nodiscard]] std::optional<std::uint32_t> take_due(std::int64_t now) {
    return now < next_due_ ? std::nullopt : take_first_due(now);
  }

  /// Core time at which take_due will have something.
  [[nodiscard]] std::optional<std::int64_t> next_due() const {
    return next_due_ == kNever ? std::nullopt : std::optional(next_due_);
  }

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not of this schedule.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  static constexpr std::int64_t kNever = INT64_MAX;

  struct Slot {
    std::uint32_t instrument;
    std::int64_t due = kNever;          // kNever = nothing pending
    std::int64_t earliest = INT64_MIN;  // CONFLATED: not again before
  };

  [[nodiscard]] Slot* find(std::uint32_t instrument) noexcept;
  [[nodiscard]] std::optional<std::uint32_t> take_first_due(std::int64_t now);
  void set_due(Slot& slot, std::int64_t due);

  std::uint32_t trigger_;
  std::int64_t interval_ns_;
  std::vector<Slot> slots_;         // ascending
  std::int64_t next_due_ = kNever;  // the least of them
};

}  // namespace writ::strategy
