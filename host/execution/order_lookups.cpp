// Commands without an answer: when the venue is asked what it knows.
#include "host/execution/order_incident.hpp"
#include "host/execution/orders.hpp"

#include <algorithm>
#include <string>

namespace writ::execution {
namespace {

constexpr std::uint32_t kDoublings = 5;

bool ends_at_once(const writ_order& order) {
  return order.order_type == WRIT_ORDER_MARKET || order.time_in_force == WRIT_TIF_IOC ||
         order.time_in_force == WRIT_TIF_FOK;
}

}  // namespace

std::int64_t Orders::due_of(const Entry& entry) const {
  const writ_order& order = entry.record;
  const auto after = [&](std::int64_t since) {
    const auto times = std::int64_t{1} << std::min(entry.lookups, kDoublings);
    std::int64_t wait = 0;
    std::int64_t due = 0;
    if (__builtin_mul_overflow(options_.answer_timeout_ns, times, &wait) ||
        __builtin_add_overflow(since, wait, &due)) {
      return INT64_MAX;
    }
    return due;
  };
  // The venue filled more than it told us of.
  if (order.intent_id != 0 && entry.reported_filled > order.filled) return after(entry.waits_since);
  if (!is_working(order)) return INT64_MAX;
  const bool awaited = order.state == WRIT_ORDER_NEW || order.state == WRIT_ORDER_UNKNOWN ||
                       entry.cancelling || entry.replacing || entry.looking_up || entry.doubted ||
                       (order.intent_id != 0 && ends_at_once(order));
  if (awaited) return after(entry.waits_since);
  if (order.time_in_force == WRIT_TIF_GTD && order.expire_ts != WRIT_NONE) {
    return after(std::max(order.expire_ts, entry.waits_since));
  }
  return INT64_MAX;
}

void Orders::await(Entry& entry) {
  const std::int64_t due = due_of(entry);
  if (due == entry.due) return;
  if (entry.due != INT64_MAX) awaited_.erase({entry.due, entry.record.order_id});
  if (due != INT64_MAX) awaited_.try_emplace({due, entry.record.order_id}, &entry);
  entry.due = due;
}

std::optional<std::int64_t> Orders::next_due() const {
  if (awaited_.empty()) return std::nullopt;
  return awaited_.begin()->first.first;
}

void Orders::on_time(std::int64_t now, Seq cause, model::RecordSink& sink) {
  std::vector<std::uint64_t> late;
  for (const auto& [when, entry] : awaited_) {
    if (when.first > now) break;
    late.push_back(when.second);
  }
  for (const std::uint64_t id : late) {
    const Entry* found = entry_of(id);
    if (found == nullptr) continue;
    const Entry& entry = *found;
    writ_order order = entry.record;
    if (entry.lookups == 0) {
      OrderIncident incident{WRIT_INCIDENT_ORDER_UNKNOWN, WRIT_SEVERITY_WARN};
      incident.account = order.account;
      incident.instrument = order.instrument;
      incident.instance = order.instance;
      incident.cause_seq = cause.raw();
      append_incident(
          incident,
          "no answer in time, looked up: " + std::string(model::text_of(order.client_order_id)),
          sink);
    }
    if (order.state == WRIT_ORDER_NEW) order.state = WRIT_ORDER_UNKNOWN;
    order.command = WRIT_COMMAND_LOOKUP;
    put(order, cause.raw(), sink);
  }
}

std::size_t Orders::look_up_scope(const OrderScope& scope, Seq cause, model::RecordSink& sink) {
  std::vector<std::uint64_t> asked;
  for_each_working(scope, [&](const writ_order& order) {
    const Entry& entry = *entry_of(order.order_id);
    const bool answer_due = order.state == WRIT_ORDER_NEW || entry.looking_up;
    if (!answer_due && order.book == WRIT_BOOK_MAIN) asked.push_back(order.order_id);
  });
  for (const std::uint64_t id : asked) {
    writ_order order = entry_of(id)->record;
    order.command = WRIT_COMMAND_LOOKUP;
    put(order, cause.raw(), sink);
  }
  return asked.size();
}

}  // namespace writ::execution
