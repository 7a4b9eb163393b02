#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> no_data_gap(const Case& c) {
  return at_most(WRIT_UNIT_COUNT, c.view.market.gap ? 1 : 0, 0);
}

}  // namespace writ::arbiter
