// Pipeline: a plugin whose own process failed is left alone for a while, then begins anew.
#include "host/engine/pipeline.hpp"
#include "host/engine/preparation_services.hpp"
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
  for_each_actor([this](plugin::Actor& actor) {
    const auto due = actor.quarantine.due();
    if (!due || *due > sink_.now() || sink_.left_out(actor.number())) return;
    if (const auto why = begin_anew(actor)) return quarantine(actor, *why);
    actor.quarantine.end(sink_.now());
    incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RESTORED, actor.number(),
             actor.instance->name() + ": works again, from a cold start");
  });
}

// As at its first start: instruments, init, warm-up. It remembers nothing. Why it could not, or
// nothing.
std::optional<std::string> Pipeline::begin_anew(plugin::Actor& actor) {
  auto& instance = *actor.instance;
  PreparationServices alone(sink_.now());
  instance.serve(alone);
  const auto status = make_anew(instance);
  instance.serve(services_);
  if (status < 0) {
    return instance.fault().empty()
               ? "does not begin anew: " + std::string(plugin::status_name(status))
               : instance.fault();
  }
  for (const auto& timer : alone.take_timers()) {
    timers_.set(timer.instance, timer.timer, timer.due_ts);
  }
  actor.begin_anew();
  for (auto& strategy : strategies_) {
    if (&strategy->actor == &actor) strategy->reschedule();
  }
  return std::nullopt;
}

writ_status Pipeline::make_anew(plugin::Instance& instance) const {
  if (!instance.begin_anew()) return WRIT_E_INTERNAL;
  for (const auto number : instance.instruments()) {
    const auto status = instance.on_event(tables_.instrument(number)->header);
    if (status < 0) return status;
  }
  return instance.init();
}

}  // namespace writ::engine
