#pragma once

#include "host/engine/aside_services.hpp"
#include "host/engine/newcomer.hpp"
#include "host/engine/preparation_services.hpp"
#include "host/model/record_words.hpp"
#include "host/strategy/strategy.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace writ::engine {

/// An instance on its way to another's place: given the live events beside it until it is warm.
struct Candidate {
  InstanceSetup setup;
  strategy::Strategy tried;        ///< of a signal only its actor
  std::optional<Newcomer> unused;  ///< takes the place where a state is handed over
  std::unique_ptr<AsideServices> aside;
  std::int64_t wait_until = 0;  ///< core time
  std::uint64_t events = 0;     ///< it was given
  bool warms_up = false;        ///< it still has to
};

/// Who was replaced a moment ago, kept for the case that the new one fails.
struct Probation {
  std::optional<plugin::Actor> old;
  InstanceSetup setup;              ///< of the old one
  std::vector<Timers::Due> timers;  ///< of the old one, at the cut
  std::optional<strategy::EvaluationSchedule> schedule;
  std::uint64_t cut_id = 0;                ///< orders of the new one have higher ids
  std::uint64_t calls_left = 0;            ///< of the new one, until it stays
  std::int64_t until = 0;                  ///< core time
  std::vector<model::RecordWords> missed;  ///< what the new one was given
  std::string failure;                     ///< why it is to go; empty while it may stay
};

/// What the core waits for, or has done, on the way of an instance to another's place.
struct SwapStep {
  enum class Kind : std::uint8_t {
    kReady,    ///< an INSTANCE record of the new one makes the cut
    kGivenUp,  ///< the old one never left
    kFailed    ///< an INSTANCE record of the old one brings it back
  };
  std::uint32_t instance = 0;
  Kind kind = Kind::kReady;
  std::uint64_t events = 0;     ///< kReady, kGivenUp: given to it so far
  std::uint64_t discarded = 0;  ///< what it wanted meanwhile
};

/// An instance that is not called any more. Its end, and that of its library, is whose it is given.
struct Retired {
  explicit Retired(plugin::Actor gone)
      : services(std::make_unique<PreparationServices>(0)), actor(std::move(gone)) {
    actor.instance->stop();
    actor.instance->serve(*services);
  }
  std::unique_ptr<PreparationServices> services;  // its end may happen on another thread
  plugin::Actor actor;
};

}  // namespace writ::engine
