// Groups of intents: judged as one, and undone where a leg fails.
#include "host/engine/pipeline.hpp"
#include "host/execution/order_state.hpp"
#include "host/model/order_part.hpp"
#include "host/model/record_words.hpp"

#include <writ/decimal.hpp>

#include <algorithm>
#include <string>

namespace writ::engine {
namespace {

const writ_verdict& verdict_in(const model::RecordWords& words) {
  return *model::as<writ_verdict>(model::record_in(words));
}

std::string group_words(const IntentGroups::Group& group) {
  return "group " + std::to_string(group.name) + ": ";
}

}  // namespace

// All legs have their verdicts before any is carried out.
void Pipeline::judge_group(const Together& group) {
  const auto& legs = group.intents;
  decide_group(group);
  std::vector<VerdictId> ids;
  std::vector<const writ_intent*> intents;
  std::vector<const writ_verdict*> verdicts;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    auto& record = model::record_in(verdicts_[i]);
    ids.emplace_back(sink_.append(record));
    intents.push_back(&legs[i]->intent());
    verdicts.push_back(&verdict_in(verdicts_[i]));
    arbiter_.apply(*verdicts.back(), *intents.back());
  }
  const bool approved = std::all_of(verdicts.begin(), verdicts.end(),
                                    [](const auto* verdict) { return verdict->approved != 0; });
  if (approved) {
    groups_.begin(intents, verdicts, tables_, sink_.now() + arbiter_.options().group_timeout_ns);
  }
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const auto view = risk_views_.build(*intents[i]);
    if (verdicts[i]->approved != 0) {
      carry_out(*legs[i], view, *verdicts[i], ids[i]);
      risk_sums_.touch_orders(intents[i]->instrument);
      for (const auto instrument : orders_.take_written_off()) risk_sums_.touch_orders(instrument);
    } else {
      veto_marks_.on_veto(*intents[i], arbiter_.terms(*intents[i], view), *verdicts[i], ids[i]);
    }
  }
  for (std::size_t i = 0; i < legs.size(); ++i) {
    deliver(intents[i]->instance, model::record_in(verdicts_[i]));
  }
  settle_orders();
}

// The verdicts of a group's legs, into verdicts_: each as if the legs before it worked already.
void Pipeline::decide_group(const Together& group) {
  const auto& legs = group.intents;
  verdicts_.resize(legs.size());
  std::size_t failed = legs.size();
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const auto& intent = legs[i]->intent();
    auto view = risk_views_.build(intent);
    view.group_legs = group.group_legs;
    decide(*legs[i], view);
    model::assign(verdicts_[i], verdict_.finish());
    if (sink_.restarting()) continue;  // what is on record stands, leg by leg
    model::record_in(verdicts_[i]).ingest_ts = sink_.now();
    const auto& verdict = verdict_in(verdicts_[i]);
    if (verdict.approved == 0) {
      failed = i;
      break;
    }
    arbiter_.hold(verdict, intent);
    orders_.hold({intent, verdict, VerdictId{0}},
                 {view.cash_free, risk_views_.cash_required(arbiter_.terms(intent, view), view)},
                 sink_);
    risk_sums_.touch_orders(intent.instrument);
  }
  arbiter_.release_held();
  orders_.release_held();
  for (const auto* leg : legs) risk_sums_.touch_orders(leg->intent().instrument);
  if (failed == legs.size()) return;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    if (i == failed) continue;
    const auto* judged = i < failed ? &verdict_in(verdicts_[i]) : nullptr;
    arbiter_.refuse_leg(legs[i]->intent(), legs[i]->id, judged, verdict_in(verdicts_[failed]),
                        verdict_);
    model::assign(verdicts_[i], verdict_.finish());
  }
}

// Legs from beside the core that wait no longer.
void Pipeline::release_legs(const writ_record& input) {
  if (waiting_legs_.empty()) return;
  const bool ends = halted_ || input.type == WRIT_RECORD_RUN_STOPPED;
  const auto is_over = [&](std::uint32_t number) {
    const auto* actor = find_actor(number);
    return ends || actor == nullptr || actor->instance->stopped();
  };
  for (const auto& leg : waiting_legs_.take_ready(sink_.now(), is_over)) {
    services_.adopt(leg.intent(), leg.id);
  }
}

