#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/plugin/delivery.hpp"
#include "host/plugin/error_window.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/intent_budget.hpp"
#include "host/plugin/quarantine.hpp"
#include "host/plugin/warm_up.hpp"

#include <cstdint>
#include <memory>

namespace writ::plugin {

/// A plugin instance at work in the core: what it is given, whether it is warm, how often it
/// failed, where its random sequence stands. [sequencer-thread]
struct Actor {
  Actor(std::unique_ptr<Instance> made, std::uint32_t account_number, std::uint32_t error_limit,
        std::int64_t error_window_ns, std::uint64_t seed);

  std::unique_ptr<Instance> instance;
  std::uint32_t account;  ///< 0 for a signal
  Delivery delivery;
  WarmUp warm_up;
  ErrorWindow errors;
  Quarantine quarantine;
  IntentBudget intents;

  /// The next number of its sequence: a function of seed, name and how many were drawn.
  [[nodiscard]] std::uint64_t draw();

  /// Goes on where another instance of the same name was: warm if it was, with its random sequence.
  void continue_from(const Actor& other);

  /// As at its first start: cold, its subscriptions due. The random sequence goes on.
  void begin_anew();

  [[nodiscard]] std::uint32_t number() const noexcept { return instance->number(); }

  /// Everything but the plugin's own state.
  void save(base::ByteWriter& out) const;
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  std::uint64_t seed_;
  std::uint64_t purpose_;
  std::uint64_t drawn_ = 0;
};

}  // namespace writ::plugin
