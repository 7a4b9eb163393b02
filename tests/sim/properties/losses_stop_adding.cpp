#include "tests/sim/properties/losses_stop_adding.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/text.hpp"

#include <writ/money_abi.hpp>

#include <string>

namespace writ::test {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;

}  // namespace

void LossesStopAdding::on_record(const writ_record& record, const RunState& run) {
  if (const auto* portfolio = model::as<writ_portfolio>(record)) {
    Day& day = days_[portfolio->account];
    day.last = from_abi(portfolio->equity).raw - from_abi(portfolio->initial).raw;
    if (day.day != run.now() / kDayNs) day = {run.now() / kDayNs, day.last, day.last};
    return;
  }
  if (run.judged() == nullptr || rules_.daily_loss_max == 0) return;
  const writ_verdict& verdict = run.judged()->verdict;
  if (verdict.approved == 0 || verdict.effect != WRIT_EFFECT_ADDS) return;
  const Day& day = days_[verdict.account];
  if (day.day == run.now() / kDayNs && day.first - day.last >= rules_.daily_loss_max) {
    fail("account " + std::to_string(verdict.account) + " adds after it lost " +
         text(day.first - day.last) + " today, the limit is " + text(rules_.daily_loss_max));
  }
}

}  // namespace writ::test
