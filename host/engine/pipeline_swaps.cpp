// Pipeline: another build takes an instance's place, and goes again if it fails at once.
#include "host/base/crc32c.hpp"
#include "host/base/hex.hpp"
#include "host/engine/pipeline.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/model/table_copy.hpp"
#include "host/plugin/fault_words.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace writ::engine {
namespace {

std::string build_of(const InstanceSetup& setup) {
  return setup.plugin + " " + setup.module->object_hash_hex().substr(0, 12);
}

bool same_subscriptions(const plugin::Descriptor& a, const plugin::Descriptor& b) {
  return std::equal(a.subscriptions.begin(), a.subscriptions.end(), b.subscriptions.begin(),
                    b.subscriptions.end(), [](const auto& x, const auto& y) {
                      return x.record_type == y.record_type && x.trigger == y.trigger &&
                             x.interval_ns == y.interval_ns;
                    });
}

// What it is called for, and when, is the same with both.
bool called_alike(const plugin::Instance& a, const plugin::Instance& b) {
  return same_subscriptions(a.descriptor(), b.descriptor()) &&
         std::equal(a.instruments().begin(), a.instruments().end(), b.instruments().begin(),
                    b.instruments().end());
}

bool has_warm_up(const plugin::Descriptor& descriptor) {
  return descriptor.warmup_events != 0 || descriptor.warmup_ns != 0;
}

bool wired_to(const InstanceSetup& setup, const writ_record& value) {
  const auto& signal = reinterpret_cast<const writ_signal&>(value);  // a report begins like one
  return std::any_of(setup.inputs.begin(), setup.inputs.end(), [&](const auto& input) {
    return input.instance == signal.instance && input.signal == signal.signal;
  });
}

// Both beside the core, where it has none of their state; by what their descriptors say of it.
bool hands_over_outside(const plugin::Instance& old, const plugin::Instance& fresh) {
  const auto outside = [](const plugin::Instance& instance) {
    return instance.isolation() != nullptr && !instance.has_state();
  };
  const auto saved = old.descriptor().state_schema;
  return outside(old) && outside(fresh) && !old.stopped() && saved != 0 &&
         saved <= fresh.descriptor().state_schema && saved >= fresh.descriptor().state_schema_min;
}

std::string state_text(std::span<const std::byte> state) {
  return "state of " + std::to_string(state.size()) + " bytes handed over, crc32c " +
         std::to_string(base::crc32c(state));
}

}  // namespace

// --- beside the one at work ---------------------------------------------------------------------

void Pipeline::await(Successor successor, const InstanceSetup& setup) {
  const auto& old = *find_actor(setup.number);
  Candidate candidate{setup, strategy::Strategy{std::move(successor.first.actor)},
                      std::move(successor.second),
                      std::make_unique<AsideServices>(services_, WRIT_OK)};
  auto& instance = *candidate.tried.actor.instance;
  instance.serve(*candidate.aside);
  candidate.aside->set_timers(successor.first.timers);
  candidate.wait_until = sink_.now() + options_.swap.wait_max_ns;
  // Where nobody trades there is no pause to be spared.
  candidate.warms_up = has_warm_up(instance.descriptor()) && instance.isolation() == nullptr &&
                       !old.instance->stopped() && old.warm_up.warm();
  if (!candidate.warms_up) swap_steps_.push_back({setup.number});
  candidates_.insert_or_assign(setup.number, std::move(candidate));
}

void Pipeline::try_candidates(const writ_record& input, const market::Change& change) {
  if (candidates_.empty()) return;
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, candidate] : candidates_) {
    if (candidate.warms_up && !sink_.left_out(number)) numbers.push_back(number);
  }
  for (const auto number : numbers) try_candidate(candidates_.at(number), input, change);
}

