#include "tests/sim/properties/positions_stay_limited.hpp"

#include "tests/sim/payoffs.hpp"
#include "tests/sim/reach.hpp"
#include "tests/sim/text.hpp"

#include <algorithm>
#include <string>

namespace writ::test {

void PositionsStayLimited::on_record(const writ_record& /*record*/, const RunState& run) {
  if (!run.adds()) return;
  const writ_order& order = run.made()->record;
  const auto limit = rules_.position_max.find(order.instrument);
  const bool bet = run.instrument(order.instrument)->kind == WRIT_KIND_RUNNER;
  if (!bet || limit == rules_.position_max.end()) return;
  const bool backs = order.side == WRIT_SIDE_BUY;
  const Int128 position = run.books().position(order.account, order.instrument);
  Int128 reach = backs ? position : -position;
  const Quote& book = run.market(order.instrument).book;
  const bool offered = (backs ? book.bid : book.ask) != WRIT_NONE;
  for (const OpenOrder& open : open_orders(run, order.account, 0)) {
    if (open.instrument != order.instrument || (open.quantity > 0) != backs) continue;
    if (open.price == WRIT_NONE && !offered) continue;
    const Int128 units = win_units(open, run, rules_.slippage);
    reach += backs ? units : -units;
  }
  if (reach > limit->second) {
    fail_beyond(reach, limit->second, backs, order.account, order.instrument, run);
  }
}

void PositionsStayLimited::fail_beyond(Int128 reach, Int128 limit, bool longer,
                                       std::uint32_t account, std::uint32_t instrument,
                                       const RunState& run) {
  fail("account " + std::to_string(account) + " may come to " + text(reach) +
       (longer ? " long" : " short") + " of instrument " + std::to_string(instrument) +
       ", the limit is " + text(limit) + to_text(run.orders(), account));
}

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
    const auto* row = run.instrument(number);
    if (row != nullptr && row->kind == WRIT_KIND_RUNNER) continue;
    const Int128 position = run.books().position(account, number);
    for (const std::size_t way : {0U, 1U}) {
      const Int128 reach = (way == 0 ? position : -position) + open[number][way];
      Excuse& excuse = excuses_[{account, number}][way];
      if (excuse.breaks(reach, limit, run.moved_by_exits(account, number, way == 0))) {
        fail_beyond(reach, limit, way == 0, account, number, run);
      }
    }
  }
}

}  // namespace writ::test
