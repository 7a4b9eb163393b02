#include "tests/sim/reach.hpp"

#include <algorithm>

namespace writ::test {

std::vector<OpenOrder> open_orders(const RunState& run, std::uint32_t account,
                                   std::uint32_t instance) {
  std::vector<OpenOrder> open;
  run.orders().for_each_open(account, [&](const KnownOrder& known) {
    const writ_order& order = known.record;
    if (instance != 0 && order.instance != instance) return;
    const bool odds = run.instrument(order.instrument)->kind == WRIT_KIND_RUNNER;
    const bool amended = &known == run.made() && order.command == WRIT_COMMAND_REPLACE;
    const Int128 size = amended ? Int128{order.quantity} - order.filled : known.open();
    const std::int64_t price = amended ? order.price : known.worst_price(odds);
    open.push_back({order.instrument, order.instance, order.side == WRIT_SIDE_BUY ? size : -size,
                    order.price == WRIT_NONE ? WRIT_NONE : price});
  });
  return open;
}

Int128 gross_reach(Int128 position, const std::vector<OpenOrder>& orders, std::int64_t mark_of_long,
                   std::int64_t mark_of_short) {
  Int128 longest = position;
  Int128 shortest = position;
  for (const OpenOrder& order : orders) {
    longest += std::max(order.quantity, Int128{0});
    shortest += std::min(order.quantity, Int128{0});
  }
  return std::max({longest * mark_of_long, -shortest * mark_of_short, Int128{0}});
}

Int128 worst_loss(const Outcomes& held, const std::vector<Outcomes>& changes) {
  Int128 worst = 0;
  for (std::size_t i = 0; i < held.size(); ++i) {
    Int128 result = held[i];
    for (const Outcomes& change : changes) result += std::min(change[i], Int128{0});
    worst = std::min(worst, result);
  }
  return -worst;
}

}  // namespace writ::test
