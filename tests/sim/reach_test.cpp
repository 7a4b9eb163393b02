// The closed forms of `reach` beside every set of fills there is.
#include "tests/sim/reach.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace writ::test {
namespace {

constexpr std::size_t kOrders = 6;

std::int64_t between(base::RandomStream& random, std::int64_t first, std::int64_t last) {
  return first +
         static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(last - first + 1)));
}

TEST(Reach, GrossIsThatOfTheWorstOfAllSetsOfFills) {
  base::RandomStream random(1, "test.reach");
  for (std::size_t left = scaled(100'000); left > 0; --left) {
    std::vector<OpenOrder> orders(random.below(kOrders + 1));
    for (auto& order : orders) order.quantity = between(random, -9, 9);
    const Int128 position = between(random, -20, 20);
    const std::int64_t bid = between(random, 1, 9);
    const std::int64_t ask = between(random, 1, 9);
    Int128 worst = 0;
    for (std::size_t filled = 0; filled < std::size_t{1} << orders.size(); ++filled) {
      Int128 held = position;
      for (std::size_t i = 0; i < orders.size(); ++i) {
        if ((filled >> i & 1U) != 0) held += orders[i].quantity;
      }
      worst = std::max(worst, held > 0 ? held * bid : -held * ask);
    }
    ASSERT_EQ(gross_reach(position, orders, bid, ask), worst);
  }
}

TEST(Reach, LossIsThatOfTheWorstOfAllSetsOfFills) {
  base::RandomStream random(2, "test.reach");
  for (std::size_t left = scaled(100'000); left > 0; --left) {
    const auto draw = [&](Outcomes& outcomes) {
      for (auto& result : outcomes) result = between(random, -20, 20);
    };
    Outcomes held(1 + random.below(4));
    draw(held);
    std::vector<Outcomes> changes(random.below(kOrders + 1), Outcomes(held.size()));
    for (auto& change : changes) draw(change);
    Int128 worst = 0;
    for (std::size_t filled = 0; filled < std::size_t{1} << changes.size(); ++filled) {
      for (std::size_t outcome = 0; outcome < held.size(); ++outcome) {
        Int128 result = held[outcome];
        for (std::size_t i = 0; i < changes.size(); ++i) {
          if ((filled >> i & 1U) != 0) result += changes[i][outcome];
        }
        worst = std::max(worst, -result);
      }
    }
    ASSERT_EQ(worst_loss(held, changes), worst);
  }
}

}  // namespace
}  // namespace writ::test
