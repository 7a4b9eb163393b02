// Pipeline: intents on record get their verdicts, approved ones become orders, and markets go back
// to whoever wants them next.
#include "host/engine/operator_instance.hpp"
#include "host/engine/pipeline.hpp"
#include "host/model/order_part.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace writ::engine {
namespace {

// Outcomes may lead to intents, whose outcomes may lead to intents: so far, within one input.
constexpr int kCascadeMax = 8;

bool may_add(const PendingIntent& pending) {
  const auto kind = pending.intent().kind;
  return !pending.call_failed &&
         (kind == WRIT_INTENT_PLACE || kind == WRIT_INTENT_REPLACE || kind == WRIT_INTENT_TARGET);
}

/// Nothing competes and nothing belongs together: so they are judged in this order, one by one.
bool goes_as_submitted(const std::vector<PendingIntent>& batch) {
  std::uint64_t id = 0;
  std::uint32_t adding = 0;  // the one strategy that may
  for (const auto& pending : batch) {
    const auto& intent = pending.intent();
    if (pending.id < id || intent.group_policy != WRIT_GROUP_NONE) return false;
    id = pending.id;
    if (!may_add(pending)) continue;
    if (adding != 0 && adding != intent.instance) return false;
    adding = intent.instance;
  }
  return true;
}

/// The position from which whole lots lead to where a flatten or target is to get.
Quantity on_lots(const writ_intent& wanted, const writ_verdict& verdict,
                 const arbiter::RiskView& view) {
  const Quantity position = view.strategy.position;
  if (view.instrument == nullptr || view.instrument->lot <= 0 ||
      view.instrument->kind == WRIT_KIND_RUNNER) {
    return position;
  }
  Quantity goal;
  if (wanted.kind == WRIT_INTENT_TARGET) {
    goal = Quantity{verdict.quantity != WRIT_NONE ? verdict.quantity : wanted.quantity};
  }
  const auto missing = checked_sub(goal, position);
  return missing ? position + Quantity{missing->raw % view.instrument->lot} : position;
}

}  // namespace

// Every intent on record gets its verdict here, a batch at a time; then what the outcomes led
// strategies to submit, a bounded number of times.
void Pipeline::judge_pending() {
  for (int round = 0;; ++round) {
    settle_orders();
    adopt_intents(CoreSink::Whose::kLeftOut);
    if (!services_.take_intents(batch_)) {
      adopt_intents(CoreSink::Whose::kAnyones);
      if (!services_.take_intents(batch_)) break;
    }
    services_.refuse_submits(round >= kCascadeMax);
    arbiter_.begin_batch();
    if (goes_as_submitted(batch_)) {
      for (const auto& pending : batch_) judge(pending, 0);
      continue;
    }
    for (const auto& together : judging_order(batch_)) {
      if (together.intents.size() > 1) {
        judge_group(together);
      } else {
        judge(*together.intents.front(), together.group_legs);
      }
    }
  }
  services_.refuse_submits(false);
}

void Pipeline::adopt_intents(CoreSink::Whose whose) {
  while (const auto* past = sink_.take_unrepeated(WRIT_RECORD_INTENT, whose)) {
    services_.adopt(*model::as<writ_intent>(*past), sink_.past_id(*past));
  }
}

void Pipeline::judge(const PendingIntent& pending, std::uint32_t group_legs) {
  const auto& intent = pending.intent();
  auto view = risk_views_.build(intent);
  view.group_legs = group_legs;
  decide(pending, view);
  auto& record = verdict_.finish();
  const VerdictId verdict_id{sink_.append(record)};
  const auto verdict = *model::as<writ_verdict>(record);
  arbiter_.apply(verdict, intent);
  groups_.on_verdict(verdict);
  if (verdict.approved != 0) {
    carry_out(pending, view, verdict, verdict_id);
  } else {
    veto_marks_.on_veto(intent, arbiter_.terms(intent, view), verdict, verdict_id);
  }
  deliver(intent.instance, record);
  settle_orders();
  if (intent.kind == WRIT_INTENT_FLATTEN && cannot_be_closed(intent, view, verdict)) {
    flattening_.on_unclosable(intent, pending.id);
  }
}

// There is a price, and the venue would take no order all the same: too little is left.
bool Pipeline::cannot_be_closed(const writ_intent& intent, const arbiter::RiskView& view,
                                const writ_verdict& verdict) const {
  if (verdict.approved == 0) return verdict.detail == WRIT_CHECK_VALIDITY;
  const auto terms = arbiter_.terms(intent, view);
  return !terms.makes_order && !terms.price.is_none() && view.strategy.position.raw != 0;
}

