// Pipeline: a plugin whose own process failed is left alone for a while, then begins anew.
#include "host/engine/pipeline.hpp"
#include "host/plugin/instance.hpp"

#include <optional>
#include <string>
#include <utility>

namespace writ::engine {

void Pipeline::quarantine(plugin::Actor& actor, const std::string& why) {
  actor.quarantine.begin(sink_.now(), options_.quarantine_ns, options_.quarantine_max_ns);
  constexpr std::int64_t kMillisecond = 1'000'000;
  stop_actor(actor, WRIT_INCIDENT_QUARANTINED,
             why + "; orders cancelled, left alone for " +
                 std::to_string(actor.quarantine.pause_ns() / kMillisecond) + " ms");
}

void Pipeline::quarantine_over_intents(plugin::Actor& actor) {
  const auto allowed = std::to_string(actor.intents.per_second());
  actor.intents.begin_anew();
  quarantine(actor, "submitted more than " + allowed + " intents in a second");
}

void Pipeline::end_quarantines() {
  for (const auto number : instances()) {
    auto& actor = *find_actor(number);
    const auto due = actor.quarantine.due();
    if (!due || *due > sink_.now() || sink_.left_out(number)) continue;
    if (const auto why = begin_anew(actor)) {
      quarantine(actor, *why);
      continue;
    }
    actor.quarantine.end(sink_.now());
    incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RESTORED, number,
             actor.instance->name() + ": works again, from a cold start");
  }
}

// As at its first start: instruments, init, warm-up. It remembers nothing. Why it could not, or
// nothing.
std::optional<std::string> Pipeline::begin_anew(plugin::Actor& actor) {
  auto& instance = *actor.instance;
  const auto refusal = [&](writ_status status) {
    return instance.fault().empty()
               ? "does not begin anew: " + std::string(plugin::status_name(status))
               : instance.fault();
  };
  (void)services_.take_first_timers();
  if (!instance.begin_anew()) return refusal(WRIT_E_INTERNAL);
  for (const auto number : instance.instruments()) {
    const auto status = instance.on_event(tables_.instrument(number)->header);
    if (status < 0) return refusal(status);
  }
  if (const auto status = instance.init(); status < 0) return refusal(status);
  for (const auto& timer : services_.take_first_timers()) {
    timers_.set(timer.instance, timer.timer, timer.due_ts);
  }
  actor.begin_anew();
  for (auto& strategy : strategies_) {
    if (&strategy->actor == &actor) strategy->reschedule();
  }
  return std::nullopt;
}

}  // namespace writ::engine
