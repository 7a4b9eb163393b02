// Approved intents, and what ends them all: commands become ORDER records.
#include "host/base/assert.hpp"
#include "host/execution/client_order_id.hpp"
#include "host/execution/open_targets.hpp"
#include "host/execution/orders.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::execution {
namespace {

constexpr std::uint32_t kOrderFlags =
    WRIT_INTENT_POST_ONLY | WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION;

/// Made by the venue or by people there.
bool is_external(const writ_order& order) {
  return order.intent_id == 0 && !is_own_client_order_id(model::text_of(order.client_order_id));
}

/// What the verdict says, or where it says nothing the intent.
std::int64_t approved_or(std::int64_t approved, std::int64_t wanted) {
  return approved != WRIT_NONE ? approved : wanted;
}

}  // namespace

void Orders::carry_out(const Approved& approved, Quantity position, const Funding& funding,
                       model::RecordSink& sink) {
  switch (approved.intent.kind) {
    case WRIT_INTENT_PLACE:
      place(approved, funding, sink);
      break;
    case WRIT_INTENT_CANCEL:
      cancel(approved, sink);
      break;
    case WRIT_INTENT_REPLACE:
      replace(approved, funding, sink);
      break;
    case WRIT_INTENT_CANCEL_ALL:
      cancel_all(approved, sink);
      break;
    case WRIT_INTENT_FLATTEN:
      flatten(approved, position, funding, sink);
      break;
    case WRIT_INTENT_TARGET:
      target(approved, position, funding, sink);
      break;
    default:
      break;  // NOOP: a decision not to trade
  }
}

std::optional<Orders::Terms> Orders::terms_of(const Approved& approved, Quantity position) const {
  const writ_intent& intent = approved.intent;
  const writ_verdict& verdict = approved.verdict;
  Terms terms;
  terms.flags = intent.flags & kOrderFlags;
  const std::int64_t price = approved_or(verdict.price, intent.price);

  if (intent.kind == WRIT_INTENT_PLACE) {
    terms.side = intent.side;
    terms.quantity = approved_or(verdict.quantity, intent.quantity);
    terms.order_type =
        intent.order_type == WRIT_ORDER_MARKET ? WRIT_ORDER_MARKET : WRIT_ORDER_LIMIT;
  } else {
    Quantity goal{0};
    if (intent.kind == WRIT_INTENT_TARGET) {
      goal = Quantity{approved_or(verdict.quantity, intent.quantity)};
    } else if (intent.kind != WRIT_INTENT_FLATTEN) {
      return std::nullopt;
    }
    const auto missing = checked_sub(goal, position);
    if (!missing || missing->raw == 0) return std::nullopt;
    terms.side = missing->raw > 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    // A cancel that is under way, or lost, stops no fill: those count as if they came.
    const auto working = sums({verdict.account, verdict.instrument, verdict.instance});
    const Quantity ahead = terms.side == WRIT_SIDE_BUY ? working.buy : working.sell;
    terms.quantity = abs(*missing).raw - ahead.raw;
    if (terms.quantity <= 0) return std::nullopt;
    const bool crosses_zero = goal.raw != 0 && (goal.raw > 0) != (position.raw > 0);
    const bool shrinks = position.raw != 0 && !crosses_zero &&
                         (goal.raw > 0 ? goal < position : goal > position || goal.raw == 0);
    if (shrinks) terms.flags |= WRIT_INTENT_REDUCE_ONLY;
    if (continues_exit(intent)) terms.quantity = std::min(terms.quantity, intent.quantity);
    const bool limit = intent.order_type == WRIT_ORDER_LIMIT && price != WRIT_NONE;
    terms.order_type = limit ? WRIT_ORDER_LIMIT : WRIT_ORDER_MARKET;
  }

  if (terms.order_type == WRIT_ORDER_MARKET) {
    terms.price = WRIT_NONE;
    terms.time_in_force = WRIT_TIF_IOC;
  } else {
    terms.price = price;
    if (intent.time_in_force != 0) terms.time_in_force = intent.time_in_force;
  }
  return terms;
}

writ_order Orders::new_order(const Approved& approved, const Terms& terms, const Funding& funding,
                             const model::RecordSink& sink) const {
  const writ_intent& intent = approved.intent;
  const writ_verdict& verdict = approved.verdict;
  WRIT_ASSERT(verdict.approved == 1);
  const auto name = instance_names_.find(verdict.instance);
  WRIT_ASSERT(!run_id_.empty() && name != instance_names_.end());

  auto order = model::make_record<writ_order>();
  order.order_id = sink.next_id<OrderId>().raw();
  order.intent_id = verdict.intent_id;
  order.verdict_id = approved.verdict_id.raw();
  order.tag = verdict.tag;
  order.instance = verdict.instance;
  order.instrument = verdict.instrument;
  order.account = verdict.account;
  order.book = verdict.book;
  order.side = terms.side;
  order.order_type = terms.order_type;
  order.time_in_force = terms.time_in_force;
  order.state = WRIT_ORDER_NEW;
  order.command = WRIT_COMMAND_SEND;
  order.flags = terms.flags;
  if (const auto* earlier = order_of_intent(IntentId{verdict.intent_id})) {
    WRIT_ASSERT(earlier->state == WRIT_ORDER_REJECTED || earlier->state == WRIT_ORDER_FAILED);
    order.attempt = earlier->attempt + 1;
  }
  order.price = terms.price;
  order.quantity = terms.quantity;
  order.expire_ts = terms.time_in_force == WRIT_TIF_GTD ? intent.expire_ts : WRIT_NONE;
  order.requested = to_abi(funding.requested);
  order.cash_before = to_abi(funding.cash_before);
  const bool fits = model::set_text(
      order.client_order_id, client_order_id(run_id_, name->second, IntentId{verdict.intent_id},
                                             order.leg, order.attempt));
  WRIT_ASSERT(fits);
  return order;
}

