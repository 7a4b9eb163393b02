// People's own orders: inputs of the run, judged like a strategy's.
#include "tests/scenario/quiet_world.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace writ::test {
namespace {

constexpr std::int64_t kLot = 1'000'000;  // 0.001

writ_intent asked(std::uint16_t kind) {
  writ_intent intent{};
  intent.header.size = sizeof intent;
  intent.header.type = WRIT_RECORD_INTENT_INPUT;
  intent.instance = kOperator;
  intent.account = 1;
  intent.instrument = 1;
  intent.kind = kind;
  intent.price = WRIT_NONE;
  intent.expire_ts = WRIT_NONE;
  return intent;
}

writ_intent buy_at(std::int64_t price) {
  auto intent = asked(WRIT_INTENT_PLACE);
  intent.side = WRIT_SIDE_BUY;
  intent.order_type = WRIT_ORDER_LIMIT;
  intent.time_in_force = WRIT_TIF_GTC;
  intent.price = price;
  intent.quantity = kLot;
  return intent;
}

constexpr std::int64_t kBelow = 50'000'000'000'000;

const writ_verdict& verdict_of(const engine::IntentOutcome& outcome) {
  return *model::as<writ_verdict>(record_in(outcome.verdict));
}

/// The strategy `one` rests an order from the beginning; the operator acts; the run verifies.
class OperatorOrder : public testing::Test {
 protected:
  void live(const std::function<void(engine::Run&)>& act) {
    at_second(life_.operators, 2, act);
    EXPECT_EQ(life_.go(), WRIT_STOP_END_OF_DATA);
    records_ = read_run(storage_, run_folder(world_, 1));
    expect_verifies(world_, storage_, 1);
  }
  [[nodiscard]] const writ_order* working_of(engine::Run& run, std::uint32_t instance) const {
    const auto working = run.pipeline().orders().working({0, 0, instance});
    return working.empty() ? nullptr : run.pipeline().orders().find(OrderId{working[0].order_id});
  }