// As the one at work is called, but for what happens to that one's own orders.
void Pipeline::try_candidate(Candidate& candidate, const writ_record& input,
                             const market::Change& change) {
  auto& actor = candidate.tried.actor;
  for (const auto& [due_ts, timer] : candidate.aside->take_due(sink_.now())) {
    auto fired = model::make_record<writ_timer>();
    fired.header.event_ts = sink_.event_ts();
    fired.header.ingest_ts = sink_.now();
    fired.instance = actor.number();
    fired.timer = timer;
    fired.due_ts = due_ts;
    if (!try_event(candidate, fired.header)) return;
  }
  if (input.type >= WRIT_RECORD_BOOK_SNAPSHOT && input.type < WRIT_RECORD_SIGNAL_INPUT) {
    if (actor.instance->names(plugin::instrument_of(input))) {
      actor.warm_up.on_event(sink_.now());
      ++candidate.events;
    }
    const auto concerned = concerns(input, *actor.instance);
    if (concerned.value_or(true) &&
        actor.delivery.wants(input, {change.top_changed, change.traded, concerned.has_value()}) &&
        !try_event(candidate, input)) {
      return;
    }
  }
  for (const auto& words : values_) {
    const auto& value = model::record_in(words);
    if (actor.delivery.subscribed(value.type) && wired_to(candidate.setup, value) &&
        !try_event(candidate, value)) {
      return;
    }
  }
  if (actor.instance->descriptor().kind == plugin::PluginKind::kStrategy) {
    auto& schedule = candidate.tried.schedule;
    if (schedule.on_change({change.instrument, change.top_changed, change.traded}, sink_.now()) &&
        !try_evaluation(candidate, change.instrument)) {
      return;
    }
    while (const auto instrument = schedule.take_due(sink_.now())) {
      if (!try_evaluation(candidate, *instrument)) return;
    }
  }
  if (!actor.warm_up.warm()) return;
  candidate.warms_up = false;
  swap_steps_.push_back(
      {actor.number(), SwapStep::Kind::kReady, candidate.events, candidate.aside->discarded()});
}

bool Pipeline::try_event(Candidate& candidate, const writ_record& record) {
  return try_call(candidate, nullptr,
                  [&] { return candidate.tried.actor.instance->on_event(record); });
}

bool Pipeline::try_evaluation(Candidate& candidate, std::uint32_t instrument) {
  auto& actor = candidate.tried.actor;
  model::assign(snapshot_, snapshots_.build(actor, instrument).header);
  const auto& snapshot = *model::as<writ_snapshot>(model::record_in(snapshot_));
  return try_call(candidate, &snapshot, [&] { return actor.instance->on_snapshot(snapshot); });
}

// False: it failed, and is no candidate any more.
template <class Call>
bool Pipeline::try_call(Candidate& candidate, const writ_snapshot* snapshot, Call&& call) {
  auto& actor = candidate.tried.actor;
  const auto number = actor.number();
  services_.begin_call(actor, snapshot, 0);
  if (options_.call_watch != nullptr) options_.call_watch->call_begins();
  const writ_status status = call();
  if (options_.call_watch != nullptr) options_.call_watch->call_ends(number);
  services_.end_call(false);
  if (status >= 0) return true;
  give_up(number, std::string(plugin::status_name(status)) + " after " +
                      std::to_string(candidate.events) + " events");
  return false;
}

void Pipeline::give_up(std::uint32_t number, const std::string& why) {
  auto candidate = std::move(candidates_.extract(number).mapped());
  incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_SWAP_FAILED, number,
           candidate.setup.name + ": " + build_of(candidate.setup) +
               " given up while it warmed up: " + why + "; the old one goes on");
  std::erase_if(swap_steps_, [&](const auto& step) { return step.instance == number; });
  swap_steps_.push_back(
      {number, SwapStep::Kind::kGivenUp, candidate.events, candidate.aside->discarded()});
  retire(candidate);
}

// --- the cut ------------------------------------------------------------------------------------

// An INSTANCE record says what runs from here on: a candidate that is due, or the old one again.
// Of one that is not called here nothing is swapped, but its book may be another now.
void Pipeline::change_builds(const writ_instance& record) {
  if (auto candidate = candidates_.extract(record.instance)) {
    judge_pending();  // what timers led to was meant by the one that goes
    cut_over(std::move(candidate.mapped()));
  } else if (auto probation = probations_.extract(record.instance)) {
    judge_pending();
    roll_back(std::move(probation.mapped()));
  } else if (!sink_.left_out(record.instance)) {
    return;
  }
  leave_other_books();
  settle_orders();
}

// The state goes to one that has seen nothing. Without a state, the one that saw the events knows
// more.
Pipeline::Heir Pipeline::heir_of(plugin::Actor& working, Candidate& candidate) const {
  auto& tried = candidate.tried.actor;
  auto& fresh = candidate.unused ? candidate.unused->actor : tried;
  if (!working.instance->stopped() && working.instance->has_state() &&
      fresh.instance->has_state()) {
    const auto state = working.instance->save_state();
    const auto loaded =
        state ? fresh.instance->load_state(*state) : base::Result<void>{state.error()};
    if (loaded) {
      fresh.continue_from(working);
      return {fresh, true, state_text(*state), {}};
    }
    if (!candidate.setup.reset_on_state_mismatch) {
      return {fresh, false, {}, "does not take the state over: " + to_string(loaded.error())};
    }
  }
  if (hands_over_outside(*working.instance, *fresh.instance)) {
    fresh.instance->take_over_outside(*working.instance);
    fresh.continue_from(working);
    return {fresh, true, "state handed over beside the core", {}};
  }
  if (candidate.events == 0) return {fresh, false, "cold", {}};
  return {tried, false, "warmed up with " + std::to_string(candidate.events) + " events", {}};
}

