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
  slots_.reserve(instruments.size());
  for (const auto instrument : instruments) slots_.push_back({instrument});
}

EvaluationSchedule::Slot* EvaluationSchedule::find(std::uint32_t instrument) noexcept {
  const auto at =
      std::lower_bound(slots_.begin(), slots_.end(), instrument,
                       [](const Slot& slot, std::uint32_t key) { return slot.instrument < key; });
  return at == slots_.end() || at->instrument != instrument ? nullptr : &*at;
}

void EvaluationSchedule::set_due(Slot& slot, std::int64_t due) {
  if (slot.due == due) return;
  slot.due = due;
  next_due_ = kNever;
  for (const Slot& each : slots_) next_due_ = std::min(next_due_, each.due);
}

bool EvaluationSchedule::on_change(const MarketChange& change, std::int64_t now) {
  const bool asked_for = (trigger_ != WRIT_TRIGGER_TOP || change.top) &&
                         (trigger_ != WRIT_TRIGGER_TRADE || change.trade);
  Slot* slot = asked_for ? find(change.instrument) : nullptr;
  if (slot == nullptr) return false;
  switch (trigger_) {
    case WRIT_TRIGGER_EVENT:
    case WRIT_TRIGGER_TOP:
    case WRIT_TRIGGER_TRADE:
      return true;
    case WRIT_TRIGGER_TIMER:
      // The first event of a market starts its clock, on whole multiples of the interval.
      if (slot->due == kNever) set_due(*slot, next_multiple(now, interval_ns_));
      return false;
    case WRIT_TRIGGER_CONFLATED: {
      if (!change.top && !change.trade) return false;
      if (now < slot->earliest) {
        set_due(*slot, slot->earliest);
        return false;
      }
      slot->earliest = after(now, interval_ns_);
      set_due(*slot, kNever);
      return true;
    }
    default:
      return false;
  }
}

std::optional<std::uint32_t> EvaluationSchedule::take_first_due(std::int64_t now) {
  for (Slot& slot : slots_) {
    if (slot.due > now) continue;
    if (trigger_ == WRIT_TRIGGER_TIMER) {
      set_due(slot, next_multiple(now, interval_ns_));
    } else {
      set_due(slot, kNever);
      slot.earliest = after(now, interval_ns_);
    }
    return slot.instrument;
  }
  return std::nullopt;
}

void EvaluationSchedule::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(slots_.size()));
  for (const Slot& slot : slots_) {
    out.put(slot.instrument);
    out.put(slot.due);
    out.put(slot.earliest);
  }
}

bool EvaluationSchedule::load(base::ByteReader& in) {
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto instrument = in.get<std::uint32_t>();
    const auto due = in.get<std::int64_t>();
    const auto earliest = in.get<std::int64_t>();
    Slot* slot = find(instrument);
    if (slot == nullptr) continue;  // no longer named by the configuration
    slot->earliest = earliest;
    set_due(*slot, due);
  }
  return in.ok();
}

}  // namespace writ::strategy