// Groups at the venue: one with a failed leg is given up, one given up is undone.
void Pipeline::look_after_groups() {
  if (groups_.all().empty()) return;
  std::vector<std::uint64_t> done;
  std::vector<std::uint64_t> undone;
  for (auto& [key, group] : groups_.all()) {
    if (group.stage == IntentGroups::Stage::kWorking) {
      const auto* failed = group.failed_leg(sink_.now());
      if (failed != nullptr) tell_of_failed_leg(group, *failed);
      const bool stays = failed != nullptr && group.policy != WRIT_GROUP_ALL_OR_NONE_UNWIND;
      if (group.is_whole() || stays) done.push_back(key);
      if (failed == nullptr || stays) continue;
      group.stage = IntentGroups::Stage::kGivenUp;
    }
    if (group.stage == IntentGroups::Stage::kGivenUp) give_up(group);
    if (group.stage == IntentGroups::Stage::kClosing && close_what_is_over(group)) {
      undone.push_back(key);
    }
  }
  for (const auto key : done) groups_.erase(key);
  for (const auto key : undone) {
    groups_.retire(key,
                   [this](std::uint64_t order) { return orders_.find(OrderId{order}) != nullptr; });
  }
}

void Pipeline::tell_of_failed_leg(const IntentGroups::Group& group, const IntentGroups::Leg& leg) {
  const bool undone = group.policy == WRIT_GROUP_ALL_OR_NONE_UNWIND;
  const auto state = execution::to_string(execution::OrderState{leg.state});
  auto text = group_words(group) + std::string(tables_.instrument_name(leg.instrument)) + " is " +
              (leg.is_final() ? std::string(state) : "late") + " with " +
              to_string(Quantity{leg.filled}) + " of " + to_string(Quantity{leg.quantity}) +
              " filled";
  if (undone) text += ": the rest is cancelled, what filled beyond it closed";
  incident(WRIT_SEVERITY_WARN, undone ? WRIT_INCIDENT_GROUP_UNWOUND : WRIT_INCIDENT_GROUP_BROKEN,
           group.instance, text);
}

// What works is cancelled; once nothing does, it is known what is left over.
void Pipeline::give_up(IntentGroups::Group& group) {
  for (const auto& leg : group.legs) {
    if (!leg.is_final()) orders_.cancel(OrderId{leg.order}, Seq{sink_.input_seq()}, sink_);
  }
  if (!group.is_final()) return;
  group.find_what_is_over([this](std::uint32_t number) {
    const auto* instrument = tables_.instrument(number);
    // Of a runner the lots are those of the stake that closes it.
    const bool in_lots = instrument != nullptr && instrument->kind != WRIT_KIND_RUNNER;
    return in_lots ? instrument->lot : 0;
  });
  group.stage = IntentGroups::Stage::kClosing;
}

void Pipeline::submit_closing(std::uint32_t instance, IntentGroups::Leg& leg) {
  auto intent = HostIntents::blank(leg.account, instance, leg.instrument, WRIT_INTENT_PLACE);
  intent.side = leg.side == WRIT_SIDE_BUY ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
  intent.order_type = WRIT_ORDER_MARKET;
  intent.time_in_force = WRIT_TIF_IOC;
  intent.flags = WRIT_INTENT_REDUCE_ONLY;
  const auto view = risk_views_.build(intent);
  const auto position = view.strategy.position;
  const auto held = leg.side == WRIT_SIDE_BUY ? position : -position;
  leg.to_close = std::clamp<std::int64_t>(held.raw, 0, leg.to_close);
  auto size = Quantity{leg.to_close};
  if (leg.in_win_units) {
    size = arbiter::market_stake(intent.side, size, view, arbiter_.options().market_order_slippage);
    if (size.is_none()) leg.closing_state = WRIT_ORDER_FAILED;  // nobody names odds
    if (size == Quantity{}) leg.to_close = 0;                   // no lot closes so little
    if (!size.is_none()) size = model::order_part(*view.instrument, Price::none(), size);
  }
  if (leg.is_closed()) return;
  intent.quantity = size.raw;
  leg.closing_intent = host_intents_.submit(intent, "unwind");
}

// True once that is over, however it went, and nothing filled meanwhile.
bool Pipeline::close_what_is_over(IntentGroups::Group& group) {
  for (auto& leg : group.legs) {
    // A bet is sized for the worst odds it may get: at better ones it leaves something to close.
    if (leg.in_win_units && leg.is_closed() && leg.closed > 0) leg.close_the_rest();
    if (!leg.is_closed() && leg.closing_intent == 0) submit_closing(group.instance, leg);
  }
  if (!group.is_closed()) return false;
  for (const auto& leg : group.legs) {
    if (leg.closed >= leg.to_close) continue;
    incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_GROUP_BROKEN, group.instance,
             group_words(group) + to_string(Quantity{leg.to_close - leg.closed}) +
                 (leg.in_win_units ? " win units of " : " of ") +
                 std::string(tables_.instrument_name(leg.instrument)) + " could not be closed");
  }
  if (group.has_late_fill()) group.stage = IntentGroups::Stage::kGivenUp;
  return !group.has_late_fill();
}

}  // namespace writ::engine
