#include "host/venue/binance/rate_budget.hpp"

#include "host/base/random.hpp"
#include "host/venue/binance/rate_headers.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

using enum RequestKind;

RateBudget budget(std::vector<RateLimit> limits, std::vector<std::uint32_t> strategies = {}) {
  RateBudget made;
  made.set_limits(limits);
  made.set_strategies(strategies);
  return made;
}

/// How many such requests are admitted at one moment.
int admitted(RateBudget& budget, const Request& request, std::int64_t now) {
  int count = 0;
  while (budget.take(request, now).admitted) ++count;
  return count;
}

TEST(RateBudget, LeavesTheLastFifthOfAWeightLimitToCancels) {
  RateBudget one = budget({{RateLimitKind::kRequestWeight, kMinute, 100}});
  EXPECT_EQ(admitted(one, {kOther, 10, 0}, 5 * kSecond), 8);
  EXPECT_EQ(admitted(one, {kOrder, 1, 0}, 5 * kSecond), 0);
  EXPECT_EQ(admitted(one, {kCancel, 1, 0}, 5 * kSecond), 20);
  EXPECT_FALSE(one.take({kCancel, 1, 0}, 59 * kSecond).admitted);
}

TEST(RateBudget, BeginsAnewWithEachInterval) {
  RateBudget one = budget({{RateLimitKind::kOrders, 10 * kSecond, 2}});
  const std::int64_t start = 1'000 * kMinute;
  EXPECT_EQ(admitted(one, {kOrder, 1, 0}, start + 9 * kSecond), 2);
  const Admission refused = one.take({kOrder, 1, 0}, start + 9 * kSecond);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.try_again, start + 10 * kSecond);
  EXPECT_TRUE(one.take({kOrder, 1, 0}, refused.try_again).admitted);
  EXPECT_TRUE(one.take({kOrder, 1, 0}, start).admitted) << "time told late frees nothing";
  EXPECT_FALSE(one.take({kOrder, 1, 0}, start).admitted);
}

TEST(RateBudget, CountsOrdersOnlyAgainstTheOrderLimit) {
  RateBudget one = budget({{RateLimitKind::kOrders, 10 * kSecond, 3}});
  EXPECT_TRUE(one.take({kCancel, 1, 0}, 0).admitted);
  EXPECT_TRUE(one.take({kOther, 50, 0}, 0).admitted);
  EXPECT_EQ(admitted(one, {kOrder, 1, 0}, 0), 3) << "all of it: a cancel needs none";
}

TEST(RateBudget, ARequestRefusedByOneLimitCountsAgainstNone) {
  RateBudget one = budget(
      {{RateLimitKind::kOrders, 10 * kSecond, 1}, {RateLimitKind::kRequestWeight, kMinute, 1000}});
  EXPECT_EQ(admitted(one, {kOrder, 100, 0}, 0), 1);
  EXPECT_EQ(admitted(one, {kOther, 100, 0}, 0), 7);
}

TEST(RateBudget, AssuresEachStrategyOfHalfAnEqualPart) {
  RateBudget one = budget({{RateLimitKind::kOrders, 10 * kSecond, 60}}, {1, 2});
  EXPECT_EQ(admitted(one, {kOrder, 1, 1}, 0), 40) << "60 less the 10 of the other and the host's";
  EXPECT_EQ(admitted(one, {kOrder, 1, 2}, 0), 10);
  EXPECT_EQ(admitted(one, {kOrder, 1, 0}, 0), 10);
  EXPECT_FALSE(one.take({kOrder, 1, 7}, 0).admitted) << "a stranger's are the host's";
}

