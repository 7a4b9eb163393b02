#include "tests/sim/properties/halts_hold.hpp"

#include <string>

namespace writ::test {

void HaltsHold::on_record(const writ_record& /*record*/, const RunState& run) {
  const Judged* judged = run.judged() != nullptr ? run.judged() : run.cause();
  if (judged == nullptr) return;
  const writ_verdict& verdict = judged->verdict;
  if (verdict.approved == 0 || verdict.effect != WRIT_EFFECT_ADDS) return;
  if (!run.blocked(verdict.account, verdict.instance)) return;
  fail("account " + std::to_string(verdict.account) + " adds in instrument " +
       std::to_string(verdict.instrument) + " while killed, paused or halted (tier " +
       std::to_string(run.tier(verdict.account)) + "): kind " +
       std::to_string(judged->intent.kind) + ", cut by " + std::to_string(verdict.detail));
}

}  // namespace writ::test
