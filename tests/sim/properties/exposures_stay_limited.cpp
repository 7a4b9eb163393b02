#include "tests/sim/properties/exposures_stay_limited.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/payoffs.hpp"
#include "tests/sim/reach.hpp"
#include "tests/sim/text.hpp"

#include <string>

namespace writ::test {
namespace {

/// Of an account, or of one strategy in it (0 = all), in one instrument.
Int128 exposure_of(const writ_instrument& row, std::uint32_t account, std::uint32_t instance,
                   const std::vector<OpenOrder>& all, const RunState& run, std::int64_t slippage) {
  std::vector<OpenOrder> orders;
  for (const OpenOrder& order : all) {
    if (order.instrument == row.instrument) orders.push_back(order);
  }
  const auto& books = run.books().account(account);
  const Lots* lots = nullptr;
  if (instance != 0) {
    const auto own = books.strategies.find({row.instrument, instance});
    if (own != books.strategies.end()) lots = &own->second.lots;
  } else if (const auto own = books.truth.find(row.instrument); own != books.truth.end()) {
    lots = &own->second;
  }
  static const Lots kNone;
  if (lots == nullptr) lots = &kNone;
  if (lots->position() == 0 && lots->cost() == 0 && orders.empty()) return 0;
  if (row.kind == WRIT_KIND_RUNNER) return bets_loss(run, *lots, orders, slippage);
  const SeenMarket& market = run.market(row.instrument);
  if (market.mark_of(true) == WRIT_NONE) return 0;
  return gross_reach(lots->position(), orders, market.mark_of(true), market.mark_of(false));
}

}  // namespace

void ExposuresStayLimited::on_record(const writ_record& /*record*/, const RunState& run) {
  if (!run.adds()) return;
  const writ_order& order = run.made()->record;
  const writ_instrument& traded = *run.instrument(order.instrument);
  const auto of_account = open_orders(run, order.account, 0);
  const auto of_strategy = open_orders(run, order.account, order.instance);
  Int128 instrument = 0, market = 0, venue = 0, account = 0, strategy = 0;
  for (const auto& [number, row] : run.instruments()) {
    const Int128 gross = exposure_of(row, order.account, 0, of_account, run, rules_.slippage);
    account += gross;
    if (number == order.instrument) instrument += gross;
    if (same_market(row, traded)) market += gross;
    if (model::text_of(row.venue) == model::text_of(traded.venue)) venue += gross;
    strategy += exposure_of(row, order.account, order.instance, of_strategy, run, rules_.slippage);
  }
  check("instrument", instrument, rules_.instrument_exposure_max, order, run);
  check("market", market, rules_.market_exposure_max, order, run);
  check("venue", venue, rules_.venue_exposure_max, order, run);
  check("account", account, rules_.account_exposure_max, order, run);
  check("strategy", strategy, rules_.strategy_exposure_max, order, run);
}

void ExposuresStayLimited::check(const char* what, Int128 exposure, Int128 limit,
                                 const writ_order& order, const RunState& run) {
  if (limit == 0 || exposure <= limit) return;
  fail("exposure of the " + std::string(what) + " may come to " + text(exposure) +
       " by an order in instrument " + std::to_string(order.instrument) + " of strategy " +
       std::to_string(order.instance) + ", the limit is " + text(limit) +
       to_text(run.orders(), order.account));
}

}  // namespace writ::test
