#include "tests/sim/properties/positions_stay_limited.hpp"

#include "tests/sim/reach.hpp"
#include "tests/sim/text.hpp"

#include <algorithm>
#include <string>

namespace writ::test {

void PositionsStayLimited::on_event_end(const RunState& run) {
  for (const auto account : run.touched()) check(account, run);
}

void PositionsStayLimited::check(std::uint32_t account, const RunState& run) {
  std::map<std::uint32_t, std::array<Int128, 2>> open;
  for (const OpenOrder& order : open_orders(run, account, 0)) {
    open[order.instrument][0] += std::max(order.quantity, Int128{0});
    open[order.instrument][1] -= std::min(order.quantity, Int128{0});
  }
  for (const auto& [number, limit] : rules_.position_max) {
    const Int128 position = run.books().position(account, number);
    for (const std::size_t way : {0U, 1U}) {
      const Int128 reach = (way == 0 ? position : -position) + open[number][way];
      Excuse& excuse = excuses_[{account, number}][way];
      if (excuse.breaks(reach, limit, run.moved_by_exits(account, number, way == 0))) {
        fail("account " + std::to_string(account) + " may come to " + text(reach) +
             (way == 0 ? " long" : " short") + " of instrument " + std::to_string(number) +
             ", the limit is " + text(limit) + to_text(run.orders(), account));
      }
    }
  }
}

}  // namespace writ::test
