// Who holds an exclusive market, and who takes it over.
#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

namespace writ::arbiter {
namespace {

using test::Court;
using test::Judged;
using test::kAccount;
using test::kInstance;
using test::kNow;
using test::kOther;
using test::qty;

constexpr std::int64_t kLease = 1'000;

/// An arbiter with kInstance as the owner of market 1.
struct Held {
  Court court;
  Arbiter arbiter{court.tables, court.options};

  Held() {
    court.options.ownership_lease_ns = kLease;
    court.options.priorities[kOther] = 0;
    arbiter.set_options(court.options);
    (void)ask(kInstance);
  }
  Judged ask(std::uint32_t instance) {
    auto intent = court.place(WRIT_SIDE_BUY, "1", "100");
    intent.instance = instance;
    const auto judged = court.judge(arbiter, intent);
    arbiter.apply(judged.verdict, intent);
    return judged;
  }
  void give_priority(std::uint32_t instance, std::int32_t priority) {
    court.options.priorities[instance] = priority;
    arbiter.set_options(court.options);
  }
  bool idle(std::int64_t now) { return arbiter.release_if_idle(kAccount, 1, {}, 0, now); }
};

TEST(Lease, StaysWithItsIdleOwnerForAWhile) {
  Held held;
  EXPECT_FALSE(held.idle(kNow));
  EXPECT_FALSE(held.idle(kNow + kLease - 1));
  held.arbiter.begin_batch();
  const auto judged = held.ask(kOther);
  EXPECT_EQ(judged.verdict.reason, WRIT_REASON_MARKET_LOCKED);
  EXPECT_EQ(judged.verdict.owner, kInstance);
  EXPECT_TRUE(held.arbiter.leases().expired(kNow + kLease - 1, kLease).empty());
  EXPECT_EQ(held.arbiter.leases().expired(kNow + kLease, kLease).size(), 1U);
  EXPECT_TRUE(held.idle(kNow + kLease));
  EXPECT_EQ(held.ask(kOther).verdict.owner, kOther);
}

TEST(Lease, OfAnOwnerThatIsBusyAgainBeginsAnew) {
  Held held;
  EXPECT_FALSE(held.idle(kNow));
  EXPECT_FALSE(held.arbiter.release_if_idle(kAccount, 1, qty("1"), 0, kNow + 1));
  EXPECT_FALSE(held.idle(kNow + 2));
  EXPECT_FALSE(held.idle(kNow + 1 + kLease));
  (void)held.ask(kInstance);
  EXPECT_FALSE(held.idle(kNow + 2 + kLease)) << "an approved intent of its owner";
  EXPECT_TRUE(held.idle(kNow + 2 + 2 * kLease));
}

TEST(Lease, IsHandedOverAtOnceToAHigherPriority) {
  Held held;
  held.give_priority(kOther, 1);
  held.arbiter.begin_batch();
  EXPECT_EQ(held.ask(kOther).verdict.reason, WRIT_REASON_MARKET_LOCKED) << "the owner is at work";
  EXPECT_FALSE(held.idle(kNow));
  const auto judged = held.ask(kOther);
  EXPECT_EQ(judged.verdict.approved, 1);
  EXPECT_EQ(judged.verdict.owner, kOther);
  EXPECT_EQ(judged.find(WRIT_CHECK_OWNERSHIP), nullptr);
  EXPECT_EQ(judged.find(WRIT_CHECK_PRIORITY)->result, WRIT_CHECK_PASSED);
  EXPECT_TRUE(judged.value(WRIT_CHECK_PRIORITY) == 1);
  EXPECT_TRUE(judged.limit(WRIT_CHECK_PRIORITY) == 0);
  EXPECT_EQ(held.arbiter.owner(kAccount, 1), kOther);
}

TEST(Lease, TakenInABatchGivesTheOthersLowerPriority) {
  Held held;
  EXPECT_TRUE(held.arbiter.release_if_idle(kAccount, 1, {}, 0, kNow) || held.idle(kNow + kLease));
  held.give_priority(kInstance, 3);
  held.arbiter.begin_batch();
  EXPECT_EQ(held.ask(kInstance).verdict.approved, 1);
  const auto second = held.ask(kOther);
  EXPECT_EQ(second.verdict.approved, 0);
  EXPECT_EQ(second.verdict.reason, WRIT_REASON_LOWER_PRIORITY);
  EXPECT_EQ(second.verdict.detail, WRIT_CHECK_PRIORITY);
  EXPECT_EQ(second.verdict.owner, kInstance);
  EXPECT_TRUE(second.value(WRIT_CHECK_PRIORITY) == 0);
  EXPECT_TRUE(second.limit(WRIT_CHECK_PRIORITY) == 3);
  EXPECT_EQ(held.ask(kInstance).verdict.approved, 1) << "the owner goes on";
  held.arbiter.begin_batch();
  EXPECT_EQ(held.ask(kOther).verdict.reason, WRIT_REASON_MARKET_LOCKED) << "the next batch";
}

TEST(Lease, OfABatchIsFreeToTheNextWhereTheBestIsRefused) {
  Held held;
  EXPECT_FALSE(held.idle(kNow));
  EXPECT_TRUE(held.idle(kNow + kLease));
  held.arbiter.begin_batch();
  held.arbiter.pause(kAccount, kInstance);
  EXPECT_EQ(held.ask(kInstance).verdict.reason, WRIT_REASON_HALTED);
  EXPECT_EQ(held.ask(kOther).verdict.owner, kOther);
}

TEST(Lease, IsKeptThroughSaveAndLoadWithItsIdleTime) {
  Held held;
  EXPECT_FALSE(held.idle(kNow));
  Arbiter loaded(held.court.tables, held.court.options);
  ASSERT_TRUE(loaded.load(held.arbiter.save()));
  EXPECT_EQ(loaded.save(), held.arbiter.save());
  EXPECT_FALSE(loaded.release_if_idle(kAccount, 1, {}, 0, kNow + kLease - 1));
  EXPECT_TRUE(loaded.release_if_idle(kAccount, 1, {}, 0, kNow + kLease));
}

// Legs counted while their group is judged: as if they were folded, and without a trace after.
TEST(Lease, OfHeldLegsCountsUntilTheyAreReleased) {
  Court court;
  court.options.defaults.order_rate_max = 100;
  court.options.defaults.order_rate_window_ns = 50;
  base::RandomStream random(1, "held legs");
  const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random.below(n)); };
  Arbiter arbiter(court.tables, court.options);
  Arbiter folded(court.tables, court.options);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    court.view.now += below(20);
    const bool held = below(2) == 0;
    const auto before = arbiter.save();
    ASSERT_TRUE(folded.load(before));
    arbiter.begin_batch();
    folded.begin_batch();
    for (auto left = below(4); left > 0; --left) {
      court.use(1 + below(2));
      auto intent = court.place(WRIT_SIDE_BUY, "1", "100");
      intent.instance = below(2) == 0 ? kInstance : kOther;
      const auto judged = court.judge(arbiter, intent);
      const auto expected = court.judge(folded, intent);
      ASSERT_EQ(judged.verdict.reason, expected.verdict.reason) << i;
      ASSERT_EQ(judged.verdict.owner, expected.verdict.owner) << i;
      if (judged.verdict.approved == 0) continue;
      ASSERT_TRUE(judged.value(WRIT_CHECK_ORDER_RATE) == expected.value(WRIT_CHECK_ORDER_RATE));
      folded.apply(judged.verdict, intent);
      if (held) {
        arbiter.hold(judged.verdict, intent);
      } else {
        arbiter.apply(judged.verdict, intent);
      }
      ++seen;
    }
    arbiter.release_held();
    if (held) {
      ASSERT_EQ(arbiter.save(), before) << i;
    }
    if (below(10) == 0) arbiter.release_all(below(2) == 0 ? kInstance : kOther);
  }
  EXPECT_GT(seen, writ::test::scaled(100'000) / 10);
}

}  // namespace
}  // namespace writ::arbiter