void Pipeline::carry_out(const PendingIntent& pending, const arbiter::RiskView& view,
                         const writ_verdict& verdict, VerdictId verdict_id) {
  const auto& intent = pending.intent();
  if (intent.kind == WRIT_INTENT_REPLACE && !sink_.carried_out(verdict, intent.target_intent)) {
    abandon_replace(intent, Seq{verdict.header.seq});
    return;
  }
  if (intent.kind == WRIT_INTENT_CANCEL_ALL && is_operator(tables_, intent.instance)) {
    cancel_scope({intent.account, intent.instrument, 0}, Seq{verdict.header.seq});
    return;  // everybody's, not only the operator's own
  }
  auto wanted = intent;
  if (verdict.detail != WRIT_CHECK_NONE) wanted.quantity = verdict.quantity;  // for less than asked
  // After a kill an exit must not open anything at the venue either.
  const bool exits = verdict.effect == WRIT_EFFECT_REDUCES;
  if (exits && arbiter_.is_killed(intent.account)) wanted.flags |= WRIT_INTENT_REDUCE_ONLY;
  if (exits) make_way(intent, view, Seq{verdict.header.seq});
  // What the replaced order holds is free for the one in its place.
  Money free = view.cash_free;
  if (intent.kind == WRIT_INTENT_REPLACE) free += view.target.cash_reserved;
  if (free.raw < 0) free = Money{};
  orders_.carry_out({wanted, verdict, verdict_id}, on_lots(wanted, verdict, view),
                    funding_of(wanted, view, free), sink_);
  hold_back({wanted, verdict, verdict_id}, view);
}

execution::Funding Pipeline::funding_of(const writ_intent& wanted, const arbiter::RiskView& view,
                                        Money free) const {
  execution::Funding funding{free, Money{}};
  auto terms = arbiter_.terms(wanted, view);
  const bool runner = view.instrument != nullptr && view.instrument->kind == WRIT_KIND_RUNNER;
  const bool by_position = wanted.kind == WRIT_INTENT_FLATTEN || wanted.kind == WRIT_INTENT_TARGET;
  if (terms.makes_order && by_position) {
    terms.quantity = part_of(terms, view);
    if (!runner) funding.most = terms.quantity;
  }
  if (runner) funding.stake = terms.quantity;
  funding.requested = risk_views_.cash_required(terms, view);
  return funding;
}

// What the venue takes of it in one order, even at the best price there is.
Quantity Pipeline::part_of(const arbiter::OrderTerms& terms, const arbiter::RiskView& view) const {
  const Price best = std::max(terms.price, Price{view.market.bid_price});
  return model::order_part(*view.instrument, best, terms.quantity);
}

// What a target or flattening leaves for later; what ends an earlier one's.
void Pipeline::hold_back(const execution::Approved& approved, const arbiter::RiskView& view) {
  const auto& intent = approved.intent;
  if (intent.kind == WRIT_INTENT_CANCEL || intent.kind == WRIT_INTENT_REPLACE) {
    targets_.stop(IntentId{intent.target_intent});
  } else if (intent.kind == WRIT_INTENT_CANCEL_ALL) {
    targets_.stop({intent.account, intent.instrument, intent.instance});
  } else if ((intent.flags & WRIT_INTENT_BY_HOST) == 0 &&
             (view.instrument == nullptr || view.instrument->kind != WRIT_KIND_RUNNER)) {
    // Of bets, counted in stakes, what was held back is the strategy's to ask for again.
    targets_.begin(approved, on_lots(intent, approved.verdict, view));
  }
}

void Pipeline::send_held_back() {
  if (targets_.count() == 0) return;
  const auto part = [this](const writ_intent& rest) {
    const auto view = risk_views_.build(rest);
    auto terms = arbiter_.terms(rest, view);
    terms.quantity = Quantity{rest.quantity};
    return view.instrument == nullptr ? terms.quantity : part_of(terms, view);
  };
  for (const auto& rest : targets_.take_due(part)) {
    const bool exits = rest.kind == WRIT_INTENT_FLATTEN;
    targets_.sent(rest, IntentId{host_intents_.submit(rest, exits ? "flatten" : "target")});
  }
}

void Pipeline::cancel_scope(const execution::OrderScope& scope, Seq cause) {
  targets_.stop(scope);
  orders_.cancel_scope(scope, cause, sink_);
}

// Own orders an exit would match are cancelled first: the venue would expire the exit instead.
void Pipeline::make_way(const writ_intent& exit, const arbiter::RiskView& view, Seq cause) {
  if (view.own_order_met.is_none()) return;
  for (const auto& met : risk_views_.orders_met(exit, view)) {
    orders_.cancel(met.order, cause, sink_);
  }
}

// The crash came before the venue was asked. So much later it is not asked any more; the strategy
// is told by a record of the order as it is.
void Pipeline::abandon_replace(const writ_intent& intent, Seq cause) {
  const auto* working = orders_.order_of_intent(IntentId{intent.target_intent});
  if (working == nullptr) return;
  auto order = *working;
  order.command = WRIT_COMMAND_NONE;
  order.reason = WRIT_REPORT_REASON_RESTART;
  order.cause_seq = cause.raw();
  sink_.append(order.header);
  orders_.apply(order);
}

