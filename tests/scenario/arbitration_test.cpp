// Strategies that want the same: who goes first, who is kept out, who takes over.
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <writ/money_abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

using ::testing::HasSubstr;

World rivals(std::int64_t duration_ns = 2'000'000'000) {
  World world = small_world(duration_ns);
  world.players = {{"a", "test.once"}, {"b", "test.once"}, {"c", "test.once"}};
  world.core.arbiter.priorities = {{2, 1}, {3, -1}};
  return world;
}

TEST(Arbitration, GivesAFreeMarketToTheHighestPriorityOfABatch) {
  const World world = rivals();
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto intents = all<writ_intent>(records);
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_EQ(intents.size(), 3U);
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(intents[0]->instance, 1U) << "submitted in the order of the configuration";
  EXPECT_EQ(verdicts[0]->instance, 2U) << "judged by priority";
  EXPECT_EQ(verdicts[0]->approved, 1);
  EXPECT_EQ(verdicts[1]->instance, 1U);
  EXPECT_EQ(verdicts[2]->instance, 3U);
  for (const auto* late : {verdicts[1], verdicts[2]}) {
    EXPECT_EQ(late->reason, WRIT_REASON_LOWER_PRIORITY);
    EXPECT_EQ(late->detail, WRIT_CHECK_PRIORITY);
    EXPECT_EQ(late->owner, 2U);
  }
}

TEST(Arbitration, JudgesASharedMarketByPriorityAndApprovesAll) {
  World world = rivals();
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  std::vector<std::uint32_t> approved;
  for (const auto* verdict : all<writ_verdict>(records)) {
    if (verdict->approved != 0) approved.push_back(verdict->instance);
  }
  EXPECT_EQ(approved, (std::vector<std::uint32_t>{2, 1, 3}));
}

TEST(Arbitration, CutInTheMiddleOfABatchIsNotMadeAgain) {
  const World world = rivals();
  FaultyStorage storage;
  const auto whole = records_of(world, storage);
  const auto first = find(whole, 0, [](const auto& r) { return r.type == WRIT_RECORD_INTENT; });
  const auto last = find(whole, first, [](const auto& r) {
    const auto* order = model::as<writ_order>(r);
    return order != nullptr && order->state != WRIT_ORDER_NEW;
  });
  ASSERT_GT(last, first + 5);
  for (std::size_t count = first; count <= last; ++count) {
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto dead = dead_run(world, whole, count);
    const auto past = open_past(world, *dead);
    ASSERT_TRUE(past.has_value());
    Life life{world, *dead, 2, &*past};
    ASSERT_TRUE(life.run) << to_string(*life.error);
    EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
    EXPECT_TRUE(life.run->restarted()->differing.empty());
    life.go();
    expect_verifies(world, *dead, 2);
  }
}

World planned(const std::vector<std::string>& plans, std::int64_t duration_ns = 4'000'000'000) {
  World world = small_world(duration_ns);
  for (const auto& plan : plans) {
    world.players.push_back(
        {"s" + std::to_string(world.players.size() + 1), "test.planned", {{"plan", plan}}});
  }
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.arbiter.group_timeout_ns = 500'000'000;
  return world;
}

const writ_check* check_of(const writ_verdict& verdict, std::uint16_t check) {
  for (const auto& made : model::tail_array<writ_check>(verdict, verdict.check_count)) {
    if (made.check == check) return &made;
  }
  return nullptr;
}

std::string words_of(const writ_incident& incident) {
  return std::string(model::tail_text(incident, incident.text_size));
}

std::int64_t position(const std::vector<Words>& records, std::uint32_t instance) {
  std::int64_t held = 0;
  for (const auto* fill : all<writ_fill>(records)) {
    if (fill->instance != instance) continue;
    held += fill->side == WRIT_SIDE_BUY ? fill->quantity : -fill->quantity;
  }
  return held;
}

