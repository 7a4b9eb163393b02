// Pipeline: plugin instances come and go, and the core's state is saved and taken over.
#include "host/base/byte_stream.hpp"
#include "host/base/input_error.hpp"
#include "host/engine/pipeline.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

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

void Pipeline::add_instance(const InstanceSetup& setup) {
  ahead_.reset();
  auto newcomer = make_newcomer(setup, {tables_, options_, sink_.now(), services_});
  first_timers_[setup.number] = newcomer.timers;
  enlist(std::move(newcomer), setup);
}

void Pipeline::enlist(Newcomer newcomer, const InstanceSetup& setup) {
  wire(setup);
  setups_[setup.number] = setup;
  for (const auto& timer : newcomer.timers) {
    timers_.set(timer.instance, timer.timer, timer.due_ts);
  }
  if (newcomer.actor.instance->descriptor().kind == plugin::PluginKind::kSignal) {
    signals_.push_back(std::make_unique<plugin::Actor>(std::move(newcomer.actor)));
    sort_signals();
  } else {
    strategies_.push_back(std::make_unique<strategy::Strategy>(std::move(newcomer.actor)));
  }
}

void Pipeline::prepare_reload(Reload reload, Made made) {
  if (!announced_.empty()) reload.prepared_ts = announced_.begin()->second.prepared_ts;
  made.added.resize(reload.added.size());
  made.changed.resize(reload.changed.size());
  const Workshop workshop{tables_, options_, reload.prepared_ts, services_};
  Prepared prepared;
  for (std::size_t i = 0; i < reload.added.size(); ++i) {
    auto& newcomer = made.added[i];
    prepared.added.push_back(newcomer ? std::move(*newcomer)
                                      : make_newcomer(reload.added[i], workshop));
  }
  for (std::size_t i = 0; i < reload.changed.size(); ++i) {
    const auto& setup = reload.changed[i];
    auto* old = find_actor(setup.number);
    if (old == nullptr) throw base::InputError("instances", 0, 0, setup.name + ": not running");
    auto& successor = made.changed[i];
    prepared.changed.push_back(successor ? std::move(*successor) : make_successor(setup, workshop));
    try_hand_over(*old, prepared.changed.back().first, setup);
  }
  check_signal_order(reload);
  prepared.reload = std::move(reload);
  prepared_ = std::move(prepared);
}

// The state of now, taken over by one that is there to be tried: what it refuses, it refuses before
// anything is changed.
void Pipeline::try_hand_over(plugin::Actor& old, Newcomer& fresh,
                             const InstanceSetup& setup) const {
  auto& instance = *fresh.actor.instance;
  const auto refuse = [&](const std::string& why) {
    throw base::InputError(setup.module->file().string(), 0, 0, setup.name + ": " + why);
  };
  if (old.instance->descriptor().kind != instance.descriptor().kind) {
    refuse("a strategy cannot replace a signal, nor a signal a strategy");
  }
  if (old.instance->stopped() || !old.instance->has_state() || !instance.has_state()) return;
  const auto state = old.instance->save_state();
  const auto loaded = state ? instance.load_state(*state) : base::Result<void>{state.error()};
  if (!loaded && !setup.reset_on_state_mismatch) {
    refuse("does not take the state over: " + to_string(loaded.error()));
  }
}

void Pipeline::commit_reload() {
  if (!prepared_) return;  // the configuration a run begins with
  judge_pending();         // what timers led to was meant under the old one
  auto prepared = std::move(*prepared_);
  prepared_.reset();
  arbiter_.set_options(prepared.reload.arbiter);
  risk_sums_.set_slippage(arbiter_.options().market_order_slippage);
  end_swaps();
  announced_.clear();
  for (const auto number : prepared.reload.removed) remove(number);
  for (std::size_t i = 0; i < prepared.changed.size(); ++i) {
    await(std::move(prepared.changed[i]), prepared.reload.changed[i]);
  }
  for (std::size_t i = 0; i < prepared.added.size(); ++i) {
    enlist(std::move(prepared.added[i]), prepared.reload.added[i]);
  }
  leave_other_books();
  incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RELOADED, 0, "configuration reloaded");
  for (const auto& setup : prepared.reload.tuned) tune(setup);
  settle_orders();
}

