#include "tests/sim/order_register.hpp"

#include "host/model/record_view.hpp"

#include <writ/ids.hpp>

#include <algorithm>

namespace writ::test {

bool KnownOrder::working() const noexcept {
  return record.state == WRIT_ORDER_NEW || record.state == WRIT_ORDER_ACK ||
         record.state == WRIT_ORDER_OPEN || record.state == WRIT_ORDER_PARTIAL ||
         record.state == WRIT_ORDER_UNKNOWN;
}

std::int64_t KnownOrder::whole() const noexcept {
  return amending ? std::max(record.quantity, agreed_quantity) : record.quantity;
}

Int128 KnownOrder::open() const noexcept {
  const Int128 left = Int128{working() ? whole() : reported_filled} - filled;
  return std::max(left, Int128{0});
}

std::int64_t KnownOrder::worst_price(bool odds) const noexcept {
  if (!amending) return record.price;
  const bool higher = (record.side == WRIT_SIDE_BUY) != odds;
  return higher ? std::max(record.price, agreed_price) : std::min(record.price, agreed_price);
}

KnownOrder& OrderRegister::apply(const writ_order& order, bool& fresh) {
  const auto [at, made] = orders_.try_emplace(order.order_id);
  fresh = made;
  if (fresh) by_intent_[order.intent_id] = order.order_id;
  KnownOrder& known = at->second;
  if (order.command == WRIT_COMMAND_REPLACE && !known.amending) {
    known.amending = true;
    known.agreed_price = known.record.price;
    known.agreed_quantity = known.record.quantity;
  }
  known.cancel_asked = known.cancel_asked || order.command == WRIT_COMMAND_CANCEL;
  known.record = order;
  const bool answered = order.command == WRIT_COMMAND_NONE && order.cause_seq == known.answer_seq;
  if (!known.working() || answered) known.amending = false;
  settle(known);
  return known;
}

void OrderRegister::apply(const writ_report& report) {
  const auto at = orders_.find(report.order_id);
  if (at == orders_.end()) return;
  KnownOrder& known = at->second;
  known.reported_filled = std::max(known.reported_filled, report.filled);
  const bool states_terms = report.kind == WRIT_REPORT_REPLACED || report.kind == WRIT_REPORT_FOUND;
  if (states_terms || report.kind == WRIT_REPORT_REPLACE_REJECTED) {
    known.answer_seq = report.header.seq;
  }
  if (states_terms && report.price == known.record.price &&
      report.quantity == known.record.quantity) {
    known.amending = false;
  }
  settle(known);
}

KnownOrder* OrderRegister::apply(const writ_fill& fill) {
  const auto at = orders_.find(fill.order_id);
  if (at == orders_.end()) return nullptr;
  KnownOrder& known = at->second;
  if (!known.trades.emplace(model::text_of(fill.exchange_trade_id)).second) return nullptr;
  known.filled += fill.quantity;
  known.value += Int128{fill.price} * fill.quantity;
  settle(known);
  return &known;
}

const KnownOrder* OrderRegister::of_intent(std::uint64_t intent_id) const {
  const auto at = by_intent_.find(intent_id);
  return at == by_intent_.end() ? nullptr : &orders_.find(at->second)->second;
}

std::uint32_t OrderRegister::working(std::uint32_t account, std::uint32_t instrument,
                                     std::uint32_t instance) const {
  std::uint32_t count = 0;
  for_each_open(account, [&](const KnownOrder& known) {
    const writ_order& order = known.record;
    if (!known.working() || (instrument != 0 && order.instrument != instrument)) return;
    if (instance == 0 || order.instance == instance) ++count;
  });
  return count;
}

void OrderRegister::settle(const KnownOrder& known) {
  auto& open = open_[known.record.account];
  if (known.working() || known.open() > 0) {
    open.insert(known.record.order_id);
  } else {
    open.erase(known.record.order_id);
  }
}

void OrderRegister::forget_before(std::int64_t ts) {
  std::erase_if(orders_, [&](const auto& entry) {
    const KnownOrder& known = entry.second;
    return !known.working() && known.open() == 0 && known.record.header.ingest_ts < ts;
  });
  std::erase_if(by_intent_, [&](const auto& entry) { return !orders_.contains(entry.second); });
}

std::string to_text(const OrderRegister& orders, std::uint32_t account) {
  std::string lines;
  orders.for_each_open(account, [&](const KnownOrder& known) {
    const writ_order& order = known.record;
    lines += "\n  order " + std::to_string(order.order_id & kSeqMask) + " of strategy " +
             std::to_string(order.instance) + " in " + std::to_string(order.instrument) +
             (order.side == WRIT_SIDE_BUY ? ": buys " : ": sells ") +
             std::to_string(order.quantity) + " at " + std::to_string(order.price) + ", filled " +
             std::to_string(known.filled) + " of " + std::to_string(known.reported_filled) +
             " reported, state " + std::to_string(order.state) + ", flags " +
             std::to_string(order.flags) + ", kind " + std::to_string(known.kind) + ", effect " +
             std::to_string(known.effect) + (known.amending ? ", amending" : "");
  });
  return lines;
}

}  // namespace writ::test
