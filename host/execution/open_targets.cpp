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
  Target begun{intent, verdict.intent_id, missing->raw, {}};
  if (const auto* made = orders_.order_of_intent(IntentId{verdict.intent_id})) {
    begun.missing -= signed_by(made->side, made->quantity);
  }
  orders_.for_each_fillable({key[0], key[1], key[2]}, [&](const writ_order& order) {
    if (order.intent_id != verdict.intent_id) begun.beside.emplace(order.order_id, order.filled);
  });
  if (!begun.beside.empty()) targets_.emplace(key, std::move(begun));
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

std::vector<writ_intent> OpenTargets::take_due() {
  std::vector<writ_intent> rests;
  for (auto at = targets_.begin(); at != targets_.end();) {
    auto& target = at->second;
    follow(target);
    if (const auto quantity = due(target); quantity != 0) {
      rests.push_back(rest_of(target.intent, target.intent_id, quantity));
      target.missing -= quantity;
    }
    at = target.beside.empty() ? targets_.erase(at) : std::next(at);
  }
  return rests;
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
  std::erase_if(targets_,
                [&](const auto& entry) { return entry.second.intent_id == intent.raw(); });
}

void OpenTargets::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(targets_.size()));
  for (const auto& [key, target] : targets_) {
    out.put(key);
    out.put(target.intent);
    out.put(target.intent_id);
    out.put(target.missing);
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
    for (auto orders = in.get<std::uint64_t>(); orders > 0 && in.ok(); --orders) {
      const auto id = in.get<std::uint64_t>();
      target.beside[id] = in.get<std::int64_t>();
    }
  }
  return in.ok();
}

}  // namespace writ::execution
