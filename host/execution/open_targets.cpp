#include "host/execution/open_targets.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>

namespace writ::execution {
namespace {

constexpr std::uint32_t kAskedFlags =
    WRIT_INTENT_POST_ONLY | WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION;

std::int64_t signed_by(std::uint16_t side, std::int64_t quantity) {
  return side == WRIT_SIDE_BUY ? quantity : -quantity;
}

/// The intent that sends `quantity`, signed, of what this one held back.
writ_intent rest_of(const writ_intent& whole, std::uint64_t id, std::int64_t quantity) {
  writ_intent rest = whole;
  rest.header = model::make_record<writ_intent>().header;
  rest.tags_size = rest.rationale_size = 0;
  rest.ttl_ns = 0;  // it was judged in time
  rest.flags = whole.flags & kAskedFlags;
  rest.target_intent = id;
  rest.quantity = quantity > 0 ? quantity : -quantity;
  if (whole.kind == WRIT_INTENT_FLATTEN) return rest;
  const bool limit = whole.order_type == WRIT_ORDER_LIMIT && whole.price != WRIT_NONE;
  rest.kind = WRIT_INTENT_PLACE;
  rest.side = quantity > 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
  rest.order_type = limit ? WRIT_ORDER_LIMIT : WRIT_ORDER_MARKET;
  if (!limit) rest.price = WRIT_NONE;
  if (!limit) rest.time_in_force = WRIT_TIF_IOC;
  if (rest.time_in_force == 0) rest.time_in_force = WRIT_TIF_GTC;
  return rest;
}

}  // namespace

void OpenTargets::begin(const Approved& approved, Quantity position) {
  const writ_intent& intent = approved.intent;
  const bool target = intent.kind == WRIT_INTENT_TARGET;
  if (!target && intent.kind != WRIT_INTENT_FLATTEN) return;
  const writ_verdict& verdict = approved.verdict;
  const Key key{verdict.account, verdict.instrument, verdict.instance};
  targets_.erase(key);
  const auto goal = target ? Quantity{verdict.quantity} : Quantity{};
  const auto missing = checked_sub(goal, position);
  if (!missing) return;
  Target begun{intent, verdict.intent_id, missing->raw, {}, 0};
  const auto* made = orders_.order_of_intent(IntentId{verdict.intent_id});
  if (made != nullptr) {
    begun.missing -= signed_by(made->side, made->quantity);
  }
  orders_.for_each_fillable({key[0], key[1], key[2]}, [&](const writ_order& order) {
    if (order.intent_id != verdict.intent_id) begun.beside.emplace(order.order_id, order.filled);
  });
  if (made != nullptr) note_part(begun, verdict.intent_id);
  if (!begun.beside.empty() || begun.part != 0) targets_.emplace(key, std::move(begun));
}

// An order was made of this intent: if it left out what is due already, it is a part.
void OpenTargets::note_part(Target& target, std::uint64_t id) const {
  target.part = due(target) != 0 ? id : 0;
}

bool OpenTargets::is_given_up(const Target& target) const {
  if (target.part == 0) return false;
  const writ_order* order = orders_.order_of_intent(IntentId{target.part});
  return order == nullptr || (!Orders::is_working(*order) && order->state != WRIT_ORDER_FILLED);
}

bool OpenTargets::waits(const Target& target) const {
  if (target.part == 0) return false;
  const writ_order* order = orders_.order_of_intent(IntentId{target.part});
  return order != nullptr && Orders::is_working(*order);
}

// Takes in what filled beside it, and forgets what has ended.
void OpenTargets::follow(Target& target) const {
  for (auto at = target.beside.begin(); at != target.beside.end();) {
    auto& [id, filled] = *at;
    if (const writ_order* order = orders_.find(OrderId{id})) {
      target.missing -= signed_by(order->side, order->filled - filled);
      filled = order->filled;
    }
    at = orders_.may_fill(OrderId{id}) ? std::next(at) : target.beside.erase(at);
  }
}

// Signed: what is missing even if all that is beside it fills.
std::int64_t OpenTargets::due(const Target& target) const {
  const auto side = target.missing > 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
  std::int64_t size = target.missing > 0 ? target.missing : -target.missing;
  for (const auto& [id, filled] : target.beside) {
    const writ_order* order = orders_.find(OrderId{id});
    if (order->side == side) size -= std::min(size, orders_.fillable(OrderId{id}).raw);
  }
  return target.missing > 0 ? size : -size;
}

std::vector<writ_intent> OpenTargets::take_due(const PartOf& part_of) {
  std::vector<writ_intent> rests;
  std::erase_if(targets_, [this](const auto& entry) { return is_given_up(entry.second); });
  for (auto& [key, target] : targets_) {
    follow(target);
    const auto quantity = due(target);
    if (quantity == 0 || waits(target)) continue;
    auto& rest = rests.emplace_back(rest_of(target.intent, target.intent_id, quantity));
    rest.quantity = std::min(rest.quantity, part_of(rest).raw);
    target.missing -= quantity > 0 ? rest.quantity : -rest.quantity;
  }
  std::erase_if(targets_, [](const auto& entry) {
    return entry.second.beside.empty() && entry.second.missing == 0;
  });
  return rests;
}

void OpenTargets::sent(const writ_intent& rest, IntentId id) {
  for (auto& [key, target] : targets_) {
    if (target.intent_id == rest.target_intent) note_part(target, id.raw());
  }
}

void OpenTargets::stop(const OrderScope& scope) {
  std::erase_if(targets_, [&](const auto& entry) {
    const auto& [account, instrument, instance] = entry.first;
    return (scope.account == 0 || scope.account == account) &&
           (scope.instrument == 0 || scope.instrument == instrument) &&
           (scope.instance == 0 || scope.instance == instance);
  });
}

void OpenTargets::stop(IntentId intent) {
  std::erase_if(targets_, [&](const auto& entry) {
    return entry.second.intent_id == intent.raw() || entry.second.part == intent.raw();
  });
}

void OpenTargets::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(targets_.size()));
  for (const auto& [key, target] : targets_) {
    out.put(key);
    out.put(target.intent);
    out.put(target.intent_id);
    out.put(target.missing);
    out.put(target.part);
    out.put(static_cast<std::uint64_t>(target.beside.size()));
    for (const auto& [id, filled] : target.beside) {
      out.put(id);
      out.put(filled);
    }
  }
}

bool OpenTargets::load(base::ByteReader& in) {
  targets_.clear();
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    auto& target = targets_[in.get<Key>()];
    target.intent = in.get<writ_intent>();
    target.intent_id = in.get<std::uint64_t>();
    target.missing = in.get<std::int64_t>();
    target.part = in.get<std::uint64_t>();
    for (auto orders = in.get<std::uint64_t>(); orders > 0 && in.ok(); --orders) {
      const auto id = in.get<std::uint64_t>();
      target.beside[id] = in.get<std::int64_t>();
    }
  }
  return in.ok();
}

}  // namespace writ::execution