TEST(RateBudget, NoStrategyIsEverKeptFromItsPart) {
  base::RandomStream random(7, "test.binance.rates");
  for (std::size_t run = 0; run < test::scaled(2'000); ++run) {
    const auto limit = static_cast<std::int64_t>(40 + random.below(400));
    const std::uint32_t count = 1 + static_cast<std::uint32_t>(random.below(6));
    std::vector<std::uint32_t> strategies;
    for (std::uint32_t i = 1; i <= count; ++i) strategies.push_back(i);
    RateBudget one = budget({{RateLimitKind::kRequestWeight, kMinute, limit}}, strategies);
    const std::int64_t shared = limit - limit / 5;
    const std::int64_t assured = shared / (2 * (count + 1));
    std::map<std::uint32_t, std::int64_t> used;
    std::int64_t all = 0;
    for (int step = 0; step < 60; ++step) {
      const auto who = static_cast<std::uint32_t>(random.below(count + 1));
      const auto weight = static_cast<std::int64_t>(1 + random.below(20));
      const bool taken = one.take({kOther, weight, who}, kSecond).admitted;
      if (used[who] + weight <= assured) {
        ASSERT_TRUE(taken) << "strategy " << who << " of " << count << ", limit " << limit;
      }
      if (!taken) continue;
      used[who] += weight;
      all += weight;
      ASSERT_LE(all, shared);
    }
    ASSERT_EQ(admitted(one, {kCancel, 1, 1}, kSecond), limit - all) << "cancels have the rest";
  }
}

TEST(RateBudget, BelievesTheVenueWhereItCountedMore) {
  RateBudget one = budget({{RateLimitKind::kRequestWeight, kMinute, 100}});
  EXPECT_TRUE(one.take({kOther, 30, 0}, 0).admitted);
  one.on_use({RateLimitKind::kRequestWeight, kMinute, 70}, kSecond);
  EXPECT_EQ(admitted(one, {kOther, 5, 0}, kSecond), 2);
  one.on_use({RateLimitKind::kRequestWeight, kMinute, 10}, kSecond);
  EXPECT_FALSE(one.take({kOther, 5, 0}, kSecond).admitted) << "an answer under way knows less";
  one.on_use({RateLimitKind::kRequestWeight, kMinute, INT64_MAX}, kSecond);
  EXPECT_FALSE(one.take({kCancel, 1, 0}, kSecond).admitted);
  one.on_use({RateLimitKind::kRequestWeight, kSecond, 90}, kSecond);
  EXPECT_TRUE(one.take({kOther, 5, 0}, kMinute).admitted);
}

TEST(RateBudget, StopsAsLongAsTheVenueSays) {
  RateBudget one = budget({});
  one.on_refusal(429, -1003, 7 * kSecond, 100 * kSecond);
  for (const RequestKind kind : {kCancel, kOrder, kOther}) {
    const Admission refused = one.take({kind, 1, 0}, 107 * kSecond - 1);
    EXPECT_FALSE(refused.admitted);
    EXPECT_EQ(refused.try_again, 107 * kSecond);
    EXPECT_TRUE(one.take({kind, 1, 0}, 107 * kSecond).admitted);
  }
  one.on_refusal(418, -1003, std::nullopt, 200 * kSecond);
  EXPECT_EQ(one.address().stopped_until(), 320 * kSecond);
  one.on_refusal(429, -1003, kSecond, 201 * kSecond);
  EXPECT_EQ(one.address().stopped_until(), 320 * kSecond) << "a ban is not shortened";
  one.on_refusal(418, 0, INT64_MAX, 202 * kSecond);
  EXPECT_EQ(one.address().stopped_until(), INT64_MAX);
}

TEST(RateBudget, TooManyOrdersStopOrdersOnly) {
  RateBudget one = budget({});
  one.on_refusal(429, -1015, 10 * kSecond, 0);
  EXPECT_FALSE(one.take({kOrder, 1, 0}, kSecond).admitted);
  EXPECT_TRUE(one.take({kCancel, 1, 0}, kSecond).admitted);
  EXPECT_TRUE(one.take({kOther, 1, 0}, kSecond).admitted);
  EXPECT_TRUE(one.take({kOrder, 1, 0}, 10 * kSecond).admitted);
}

TEST(RateBudget, KeepsItsCountsWhenLimitsAreReadAgain) {
  RateBudget one = budget({{RateLimitKind::kOrders, kMinute, 4}}, {1});
  EXPECT_EQ(admitted(one, {kOrder, 1, 1}, 0), 3);
  one.set_limits(std::vector<RateLimit>{{RateLimitKind::kOrders, kMinute, 5},
                                        {RateLimitKind::kRequestWeight, kMinute, 100}});
  one.set_strategies({});
  EXPECT_EQ(admitted(one, {kOrder, 1, 0}, 0), 2);
}

TEST(AddressBudget, IsSharedByAccountsWhoseOrdersAreTheirOwn) {
  const auto address = std::make_shared<AddressBudget>();
  RateBudget first(address);
  RateBudget second(address);
  const std::vector<RateLimit> limits = {{RateLimitKind::kOrders, 10 * kSecond, 3},
                                         {RateLimitKind::kRequestWeight, kMinute, 100}};
  first.set_limits(limits);
  second.set_limits(limits);
  EXPECT_EQ(admitted(first, {kOrder, 0, 0}, 0), 3);
  EXPECT_EQ(admitted(second, {kOrder, 0, 0}, 0), 3);
  EXPECT_EQ(admitted(first, {kOther, 10, 0}, 0), 8);
  EXPECT_FALSE(second.take({kOther, 1, 0}, 0).admitted);
  EXPECT_FALSE(address->take({kOther, 1, 0}, 0).admitted) << "a feed's are among them";
  EXPECT_EQ(admitted(second, {kCancel, 1, 0}, 0), 20);
  EXPECT_FALSE(first.take({kCancel, 1, 0}, 0).admitted);
}

TEST(AddressBudget, AssuresTheStrategiesOfAllAccounts) {
  const auto address = std::make_shared<AddressBudget>();
  RateBudget first(address);
  RateBudget second(address);
  address->set_limits(std::vector<RateLimit>{{RateLimitKind::kRequestWeight, kMinute, 100}});
  first.set_strategies(std::vector<std::uint32_t>{1});
  second.set_strategies(std::vector<std::uint32_t>{2});
  EXPECT_EQ(admitted(first, {kOther, 1, 0}, 0), 54) << "80 less 13 of each of the two";
  EXPECT_EQ(admitted(second, {kOther, 1, 2}, 0), 13);
  EXPECT_EQ(admitted(first, {kOther, 1, 1}, 0), 13);
}

TEST(AddressBudget, ARefusalStopsAllWhoAskFromThere) {
  const auto address = std::make_shared<AddressBudget>(documented_limits(Market::kUsdm));
  RateBudget account(address);
  address->on_answer(429, {{"Retry-After", "3"}, {"X-MBX-USED-WEIGHT-1M", "2399"}}, kMinute);
  EXPECT_FALSE(account.take({kCancel, 1, 0}, kMinute + 2 * kSecond).admitted);
  EXPECT_TRUE(account.take({kCancel, 1, 0}, kMinute + 3 * kSecond).admitted);
  EXPECT_FALSE(account.take({kCancel, 1, 0}, kMinute + 3 * kSecond).admitted);
  account.on_refusal(429, -1015, 10 * kSecond, 2 * kMinute);
  EXPECT_TRUE(address->take({kOrder, 1, 0}, 2 * kMinute).admitted) << "of one account only";
}

TEST(AddressBudget, CountsWhatSeveralThreadsTakeOnce) {
  AddressBudget address(std::vector<RateLimit>{{RateLimitKind::kRequestWeight, kMinute, 50'000}});
  const auto take_all = [&address](int& taken) {
    while (address.take({kCancel, 1, 0}, 0).admitted) ++taken;
  };
  int here = 0;
  int there = 0;
  std::thread other(take_all, std::ref(there));
  take_all(here);
  other.join();
  EXPECT_EQ(here + there, 50'000);
}

TEST(RateHeaders, NameTheirLimit) {
  EXPECT_EQ(read_rate_header("X-MBX-USED-WEIGHT-1M", "12"),
            (RateUse{RateLimitKind::kRequestWeight, kMinute, 12}));
  EXPECT_EQ(read_rate_header("x-mbx-order-count-10s", "3"),
            (RateUse{RateLimitKind::kOrders, 10 * kSecond, 3}));
  EXPECT_EQ(read_rate_header("x-mbx-order-count-1d", "0"),
            (RateUse{RateLimitKind::kOrders, 86'400 * kSecond, 0}));
  for (const char* name : {"x-mbx-used-weight", "content-type", "", "x-mbx-order-count-",
                           "x-mbx-order-count-s", "x-mbx-order-count-1x"}) {
    EXPECT_FALSE(read_rate_header(name, "1")) << name;
  }
  for (const char* value : {"", "-1", "x", "1.5", "99999999999999999999"}) {
    EXPECT_FALSE(read_rate_header("x-mbx-order-count-10s", value)) << value;
  }
}

TEST(RateHeaders, AreInWebSocketAnswersToo) {
  const auto uses = read_rate_uses(
      R"({"id":"a","status":200,"result":{},"rateLimits":[
          {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":1},
          {"rateLimitType":"OF_TOMORROW","interval":"DAY","intervalNum":1,"limit":9,"count":1},
          {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000,"count":321}]})");
  EXPECT_EQ(uses, (std::vector<RateUse>{{RateLimitKind::kOrders, 10 * kSecond, 1},
                                        {RateLimitKind::kRequestWeight, kMinute, 321}}));
  EXPECT_TRUE(read_rate_uses(R"({"id":"a","status":200})").empty());
  EXPECT_TRUE(read_rate_uses("<html>").empty());
}

}  // namespace
}  // namespace writ::venue::binance