// A restart: what is on record took place, whether or not it was derived again.
void Pipeline::apply_rest_of_past() {
  while (const auto* past = sink_.take_unrepeated(WRIT_RECORD_ORDER, CoreSink::Whose::kAnyones)) {
    const auto& order = *model::as<writ_order>(*past);
    orders_.apply(order);
    groups_.on_order(order);
    risk_sums_.touch_orders(order.instrument);
    if (order.command != WRIT_COMMAND_NONE) commands_.push_back(order);
  }
  while (const auto* past =
             sink_.take_unrepeated(WRIT_RECORD_INCIDENT, CoreSink::Whose::kLeftOut)) {
    const auto& told = *model::as<writ_incident>(*past);
    auto* actor = find_actor(told.instance);
    if (actor == nullptr) continue;
    const bool quarantined = told.code == WRIT_INCIDENT_QUARANTINED;
    if (quarantined || told.code == WRIT_INCIDENT_PLUGIN_STOPPED) actor->instance->stop();
    if (quarantined) {
      actor->quarantine.begin(sink_.now(), options_.quarantine_ns, options_.quarantine_max_ns);
    }
  }
}

// The verdict of one intent, into verdict_. What is on record is never decided again.
void Pipeline::decide(const PendingIntent& pending, const arbiter::RiskView& view) {
  if (const auto* past = sink_.past_verdict(pending.id)) {
    verdict_.begin(*past);
    const auto checks = model::tail(*past);
    verdict_.append(checks.data(), checks.size());
  } else if (sink_.restarting()) {
    verdict_.begin(arbiter_.unjudged_verdict(pending.intent(), pending.id, WRIT_REASON_RESTART));
  } else if (const auto* actor = find_actor(pending.intent().instance);
             pending.call_failed || (actor != nullptr && actor->instance->stopped() &&
                                     (pending.intent().flags & WRIT_INTENT_BY_HOST) == 0)) {
    verdict_.begin(
        arbiter_.unjudged_verdict(pending.intent(), pending.id, WRIT_REASON_PLUGIN_ERROR));
  } else if (reconciling_) {
    auto verdict = arbiter_.unjudged_verdict(pending.intent(), pending.id, WRIT_REASON_RESTART);
    verdict.reason = WRIT_REASON_HALTED;
    verdict_.begin(verdict);
  } else {
    arbiter_.judge(pending.intent(), pending.id, view, verdict_);
  }
}

// ORDER records since the last time: commands to the gateway, all of them to their strategy.
void Pipeline::settle_orders() {
  while (sink_.take_orders(settling_)) {
    for (const auto& order : settling_) {
      if (order.command != WRIT_COMMAND_NONE) commands_.push_back(order);
      groups_.on_order(order);
      risk_sums_.touch_orders(order.instrument);
      if (!execution::Orders::is_working(order)) review_lease(order.account, order.instrument);
      deliver(order.instance, order.header);
    }
  }
  if (!orders_.has_written_off()) return;
  for (const auto instrument : orders_.take_written_off()) risk_sums_.touch_orders(instrument);
}

// A market goes back when the one that holds it, whoever's order this was, has nothing left there.
void Pipeline::review_lease(std::uint32_t account, std::uint32_t instrument) {
  const auto* traded = tables_.instrument(instrument);
  const auto owner = arbiter_.owner(account, instrument);
  if (traded == nullptr || owner == 0) return;
  Quantity position;
  std::uint32_t working = 0;
  tables_.for_each_of_market(*traded, [&](const writ_instrument& other) {
    position += abs(ledger_.strategy_position(AccountId{account}, InstanceId{owner},
                                              InstrumentId{other.instrument}));
    working += orders_.sums({account, other.instrument, owner}).count;
  });
  arbiter_.release_if_idle(account, instrument, position, working, sink_.now());
}

// After what may have closed any position.
void Pipeline::review_leases() {
  const auto leases = arbiter_.leases().all();
  for (const auto& [market, lease] : leases) review_lease(market.first, lease.instrument);
}

void Pipeline::review_expired_leases() {
  const auto kept_ns = arbiter_.options().ownership_lease_ns;
  for (const auto& [market, lease] : arbiter_.leases().expired(sink_.now(), kept_ns)) {
    review_lease(market.first, lease.instrument);
  }
}

// Strategies compete for a market only where several want orders.
std::vector<Pipeline::Together> Pipeline::judging_order(
    const std::vector<PendingIntent>& batch) const {
  std::set<std::uint32_t> instances;
  for (const auto& pending : batch) {
    if (may_add(pending)) instances.insert(pending.intent().instance);
  }
  std::vector<arbiter::BatchEntry> entries;
  for (const auto& pending : batch) {
    const auto& intent = pending.intent();
    arbiter::BatchEntry entry{&intent, pending.id, {}, 0};
    if (instances.size() > 1 && may_add(pending)) {
      entry.wanted = arbiter_.wanted_market(intent, risk_views_.build(intent));
      entry.priority = arbiter_.options().priority_of(intent.instance);
    }
    entries.push_back(entry);
  }
  std::vector<Together> order;
  for (const auto& places : arbiter::judging_order(entries)) {
    auto& together = order.emplace_back();
    for (const auto place : places) together.intents.push_back(&batch[place]);
    together.group_legs = arbiter::legs_in_batch(entries, batch[places.front()].intent());
  }
  return order;
}

}  // namespace writ::engine
