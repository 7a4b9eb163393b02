#include "tests/sim/properties/capital_stays_in_budget.hpp"

#include "tests/sim/text.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

Int128 tied_up(const writ_instrument& row, const Lots& lots) {
  const bool pays_one = row.kind == WRIT_KIND_BINARY || row.kind == WRIT_KIND_RUNNER;
  if (pays_one && lots.position() < 0) return lots.cost() - lots.position() * kOne;
  return lots.cost() < 0 ? -lots.cost() : lots.cost();
}

/// Without fees: of what was requested for the whole at most.
Int128 reserved(const writ_instrument& row, const KnownOrder& known) {
  const writ_order& order = known.record;
  const Int128 requested = from_abi(order.requested).raw;
  if (order.price == WRIT_NONE) return requested * known.open() / order.quantity;
  const bool buys = order.side == WRIT_SIDE_BUY;
  Int128 unit = order.price;
  if (row.kind == WRIT_KIND_BINARY && !buys) unit = kOne - order.price;
  if (row.kind == WRIT_KIND_RUNNER) unit = buys ? kOne : order.price - kOne;
  return std::min(requested, known.open() * unit);
}

}  // namespace

void CapitalStaysInBudget::on_record(const writ_record& /*record*/, const RunState& run) {
  if (!run.adds() || rules_.strategy_budget == 0) return;
  const writ_order& made = run.made()->record;
  Int128 capital = 0;
  for (const auto& [key, strategy] : run.books().account(made.account).strategies) {
    if (key.second == made.instance) capital += tied_up(*run.instrument(key.first), strategy.lots);
  }
  run.orders().for_each_open(made.account, [&](const KnownOrder& known) {
    if (known.record.instance != made.instance || !known.working()) return;
    capital += reserved(*run.instrument(known.record.instrument), known);
  });
  if (capital > rules_.strategy_budget) {
    fail("strategy " + std::to_string(made.instance) + " ties up " + text(capital) +
         ", its budget is " + text(rules_.strategy_budget) + to_text(run.orders(), made.account));
  }
}

}  // namespace writ::test
