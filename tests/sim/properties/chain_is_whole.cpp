#include "tests/sim/properties/chain_is_whole.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/text.hpp"

#include <string>

namespace writ::test {

void ChainIsWhole::on_record(const writ_record& record, const RunState& run) {
  if (const auto* fill = model::as<writ_fill>(record)) return check_fill(*fill, run);
  if (const auto* order = model::as<writ_order>(record)) return check_order(*order, run);
  if (record.type == WRIT_RECORD_VERDICT && run.judged() == nullptr) {
    fail("a verdict of an intent that has one, or never was");
  }
  if (const auto* incident = model::as<writ_incident>(record)) {
    if (incident->code == WRIT_INCIDENT_ARITHMETIC) fail("an event did not fit");
  }
}

void ChainIsWhole::on_event_end(const RunState& run) {
  if (!run.unjudged().empty()) fail("an intent without a verdict");
}

void ChainIsWhole::check_fill(const writ_fill& fill, const RunState& run) {
  const KnownOrder* order = run.filled_order();
  if (order == nullptr) return;
  const writ_order& of = order->record;
  if (fill.side != of.side || fill.account != of.account || fill.instrument != of.instrument ||
      fill.instance != of.instance) {
    fail("a fill that is not its order's");
  }
  if (order->filled > order->whole()) {
    fail("order " + std::to_string(of.order_id) + " of " + text(order->whole()) + " filled " +
         text(order->filled));
  }
}

void ChainIsWhole::check_order(const writ_order& order, const RunState& run) {
  const KnownOrder& known = run.orders().all().at(order.order_id);
  // What is due by the clock comes before the fill of the same input is taken in.
  const bool fill_to_come =
      run.filled_order() == &known && order.filled == known.filled - run.fill()->quantity;
  if (order.filled != known.filled && !fill_to_come) {
    fail("order " + std::to_string(order.order_id) + " says filled " + text(order.filled) +
         ", its fills are " + text(known.filled));
  }
  if (run.made() == nullptr) return;
  if (run.cause() == nullptr) return fail("an order made or amended without an approval");
  if (const auto most = run.instrument(order.instrument)->quantity_max;
      most != WRIT_NONE && order.quantity > most) {
    fail("an order of " + text(order.quantity) + ", the venue takes " + text(most));
  }
  if (order.command != WRIT_COMMAND_REPLACE) check_new_order(order, *run.cause());
}

void ChainIsWhole::check_new_order(const writ_order& order, const Judged& cause) {
  const writ_intent& intent = cause.intent;
  if (order.account != intent.account || order.instrument != intent.instrument ||
      order.instance != intent.instance) {
    fail("an order for others than its intent names");
  }
  if (intent.kind == WRIT_INTENT_PLACE &&
      (order.quantity > intent.quantity || order.side != intent.side ||
       (intent.order_type == WRIT_ORDER_LIMIT && order.price != intent.price))) {
    fail("an order other than was asked for");
  }
}

}  // namespace writ::test
