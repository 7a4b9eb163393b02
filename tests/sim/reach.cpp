#include "tests/sim/reach.hpp"

#include <algorithm>

namespace writ::test {

namespace {

struct Terms {
  Int128 size;
  std::int64_t price;
};

// Of a bet whose amendment has no answer: those under which more can be lost.
Terms worse_terms(const KnownOrder& known) {
  const writ_order& order = known.record;
  const Terms agreed{Int128{known.agreed_quantity} - known.filled, known.agreed_price};
  const Terms asked{Int128{order.quantity} - known.filled, order.price};
  const auto liability = [&](const Terms& terms) {
    return order.side == WRIT_SIDE_BUY ? terms.size : terms.size * (terms.price - 1'000'000'000);
  };
  return liability(agreed) > liability(asked) ? agreed : asked;
}

// What may still fill, at the worst.
Terms open_terms(const KnownOrder& known, const RunState& run) {
  const writ_order& order = known.record;
  const bool odds = run.instrument(order.instrument)->kind == WRIT_KIND_RUNNER;
  const bool amended = &known == run.made() && order.command == WRIT_COMMAND_REPLACE;
  if (amended) return {Int128{order.quantity} - order.filled, order.price};
  if (odds && known.amending && known.agreed_price != WRIT_NONE) return worse_terms(known);
  return {known.open(), order.price == WRIT_NONE ? WRIT_NONE : known.worst_price(odds)};
}

}  // namespace

std::vector<OpenOrder> open_orders(const RunState& run, std::uint32_t account,
                                   std::uint32_t instance) {
  std::vector<OpenOrder> open;
  run.orders().for_each_open(account, [&](const KnownOrder& known) {
    const writ_order& order = known.record;
    if (instance != 0 && order.instance != instance) return;
    const auto [size, price] = open_terms(known, run);
    const Int128 left = std::max(size, Int128{0});
    open.push_back(
        {order.instrument, order.instance, order.side == WRIT_SIDE_BUY ? left : -left, price});
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
