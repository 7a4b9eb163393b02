#include "tests/sim/properties/exits_are_free.hpp"

#include "tests/sim/text.hpp"

#include <algorithm>
#include <string>

namespace writ::test {
namespace {

bool may_refuse_an_exit(std::uint16_t check) {
  return check == WRIT_CHECK_VALIDITY || check == WRIT_CHECK_TTL ||
         check == WRIT_CHECK_TARGET_ORDER || check == WRIT_CHECK_REDUCE_ONLY ||
         check == WRIT_CHECK_GROUP || check == WRIT_CHECK_PLUGIN;
}

bool never_adds(std::uint16_t kind) {
  return kind == WRIT_INTENT_CANCEL || kind == WRIT_INTENT_CANCEL_ALL || kind == WRIT_INTENT_NOOP ||
         kind == WRIT_INTENT_FLATTEN;
}

}  // namespace

void ExitsAreFree::on_record(const writ_record& /*record*/, const RunState& run) {
  if (run.judged() == nullptr) return;
  const auto& [intent, verdict] = *run.judged();
  if (verdict.detail == WRIT_CHECK_PLUGIN || verdict.detail == WRIT_CHECK_RESTART) return;
  if (verdict.effect != WRIT_EFFECT_ADDS) {
    if (verdict.approved == 0 && !may_refuse_an_exit(verdict.detail)) {
      fail("an exit is refused by check " + std::to_string(verdict.detail));
    }
    return;
  }
  if (never_adds(intent.kind)) fail("a cancel or an exit is classed as adding");
  if (surely_reduces(intent, run)) {
    fail("what only closes is classed as adding: instrument " + std::to_string(intent.instrument) +
         ", side " + std::to_string(intent.side) + ", quantity " + text(intent.quantity) +
         ", check " + std::to_string(verdict.detail) + ", held " +
         text(run.books().position(intent.account, intent.instrument)) + " and " +
         text(run.books().strategy_position(intent.account, intent.instrument, intent.instance)) +
         to_text(run.orders(), intent.account));
  }
}

bool ExitsAreFree::surely_reduces(const writ_intent& intent, const RunState& run) {
  const auto* row = run.instrument(intent.instrument);
  if (row == nullptr || intent.kind != WRIT_INTENT_PLACE || intent.quantity <= 0) return false;
  if (intent.group_id != 0) return false;  // judged as if the legs before it were made
  if (row->kind != WRIT_KIND_SPOT && row->kind != WRIT_KIND_PERP) return false;
  const bool buys = intent.side == WRIT_SIDE_BUY;
  if (!buys && intent.side != WRIT_SIDE_SELL) return false;
  if (buys && row->kind == WRIT_KIND_SPOT) return false;  // needs cash as well
  const Int128 sign = buys ? -1 : 1;
  Int128 of_account = sign * run.books().position(intent.account, intent.instrument);
  Int128 of_strategy =
      sign * run.books().strategy_position(intent.account, intent.instrument, intent.instance);
  run.orders().for_each_open(intent.account, [&](const KnownOrder& known) {
    const auto& order = known.record;
    if (order.instrument != intent.instrument || order.side != intent.side) return;
    of_account -= known.open();
    if (order.instance == intent.instance) of_strategy -= known.open();
  });
  return std::min(of_account, of_strategy) >= intent.quantity;
}

}  // namespace writ::test
