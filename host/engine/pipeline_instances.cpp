// Pipeline: plugin instances come and go, and the core's state is saved and taken over.
#include <algorithm>
#include <cstring>
#include <utility>

#include "host/base/byte_stream.hpp"
#include "host/base/input_error.hpp"
#include "host/engine/pipeline.hpp"

namespace writ::engine {
namespace {

constexpr std::uint32_t kSectionVersion = 1;

template <class Container>
auto find_by_number(Container& actors, std::uint32_t number) {
  return std::find_if(actors.begin(), actors.end(),
                      [&](const auto& a) { return a->number() == number; });
}

std::vector<signal::Wire> wires_of(const InstanceSetup& setup) {
  std::vector<signal::Wire> wires;
  for (const auto& input : setup.inputs) {
    wires.push_back({setup.number, input.port, input.instance, input.signal});
  }
  return wires;
}

base::Error corrupt(const char* section) { return {base::Errc::kCorrupt, section}; }

}  // namespace

plugin::Actor Pipeline::make_actor(const InstanceSetup& setup) {
  plugin::InstanceOptions options;
  options.instance = setup.number;
  options.name = setup.name;
  options.granted = setup.granted;
  options.instruments = setup.instruments;
  options.inputs = setup.inputs;
  auto made = plugin::Instance::create(setup.module, setup.plugin, setup.parameters,
                                       std::move(options), services_);
  for (const auto number : setup.instruments) {
    const auto* instrument = tables_.instrument(number);
    if (instrument == nullptr || made->on_event(instrument->header) < 0) {
      throw base::InputError(setup.module->file().string(), 0, 0,
                             setup.name + ": refuses an instrument");
    }
  }
  plugin::Actor actor{std::move(made), setup.account, options_.plugin_error_limit,
                      options_.plugin_error_window_ns, options_.seed};
  const auto status = actor.instance->init();
  if (status < 0) {
    throw base::InputError(setup.module->file().string(), 0, 0,
                           setup.name + ": init failed: " + plugin::status_name(status));
  }
  return actor;
}

void Pipeline::add_instance(const InstanceSetup& setup) { enlist(make_actor(setup), setup); }

void Pipeline::enlist(plugin::Actor actor, const InstanceSetup& setup) {
  wire(setup);
  if (actor.instance->descriptor().kind == plugin::PluginKind::kSignal) {
    signals_.push_back(std::make_unique<plugin::Actor>(std::move(actor)));
    sort_signals();
  } else {
    strategies_.push_back(std::make_unique<strategy::Strategy>(std::move(actor)));
  }
}

void Pipeline::prepare_reload(const Reload& reload) {
  Prepared prepared{reload, {}, {}};
  for (const auto& setup : reload.added) prepared.added.push_back(make_actor(setup));
  for (const auto& setup : reload.changed) {
    auto* old = find_actor(setup.number);
    if (old == nullptr) throw base::InputError("instances", 0, 0, setup.name + ": not running");
    prepared.changed.push_back(make_actor(setup));
    hand_over(*old, prepared.changed.back(), setup);
  }
  check_signal_order(reload);
  prepared_ = std::move(prepared);
}

// The old instance goes on until the CONFIG record, which follows at once: no input comes between.
void Pipeline::hand_over(plugin::Actor& old, plugin::Actor& fresh, const InstanceSetup& setup) {
  fresh.warm_up = old.warm_up;
  if (!old.instance->has_state() || !fresh.instance->has_state()) return;
  const auto state = old.instance->save_state();
  const auto loaded =
      state ? fresh.instance->load_state(*state) : base::Result<void>{state.error()};
  if (!loaded && !setup.reset_on_state_mismatch) {
    throw base::InputError(setup.module->file().string(), 0, 0,
                           setup.name + ": does not take the state over: " +
                               to_string(loaded.error()));
  }
}

void Pipeline::commit_reload() {
  if (!prepared_) return;  // the configuration a run begins with
  auto prepared = std::move(*prepared_);
  prepared_.reset();
  arbiter_.set_options(prepared.reload.arbiter);
  for (const auto number : prepared.reload.removed) remove(number);
  for (std::size_t i = 0; i < prepared.changed.size(); ++i) {
    replace(std::move(prepared.changed[i]), prepared.reload.changed[i]);
  }
  for (std::size_t i = 0; i < prepared.added.size(); ++i) {
    enlist(std::move(prepared.added[i]), prepared.reload.added[i]);
  }
  incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RELOADED, 0, "configuration reloaded");
  settle_orders();
}

void Pipeline::wire(const InstanceSetup& setup) {
  board_.disconnect(setup.number);
  std::erase_if(wires_, [&](const signal::Wire& w) { return w.subscriber == setup.number; });
  for (const auto& wire : wires_of(setup)) {
    wires_.push_back(wire);
    board_.connect(wire);
  }
}

