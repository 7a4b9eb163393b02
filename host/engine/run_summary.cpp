#include "host/engine/run_summary.hpp"

#include "host/model/record_view.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::engine {
namespace {

void add_ledger(RunSummary& summary, const writ_ledger& entry) {
  if (entry.ledger != WRIT_LEDGER_PNL) return;
  auto& instance = summary.instances[{entry.instance, entry.account}];
  const Money amount = from_abi(entry.amount);
  if (entry.kind == WRIT_ENTRY_REALIZED) instance.realized += amount;
  if (entry.kind == WRIT_ENTRY_MTM) instance.unrealized += amount;
  if (entry.kind == WRIT_ENTRY_FEE) instance.fees -= amount;
}

}  // namespace

void RunSummary::add(const writ_record& record) {
  ++records;
  if (auto* count = by_type.get(record.type)) {
    ++*count;
  } else {
    by_type[record.type] = 1;
  }
  if (model::is_input(record)) {
    if (first_ts == 0) first_ts = record.ingest_ts;
    last_ts = record.ingest_ts;
    if (record.type >= WRIT_RECORD_BOOK_SNAPSHOT && record.type < WRIT_RECORD_SIGNAL_INPUT) {
      ++events;
      return;
    }
  }

  if (const auto* intent = model::as<writ_intent>(record)) {
    ++intents;
    ++instances[{intent->instance, intent->account}].intents;
    if ((intent->flags & WRIT_INTENT_WARMUP) != 0) ++warmup_intents;
  } else if (const auto* verdict = model::as<writ_verdict>(record)) {
    auto& instance = instances[{verdict->instance, verdict->account}];
    ++(verdict->approved != 0 ? approved : vetoed);
    ++(verdict->approved != 0 ? instance.approved : instance.vetoed);
    if (verdict->approved == 0) ++vetoes[verdict->detail];
  } else if (const auto* order = model::as<writ_order>(record)) {
    if (order->state == WRIT_ORDER_NEW && order->command == WRIT_COMMAND_SEND) {
      ++orders;
      ++instances[{order->instance, order->account}].orders;
    }
    if (order->state == WRIT_ORDER_FILLED) last_filled_order = order->order_id;
  } else if (const auto* fill = model::as<writ_fill>(record)) {
    ++fills;
    if (fill->book == WRIT_BOOK_SHADOW) ++shadow_fills;
    ++instances[{fill->instance, fill->account}].fills;
  } else if (const auto* entry = model::as<writ_ledger>(record)) {
    add_ledger(*this, *entry);
  } else if (const auto* portfolio = model::as<writ_portfolio>(record)) {
    auto& drawdown = drawdowns[portfolio->account];
    drawdown.amount = std::max(drawdown.amount, from_abi(portfolio->drawdown));
    drawdown.fraction = std::max(drawdown.fraction, Rate{portfolio->drawdown_fraction});
  } else if (const auto* incident = model::as<writ_incident>(record)) {
    ++incidents;
    ++incidents_by_code[incident->code];
  }
}

}  // namespace writ::engine
