#include "host/engine/flattening.hpp"

#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>

#include <algorithm>
#include <string>

namespace writ::engine {
namespace {

constexpr std::int64_t kPatienceNs = 1'000'000'000;
constexpr std::int64_t kFirstPauseNs = 1'000'000'000;
constexpr std::uint32_t kDoublingsMax = 6;  // 64 s
constexpr std::string_view kHalt = "halt";
constexpr std::string_view kFlatten = "flatten";

bool matches(const execution::OrderScope& scope, std::uint32_t account, std::uint32_t instrument,
             std::uint32_t instance) {
  return (scope.account == 0 || scope.account == account) &&
         (scope.instrument == 0 || scope.instrument == instrument) &&
         (scope.instance == 0 || scope.instance == instance);
}

}  // namespace

std::size_t Flattening::begin(const execution::OrderScope& scope, std::string_view why) {
  const auto before = closings_.size();
  for (const auto account : ledger_.accounts()) {
    for (const auto& [instrument, instance] : ledger_.strategies(account)) {
      const Key key{account.raw(), instrument.raw(), instance.raw()};
      if (instance.raw() == 0 || position(key).raw == 0) continue;
      if (matches(scope, account.raw(), instrument.raw(), instance.raw())) add(key, why);
    }
  }
  orders_.for_each_working(scope, [&](const writ_order& order) {
    if (order.instance != 0) add({order.account, order.instrument, order.instance}, why);
  });
  return closings_.size() - before;
}

void Flattening::add(const Key& key, std::string_view why) {
  auto& closing = closings_[key];
  closing.since = record_id<OrderId>(sink_.input_run(), Seq{sink_.input_seq()}).raw();
  closing.tries = 0;
  closing.beside = 0;
  closing.next_try = sink_.now() + kPatienceNs;
  closing.by_halt = why == kHalt ? 1 : 0;
}

std::size_t Flattening::stop(const execution::OrderScope& scope) {
  return std::erase_if(closings_, [&](const auto& entry) {
    const auto& [account, instrument, instance] = entry.first;
    return matches(scope, account, instrument, instance);
  });
}

void Flattening::go_on(std::uint32_t top_of) {
  for (auto at = closings_.begin(); at != closings_.end();) {
    const auto& key = at->first;
    auto& closing = at->second;
    if (is_closed(key, closing)) {
      if (closing.tries > 0) tell(WRIT_SEVERITY_INFO, key, "closed");
      at = closings_.erase(at);
      continue;
    }
    look_beside(key, closing);
    if (is_due(key, closing, top_of)) submit(key, closing);
    ++at;
  }
}

void Flattening::on_unclosable(const writ_intent& intent, std::uint64_t intent_id) {
  const Key key{intent.account, intent.instrument, intent.instance};
  const auto closing = closings_.find(key);
  if (closing == closings_.end() || closing->second.intent != intent_id) return;
  bool may_move = false;
  orders_.for_each_fillable(scope_of(key), [&](const writ_order&) { may_move = true; });
  if (may_move) return;
  tell(WRIT_SEVERITY_ERROR, key,
       to_string(position(key)) + " stays open: the venue takes no order for so much");
  closings_.erase(closing);
}

execution::OrderScope Flattening::scope_of(const Key& key) {
  const auto& [account, instrument, instance] = key;
  return {account, instrument, instance};
}

Quantity Flattening::position(const Key& key) const {
  const auto& [account, instrument, instance] = key;
  return ledger_.strategy_position(AccountId{account}, InstanceId{instance},
                                   InstrumentId{instrument});
}

bool Flattening::is_closed(const Key& key, const Closing& closing) const {
  if (position(key).raw != 0) return false;
  bool may_move = false;
  orders_.for_each_fillable(scope_of(key), [&](const writ_order& order) {
    may_move = may_move || order.order_id < closing.since || order.intent_id == closing.intent;
  });
  return !may_move;
}

void Flattening::look_beside(const Key& key, Closing& closing) {
  std::uint32_t beside = 0;
  std::string unanswered;
  orders_.for_each_fillable(scope_of(key), [&](const writ_order& order) {
    if (order.order_id >= closing.since) return;
    ++beside;
    if (orders_.is_unanswered(OrderId{order.order_id})) {
      unanswered = model::text_of(order.client_order_id);
    }
  });
  if (beside < closing.beside) closing.released = 1;
  closing.beside = beside;
  if (unanswered.empty() || closing.waits != 0) return;
  closing.waits = 1;
  tell(WRIT_SEVERITY_WARN, key, "waits for an order without an answer, looked up: " + unanswered);
}

bool Flattening::is_due(const Key& key, const Closing& closing, std::uint32_t top_of) const {
  const bool sends = has_more_to_send(key);
  if (sends && (closing.tries == 0 || closing.released != 0 || last_one_filled(closing)))
    return true;
  if (sink_.now() < closing.next_try) return false;
  if (!sends && !has_more_to_cancel(key, closing)) return false;
  return closing.tries == 0 || std::get<1>(key) == top_of;
}

bool Flattening::last_one_filled(const Closing& closing) const {
  const auto* order = orders_.order_of_intent(IntentId{closing.intent});
  return closing.intent != 0 && order != nullptr && order->state == WRIT_ORDER_FILLED;
}

// Something is left open even if every order that may still close it does.
bool Flattening::has_more_to_send(const Key& key) const {
  const auto held = position(key);
  const auto working = orders_.sums(scope_of(key));
  return abs(held) > (held.raw > 0 ? working.sell : working.buy);
}

// Orders stand in the way that nobody cancels.
bool Flattening::has_more_to_cancel(const Key& key, const Closing& closing) const {
  const auto closes = position(key).raw > 0 ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
  bool found = false;
  orders_.for_each_working(scope_of(key), [&](const writ_order& order) {
    const bool in_the_way =
        order.order_id < closing.since || (position(key).raw != 0 && order.side == closes);
    found = found || (in_the_way && order.intent_id != closing.intent &&
                      !orders_.is_cancelling(OrderId{order.order_id}));
  });
  return found;
}

std::optional<std::int64_t> Flattening::next_due() const {
  std::optional<std::int64_t> next;
  for (const auto& [key, closing] : closings_) {
    if (closing.tries > 0 || !has_more_to_cancel(key, closing)) continue;
    next = std::min(next.value_or(INT64_MAX), closing.next_try);
  }
  return next;
}

void Flattening::submit(const Key& key, Closing& closing) {
  const auto& [account, instrument, instance] = key;
  if (last_one_filled(closing)) closing.tries = 0;
  if (closing.tries > 0 && closing.released == 0 && closing.goes_on == 0) {
    closing.goes_on = 1;
    tell(WRIT_SEVERITY_WARN, key, "not closed by the first order: goes on");
  }
  auto intent = HostIntents::blank(account, instance, instrument, WRIT_INTENT_FLATTEN);
  intent.urgency = WRIT_URGENCY_TAKER;
  // Where strategies hold against each other, one's exit is no exit of the account.
  const auto own = position(key);
  const auto whole = ledger_.position(AccountId{account}, InstrumentId{instrument});
  if ((own.raw > 0) == (whole.raw > 0) && abs(own) <= abs(whole)) {
    intent.flags = WRIT_INTENT_REDUCE_ONLY;
  }
  closing.intent = intents_.submit(intent, closing.by_halt != 0 ? kHalt : kFlatten);
  closing.next_try = sink_.now() + (kFirstPauseNs << std::min(closing.tries, kDoublingsMax));
  ++closing.tries;
  closing.released = 0;
}

void Flattening::tell(std::uint16_t severity, const Key& key, std::string_view text) {
  auto told = model::make_record<writ_incident>();
  told.severity = severity;
  told.code = WRIT_INCIDENT_FLATTEN;
  std::tie(told.account, told.instrument, told.instance) = key;
  told.cause_seq = sink_.input_seq();
  told.text_size = static_cast<std::uint32_t>(text.size());
  sink_.append(text_.begin(told).append(text.data(), text.size()).finish());
}

void Flattening::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(closings_.size()));
  for (const auto& [key, closing] : closings_) {
    out.put(std::get<0>(key));
    out.put(std::get<1>(key));
    out.put(std::get<2>(key));
    out.put(closing.since);
    out.put(closing.intent);
    out.put(closing.tries);
    out.put(closing.next_try);
    out.put(closing.beside);
    out.put(closing.released);
    out.put(closing.by_halt);
    out.put(closing.goes_on);
    out.put(closing.waits);
  }
}

bool Flattening::load(base::ByteReader& in) {
  closings_.clear();
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    const auto account = in.get<std::uint32_t>();
    const auto instrument = in.get<std::uint32_t>();
    const auto instance = in.get<std::uint32_t>();
    auto& closing = closings_[{account, instrument, instance}];
    closing.since = in.get<std::uint64_t>();
    closing.intent = in.get<std::uint64_t>();
    closing.tries = in.get<std::uint32_t>();
    closing.next_try = in.get<std::int64_t>();
    closing.beside = in.get<std::uint32_t>();
    closing.released = in.get<std::uint8_t>();
    closing.by_halt = in.get<std::uint8_t>();
    closing.goes_on = in.get<std::uint8_t>();
    closing.waits = in.get<std::uint8_t>();
  }
  return in.ok();
}

}  // namespace writ::engine