// Refuses signals that would come to depend on themselves.
void Pipeline::check_signal_order(const Reload& reload) const {
  std::vector<std::uint32_t> numbers;
  std::vector<signal::Wire> wires = wires_;
  const auto drop = [&](std::uint32_t number) {
    std::erase_if(wires, [&](const signal::Wire& w) { return w.subscriber == number; });
  };
  for (const auto& actor : signals_) numbers.push_back(actor->number());
  for (const auto number : reload.removed) {
    std::erase(numbers, number);
    drop(number);
  }
  const auto take = [&](const InstanceSetup& setup) {
    drop(setup.number);
    for (const auto& wire : wires_of(setup)) wires.push_back(wire);
  };
  for (const auto& setup : reload.changed) take(setup);
  for (const auto& setup : reload.added) {
    take(setup);
    numbers.push_back(setup.number);
  }
  if (!signal::topological_order(numbers, wires)) {
    throw base::InputError("signals", 0, 0, "a signal would depend on itself");
  }
}

void Pipeline::sort_signals() {
  std::vector<std::uint32_t> numbers;
  for (const auto& actor : signals_) numbers.push_back(actor->number());
  const auto order = signal::topological_order(numbers, wires_);
  if (!order) {
    const auto* stuck = instance(static_cast<std::uint32_t>(order.error().detail()));
    throw base::InputError("signals", 0, 0, stuck->name() + ": its inputs depend on itself");
  }
  std::vector<std::unique_ptr<plugin::Actor>> sorted;
  for (const auto number : *order) {
    sorted.push_back(std::move(*find_by_number(signals_, number)));
    std::erase(signals_, nullptr);
  }
  signals_ = std::move(sorted);
}

void Pipeline::remove(std::uint32_t number) {
  timers_.cancel_all(number);
  board_.disconnect(number);
  std::erase_if(wires_, [&](const signal::Wire& w) { return w.subscriber == number; });
  std::erase_if(signals_, [&](const auto& a) { return a->number() == number; });
  std::erase_if(strategies_, [&](const auto& s) { return s->actor.number() == number; });
  orders_.cancel_scope({0, 0, number}, Seq{sink_.input_seq()}, sink_);
  arbiter_.release_all(number);
}

void Pipeline::replace(plugin::Actor actor, const InstanceSetup& setup) {
  wire(setup);
  if (!actor.instance->has_state()) cold_.push_back(setup.number);
  const auto number = actor.number();
  *find_actor(number) = std::move(actor);
  for (auto& strategy : strategies_) {
    if (strategy->actor.number() == number) strategy->reschedule();
  }
}

plugin::Actor* Pipeline::find_actor(std::uint32_t number) const {
  for (const auto& strategy : strategies_) {
    if (strategy->actor.number() == number) return &strategy->actor;
  }
  for (const auto& actor : signals_) {
    if (actor->number() == number) return actor.get();
  }
  return nullptr;
}

const plugin::Instance* Pipeline::instance(std::uint32_t number) const {
  const auto* actor = find_actor(number);
  return actor == nullptr ? nullptr : actor->instance.get();
}

std::vector<std::uint32_t> Pipeline::instances() const {
  std::vector<std::uint32_t> numbers;
  for (const auto& actor : signals_) numbers.push_back(actor->number());
  for (const auto& strategy : strategies_) numbers.push_back(strategy->actor.number());
  return numbers;
}

void Pipeline::enter_table(const writ_record& record) {
  if (!tables_.apply(record)) {
    incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_BAD_MESSAGE, 0, "a table record was refused");
    return;
  }
  if (const auto* instrument = model::as<writ_instrument>(record)) {
    orders_.apply(*instrument);
    markets_.on_instrument(*instrument);
    for (const auto number : instances()) {
      auto* actor = find_actor(number);
      if (actor->instance->names(instrument->instrument)) give(*actor, record);
    }
  } else if (const auto* made = model::as<writ_instance>(record)) {
    orders_.apply(*made);
  } else if (const auto* stream = model::as<writ_stream>(record)) {
    markets_.on_stream(*stream);
  }
}

void Pipeline::enter_run(const writ_run_started& run) {
  orders_.apply(run);
  portfolio_due_ = run.header.ingest_ts + options_.portfolio_period_ns;
  checkpoint_due_ = run.header.ingest_ts + options_.checkpoint_period_ns;
}

bool Pipeline::take_checkpoint_due() {
  if (!std::exchange(checkpoint_asked_, false)) return false;
  checkpoint_due_ = sink_.now() + options_.checkpoint_period_ns;
  return true;
}

