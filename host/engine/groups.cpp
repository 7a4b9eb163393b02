#include "host/engine/groups.hpp"

#include "host/execution/order_state.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::engine {
namespace {

bool is_final_state(std::uint16_t state) {
  return execution::is_final(execution::OrderState{state});
}

bool ended_by_restart(const writ_order& order) {
  return order.state == WRIT_ORDER_FAILED && order.reason == WRIT_REPORT_REASON_RESTART;
}

/// What the order's fills moved the position by: of a bet stake x odds, rounded down.
std::int64_t moved_by(const writ_order& order, bool in_win_units) {
  if (!in_win_units) return order.filled;
  constexpr Int128 kOneOdds = 1'000'000'000;
  return narrow_to_int64(from_abi(order.fill_value).raw / kOneOdds).value_or(INT64_MAX);
}

}  // namespace

bool IntentGroups::Leg::is_final() const noexcept { return is_final_state(state); }

bool IntentGroups::Leg::is_closed() const noexcept {
  return to_close == 0 || is_final_state(closing_state);
}

Int128 IntentGroups::Leg::whole() const noexcept {
  return filled == moved ? Int128{quantity} : Int128{quantity} * moved / filled;
}

void IntentGroups::Leg::close_the_rest() noexcept {
  to_close = std::max<std::int64_t>(0, to_close - closed);  // odds may move further than thought
  closed_before += closed;
  closed = 0;
  begin_closing_anew();
}

void IntentGroups::Leg::begin_closing_anew() noexcept {
  closing_intent = 0;
  closing_state = WRIT_ORDER_NEW;
}

bool IntentGroups::Group::is_whole() const noexcept {
  return std::all_of(legs.begin(), legs.end(), [](const Leg& leg) { return leg.is_filled(); });
}

bool IntentGroups::Group::is_final() const noexcept {
  return std::all_of(legs.begin(), legs.end(), [](const Leg& leg) { return leg.is_final(); });
}

bool IntentGroups::Group::is_closed() const noexcept {
  return std::all_of(legs.begin(), legs.end(), [](const Leg& leg) { return leg.is_closed(); });
}

const IntentGroups::Leg* IntentGroups::Group::failed_leg(std::int64_t now) const noexcept {
  const auto failed = std::find_if(legs.begin(), legs.end(), [&](const Leg& leg) {
    return leg.is_final() ? !leg.is_filled() : now >= due_ts;
  });
  return failed == legs.end() ? nullptr : &*failed;
}

bool IntentGroups::Group::has_late_fill() const noexcept {
  return std::any_of(legs.begin(), legs.end(),
                     [](const Leg& leg) { return leg.filled > leg.counted; });
}

const IntentGroups::Leg& IntentGroups::Group::least_filled() const noexcept {
  return *std::min_element(legs.begin(), legs.end(), [](const Leg& a, const Leg& b) {
    return a.left() * b.whole() < b.left() * a.whole();
  });
}

std::int64_t IntentGroups::Group::over(const Leg& leg, const Leg& least, std::int64_t lot) const {
  if (least.whole() <= 0) return leg.left();
  const auto common = static_cast<std::int64_t>(leg.whole() * least.left() / least.whole());
  const std::int64_t left = std::max<std::int64_t>(0, leg.left() - common);
  return lot > 0 ? left / lot * lot : left;
}

void IntentGroups::begin(std::span<const writ_intent* const> legs,
                         std::span<const writ_verdict* const> verdicts,
                         const model::InstrumentTable& tables, std::int64_t due_ts) {
  Group group;
  group.name = legs.front()->group_id;
  group.instance = legs.front()->instance;
  group.policy = legs.front()->group_policy;
  group.due_ts = due_ts;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    Leg leg;
    leg.intent = verdicts[i]->intent_id;
    leg.instrument = legs[i]->instrument;
    leg.account = legs[i]->account;
    leg.side = legs[i]->side;
    leg.adds = verdicts[i]->effect == WRIT_EFFECT_ADDS;
    leg.quantity = verdicts[i]->quantity;
    const auto* instrument = tables.instrument(leg.instrument);
    leg.in_win_units = instrument != nullptr && instrument->kind == WRIT_KIND_RUNNER;
    group.legs.push_back(leg);
  }
  groups_[group.legs.front().intent] = std::move(group);
}

void IntentGroups::on_order(const writ_order& order) {
  for (auto& [key, group] : groups_) {
    for (Leg& leg : group.legs) {
      if (order.intent_id == leg.intent) {
        leg.order = order.order_id;
        leg.state = order.state;
        leg.quantity = order.quantity;
        leg.filled = order.filled;
        leg.moved = moved_by(order, leg.in_win_units);
      } else if (leg.closing_intent != 0 && order.intent_id == leg.closing_intent) {
        leg.closing_state = order.state;
        leg.closed = moved_by(order, leg.in_win_units);
        if (ended_by_restart(order)) leg.begin_closing_anew();
      }
    }
  }
  look_for_late_fill(order);
}

