#include "tests/sim/properties/worst_cases_stay_limited.hpp"

#include "tests/sim/payoffs.hpp"
#include "tests/sim/text.hpp"

#include <string>

namespace writ::test {
namespace {

/// An exit amended to no more than it was: until the venue answers all of it may fill, as it might
/// have before.
bool takes_back(const KnownOrder& made) {
  const writ_order& order = made.record;
  const bool no_worse = made.agreed_price == WRIT_NONE ||
                        (order.side == WRIT_SIDE_BUY ? order.price <= made.agreed_price
                                                     : order.price >= made.agreed_price);
  return made.exits && made.amending && order.quantity <= made.agreed_quantity && no_worse;
}

}  // namespace

void WorstCasesStayLimited::on_record(const writ_record& /*record*/, const RunState& run) {
  if (!run.adds() || takes_back(*run.made())) return;
  const writ_order& order = run.made()->record;
  const writ_instrument& traded = *run.instrument(order.instrument);
  Int128 account = 0;
  std::string markets;
  for (const auto* row : markets_of(run, order.account)) {
    const Int128 loss = market_loss(run, order.account, *row, rules_.slippage);
    account += loss;
    markets += "\n  the market of " + std::to_string(row->instrument) + ": " + text(loss) +
               ", held " + text(run.books().position(order.account, row->instrument));
    if (!same_market(*row, traded)) continue;
    if (rules_.market_worst_case_max != 0 && loss > rules_.market_worst_case_max) {
      fail("the market of instrument " + std::to_string(order.instrument) + " may lose " +
           text(loss) + ", the limit is " + text(rules_.market_worst_case_max) +
           to_text(run.orders(), order.account));
    }
  }
  if (rules_.account_worst_case_max != 0 && account > rules_.account_worst_case_max) {
    fail("account " + std::to_string(order.account) + " may lose " + text(account) +
         " in all markets, the limit is " + text(rules_.account_worst_case_max) + markets +
         to_text(run.orders(), order.account));
  }
}

}  // namespace writ::test
