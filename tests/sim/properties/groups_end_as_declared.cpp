#include "tests/sim/properties/groups_end_as_declared.hpp"

#include "host/model/record_view.hpp"

#include <writ/ids.hpp>

#include <algorithm>
#include <ostream>
#include <string>

namespace writ::test {
namespace {

constexpr std::int64_t kGatewayWorstNs = 120'000'000'000;

bool unwinds(const Judged& leg) { return leg.intent.group_policy == WRIT_GROUP_ALL_OR_NONE_UNWIND; }

}  // namespace

void GroupTally::add(const GroupTally& other) {
  approved += other.approved;
  whole += other.whole;
  refused_leg += other.refused_leg;
  partial_leg += other.partial_leg;
  late_leg += other.late_leg;
  closed += other.closed;
  left_open += other.left_open;
}

std::ostream& operator<<(std::ostream& out, const GroupTally& tally) {
  return out << "\n  groups: approved " << tally.approved << ", whole " << tally.whole
             << ", failed by a leg refused " << tally.refused_leg << ", unfilled "
             << tally.partial_leg << ", late " << tally.late_leg << "; legs closed " << tally.closed
             << ", not wholly " << tally.left_open;
}

bool GroupsEndAsDeclared::Leg::is_closed() const {
  return to_close == 0 || closing == nullptr || !closing->working();
}

void GroupsEndAsDeclared::on_record(const writ_record& record, const RunState& run) {
  if (const auto* intent = model::as<writ_intent>(record)) {
    const bool closes =
        (intent->flags & WRIT_INTENT_BY_HOST) != 0 && intent->kind == WRIT_INTENT_PLACE;
    if (closes) by_host_.push_back(*intent);
  }
  if (run.judged() != nullptr && run.judged()->intent.group_policy != WRIT_GROUP_NONE) {
    const writ_intent& intent = run.judged()->intent;
    judged_[{intent.instance, intent.group_id, intent.group_policy, intent.group_size}].push_back(
        *run.judged());
  }
  if (const auto* incident = model::as<writ_incident>(record)) {
    ++told_[{incident->code, incident->instance}];
  }
}

void GroupsEndAsDeclared::on_event_end(const RunState& run) {
  std::erase_if(groups_, [&](Group& group) { return look_after(group, run); });
  begin_groups(run);
  judged_.clear();
  by_host_.clear();
  told_.clear();
}

void GroupsEndAsDeclared::begin_groups(const RunState& run) {
  for (const auto& [name, legs] : judged_) {
    const auto approved = std::count_if(
        legs.begin(), legs.end(), [](const Judged& leg) { return leg.verdict.approved != 0; });
    if (approved == 0) continue;
    if (approved != std::get<3>(name) || approved != static_cast<std::int64_t>(legs.size())) {
      fail("of a group some legs are approved, not all");
      continue;
    }
    if (approved < 2) continue;  // nothing to unwind
    Group group;
    group.due_ts = run.now() + rules_.group_timeout_ns;
    for (const Judged& judged : legs) {
      Leg leg;
      leg.judged = judged;
      leg.order = run.orders().of_intent(judged.verdict.intent_id);
      if (leg.order == nullptr) return fail("an approved leg without an order");
      group.legs.push_back(leg);
    }
    ++tally_.approved;
    groups_.push_back(std::move(group));
  }
}

bool GroupsEndAsDeclared::look_after(Group& group, const RunState& run) {
  auto& legs = group.legs;
  const auto all = [&](auto&& is) { return std::all_of(legs.begin(), legs.end(), is); };
  if (run.now() > group.due_ts + kGatewayWorstNs) {
    fail("a group is not at its end so long after its time");
    return true;
  }
  if (!group.failed) {
    if (all([](const Leg& leg) { return leg.is_filled(); })) {
      ++tally_.whole;
      return true;
    }
    look_for_failed_leg(group, run);
    if (!group.failed) return false;
    if (!unwinds(legs.front().judged)) return true;
  }
  if (!group.closing) {
    if (!all([](const Leg& leg) { return leg.is_final() || leg.order->cancel_asked; })) {
      fail("a leg is not being cancelled though its group failed");
    }
    if (!all([](const Leg& leg) { return leg.is_final(); })) return false;
    group.closing = true;
    expect_closings(group, run);
    return all([](const Leg& leg) { return leg.to_close == 0; });
  }
  if (!all([](const Leg& leg) { return leg.is_closed(); })) return false;
  for (const Leg& leg : legs) {
    const std::int64_t closed = leg.closing == nullptr ? 0 : leg.closing->record.filled;
    if (leg.to_close != 0) ++tally_.closed;
    if (closed >= leg.to_close) continue;
    ++tally_.left_open;
    expect_told(WRIT_INCIDENT_GROUP_BROKEN, leg.judged.intent.instance);
  }
  return true;
}

void GroupsEndAsDeclared::look_for_failed_leg(Group& group, const RunState& run) {
  for (const Leg& leg : group.legs) {
    const bool ended = leg.is_final() && !leg.is_filled();
    if (!ended && (leg.is_final() || run.now() < group.due_ts)) continue;
    const bool refused = leg.order->record.state == WRIT_ORDER_REJECTED ||
                         leg.order->record.state == WRIT_ORDER_FAILED;
    ++(!ended ? tally_.late_leg : refused ? tally_.refused_leg : tally_.partial_leg);
    group.failed = true;
    expect_told(unwinds(leg.judged) ? WRIT_INCIDENT_GROUP_UNWOUND : WRIT_INCIDENT_GROUP_BROKEN,
                leg.judged.intent.instance);
    return;
  }
}

// What filled beyond the least share any leg filled.
void GroupsEndAsDeclared::expect_closings(Group& group, const RunState& run) {
  const auto least =
      std::min_element(group.legs.begin(), group.legs.end(), [](const Leg& a, const Leg& b) {
        return Int128{a.order->record.filled} * b.order->record.quantity <
               Int128{b.order->record.filled} * a.order->record.quantity;
      });
  const Int128 filled = least->order->record.filled;
  const Int128 whole = least->order->record.quantity;
  for (Leg& leg : group.legs) {
    if (leg.judged.verdict.effect != WRIT_EFFECT_ADDS) continue;
    const writ_order& order = leg.order->record;
    const auto common = static_cast<std::int64_t>(order.quantity * filled / whole);
    const std::int64_t lot = run.instrument(order.instrument)->lot;
    leg.to_close = std::max(order.filled - common, std::int64_t{0}) / lot * lot;
    if (leg.to_close != 0) expect_closing(leg, run);
  }
}

void GroupsEndAsDeclared::expect_closing(Leg& leg, const RunState& run) {
  const writ_order& order = leg.order->record;
  const auto sent = std::find_if(by_host_.begin(), by_host_.end(), [&](const writ_intent& intent) {
    return intent.instance == order.instance && intent.account == order.account &&
           intent.instrument == order.instrument && intent.side != order.side &&
           intent.quantity == leg.to_close;
  });
  if (sent == by_host_.end()) return fail("what a failed group left open is not sent to be closed");
  const std::uint64_t run_bits = leg.judged.verdict.intent_id & ~kSeqMask;
  leg.closing = run.orders().of_intent(run_bits | sent->header.seq);
  by_host_.erase(sent);
}

void GroupsEndAsDeclared::expect_told(std::uint16_t code, std::uint32_t instance) {
  if (told_[{code, instance}]-- <= 0) fail("a failed group nobody was told of");
}

}  // namespace writ::test
