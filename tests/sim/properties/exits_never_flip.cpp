#include "tests/sim/properties/exits_never_flip.hpp"

#include "tests/sim/payoffs.hpp"
#include "tests/sim/reach.hpp"
#include "tests/sim/text.hpp"

#include <string>

namespace writ::test {
namespace {

/// Flattens, or aims at what is nearer to zero on the same side.
bool closes(const Judged& cause, Int128 position) {
  if (cause.intent.kind == WRIT_INTENT_FLATTEN) return true;
  if (cause.intent.kind != WRIT_INTENT_TARGET) return false;
  const Int128 goal = cause.verdict.quantity;
  return position > 0 ? goal >= 0 && goal < position : goal <= 0 && goal > position;
}

}  // namespace

void ExitsNeverFlip::on_record(const writ_record& /*record*/, const RunState& run) {
  if (run.cause() == nullptr) return;
  const writ_order& made = run.made()->record;
  const bool bets = run.instrument(made.instrument)->kind == WRIT_KIND_RUNNER;
  const Int128 position =
      run.books().strategy_position(made.account, made.instrument, made.instance);
  if (!closes(*run.cause(), position)) return;
  const Int128 sign = position > 0 ? -1 : 1;
  Int128 after = position;
  for (const OpenOrder& order : open_orders(run, made.account, made.instance)) {
    if (order.instrument != made.instrument || order.quantity * sign <= 0) continue;
    after += bets ? win_units(order, run, rules_.slippage) : order.quantity;
  }
  if (position != 0 && after * sign <= 0) return;
  fail("an exit of strategy " + std::to_string(made.instance) + " may take its position of " +
       text(position) + " in instrument " + std::to_string(made.instrument) + " to " + text(after) +
       to_text(run.orders(), made.account));
}

}  // namespace writ::test
