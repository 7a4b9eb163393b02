#include "tests/sim/money_checker.hpp"

#include "tests/sim/properties/broken_markets_rest.hpp"
#include "tests/sim/properties/capital_stays_in_budget.hpp"
#include "tests/sim/properties/cash_stays_positive.hpp"
#include "tests/sim/properties/chain_is_whole.hpp"
#include "tests/sim/properties/exits_are_free.hpp"
#include "tests/sim/properties/exits_never_flip.hpp"
#include "tests/sim/properties/exposures_stay_limited.hpp"
#include "tests/sim/properties/halts_hold.hpp"
#include "tests/sim/properties/ledger_adds_up.hpp"
#include "tests/sim/properties/losses_stop_adding.hpp"
#include "tests/sim/properties/orders_stay_few.hpp"
#include "tests/sim/properties/positions_stay_limited.hpp"
#include "tests/sim/properties/prices_stay_near.hpp"
#include "tests/sim/properties/worst_cases_stay_limited.hpp"

#include <utility>

namespace writ::test {

MoneyChecker::MoneyChecker(RuleBook rules) : rules_(std::move(rules)) {
  properties_.push_back(std::make_unique<ChainIsWhole>());
  properties_.push_back(std::make_unique<LedgerAddsUp>());
  properties_.push_back(std::make_unique<ExitsAreFree>());
  properties_.push_back(std::make_unique<ExitsNeverFlip>(rules_));
  properties_.push_back(std::make_unique<HaltsHold>());
  properties_.push_back(std::make_unique<CashStaysPositive>(rules_));
  properties_.push_back(std::make_unique<PositionsStayLimited>(rules_));
  properties_.push_back(std::make_unique<ExposuresStayLimited>(rules_));
  properties_.push_back(std::make_unique<WorstCasesStayLimited>(rules_));
  properties_.push_back(std::make_unique<CapitalStaysInBudget>(rules_));
  properties_.push_back(std::make_unique<LossesStopAdding>(rules_));
  properties_.push_back(std::make_unique<OrdersStayFew>(rules_));
  properties_.push_back(std::make_unique<PricesStayNear>(rules_));
  properties_.push_back(std::make_unique<BrokenMarketsRest>(rules_));
  auto groups = std::make_unique<GroupsEndAsDeclared>(rules_);
  groups_ = groups.get();
  properties_.push_back(std::move(groups));
}

void MoneyChecker::on_record(const writ_record& record) {
  run_.apply(record);
  tally_.on_record(record, run_);
  for (const auto& property : properties_) property->on_record(record, run_);
  look_for_failures();
}

void MoneyChecker::on_event_end() {
  run_.end_records();
  for (const auto& property : properties_) property->on_event_end(run_);
  look_for_failures();
  run_.end_event();
}

void MoneyChecker::look_for_failures() {
  if (!failure_.empty()) return;
  for (const auto& property : properties_) {
    if (!property->failure().empty()) return fail(property->failure());
  }
}

void MoneyChecker::fail(const std::string& what) {
  if (failure_.empty()) failure_ = "input " + std::to_string(run_.input_seq()) + ": " + what;
}

}  // namespace writ::test
