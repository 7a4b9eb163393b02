#pragma once

#include "host/plugin/actor.hpp"
#include "host/strategy/evaluation_schedule.hpp"

#include <utility>

namespace writ::strategy {

/// A strategy at work: a plugin instance and when it is evaluated. [sequencer-thread]
struct Strategy {
  explicit Strategy(plugin::Actor made)
      : actor(std::move(made)), schedule(schedule_of(*actor.instance)) {}

  plugin::Actor actor;
  EvaluationSchedule schedule;

  /// After the plugin was replaced: its trigger may be another.
  void reschedule() { schedule = schedule_of(*actor.instance); }

 private:
  /// Its subscription to snapshots; without one, each change of the top of a book it names.
  static EvaluationSchedule schedule_of(const plugin::Instance& instance) {
    const auto* asked = instance.descriptor().subscription(WRIT_RECORD_SNAPSHOT);
    const auto instruments = instance.instruments();
    return {asked == nullptr ? std::uint32_t{WRIT_TRIGGER_TOP} : asked->trigger,
            asked == nullptr ? 0 : asked->interval_ns,
            {instruments.begin(), instruments.end()}};
  }
};

}  // namespace writ::strategy