journal::CheckpointSections Pipeline::save() const {
  journal::CheckpointSections sections;
  const auto put = [&](std::string name, std::vector<std::byte> bytes) {
    sections[std::move(name)] = {kSectionVersion, std::move(bytes)};
  };
  put("market", markets_.save());
  put("orders", orders_.save());
  put("ledger", ledger_.save());
  put("arbiter", arbiter_.save());
  put("timers", timers_.save());
  put("signals", board_.save());

  base::ByteWriter core;
  core.put(portfolio_due_);
  core.put(checkpoint_due_);
  core.put(static_cast<std::uint64_t>(snapshot_due_.size()));
  for (const auto& [key, due] : snapshot_due_) {
    core.put(key.first);
    core.put(key.second);
    core.put(due);
  }
  core.put(static_cast<std::uint64_t>(cold_.size()));
  for (const auto number : cold_) core.put(number);
  core.put(static_cast<std::uint64_t>(differing_.size()));
  for (const auto number : differing_) core.put(number);
  core.put(static_cast<std::uint8_t>(restarted_ ? 1 : 0));
  put("core", core.take());

  for (const auto& actor : signals_) {
    base::ByteWriter out;
    actor->save(out);
    put("actor:" + actor->instance->name(), out.take());
  }
  for (const auto& strategy : strategies_) {
    base::ByteWriter out;
    strategy->actor.save(out);
    strategy->schedule.save(out);
    put("actor:" + strategy->actor.instance->name(), out.take());
  }
  for (const auto number : instances()) {
    const auto* actor = find_actor(number);
    if (!actor->instance->has_state()) continue;
    if (auto state = actor->instance->save_state()) {
      put("plugin:" + actor->instance->name(), std::move(*state));
    }
  }
  return sections;
}

base::Result<void> Pipeline::load(const journal::CheckpointSections& sections,
                                  const std::set<std::string>& reset_allowed, bool for_restart) {
  const auto bytes = [&](const std::string& name) -> std::span<const std::byte> {
    const auto found = sections.find(name);
    if (found == sections.end()) return {};
    return found->second.bytes;
  };
  if (auto loaded = markets_.load(bytes("market")); !loaded) return loaded;
  if (auto loaded = orders_.load(bytes("orders")); !loaded) return loaded;
  if (auto loaded = ledger_.load(bytes("ledger")); !loaded) return loaded;
  if (auto loaded = arbiter_.load(bytes("arbiter")); !loaded) return loaded;
  if (auto loaded = timers_.load(bytes("timers")); !loaded) return loaded;
  if (auto loaded = board_.load(bytes("signals")); !loaded) return loaded;

  base::ByteReader core{bytes("core")};
  portfolio_due_ = core.get<std::int64_t>();
  checkpoint_due_ = core.get<std::int64_t>();
  const auto count = core.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && core.ok(); ++i) {
    const auto instance = core.get<std::uint32_t>();
    const auto instrument = core.get<std::uint32_t>();
    snapshot_due_[{instance, instrument}] = core.get<std::int64_t>();
  }
  const auto cold = core.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < cold && core.ok(); ++i) cold_.push_back(core.get<std::uint32_t>());
  const auto differing = core.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < differing && core.ok(); ++i) {
    differing_.insert(core.get<std::uint32_t>());
  }
  restarted_ = core.get<std::uint8_t>() != 0;
  if (!core.complete()) return corrupt("checkpoint section core");

  for (const auto& actor : signals_) {
    base::ByteReader in{bytes("actor:" + actor->instance->name())};
    if (in.complete()) continue;  // new since
    if (!actor->load(in) || !in.complete()) return corrupt("checkpoint section actor");
  }
  for (const auto& strategy : strategies_) {
    base::ByteReader in{bytes("actor:" + strategy->actor.instance->name())};
    if (in.complete()) continue;
    if (!strategy->actor.load(in) || !strategy->schedule.load(in) || !in.complete()) {
      return corrupt("checkpoint section actor");
    }
  }
  for (const auto number : instances()) {
    auto& instance = *find_actor(number)->instance;
    const auto state = bytes("plugin:" + instance.name());
    if (state.empty() || !instance.has_state()) {
      if (for_restart) cold_.push_back(number);
      continue;
    }
    if (auto loaded = instance.load_state(state); !loaded) {
      if (!reset_allowed.contains(instance.name())) return loaded;
      cold_.push_back(number);
    }
  }
  return {};
}

void Pipeline::after_restart(const std::set<std::uint32_t>& differing) {
  differing_ = differing;
  restarted_ = true;
}

// What a start found goes on record with the first input after it.
void Pipeline::tell_of_restart() {
  for (const auto number : std::exchange(cold_, {})) {
    incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_COLD_START, number,
             instance(number)->name() + ": no saved state, started cold");
  }
  for (const auto number : std::exchange(differing_, {})) {
    if (auto* actor = find_actor(number)) {
      stop_actor(*actor, WRIT_INCIDENT_PLUGIN_DIFFERS, "did otherwise than is on record: stopped");
    }
  }
  if (!std::exchange(restarted_, false)) return;
  std::set<std::uint32_t> gone;
  orders_.for_each_working({}, [&](const writ_order& order) {
    if (order.instance != 0 && instance(order.instance) == nullptr) gone.insert(order.instance);
  });
  for (const auto number : gone) {
    orders_.cancel_scope({0, 0, number}, Seq{sink_.input_seq()}, sink_);
  }
  settle_orders();
}

}  // namespace writ::engine