void Pipeline::cut_over(Candidate candidate) {
  const auto& setup = candidate.setup;
  const auto number = setup.number;
  auto& working = *find_actor(number);
  const auto heir = heir_of(working, candidate);

  Probation probation;
  probation.setup = setups_.at(number);
  probation.timers = timers_.of(number);
  probation.cut_id = record_id<OrderId>(sink_.input_run(), Seq{sink_.input_seq()}).raw();
  probation.calls_left = options_.swap.probation_calls;
  probation.until = sink_.now() + options_.swap.wait_max_ns;
  probation.failure = heir.refusal;
  if (const auto* schedule = schedule_of(number)) probation.schedule = *schedule;
  if (!heir.continues) {
    timers_.cancel_all(number);
    for (const auto& timer : candidate.aside->timers(number)) {
      timers_.set(number, timer.timer, timer.due_ts);
    }
    if (candidate.events == 0 && heir.refusal.empty()) found_.cold.insert(number);
  }
  const bool alike = called_alike(*working.instance, *heir.actor.instance);
  if (alike) heir.actor.delivery = working.delivery;
  heir.actor.intents.continue_from(working.intents);
  plugin::Actor old = std::exchange(working, std::move(heir.actor));
  if (auto* schedule = schedule_of(number); schedule != nullptr && !alike) {
    *schedule = candidate.tried.schedule;
  }
  take_place(working, setup);
  tell_of_account(old.account, setup);
  if (probation.failure.empty()) {
    incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RELOADED, number,
             setup.name + ": " + build_of(probation.setup) + " replaced by " + build_of(setup) +
                 ", " + heir.how);
  } else {
    swap_steps_.push_back({number, SwapStep::Kind::kFailed});
  }
  const bool kept = !probation.failure.empty() ||
                    (probation.calls_left != 0 && old.instance->isolation() == nullptr &&
                     !old.instance->stopped());
  if (kept) {
    probation.old.emplace(std::move(old));
    probations_.insert_or_assign(number, std::move(probation));
  } else {
    retire(std::move(old));
  }
  retire(candidate);
}

void Pipeline::take_place(plugin::Actor& actor, const InstanceSetup& setup) {
  actor.instance->serve(services_);
  setups_.at(setup.number) = setup;
  wire(setup);
  sort_signals();
}

void Pipeline::tell_of_account(std::uint32_t before, const InstanceSetup& setup) {
  if (before == setup.account) return;
  incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RELOADED, setup.number,
           setup.name + ": trades for " + std::string(tables_.account_name(setup.account)) +
               " now; what it holds for " + std::string(tables_.account_name(before)) +
               " stays there",
           setup.account);
}

// Moved from: it took the place.
void Pipeline::retire(plugin::Actor actor) {
  if (actor.instance != nullptr) retired_.emplace_back(std::move(actor));
}

// What of it did not take the place.
void Pipeline::retire(Candidate& candidate) {
  retire(std::move(candidate.tried.actor));
  if (candidate.unused) retire(std::move(candidate.unused->actor));
}

// --- after the cut ------------------------------------------------------------------------------

void Pipeline::note_tried_call(std::uint32_t number, writ_status status) {
  auto& probation = probations_.at(number);
  if (status < 0) return fail_probation(number, plugin::status_name(status));
  if (--probation.calls_left == 0) end_probation(number);
}

void Pipeline::fail_probation(std::uint32_t number, const std::string& why) {
  auto& probation = probations_.at(number);
  if (!probation.failure.empty()) return;
  const auto calls = options_.swap.probation_calls - probation.calls_left + 1;
  probation.failure = why + " in call " + std::to_string(calls);
  swap_steps_.push_back({number, SwapStep::Kind::kFailed});
}

void Pipeline::end_probation(std::uint32_t number) {
  auto probation = probations_.extract(number);
  retire(std::move(*probation.mapped().old));
}

