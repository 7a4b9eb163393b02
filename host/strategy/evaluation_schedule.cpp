#include "host/strategy/evaluation_schedule.hpp"

#include "host/base/assert.hpp"

#include <algorithm>

namespace writ::strategy {
namespace {

// A plugin may ask for any interval: what would be past the end of time is never.
std::int64_t after(std::int64_t now, std::int64_t interval_ns) {
  return now > INT64_MAX - interval_ns ? INT64_MAX : now + interval_ns;
}

std::int64_t next_multiple(std::int64_t now, std::int64_t interval_ns) {
  return after(now - now % interval_ns, interval_ns);
}

}  // namespace

EvaluationSchedule::EvaluationSchedule(std::uint32_t trigger, std::int64_t interval_ns,
                                       std::vector<std::uint32_t> instruments)
    : trigger_(trigger), interval_ns_(interval_ns) {
  const bool periodic = trigger == WRIT_TRIGGER_TIMER || trigger == WRIT_TRIGGER_CONFLATED;
  WRIT_ASSERT(!periodic || interval_ns > 0);
  for (const auto instrument : instruments) {
    due_[instrument] = kNever;
    earliest_[instrument] = INT64_MIN;
  }
}

bool EvaluationSchedule::on_change(const MarketChange& change, std::int64_t now) {
  const auto due = due_.find(change.instrument);
  if (due == due_.end()) return false;
  switch (trigger_) {
    case WRIT_TRIGGER_EVENT:
      return true;
    case WRIT_TRIGGER_TOP:
      return change.top;
    case WRIT_TRIGGER_TRADE:
      return change.trade;
    case WRIT_TRIGGER_TIMER:
      // The first event of a market starts its clock, on whole multiples of the interval.
      if (due->second == kNever) due->second = next_multiple(now, interval_ns_);
      return false;
    case WRIT_TRIGGER_CONFLATED: {
      if (!change.top && !change.trade) return false;
      auto& earliest = earliest_[change.instrument];
      if (now < earliest) {
        due->second = earliest;
        return false;
      }
      earliest = after(now, interval_ns_);
      due->second = kNever;
      return true;
    }
    default:
      return false;
  }
}

std::optional<std::uint32_t> EvaluationSchedule::take_due(std::int64_t now) {
  for (auto& [instrument, due] : due_) {
    if (due > now) continue;
    if (trigger_ == WRIT_TRIGGER_TIMER) {
      due = next_multiple(now, interval_ns_);
    } else {
      due = kNever;
      earliest_[instrument] = after(now, interval_ns_);
    }
    return instrument;
  }
  return std::nullopt;
}

std::optional<std::int64_t> EvaluationSchedule::next_due() const {
  std::int64_t next = kNever;
  for (const auto& [instrument, due] : due_) next = std::min(next, due);
  if (next == kNever) return std::nullopt;
  return next;
}

void EvaluationSchedule::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(due_.size()));
  for (const auto& [instrument, due] : due_) {
    out.put(instrument);
    out.put(due);
    out.put(earliest_.at(instrument));
  }
}

bool EvaluationSchedule::load(base::ByteReader& in) {
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto instrument = in.get<std::uint32_t>();
    const auto due = in.get<std::int64_t>();
    const auto earliest = in.get<std::int64_t>();
    if (!due_.contains(instrument)) continue;  // no longer named by the configuration
    due_[instrument] = due;
    earliest_[instrument] = earliest;
  }
  return in.ok();
}

}  // namespace writ::strategy