void Orders::put(writ_order record, std::uint64_t cause, model::RecordSink& sink) {
  record.cause_seq = cause;
  // Not on record it is not sent, so nothing of it can be filled.
  if (sink.append(record.header) == 0 && makes_or_amends(record)) return;
  apply(record);
}

void Orders::hold(const Approved& approved, const Funding& funding, const model::RecordSink& sink) {
  const auto terms = terms_of(approved, Quantity{});
  if (!terms) return;
  writ_order order = new_order(approved, *terms, funding, sink);
  order.order_id = UINT64_MAX - held_.size();  // no order has it
  held_.push_back(order.order_id);
  Entry& held = add_entry(order.order_id);
  held.record = order;
  settle(held);
}

void Orders::release_held() {
  for (const std::uint64_t id : held_) {
    Entry& held = *entry_of(id);
    held.record.state = WRIT_ORDER_FAILED;
    settle(held);
    remove_entry(id);
  }
  held_.clear();
}

OrderId Orders::place(const Approved& approved, const Funding& funding, model::RecordSink& sink) {
  const auto terms = terms_of(approved, Quantity{});
  WRIT_ASSERT(terms.has_value());
  const writ_order order = new_order(approved, *terms, funding, sink);
  put(order, approved.verdict.header.seq, sink);
  return OrderId{order.order_id};
}

bool Orders::ask_cancel(const Entry& entry, std::uint64_t cause, model::RecordSink& sink) {
  if (!is_working(entry.record) || entry.cancelling) return false;
  if (is_external(entry.record) && options_.external != ExternalOrders::kAdopt) return false;
  writ_order record = entry.record;
  record.command = WRIT_COMMAND_CANCEL;
  put(record, cause, sink);
  return true;
}

const Orders::Entry* Orders::live_order_of(std::uint64_t intent_id) const {
  const auto found = by_intent_.find({intent_id, 0});
  if (found == by_intent_.end()) return nullptr;
  return is_working(found->second->record) ? found->second : nullptr;
}

std::size_t Orders::cancel(const Approved& approved, model::RecordSink& sink) {
  WRIT_ASSERT(approved.verdict.approved == 1);
  std::vector<std::uint64_t> legs;
  const std::uint64_t intent = approved.intent.target_intent;
  for (auto at = by_intent_.lower_bound({intent, 0});
       at != by_intent_.end() && at->first.first == intent; ++at) {
    legs.push_back(at->second->record.order_id);
  }
  std::size_t asked = 0;
  for (const std::uint64_t order : legs) {
    const Entry* entry = entry_of(order);
    if (entry != nullptr && ask_cancel(*entry, approved.verdict.header.seq, sink)) ++asked;
  }
  return asked;
}

bool Orders::replace(const Approved& approved, const Funding& funding, model::RecordSink& sink) {
  WRIT_ASSERT(approved.verdict.approved == 1);
  const Entry* entry = live_order_of(approved.intent.target_intent);
  if (entry == nullptr || entry->cancelling || entry->replacing) return false;

  writ_order record = entry->record;
  const std::int64_t price = approved_or(approved.verdict.price, approved.intent.price);
  const std::int64_t quantity = approved_or(approved.verdict.quantity, approved.intent.quantity);
  if (price != WRIT_NONE) record.price = price;
  if (quantity != WRIT_NONE) record.quantity = quantity;
  if (record.quantity <= record.filled) {
    return ask_cancel(*entry, approved.verdict.header.seq, sink);
  }
  record.command = WRIT_COMMAND_REPLACE;
  record.requested = to_abi(funding.requested);
  record.cash_before = to_abi(funding.cash_before);
  put(record, approved.verdict.header.seq, sink);
  return true;
}

bool Orders::cancel(OrderId order, Seq cause, model::RecordSink& sink) {
  const Entry* found = entry_of(order.raw());
  return found != nullptr && ask_cancel(*found, cause.raw(), sink);
}

std::size_t Orders::cancel_all(const Approved& approved, model::RecordSink& sink) {
  WRIT_ASSERT(approved.verdict.approved == 1);
  return cancel_scope(
      {approved.verdict.account, approved.verdict.instrument, approved.verdict.instance},
      Seq{approved.verdict.header.seq}, sink);
}

std::size_t Orders::cancel_scope(const OrderScope& scope, Seq cause, model::RecordSink& sink) {
  std::vector<std::uint64_t> ids;
  for_each_working(scope, [&ids](const writ_order& order) { ids.push_back(order.order_id); });
  std::size_t asked = 0;
  for (const std::uint64_t id : ids) {
    const Entry* entry = entry_of(id);
    if (entry != nullptr && ask_cancel(*entry, cause.raw(), sink)) ++asked;
  }
  return asked;
}

std::optional<OrderId> Orders::flatten(const Approved& approved, Quantity position,
                                       const Funding& funding, model::RecordSink& sink) {
  return target(approved, position, funding, sink);
}

std::optional<OrderId> Orders::target(const Approved& approved, Quantity position,
                                      const Funding& funding, model::RecordSink& sink) {
  if (!continues_exit(approved.intent)) cancel_all(approved, sink);
  auto terms = terms_of(approved, position);
  if (!terms) return std::nullopt;
  if (funding.stake) {
    terms->quantity = funding.stake->raw;
    if (terms->quantity <= 0) return std::nullopt;
  }
  if (funding.most) terms->quantity = std::min(terms->quantity, funding.most->raw);
  const writ_order order = new_order(approved, *terms, funding, sink);
  put(order, approved.verdict.header.seq, sink);
  return OrderId{order.order_id};
}

}  // namespace writ::execution