// The instance goes on as it is, told of each parameter that is another now. One that is stopped or
// in quarantine has them when it is made anew.
void Pipeline::tune(const InstanceSetup& setup) {
  auto* actor = find_actor(setup.number);
  if (actor == nullptr) return;
  model::RecordBuffer buffer;
  for (const auto& change : plugin::changes(actor->instance->parameters(), setup.parameters)) {
    auto& record = plugin::build_parameter_record(buffer, setup.number, change);
    sink_.append(record);
    actor->instance->take_parameter(*model::as<writ_parameter_change>(record));
    give(*actor, record);
  }
  setups_.at(setup.number) = setup;
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
  if (auto* actor = find_actor(number)) retired_.emplace_back(std::move(*actor));
  std::erase_if(signals_, [&](const auto& a) { return a->instance == nullptr; });
  std::erase_if(strategies_, [&](const auto& s) { return s->actor.instance == nullptr; });
  setups_.erase(number);
  cancel_scope({0, 0, number}, Seq{sink_.input_seq()});
  arbiter_.release_all(number);
}

// A strategy works in one book: its orders in the other end, the markets it held there are free.
// What it holds there stays.
void Pipeline::leave_other_books() {
  for (const auto* strategy : tables_.instances()) {
    if (strategy->kind != WRIT_PLUGIN_STRATEGY) continue;
    const auto book = tables_.book_of(strategy->account);
    for (const auto* account : tables_.accounts()) {
      const bool both_real = book == WRIT_BOOK_MAIN && account->book == WRIT_BOOK_MAIN;
      if (both_real || account->account == strategy->account) continue;
      const execution::OrderScope scope{account->account, 0, strategy->instance};
      cancel_scope(scope, Seq{sink_.input_seq()});
      arbiter_.release_all(strategy->instance, account->account);
    }
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

std::vector<InstanceSetup> Pipeline::setups() const {
  std::vector<InstanceSetup> setups;
  for (const auto& [number, setup] : setups_) setups.push_back(setup);
  return setups;
}

std::vector<std::uint32_t> Pipeline::instances() const {
  std::vector<std::uint32_t> numbers;
  for_each_actor([&](const plugin::Actor& actor) { numbers.push_back(actor.number()); });
  return numbers;
}

void Pipeline::enter_table(const writ_record& record) {
  ahead_.reset();
  if (!tables_.apply(record)) return;
  if (const auto* instrument = model::as<writ_instrument>(record)) {
    orders_.apply(*instrument);
    markets_.on_instrument(*instrument);
  } else if (const auto* made = model::as<writ_instance>(record)) {
    orders_.apply(*made);
  } else if (const auto* stream = model::as<writ_stream>(record)) {
    markets_.on_stream(*stream);
  }
}

void Pipeline::enter_run(const writ_run_started& run) {
  ahead_.reset();
  orders_.apply(run);
}

// A checkpoint holds instances that work, none that is tried: it waits until that is decided.
// Of little that happened the next one says it as well.
void Pipeline::ask_for_checkpoint() {
  if (inputs_since_checkpoint_ >= options_.checkpoint_inputs_min) {
    checkpoint_asked_ = true;
  } else {
    checkpoint_due_ = sink_.now() + options_.checkpoint_period_ns;
  }
}

bool Pipeline::take_checkpoint_due() {
  if (swapping()) return false;
  if (!std::exchange(checkpoint_asked_, false)) return false;
  ahead_.reset();
  checkpoint_due_ = sink_.now() + options_.checkpoint_period_ns;
  inputs_since_checkpoint_ = 0;
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
  put("veto_marks", veto_marks_.save());
  put("groups", groups_.save());
  put("timers", timers_.save());
  put("signals", board_.save());

  base::ByteWriter core;
  core.put(portfolio_due_);
  core.put(checkpoint_due_);
  core.put(inputs_since_checkpoint_);
  core.put(static_cast<std::uint64_t>(snapshot_due_.size()));
  for (const auto& [key, due] : snapshot_due_) {
    core.put(key.first);
    core.put(key.second);
    core.put(due);
  }
  for (const auto* numbers : {&found_.cold, &found_.differing, &found_.hung}) {
    core.put(static_cast<std::uint64_t>(numbers->size()));
    for (const auto number : *numbers) core.put(number);
  }
  core.put(found_.run);
  core.put(found_.torn_bytes);
  core.put(static_cast<std::uint8_t>(restarted_ ? 1 : 0));
  core.put(static_cast<std::uint64_t>(deposits_due_.size()));
  for (const auto& deposit : deposits_due_) core.put(deposit);
  core.put(static_cast<std::uint64_t>(deposits_last_.size()));
  for (const auto& deposit : deposits_last_) core.put(deposit);
  core.put(static_cast<std::uint64_t>(drawdown_halted_.size()));
  for (const auto account : drawdown_halted_) core.put(account);
  flattening_.save(core);
  targets_.save(core);
  waiting_legs_.save(core);
  core.put(static_cast<std::uint8_t>(reconciling_ ? 1 : 0));
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

base::Result<Pipeline::Loaded> Pipeline::load(const journal::CheckpointSections& sections,
                                              const std::set<std::string>& reset_allowed,
                                              LoadFor purpose) {
  ahead_.reset();
  const auto bytes = [&](const std::string& name) -> std::span<const std::byte> {
    const auto found = sections.find(name);
    if (found == sections.end()) return {};
    return found->second.bytes;
  };
  if (auto loaded = markets_.load(bytes("market")); !loaded) return loaded.error();
  if (auto loaded = orders_.load(bytes("orders")); !loaded) return loaded.error();
  if (auto loaded = ledger_.load(bytes("ledger")); !loaded) return loaded.error();
  if (auto loaded = arbiter_.load(bytes("arbiter")); !loaded) return loaded.error();
  if (auto loaded = veto_marks_.load(bytes("veto_marks")); !loaded) return loaded.error();
  if (auto loaded = groups_.load(bytes("groups")); !loaded) return loaded.error();
  if (auto loaded = timers_.load(bytes("timers")); !loaded) return loaded.error();
  if (auto loaded = board_.load(bytes("signals")); !loaded) return loaded.error();
  if (auto loaded = load_core(bytes("core")); !loaded) return loaded.error();
  risk_sums_.touch_all();

  Loaded outcome;
  for (const auto number : instances()) {
    auto& actor = *find_actor(number);
    const auto& name = actor.instance->name();
    base::ByteReader in{bytes("actor:" + name)};
    if (in.complete()) {
      outcome.added.insert(number);
      continue;
    }
    const auto fresh_warm_up = actor.warm_up;
    bool read = actor.load(in);
    for (const auto& strategy : strategies_) {
      if (&strategy->actor == &actor) read = read && strategy->schedule.load(in);
    }
    if (!read || !in.complete()) return corrupt("checkpoint section actor");
    if (actor.instance->stopped()) continue;
    const auto state = bytes("plugin:" + name);
    if (state.empty() && purpose == LoadFor::kRepeat) continue;  // without state, as it was there
    const auto taken = load_instance(actor, state, reset_allowed);
    if (!taken) return taken.error();
    if (*taken) continue;
    actor.warm_up = fresh_warm_up;
    outcome.cold.insert(number);
  }
  if (purpose == LoadFor::kGoOn) {
    const auto begins_anew = [&](std::uint32_t number) {
      return outcome.cold.contains(number) || outcome.added.contains(number) ||
             find_actor(number) == nullptr;
    };
    for (const auto number : timers_.instances()) {
      if (begins_anew(number)) timers_.cancel_all(number);
    }
    for (const auto& [number, timers] : first_timers_) {
      for (const auto& timer : timers) {
        if (begins_anew(number)) timers_.set(number, timer.timer, timer.due_ts);
      }
    }
  }
  first_timers_.clear();
  return outcome;
}

// False: there is none, or it was dropped.
base::Result<bool> Pipeline::load_instance(plugin::Actor& actor, std::span<const std::byte> state,
                                           const std::set<std::string>& reset_allowed) {
  if (state.empty() || !actor.instance->has_state()) return false;
  const auto loaded = actor.instance->load_state(state);
  if (loaded) return true;
  if (reset_allowed.contains(actor.instance->name())) return false;
  return loaded.error();
}

base::Result<void> Pipeline::load_core(std::span<const std::byte> bytes) {
  base::ByteReader core{bytes};
  portfolio_due_ = core.get<std::int64_t>();
  checkpoint_due_ = core.get<std::int64_t>();
  inputs_since_checkpoint_ = core.get<std::uint64_t>();
  snapshot_due_.clear();
  for (auto left = core.get<std::uint64_t>(); left > 0 && core.ok(); --left) {
    const auto instance = core.get<std::uint32_t>();
    const auto instrument = core.get<std::uint32_t>();
    snapshot_due_[{instance, instrument}] = core.get<std::int64_t>();
  }
  const auto read_set = [&core](std::set<std::uint32_t>& numbers) {
    numbers.clear();
    for (auto left = core.get<std::uint64_t>(); left > 0 && core.ok(); --left) {
      numbers.insert(core.get<std::uint32_t>());
    }
  };
  for (auto* numbers : {&found_.cold, &found_.differing, &found_.hung}) read_set(*numbers);
  found_.run = core.get<std::uint64_t>();
  found_.torn_bytes = core.get<std::uint64_t>();
  restarted_ = core.get<std::uint8_t>() != 0;
  deposits_due_.clear();
  for (auto left = core.get<std::uint64_t>(); left > 0 && core.ok(); --left) {
    deposits_due_.push_back(core.get<writ_deposit>());
  }
  deposits_last_.clear();
  for (auto left = core.get<std::uint64_t>(); left > 0 && core.ok(); --left) {
    deposits_last_.push_back(core.get<writ_deposit>());
  }
  read_set(drawdown_halted_);
  if (!flattening_.load(core) || !targets_.load(core) || !waiting_legs_.load(core)) {
    return corrupt("checkpoint section core");
  }
  reconciling_ = core.get<std::uint8_t>() != 0;
  if (!core.complete()) return corrupt("checkpoint section core");
  return {};
}

void Pipeline::after_restart(const Found& found) {
  ahead_.reset();
  found_.run = found.run;
  found_.torn_bytes = found.torn_bytes;
  found_.differing.insert(found.differing.begin(), found.differing.end());
  found_.hung.insert(found.hung.begin(), found.hung.end());
  found_.cold.insert(found.cold.begin(), found.cold.end());
  restarted_ = true;
  reconciling_ = false;  // begun anew where there is a venue to ask
  arbiter_.release_hold(0);
}

// What a start found goes on record with the first input after it.
void Pipeline::tell_of_restart() {
  if (!restarted_ && found_.cold.empty()) return;
  const auto run = "run " + std::to_string(found_.run);
  if (restarted_) incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RESTARTED, 0, run + " is continued");
  if (const auto bytes = std::exchange(found_.torn_bytes, 0); bytes != 0) {
    incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_TORN_TAIL, 0,
             run + " ended in a torn record: " + std::to_string(bytes) + " bytes dropped");
  }
  for (const auto number : std::exchange(found_.cold, {})) {
    if (const auto* begun = instance(number)) {
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_COLD_START, number,
               begun->name() + ": no saved state, started cold");
    }
  }
  for (const auto number : std::exchange(found_.differing, {})) {
    if (auto* actor = find_actor(number)) {
      stop_actor(*actor, WRIT_INCIDENT_PLUGIN_DIFFERS, "did otherwise than is on record: stopped");
    }
  }
  for (const auto number : std::exchange(found_.hung, {})) {
    if (auto* actor = find_actor(number)) {
      stop_actor(*actor, WRIT_INCIDENT_PLUGIN_STOPPED,
                 "hung in " + run + " and was left out of its end: stopped, orders cancelled");
    }
  }
  if (!std::exchange(restarted_, false)) return;
  leave_other_books();
  for (const auto* known : tables_.instances()) {
    if (known->kind == 0 || instance(known->instance) != nullptr) continue;  // 0: the operator
    if (known->state != WRIT_INSTANCE_REMOVED && sink_.left_out(known->instance))
      continue;  // merely not called
    arbiter_.release_all(known->instance);
    cancel_scope({0, 0, known->instance}, Seq{sink_.input_seq()});
  }
}

}  // namespace writ::engine
