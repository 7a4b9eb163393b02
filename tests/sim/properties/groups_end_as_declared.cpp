#include "tests/sim/properties/groups_end_as_declared.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/payoffs.hpp"

#include <writ/ids.hpp>

#include <algorithm>
#include <ostream>
#include <string>

namespace writ::test {
namespace {

constexpr std::int64_t kGatewayWorstNs = 120'000'000'000;
constexpr Int128 kOne = 1'000'000'000;

/// Somebody names odds at which it could be closed.
bool has_odds(const writ_order& order, const RunState& run) {
  const SeenMarket& market = run.market(order.instrument);
  const bool backed = order.side == WRIT_SIDE_BUY;
  return (backed ? market.book.ask : market.book.bid) != WRIT_NONE ||
         market.last_trade != WRIT_NONE;
}

bool was_cut_off(const KnownOrder* order) {
  return order != nullptr && order->record.state == WRIT_ORDER_FAILED &&
         order->record.reason == WRIT_REPORT_REASON_RESTART;
}

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

Int128 GroupsEndAsDeclared::Leg::moved_by(const KnownOrder& made) const {
  return bet ? made.value / kOne : Int128{made.filled};
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
  if (run.judged() != nullptr && run.judged()->verdict.reason == WRIT_REASON_RESTART) {
    cut_off_.insert(run.judged()->verdict.intent_id);
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
  cut_off_.clear();
  told_.clear();
}

void GroupsEndAsDeclared::begin_groups(const RunState& run) {
  for (const auto& [name, legs] : judged_) {
    const bool cut_off = std::any_of(legs.begin(), legs.end(), [](const Judged& leg) {
      return leg.verdict.reason == WRIT_REASON_RESTART;
    });
    if (cut_off) {
      expect_nothing_sent(legs, run);
      continue;
    }
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
      leg.bet = run.instrument(leg.order->record.instrument)->kind == WRIT_KIND_RUNNER;
      group.legs.push_back(leg);
    }
    ++tally_.approved;
    groups_.push_back(std::move(group));
  }
}

// The host died while it judged them: those it had approved were not sent.
void GroupsEndAsDeclared::expect_nothing_sent(const std::vector<Judged>& legs,
                                              const RunState& run) {
  for (const Judged& leg : legs) {
    const auto* order = run.orders().of_intent(leg.verdict.intent_id);
    if (order != nullptr && order->working()) fail("a leg of a group that was not judged works");
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
    return ends(group);
  }
  for (Leg& leg : legs) {
    leg.submitted = false;
    const bool sent_again = leg.cut_off;
    if (sent_again) expect_closing(leg, run);
    leg.cut_off = leg.cut_off || was_cut_off(leg.closing);
    if (leg.cut_off || !leg.bet || leg.closing == nullptr || !leg.is_closed()) continue;
    const Int128 closed = leg.moved_by(*leg.closing);
    if (closed == 0) continue;
    ++tally_.closed;
    leg.to_close = std::max(leg.to_close - closed, Int128{0});
    expect_closing(leg, run);
  }
  return ends(group);
}

bool GroupsEndAsDeclared::ends(const Group& group) {
  const auto& legs = group.legs;
  const auto rests = [](const Leg& leg) {
    return leg.is_closed() && !leg.cut_off && !leg.submitted;
  };
  if (!std::all_of(legs.begin(), legs.end(), rests)) return false;
  for (const Leg& leg : legs) {
    const Int128 closed = leg.closing == nullptr ? Int128{0} : leg.moved_by(*leg.closing);
    if (leg.to_close != 0 && !leg.bet) ++tally_.closed;
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

// What filled beyond the least share any leg filled, at the odds of what filled.
void GroupsEndAsDeclared::expect_closings(Group& group, const RunState& run) {
  const auto moved = [](const Leg& leg) { return leg.moved_by(*leg.order); };
  const auto whole = [&](const Leg& leg) {
    const writ_order& order = leg.order->record;
    return order.filled == 0 ? Int128{order.quantity} : order.quantity * moved(leg) / order.filled;
  };
  const Leg least = *std::min_element(
      group.legs.begin(), group.legs.end(),
      [&](const Leg& a, const Leg& b) { return moved(a) * whole(b) < moved(b) * whole(a); });
  for (Leg& leg : group.legs) {
    if (leg.judged.verdict.effect != WRIT_EFFECT_ADDS) continue;
    const Int128 over = moved(leg) - whole(leg) * moved(least) / whole(least);
    const Int128 lot = leg.bet ? 1 : run.instrument(leg.order->record.instrument)->lot;
    leg.to_close = std::max(over, Int128{0}) / lot * lot;
    expect_closing(leg, run);
  }
}

// How much is sent to close it: of a bet the stake, which may be less than a lot.
Int128 GroupsEndAsDeclared::closing_size(const Leg& leg, const RunState& run) const {
  const writ_order& order = leg.order->record;
  if (!leg.bet) return leg.to_close;
  const std::int64_t lot = run.instrument(order.instrument)->lot;
  const Int128 one_lot = order.side == WRIT_SIDE_BUY ? -lot : lot;
  const Int128 units =
      win_units({order.instrument, order.instance, one_lot, WRIT_NONE}, run, rules_.slippage);
  return units == 0 ? Int128{0} : leg.to_close / (units < 0 ? -units : units) * lot;
}

void GroupsEndAsDeclared::expect_closing(Leg& leg, const RunState& run) {
  const writ_order& order = leg.order->record;
  leg.closing = nullptr;
  leg.cut_off = leg.submitted = false;
  const Int128 own = run.books().strategy_position(order.account, order.instrument, order.instance);
  leg.to_close =
      std::min(leg.to_close, std::max(order.side == WRIT_SIDE_BUY ? own : -own, Int128{0}));
  const Int128 size = closing_size(leg, run);
  if (size == 0 && has_odds(order, run)) leg.to_close = 0;
  if (leg.to_close == 0 || size == 0) return;
  const auto sent = std::find_if(by_host_.begin(), by_host_.end(), [&](const writ_intent& intent) {
    return intent.instance == order.instance && intent.account == order.account &&
           intent.instrument == order.instrument && intent.side != order.side &&
           intent.quantity == size;
  });
  if (sent == by_host_.end()) return fail("what a failed group left open is not sent to be closed");
  const auto id = run.id_of(sent->header);
  leg.submitted = true;
  leg.closing = run.orders().of_intent(id);
  leg.cut_off = cut_off_.contains(id) || was_cut_off(leg.closing);
  by_host_.erase(sent);
}

void GroupsEndAsDeclared::expect_told(std::uint16_t code, std::uint32_t instance) {
  if (told_[{code, instance}]-- <= 0) fail("a failed group nobody was told of");
}

}  // namespace writ::test