// Its own orders and timers are as it left them; it is told what it missed, and is too late to act
// on it.
void Pipeline::roll_back(Probation probation) {
  const auto& setup = probation.setup;
  const auto number = setup.number;
  auto& working = *find_actor(number);
  std::vector<OrderId> made;
  orders_.for_each_working({0, 0, number}, [&](const writ_order& order) {
    if (order.order_id > probation.cut_id) made.push_back(OrderId{order.order_id});
  });
  for (const auto order : made) orders_.cancel(order, Seq{sink_.input_seq()}, sink_);
  const auto failed = setups_.at(number);
  auto old = std::exchange(working, std::move(*probation.old));
  working.intents.continue_from(old.intents);
  const auto account = old.account;
  retire(std::move(old));
  found_.cold.erase(number);
  if (probation.schedule) *schedule_of(number) = *probation.schedule;
  take_place(working, setup);
  tell_of_account(account, setup);
  catch_up(working, probation);
  incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_SWAP_FAILED, number,
           setup.name + ": " + build_of(failed) + " rolled back: " + probation.failure + "; " +
               build_of(setup) + " works again with its state");
}

void Pipeline::catch_up(plugin::Actor& actor, const Probation& probation) {
  const auto number = actor.number();
  AsideServices aside(services_, WRIT_E_LIMIT);
  aside.set_timers(probation.timers);
  actor.instance->serve(aside);
  for (const auto& words : probation.missed) {
    const auto& record = model::record_in(words);
    if (const auto* fired = model::as<writ_timer>(record)) {
      (void)aside.cancel_timer(number, fired->timer);
    }
    services_.begin_call(actor, nullptr, 0);
    (void)actor.instance->on_event(record);
    services_.end_call(false);
  }
  actor.instance->serve(services_);
  timers_.cancel_all(number);
  for (const auto& timer : aside.timers(number)) timers_.set(number, timer.timer, timer.due_ts);
}

// --- what is under way --------------------------------------------------------------------------

void Pipeline::review_swaps() {
  if (candidates_.empty() && probations_.empty()) return;
  std::vector<std::uint32_t> late;
  for (const auto& [number, candidate] : candidates_) {
    if (candidate.warms_up && candidate.wait_until <= sink_.now()) late.push_back(number);
  }
  for (const auto number : late) give_up(number, "not warm in time");
  late.clear();
  for (const auto& [number, probation] : probations_) {
    if (probation.failure.empty() && probation.until <= sink_.now()) late.push_back(number);
  }
  for (const auto number : late) end_probation(number);
}

bool Pipeline::swapping() const {
  return !announced_.empty() || !candidates_.empty() || !probations_.empty();
}

// Another configuration comes, or the end: who works now, works.
void Pipeline::end_swaps() {
  swap_steps_.clear();
  for (auto& [number, candidate] : candidates_) retire(candidate);
  candidates_.clear();
  while (!probations_.empty()) end_probation(probations_.begin()->first);
}

// False: it is not tried, so that the fault is its own.
bool Pipeline::took_too_long(const writ_plugin_fault& fault) {
  if (!is_tried(fault.instance)) return false;
  const auto why = plugin::Fault(fault.detail).words();
  if (candidates_.contains(fault.instance)) {
    give_up(fault.instance, why);
  } else {
    fail_probation(fault.instance, why);
  }
  return true;
}

std::optional<SwapStep> Pipeline::take_swap_step() {
  if (swap_steps_.empty()) return std::nullopt;
  const auto step = swap_steps_.front();
  swap_steps_.pop_front();
  return step;
}

strategy::EvaluationSchedule* Pipeline::schedule_of(std::uint32_t number) const {
  for (const auto& strategy : strategies_) {
    if (strategy->actor.number() == number) return &strategy->schedule;
  }
  return nullptr;
}

// --- what RELOAD records say --------------------------------------------------------------------

void Pipeline::on_reload_record(const writ_reload& reload) {
  if (reload.step == WRIT_RELOAD_PREPARED) announced_[reload.instance] = reload;
  if (reload.step != WRIT_RELOAD_STILL_LOADED) return;
  incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_STILL_LOADED, reload.instance,
           std::string(tables_.instance_name(reload.instance)) + ": build " +
               base::to_hex(reload.old_hash).substr(0, 12) +
               " is still mapped; it is called no more");
}

model::InstrumentTable Pipeline::announced_tables() const {
  auto tables = model::copy_of(tables_);
  for (const auto& [number, reload] : announced_) {
    const auto* known = tables_.instance(number);
    if (known == nullptr) continue;
    auto words = model::words_of(known->header);
    auto& record = reinterpret_cast<writ_instance&>(*words.data());
    std::memcpy(record.object_hash, reload.new_hash, sizeof record.object_hash);
    (void)tables.apply(record.header);
  }
  return tables;
}

}  // namespace writ::engine
