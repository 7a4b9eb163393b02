#include "tests/sim/reach.hpp"

#include <algorithm>

namespace writ::test {

namespace {

struct Terms {
  Int128 size;
  std::int64_t price;
};

/// What an amendment leaves open, under the old terms and under the new.
struct Amended {
  Terms agreed;
  Terms asked;
  [[nodiscard]] Int128 beyond() const { return std::max(asked.size - agreed.size, Int128{0}); }
};

Amended amended(const KnownOrder& known) {
  const auto open = [&](std::int64_t whole) {
    return std::max(Int128{whole} - known.filled, Int128{0});
  };
  return {{open(known.agreed_quantity), known.agreed_price},
          {open(known.record.quantity), known.record.price}};
}

/// All of the old terms filled before the new ones came into force, then what is more of those.
std::vector<Terms> old_first(const Amended& terms) {
  return {terms.agreed, {terms.beyond(), terms.asked.price}};
}

// Of lays the stakes and odds that owe the most.
std::vector<Terms> worst_lays(const Amended& terms) {
  const auto owed = [](const Terms& some) { return some.size * (some.price - 1'000'000'000); };
  const auto old = old_first(terms);
  return owed(old[0]) + owed(old[1]) > owed(terms.asked) ? old : std::vector{terms.asked};
}

// Of anything else each unit at the worst it may be: what both have at the worse price.
std::vector<Terms> worst_units(const Amended& terms, bool higher_is_worse) {
  const auto& [agreed, asked] = terms;
  const Int128 either = std::min(agreed.size, asked.size);
  const std::int64_t worse =
      higher_is_worse ? std::max(agreed.price, asked.price) : std::min(agreed.price, asked.price);
  const Terms& larger = agreed.size > asked.size ? agreed : asked;
  return {{either, worse}, {larger.size - either, larger.price}};
}

// What may still fill, at the worst. Of an amendment that is being judged what the old terms let in
// reach was there before: they count where they fill first.
std::vector<Terms> open_terms(const KnownOrder& known, const RunState& run) {
  const writ_order& order = known.record;
  const bool odds = run.instrument(order.instrument)->kind == WRIT_KIND_RUNNER;
  const bool higher_is_worse = (order.side == WRIT_SIDE_BUY) != odds;
  const bool priced = order.price != WRIT_NONE && known.agreed_price != WRIT_NONE;
  if (!known.amending || !priced) return {{known.open(), order.price}};
  const Amended terms = amended(known);
  const bool just_asked = &known == run.made() && order.command == WRIT_COMMAND_REPLACE;
  if (just_asked) {
    const bool old_is_worse = higher_is_worse ? terms.agreed.price > terms.asked.price
                                              : terms.agreed.price < terms.asked.price;
    if (terms.beyond() > 0 && old_is_worse) return old_first(terms);
    return {terms.asked};
  }
  if (odds && order.side == WRIT_SIDE_SELL) return worst_lays(terms);
  return worst_units(terms, higher_is_worse);
}

}  // namespace

std::vector<OpenOrder> open_orders(const RunState& run, std::uint32_t account,
                                   std::uint32_t instance) {
  std::vector<OpenOrder> open;
  run.orders().for_each_open(account, [&](const KnownOrder& known) {
    const writ_order& order = known.record;
    if (instance != 0 && order.instance != instance) return;
    for (const auto& [size, price] : open_terms(known, run)) {
      const Int128 left = std::max(size, Int128{0});
      if (left == 0) continue;
      open.push_back(
          {order.instrument, order.instance, order.side == WRIT_SIDE_BUY ? left : -left, price});
    }
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
