// Checks of an intent against the own orders and the group it came with.
#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::arbiter {
namespace {

using test::Court;
using test::Judged;
using test::kAccount;
using test::kOther;
using test::px;
using test::qty;

TEST(SelfCross, RefusesAnAddingOrderAndNamesTheRestingPrice) {
  Court court;
  court.view.own_order_met = px("100.5");
  for (const std::uint16_t side : {WRIT_SIDE_BUY, WRIT_SIDE_SELL}) {
    const auto judged = court.judge(court.place(side, "1", "100"));
    EXPECT_EQ(judged.verdict.approved, 0);
    EXPECT_EQ(judged.verdict.reason, WRIT_REASON_SELF_CROSS);
    EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_SELF_CROSS);
    EXPECT_EQ(judged.find(WRIT_CHECK_SELF_CROSS)->unit, WRIT_UNIT_PRICE);
    EXPECT_TRUE(judged.value(WRIT_CHECK_SELF_CROSS) == px("100.5").raw);
    EXPECT_TRUE(judged.limit(WRIT_CHECK_SELF_CROSS) == px("100").raw);
  }
  court.view.own_order_met = Price::none();
  const auto judged = court.judge(court.place(WRIT_SIDE_BUY, "1", "100"));
  EXPECT_EQ(judged.verdict.approved, 1);
  EXPECT_EQ(judged.find(WRIT_CHECK_SELF_CROSS)->result, WRIT_CHECK_PASSED);
}

TEST(SelfCross, LetsAnExitThroughAndSaysWhatIsInItsWay) {
  Court court;
  court.view.account.position = court.view.strategy.position = qty("1");
  court.view.own_order_met = px("100.5");
  const auto judged = court.judge(court.place(WRIT_SIDE_SELL, "1", "100"));
  EXPECT_EQ(judged.verdict.approved, 1);
  EXPECT_EQ(judged.verdict.effect, WRIT_EFFECT_REDUCES);
  EXPECT_EQ(judged.find(WRIT_CHECK_SELF_CROSS)->result, WRIT_CHECK_NOT_APPLIED);
  EXPECT_TRUE(judged.value(WRIT_CHECK_SELF_CROSS) == px("100.5").raw);
}

writ_intent leg_of(const Court& court, std::uint32_t size) {
  auto intent = court.place(WRIT_SIDE_BUY, "1", "100");
  intent.group_id = 7;
  intent.group_size = size;
  intent.group_policy = WRIT_GROUP_ALL_OR_NONE;
  return intent;
}

TEST(GroupCheck, PassesAWholeGroupOfOrdersOnly) {
  Court court;
  court.view.group_legs = 2;
  EXPECT_EQ(court.judge(leg_of(court, 2)).verdict.approved, 1);
  for (const std::uint32_t size : {0U, 1U, 3U}) {
    const auto judged = court.judge(leg_of(court, size));
    EXPECT_EQ(judged.verdict.reason, WRIT_REASON_INVALID) << size;
    EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_GROUP) << size;
    EXPECT_TRUE(judged.value(WRIT_CHECK_GROUP) == 2);
    EXPECT_TRUE(judged.limit(WRIT_CHECK_GROUP) == size);
  }
  auto cancel = court.begin(WRIT_INTENT_CANCEL_ALL);
  cancel.group_size = 2;
  cancel.group_policy = WRIT_GROUP_ALL_OR_NONE;
  EXPECT_EQ(court.judge(cancel).verdict.detail, WRIT_CHECK_VALIDITY);
  EXPECT_EQ(court.judge(court.place(WRIT_SIDE_BUY, "1", "100")).find(WRIT_CHECK_GROUP), nullptr);
}

TEST(GroupCheck, OfALegThatFallsWithAnotherKeepsWhatItPassed) {
  Court court;
  Arbiter arbiter(court.tables, court.options);
  court.view.group_legs = 2;
  const auto intent = leg_of(court, 2);
  auto first = court.place(WRIT_SIDE_BUY, "1", "100");
  first.instance = kOther;
  arbiter.apply(court.judge(arbiter, first).verdict, first);  // kOther holds the market

  model::RecordBuffer judged;
  Arbiter(court.tables, court.options).judge(intent, 55, court.view, judged);
  const auto& passed = *model::as<writ_verdict>(judged.finish());
  ASSERT_EQ(passed.approved, 1);
  auto failed = model::make_record<writ_verdict>();
  failed.intent_id = 56;
  failed.reason = WRIT_REASON_RISK_VETO;
  failed.detail = WRIT_CHECK_CASH;

  for (const auto* before : {&passed, static_cast<const writ_verdict*>(nullptr)}) {
    model::RecordBuffer buffer;
    arbiter.refuse_leg(intent, 55, before, failed, buffer);
    const auto& verdict = *model::as<writ_verdict>(buffer.finish());
    EXPECT_EQ(verdict.intent_id, 55U);
    EXPECT_EQ(verdict.tag, intent.tag);
    EXPECT_EQ(verdict.approved, 0);
    EXPECT_EQ(verdict.reason, WRIT_REASON_RISK_VETO);
    EXPECT_EQ(verdict.detail, WRIT_CHECK_GROUP);
    EXPECT_EQ(verdict.price, WRIT_NONE);
    EXPECT_EQ(verdict.quantity, 0);
    EXPECT_EQ(verdict.owner, kOther) << "who holds the market, not who would have";
    EXPECT_EQ(verdict.check_count, (before == nullptr ? 0U : passed.check_count) + 1U);
    const auto checks = model::tail_array<writ_check>(verdict, verdict.check_count);
    EXPECT_EQ(checks.back().check, WRIT_CHECK_GROUP);
    EXPECT_EQ(checks.back().result, WRIT_CHECK_FAILED);
    EXPECT_EQ(checks.back().unit, WRIT_UNIT_ID);
    EXPECT_TRUE(from_abi(checks.back().value).raw == 56);
  }
}

}  // namespace
}  // namespace writ::arbiter
