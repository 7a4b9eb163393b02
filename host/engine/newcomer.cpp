#include "host/engine/newcomer.hpp"

#include "host/base/input_error.hpp"
#include "host/engine/preparation_services.hpp"

#include <memory>
#include <string>
#include <utility>

namespace writ::engine {
namespace {

/// Says that an instance is being made, to one who watches.
class BeingMade {
 public:
  BeingMade(std::shared_ptr<Progress> progress, std::uint32_t number)
      : progress_(std::move(progress)) {
    if (progress_ == nullptr) return;
    progress_->input_seq.store(0, std::memory_order_relaxed);
    progress_->instance.store(number, std::memory_order_relaxed);
    progress_->calls.fetch_add(1, std::memory_order_release);
  }
  ~BeingMade() {
    if (progress_ != nullptr) progress_->instance.store(0, std::memory_order_relaxed);
  }
  BeingMade(const BeingMade&) = delete;
  BeingMade& operator=(const BeingMade&) = delete;

 private:
  std::shared_ptr<Progress> progress_;
};

}  // namespace

Newcomer make_newcomer(const InstanceSetup& setup, const Workshop& workshop) {
  plugin::InstanceOptions options;
  options.instance = setup.number;
  options.name = setup.name;
  options.granted = setup.granted;
  options.instruments = setup.instruments;
  options.inputs = setup.inputs;
  options.isolate = setup.isolate;
  options.deadline_ns = setup.budget.deadline_ns;
  const auto refuse = [&](const std::string& why) {
    throw base::InputError(setup.module->file().string(), 0, 0, setup.name + ": " + why);
  };
  const BeingMade being_made(workshop.options.progress, setup.number);
  PreparationServices services(workshop.now);
  auto made = plugin::Instance::create(setup.module, setup.plugin, setup.parameters,
                                       std::move(options), services);
  for (const auto number : setup.instruments) {
    const auto* instrument = workshop.tables.instrument(number);
    if (instrument == nullptr) refuse("names an instrument that is not in the tables");
    if (const auto status = made->on_event(instrument->header); status < 0) {
      refuse("refuses " + std::string(workshop.tables.instrument_name(number)) + ": " +
             plugin::status_name(status));
    }
  }
  if (const auto status = made->init(); status < 0) {
    refuse(std::string("init failed: ") + plugin::status_name(status));
  }
  made->serve(workshop.core);
  const auto& core = workshop.options;
  plugin::Actor actor{std::move(made), setup.account, core.plugin_error_limit,
                      core.plugin_error_window_ns, core.seed};
  actor.intents = plugin::IntentBudget(setup.budget.intents_per_second);
  return {std::move(actor), services.take_timers()};
}

Successor make_successor(const InstanceSetup& setup, const Workshop& workshop) {
  Successor successor{make_newcomer(setup, workshop), std::nullopt};
  if (!setup.isolate && successor.first.actor.instance->has_state()) {
    successor.second = make_newcomer(setup, workshop);
  }
  return successor;
}

Made make_in_process(const Reload& reload, const Workshop& workshop) {
  Made made;
  for (const auto& setup : reload.added) {
    auto& newcomer = made.added.emplace_back();
    if (!setup.isolate) newcomer = make_newcomer(setup, workshop);
  }
  for (const auto& setup : reload.changed) {
    auto& successor = made.changed.emplace_back();
    if (!setup.isolate) successor = make_successor(setup, workshop);
  }
  return made;
}

}  // namespace writ::engine