void IntentGroups::look_for_late_fill(const writ_order& order) {
  const auto leg_of = undone_legs_.find(order.intent_id);
  if (leg_of == undone_legs_.end()) return;
  const std::uint64_t key = leg_of->second;
  Group& group = undone_.at(key);
  for (Leg& leg : group.legs) {
    const auto moved = moved_by(order, leg.in_win_units);
    if (leg.intent == order.intent_id) {
      leg.filled = std::max(leg.filled, order.filled);
      leg.moved = std::max(leg.moved, moved);
    }
    if (leg.closing_intent == order.intent_id) leg.closed = std::max(leg.closed, moved);
  }
  if (!group.has_late_fill()) return;
  group.stage = Stage::kGivenUp;
  groups_[key] = take_undone(key);
}

void IntentGroups::keep(std::uint64_t key, Group group) {
  for (const Leg& leg : group.legs) {
    undone_legs_[leg.intent] = key;
    if (leg.closing_intent != 0) undone_legs_[leg.closing_intent] = key;
  }
  undone_[key] = std::move(group);
}

IntentGroups::Group IntentGroups::take_undone(std::uint64_t key) {
  Group group = std::move(undone_.extract(key).mapped());
  for (const Leg& leg : group.legs) {
    undone_legs_.erase(leg.intent);
    undone_legs_.erase(leg.closing_intent);
  }
  return group;
}

void IntentGroups::on_verdict(const writ_verdict& verdict) {
  if (verdict.approved != 0) return;
  for (auto& [key, group] : groups_) {
    for (Leg& leg : group.legs) {
      if (leg.closing_intent == 0 || leg.closing_intent != verdict.intent_id) continue;
      leg.closing_state = WRIT_ORDER_FAILED;
      if (verdict.reason == WRIT_REASON_RESTART) leg.begin_closing_anew();
    }
  }
}

std::optional<std::int64_t> IntentGroups::next_due() const {
  std::optional<std::int64_t> next;
  for (const auto& [key, group] : groups_) {
    if (group.stage != Stage::kWorking) continue;
    next = next ? std::min(*next, group.due_ts) : group.due_ts;
  }
  return next;
}

std::vector<std::byte> IntentGroups::save() const {
  base::ByteWriter out;
  out.put(static_cast<std::uint64_t>(groups_.size() + undone_.size()));
  for (const auto* groups : {&groups_, &undone_}) {
    for (const auto& [key, group] : *groups) save(group, out);
  }
  return out.take();
}

void IntentGroups::save(const Group& group, base::ByteWriter& out) {
  out.put(group.name);
  out.put(group.instance);
  out.put(group.policy);
  out.put(static_cast<std::uint8_t>(group.stage));
  out.put(group.due_ts);
  out.put(static_cast<std::uint64_t>(group.legs.size()));
  for (const Leg& leg : group.legs) {
    out.put(leg.intent);
    out.put(leg.instrument);
    out.put(leg.account);
    out.put(leg.side);
    out.put(leg.state);
    out.put(static_cast<std::uint8_t>(leg.adds ? 1 : 0));
    out.put(leg.order);
    out.put(leg.quantity);
    out.put(leg.filled);
    out.put(static_cast<std::uint8_t>(leg.in_win_units ? 1 : 0));
    out.put(leg.moved);
    out.put(leg.to_close);
    out.put(leg.closing_intent);
    out.put(leg.closing_state);
    out.put(leg.closed);
    out.put(leg.closed_before);
    out.put(leg.counted);
  }
}

base::Result<void> IntentGroups::load(std::span<const std::byte> state) {
  const base::Error corrupt{base::Errc::kCorrupt, "load groups"};
  base::ByteReader in(state);
  IntentGroups loaded;
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    Group group;
    group.name = in.get<std::uint64_t>();
    group.instance = in.get<std::uint32_t>();
    group.policy = in.get<std::uint16_t>();
    group.stage = static_cast<Stage>(in.get<std::uint8_t>());
    if (group.stage > Stage::kUndone) return corrupt;
    group.due_ts = in.get<std::int64_t>();
    for (auto legs = in.get<std::uint64_t>(); legs > 0 && in.ok(); --legs) {
      Leg leg;
      leg.intent = in.get<std::uint64_t>();
      leg.instrument = in.get<std::uint32_t>();
      leg.account = in.get<std::uint32_t>();
      leg.side = in.get<std::uint16_t>();
      leg.state = in.get<std::uint16_t>();
      leg.adds = in.get<std::uint8_t>() != 0;
      leg.order = in.get<std::uint64_t>();
      leg.quantity = in.get<std::int64_t>();
      leg.filled = in.get<std::int64_t>();
      leg.in_win_units = in.get<std::uint8_t>() != 0;
      leg.moved = in.get<std::int64_t>();
      leg.to_close = in.get<std::int64_t>();
      leg.closing_intent = in.get<std::uint64_t>();
      leg.closing_state = in.get<std::uint16_t>();
      leg.closed = in.get<std::int64_t>();
      leg.closed_before = in.get<std::int64_t>();
      leg.counted = in.get<std::int64_t>();
      group.legs.push_back(leg);
    }
    if (!in.ok() || group.legs.empty()) return corrupt;
    const auto key = group.legs.front().intent;
    if (group.stage == Stage::kUndone) {
      loaded.keep(key, std::move(group));
    } else {
      loaded.groups_[key] = std::move(group);
    }
  }
  if (!in.complete()) return corrupt;
  *this = std::move(loaded);
  return {};
}

}  // namespace writ::engine