  World world_ = quiet_world({{5, 60'000}}, {{"one", "test.once"}});
  FaultyStorage storage_;
  Life life_{world_, storage_};
  std::vector<Words> records_;
};

TEST_F(OperatorOrder, IsAnInputAnIntentAVerdictAnOrderAndAFill) {
  live([](engine::Run& run) {
    const auto outcome = run.submit(buy_at(60'002'000'000'000));
    EXPECT_EQ(verdict_of(outcome).approved, 1);
    EXPECT_EQ(verdict_of(outcome).intent_id, outcome.intent_id);
    ASSERT_EQ(outcome.orders.size(), 1U);
    EXPECT_EQ(outcome.orders[0].command, WRIT_COMMAND_SEND);
    EXPECT_EQ(outcome.orders[0].instance, kOperator);
  });
  const auto input = find(records_, 0, [](const writ_record& record) {
    return record.type == WRIT_RECORD_INTENT_INPUT;
  });
  ASSERT_LT(input, records_.size());
  const auto* intent = model::as<writ_intent>(record_in(records_[input + 1]));
  ASSERT_NE(intent, nullptr);
  EXPECT_EQ(intent->seen_seq, record_in(records_[input]).seq);
  EXPECT_EQ(intent->flags & WRIT_INTENT_BY_HOST, 0U);
  EXPECT_EQ(life_.run->pipeline()
                .ledger()
                .strategy_position(AccountId{1}, InstanceId{kOperator}, InstrumentId{1})
                .raw,
            kLot);
}

TEST_F(OperatorOrder, IsVetoedLikeAnyOther) {
  live([](engine::Run& run) {
    const auto outcome = run.submit(buy_at(kBelow + 1));  // between two ticks
    EXPECT_EQ(verdict_of(outcome).approved, 0);
    EXPECT_EQ(verdict_of(outcome).detail, WRIT_CHECK_VALIDITY);
    EXPECT_TRUE(outcome.orders.empty());
  });
}

TEST_F(OperatorOrder, AddsNothingAfterAKill) {
  live([](engine::Run& run) {
    run.command(WRIT_OPERATOR_KILL, 1, 0, "me: smoke");
    const auto outcome = run.submit(buy_at(kBelow));
    EXPECT_EQ(verdict_of(outcome).detail, WRIT_CHECK_KILL);
  });
}

TEST_F(OperatorOrder, CannotClaimToBeTheHostsOrWarmUp) {
  live([](engine::Run& run) {
    auto intent = buy_at(kBelow);
    intent.flags = WRIT_INTENT_WARMUP | WRIT_INTENT_BY_HOST;
    EXPECT_EQ(verdict_of(run.submit(intent)).approved, 1);
  });
}

TEST_F(OperatorOrder, CancelsAStrategysOrder) {
  live([this](engine::Run& run) {
    const auto* order = working_of(run, 1);
    ASSERT_NE(order, nullptr);
    auto cancel = asked(WRIT_INTENT_CANCEL);
    cancel.target_intent = order->intent_id;
    const auto outcome = run.submit(cancel);
    EXPECT_EQ(verdict_of(outcome).approved, 1);
    ASSERT_EQ(outcome.orders.size(), 1U);
    EXPECT_EQ(outcome.orders[0].command, WRIT_COMMAND_CANCEL);
    EXPECT_EQ(outcome.orders[0].instance, 1U);
  });
  EXPECT_EQ(all<writ_order>(records_).back()->state, WRIT_ORDER_CANCELLED);
}

TEST_F(OperatorOrder, ReplacesItsOwnOrderOnly) {
  live([this](engine::Run& run) {
    EXPECT_EQ(verdict_of(run.submit(buy_at(kBelow))).approved, 1);
    auto replace = asked(WRIT_INTENT_REPLACE);
    replace.side = WRIT_SIDE_BUY;
    replace.order_type = WRIT_ORDER_LIMIT;
    replace.price = kBelow;
    replace.quantity = 2 * kLot;
    replace.target_intent = working_of(run, kOperator)->intent_id;
    const auto own = run.submit(replace);
    EXPECT_EQ(verdict_of(own).approved, 1);
    ASSERT_EQ(own.orders.size(), 1U);
    EXPECT_EQ(own.orders[0].command, WRIT_COMMAND_REPLACE);

    replace.target_intent = working_of(run, 1)->intent_id;
    const auto others = run.submit(replace);
    EXPECT_EQ(verdict_of(others).approved, 0);
    EXPECT_EQ(verdict_of(others).detail, WRIT_CHECK_TARGET_ORDER);
  });
}

TEST_F(OperatorOrder, CancelAllTakesEverybodys) {
  live([](engine::Run& run) {
    EXPECT_EQ(verdict_of(run.submit(buy_at(kBelow))).approved, 1);
    const auto outcome = run.submit(asked(WRIT_INTENT_CANCEL_ALL));
    EXPECT_EQ(verdict_of(outcome).approved, 1);
    EXPECT_EQ(outcome.orders.size(), 2U);
  });
  EXPECT_TRUE(life_.run->pipeline().orders().working({}).empty());
}

TEST_F(OperatorOrder, OfADeadRunIsNotSentSoMuchLater) {
  live([](engine::Run& run) { (void)run.submit(buy_at(kBelow)); });
  const auto input = find(records_, 0, [](const writ_record& record) {
    return record.type == WRIT_RECORD_INTENT_INPUT;
  });
  for (const std::size_t more : {1U, 2U, 3U, 4U, 10U}) {
    SCOPED_TRACE(more);
    auto storage = dead_run(world_, records_, input + more);
    const auto past = open_past(world_, *storage);
    ASSERT_TRUE(past.has_value());
    Life life{world_, *storage, 2, &*past};
    ASSERT_NE(life.run, nullptr);
    life.go();
    EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
    const auto second = read_run(*storage, run_folder(world_, 2));
    for (const auto* order : all<writ_order>(second)) {
      const bool sent = order->instance == kOperator && order->command == WRIT_COMMAND_SEND;
      EXPECT_FALSE(sent);
    }
    expect_verifies(world_, *storage, 2);
  }
}

}  // namespace
}  // namespace writ::test