TEST(SelfCross, OfAnAddingIntentIsRefusedWhoseverTheRestingOrderIs) {
  const World world = planned({"3:buy_bid", "3:sell_bid"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0]->approved, 1);
  EXPECT_EQ(verdicts[1]->approved, 0);
  EXPECT_EQ(verdicts[1]->reason, WRIT_REASON_SELF_CROSS);
  EXPECT_EQ(verdicts[1]->detail, WRIT_CHECK_SELF_CROSS);
  const auto resting = all<writ_order>(records)[0]->price;
  EXPECT_TRUE(from_abi(check_of(*verdicts[1], WRIT_CHECK_SELF_CROSS)->value).raw == resting);
}

TEST(SelfCross, OfAnExitCancelsTheRestingOrderFirst) {
  const World world = planned({"9:buy_bid", "1:buy_ask 9:flatten"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto exit = find(records, 0, [](const auto& r) {
    const auto* verdict = model::as<writ_verdict>(r);
    return verdict != nullptr && verdict->effect == WRIT_EFFECT_REDUCES;
  });
  ASSERT_LT(exit, records.size());
  const auto& verdict = *model::as<writ_verdict>(record_in(records[exit]));
  EXPECT_EQ(verdict.approved, 1);
  const auto* check = check_of(verdict, WRIT_CHECK_SELF_CROSS);
  ASSERT_NE(check, nullptr);
  EXPECT_EQ(check->result, WRIT_CHECK_NOT_APPLIED);
  const auto* cancelled = model::as<writ_order>(record_in(records[exit + 1]));
  const auto* sent = model::as<writ_order>(record_in(records[exit + 2]));
  ASSERT_TRUE(cancelled != nullptr && sent != nullptr);
  EXPECT_EQ(cancelled->command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(cancelled->instance, 1U);
  EXPECT_EQ(cancelled->cause_seq, verdict.header.seq);
  EXPECT_EQ(sent->command, WRIT_COMMAND_SEND);
  EXPECT_EQ(position(records, 2), 0);
}

TEST(Group, IsApprovedWholeAndItsOrdersFollowItsVerdicts) {
  const World world = planned({"1:buy_ask/7:2:2 1:cancel_all 1:buy_ask/7:2:2"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto first = find(records, 0, [](const auto& r) { return r.type == WRIT_RECORD_VERDICT; });
  const auto type = [&](std::size_t i) { return record_in(records[first + i]).type; };
  EXPECT_EQ(type(1), WRIT_RECORD_VERDICT);
  EXPECT_EQ(type(2), WRIT_RECORD_ORDER);
  EXPECT_EQ(type(3), WRIT_RECORD_ORDER);
  for (const auto* verdict : all<writ_verdict>(records)) EXPECT_EQ(verdict->approved, 1);
}

TEST(Group, WithALegThatIsRefusedIsRefused) {
  const World world = planned({"1:buy_ask/7:3:2 1:buy_all/7:3:2 1:buy_low/7:3:2"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[1]->reason, WRIT_REASON_RISK_VETO);
  EXPECT_EQ(verdicts[1]->detail, WRIT_CHECK_CASH);
  for (const auto* other : {verdicts[0], verdicts[2]}) {
    EXPECT_EQ(other->approved, 0);
    EXPECT_EQ(other->reason, WRIT_REASON_RISK_VETO);
    EXPECT_EQ(other->detail, WRIT_CHECK_GROUP);
    const auto checks = model::tail_array<writ_check>(*other, other->check_count);
    EXPECT_EQ(checks.back().unit, WRIT_UNIT_ID);
    EXPECT_TRUE(from_abi(checks.back().value).raw == verdicts[1]->intent_id);
  }
  EXPECT_TRUE(all<writ_order>(records).empty());
}

TEST(Group, ThatIsNotWholeIsInvalid) {
  const World world = planned({"1:buy_low/7:3:2 1:buy_low/7:3:2"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_EQ(verdicts.size(), 2U);
  for (const auto* verdict : verdicts) {
    EXPECT_EQ(verdict->reason, WRIT_REASON_INVALID);
    EXPECT_EQ(verdict->detail, WRIT_CHECK_GROUP);
    const auto* check = check_of(*verdict, WRIT_CHECK_GROUP);
    EXPECT_TRUE(from_abi(check->value).raw == 2 && from_abi(check->limit).raw == 3);
  }
}

TEST(Group, CountsTheLegsBeforeAgainstTheLimits) {
  World world = planned({"1:buy_low/7:2:2 1:buy_low/7:2:2"});
  world.core.arbiter.defaults.open_orders_max = 1;
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[1]->detail, WRIT_CHECK_OPEN_ORDERS);
  EXPECT_EQ(verdicts[0]->detail, WRIT_CHECK_GROUP);
  EXPECT_NE(check_of(*verdicts[0], WRIT_CHECK_OPEN_ORDERS), nullptr) << "what it passed is told";
}

TEST(Group, WithoutUnwindStaysAsItIsWithAnIncident) {
  const World world = planned({"1:buy_ask/7:2:1 1:buy_low/7:2:1"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_GROUP_BROKEN).size(), 1U);
  EXPECT_TRUE(incidents(records, WRIT_INCIDENT_GROUP_UNWOUND).empty());
  EXPECT_EQ(position(records, 1), 1'000'000);
}

/// A leg fills, the other does not: what filled is closed again.
void expect_unwound(const std::vector<Words>& records) {
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_GROUP_UNWOUND).size(), 1U);
  EXPECT_TRUE(incidents(records, WRIT_INCIDENT_GROUP_BROKEN).empty());
  EXPECT_EQ(position(records, 1), 0);
  std::size_t closing = 0;
  for (const auto* intent : all<writ_intent>(records)) {
    if ((intent->flags & WRIT_INTENT_BY_HOST) == 0) continue;
    ++closing;
    EXPECT_EQ(intent->side, WRIT_SIDE_SELL);
    EXPECT_EQ(intent->quantity, 1'000'000);
    EXPECT_NE(intent->flags & WRIT_INTENT_REDUCE_ONLY, 0U);
  }
  EXPECT_EQ(closing, 1U);
}

TEST(Group, WithALateLegIsUnwound) {
  FaultyStorage storage;
  const auto records = records_of(planned({"1:buy_ask/7:2:2 1:buy_low/7:2:2"}), storage);
  expect_unwound(records);
  EXPECT_THAT(words_of(*incidents(records, WRIT_INCIDENT_GROUP_UNWOUND)[0]), HasSubstr("late"));
}

TEST(Group, WithALegThatExpiredIsUnwoundAtOnce) {
  FaultyStorage storage;
  const auto records = records_of(planned({"1:buy_ask/7:2:2 1:buy_low_now/7:2:2"}), storage);
  expect_unwound(records);
  EXPECT_THAT(words_of(*incidents(records, WRIT_INCIDENT_GROUP_UNWOUND)[0]), HasSubstr("EXPIRED"));
}

TEST(Group, ThatIsFilledIsForgotten) {
  const World world = planned({"1:buy_ask/7:2:2 1:buy_ask/7:2:2"});
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  EXPECT_TRUE(incidents(records, WRIT_INCIDENT_GROUP_UNWOUND).empty());
  EXPECT_EQ(position(records, 1), 2'000'000);
}

TEST(Group, CutAnywhereInItsLifeIsUnwoundAllTheSame) {
  const World world = planned({"1:buy_ask/7:2:2 1:buy_low/7:2:2"}, 3'000'000'000);
  FaultyStorage storage;
  const auto whole = records_of(world, storage);
  const auto first = find(whole, 0, [](const auto& r) { return r.type == WRIT_RECORD_INTENT; });
  std::size_t last = 0;
  for (std::size_t i = first; i < whole.size(); ++i) {
    if (record_in(whole[i]).type == WRIT_RECORD_FILL) last = i;
  }
  ASSERT_GT(last, first + 10);
  for (std::size_t count = first; count <= last + 2; ++count) {
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto dead = dead_run(world, whole, count);
    {
      const auto past = open_past(world, *dead);
      ASSERT_TRUE(past.has_value());
      Life life{world, *dead, 2, &*past};
      ASSERT_TRUE(life.run) << to_string(*life.error);
      EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
      EXPECT_TRUE(life.run->restarted()->differing.empty());
      life.go();
      EXPECT_EQ(life.run->pipeline().orders().sums({}).count, 0U);
      EXPECT_EQ(life.run->pipeline()
                    .ledger()
                    .strategy_position(AccountId{1}, InstanceId{1}, InstrumentId{1})
                    .raw,
                0);
    }
    expect_verifies(world, *dead, 2);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace writ::test
