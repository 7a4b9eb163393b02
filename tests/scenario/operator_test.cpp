// What people command and what a halted account has done to it: flatten, drawdown halt, reset.
#include "tests/scenario/quiet_world.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr std::int64_t kUnit = 1'000'000'000;

const std::vector<Player> kTakers = {{"one", "test.once", {{"take", "true"}}},
                                     {"two", "test.once", {{"take", "true"}}}};

struct Lived {
  std::vector<Words> records;
  std::unique_ptr<FaultyStorage> storage;
  std::vector<std::int64_t> positions;  // by player, at the end
};

Lived live(const World& world, const std::function<void(ScriptedOperator&)>& ask) {
  Lived lived;
  lived.storage = std::make_unique<FaultyStorage>();
  Life life{world, *lived.storage};
  ask(life.operators);
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  lived.records = read_run(*lived.storage, run_folder(world, 1));
  for (std::uint32_t i = 1; i <= world.players.size(); ++i) {
    lived.positions.push_back(life.run->pipeline()
                                  .ledger()
                                  .strategy_position(AccountId{1}, InstanceId{i}, InstrumentId{1})
                                  .raw);
  }
  expect_verifies(world, *lived.storage, 1);
  return lived;
}

std::vector<const writ_intent*> by_host(const std::vector<Words>& records) {
  auto intents = all<writ_intent>(records);
  std::erase_if(intents, [](const auto* i) { return (i->flags & WRIT_INTENT_BY_HOST) == 0; });
  return intents;
}

std::string tags_of(const writ_intent& intent) {
  return std::string(model::tail_text(intent, intent.tags_size));
}

void flatten_at(ScriptedOperator& operators, std::size_t second, std::uint32_t instance = 0,
                std::uint32_t account = 0, std::uint32_t instrument = 0) {
  at_second(operators, second, [=](engine::Run& run) {
    run.command(WRIT_OPERATOR_FLATTEN, account, instance, "me: enough", instrument);
  });
}

TEST(Flatten, ClosesWhatEveryStrategyHoldsWithOneIntentEach) {
  const auto lived =
      live(quiet_world({{10, 60'000}}, kTakers), [](auto& operators) { flatten_at(operators, 5); });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{0, 0}));
  const auto made = by_host(lived.records);
  ASSERT_EQ(made.size(), 2U);
  for (const auto* intent : made) {
    EXPECT_EQ(intent->kind, WRIT_INTENT_FLATTEN);
    EXPECT_EQ(intent->flags, WRIT_INTENT_BY_HOST | WRIT_INTENT_REDUCE_ONLY);
    EXPECT_EQ(tags_of(*intent), "[\"flatten\"]");
  }
  EXPECT_EQ(made[0]->instance, 1U);
  EXPECT_EQ(made[1]->instance, 2U);
  // The fills are the strategies' own: their result is realized.
  for (const auto* fill : all<writ_fill>(lived.records)) EXPECT_NE(fill->instance, 0U);
}

TEST(Flatten, LeavesWhatWasDepositedAlone) {
  const auto world = quiet_world({{10, 60'000}}, kTakers);
  const auto lived = live(world, [](auto& operators) { flatten_at(operators, 5); });
  const auto portfolios = all<writ_portfolio>(lived.records);
  const auto balances = model::tail_array<writ_balance>(*portfolios.back(), 2);
  ASSERT_EQ(balances.size(), 2U);
  EXPECT_EQ(balances[0].asset, kBtc);
  EXPECT_EQ(from_abi(balances[0].amount).raw, Int128{world.deposit_btc} * kUnit * kUnit);
}

TEST(Flatten, OfOneStrategyLeavesTheOthers) {
  const auto lived = live(quiet_world({{10, 60'000}}, kTakers),
                          [](auto& operators) { flatten_at(operators, 5, 2, 1, 1); });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{1'000'000, 0}));
}

TEST(Flatten, OfAnInstrumentNobodyHoldsDoesNothing) {
  const auto lived = live(quiet_world({{10, 60'000}}, kTakers),
                          [](auto& operators) { flatten_at(operators, 5, 0, 0, 9); });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{1'000'000, 1'000'000}));
  EXPECT_TRUE(by_host(lived.records).empty());
}

TEST(Flatten, CancelsWhatRestsWithoutAPosition) {
  const auto lived = live(quiet_world({{10, 60'000}}, {{"one", "test.once"}}),
                          [](auto& operators) { flatten_at(operators, 5); });
  const auto orders = all<writ_order>(lived.records);
  ASSERT_FALSE(orders.empty());
  EXPECT_EQ(orders.back()->state, WRIT_ORDER_CANCELLED);
  EXPECT_TRUE(by_host(lived.records).empty());
}

TEST(Flatten, GoesOnAtATopOfTheBookWithPausesThatDoubleUntilSomebodyBuys) {
  const auto lived = live(quiet_world({{5, 60'000}, {10, 0}, {10, 60'000}}, {kTakers[0]}),
                          [](auto& operators) { flatten_at(operators, 6); });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{0}));
  const auto made = by_host(lived.records);
  ASSERT_EQ(made.size(), 5U);  // at 0, 1, 3 and 7 s nobody bids, at 15 s somebody does
  for (std::size_t i = 1; i < made.size(); ++i) {
    const auto pause = made[i]->header.ingest_ts - made[i - 1]->header.ingest_ts;
    EXPECT_GE(pause, kSecond << (i - 1));
    EXPECT_LT(pause, (kSecond << (i - 1)) + kSecond / 5);
  }
  const auto told = incidents(lived.records, WRIT_INCIDENT_FLATTEN);
  ASSERT_EQ(told.size(), 3U);  // the command, that it could not be closed at once, that it was
  EXPECT_EQ(told[1]->severity, WRIT_SEVERITY_WARN);
  EXPECT_EQ(told[2]->severity, WRIT_SEVERITY_INFO);
  EXPECT_EQ(told[2]->instance, 1U);
}

TEST(Flatten, StopsWhenTheOperatorSaysSo) {
  const auto lived =
      live(quiet_world({{5, 60'000}, {10, 0}, {10, 60'000}}, {kTakers[0]}), [](auto& operators) {
        flatten_at(operators, 6);
        at_second(operators, 10, [](engine::Run& run) {
          run.command(WRIT_OPERATOR_STOP_FLATTEN, 0, 0, "me: wait");
        });
      });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{1'000'000}));
  EXPECT_EQ(by_host(lived.records).size(), 3U);
}

TEST(Flatten, WorksAfterAKill) {
  const auto lived = live(quiet_world({{10, 60'000}}, kTakers), [](auto& operators) {
    at_second(operators, 4,
              [](engine::Run& run) { run.command(WRIT_OPERATOR_KILL, 0, 0, "me: smoke"); });
    flatten_at(operators, 6);
  });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{0, 0}));
  for (const auto* verdict : all<writ_verdict>(lived.records)) EXPECT_EQ(verdict->approved, 1);
}

TEST(Flatten, IsEndedByAKill) {
  const auto lived =
      live(quiet_world({{5, 60'000}, {10, 0}, {10, 60'000}}, {kTakers[0]}), [](auto& operators) {
        flatten_at(operators, 6);
        at_second(operators, 10, [](engine::Run& run) {
          run.command(WRIT_OPERATOR_KILL, 1, 0, "me: stop it all");
        });
      });
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{1'000'000}));
}

TEST(Flatten, GoesOnAfterTheHostDied) {
  const auto world = quiet_world({{5, 60'000}, {10, 0}, {10, 60'000}}, {kTakers[0]});
  const auto whole = live(world, [](auto& operators) { flatten_at(operators, 6); });
  // Dead right behind the command, and with an order of it on its way.
  const auto command =
      find(whole.records, 0, [](const writ_record& r) { return r.type == WRIT_RECORD_COMMAND; });
  for (const std::size_t more : {1U, 3U, 5U, 40U}) {
    SCOPED_TRACE(more);
    auto storage = dead_run(world, whole.records, command + more);
    const auto past = open_past(world, *storage);
    ASSERT_TRUE(past.has_value());
    Life life{world, *storage, 2, &*past};
    ASSERT_NE(life.run, nullptr);
    life.go();
    EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
    EXPECT_EQ(life.run->pipeline()
                  .ledger()
                  .strategy_position(AccountId{1}, InstanceId{1}, InstrumentId{1})
                  .raw,
              0);
    EXPECT_EQ(life.run->pipeline().flattening().open(), 0U);
    expect_verifies(world, *storage, 2);
  }
}

// --- the drawdown -------------------------------------------------------------------------------

/// Most of the equity is coins. One buys once, another each second whether or not it may.
World falling_world(const std::vector<Phase>& phases) {
  World world =
      quiet_world(phases, {{"one", "test.once", {{"take", "true"}}}, {"blind", "test.forgetful"}});
  world.deposit_usdt = 100'000;
  world.deposit_btc = 5;
  return world;
}

const std::vector<Phase> kFall = {{5, 60'000}, {20, 40'000}};

TEST(DrawdownHalt, CancelsFlattensAndVetoesWhatAdds) {
  const auto lived = live(falling_world(kFall), [](auto&) {});
  EXPECT_EQ(lived.positions, (std::vector<std::int64_t>{0, 0}));
  const auto told = incidents(lived.records, WRIT_INCIDENT_DRAWDOWN_HALT);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]->severity, WRIT_SEVERITY_CRITICAL);
  EXPECT_EQ(told[0]->account, 1U);
  const auto made = by_host(lived.records);
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(tags_of(*made[0]), "[\"halt\"]");
  std::size_t refused = 0;
  for (const auto* verdict : all<writ_verdict>(lived.records)) {
    if (verdict->header.seq < told[0]->header.seq || verdict->effect != WRIT_EFFECT_ADDS) continue;
    EXPECT_EQ(verdict->approved, 0);
    EXPECT_EQ(verdict->reason, WRIT_REASON_HALTED);
    EXPECT_EQ(verdict->detail, WRIT_CHECK_DRAWDOWN);
    ++refused;
  }
  EXPECT_GT(refused, 10U);
  EXPECT_EQ(all<writ_portfolio>(lived.records).back()->tier,
            static_cast<std::uint32_t>(WRIT_TIER_HALT20));
}

TEST(DrawdownHalt, IsNotReachedAHairAbove) {
  // 5 coins and 100,000: a fifth of 400,000 is 80,000, which is 16,000 a coin.
  const auto lived = live(falling_world({{5, 60'000}, {10, 44'100}}), [](auto&) {});
  EXPECT_TRUE(incidents(lived.records, WRIT_INCIDENT_DRAWDOWN_HALT).empty());
  EXPECT_EQ(all<writ_portfolio>(lived.records).back()->tier,
            static_cast<std::uint32_t>(WRIT_TIER_DD15));
  EXPECT_EQ(lived.positions[0], 1'000'000);
}

TEST(DrawdownHalt, LatchesWhateverTheMarketDoesUntilTheReset) {
  auto phases = kFall;
  phases.push_back({5, 90'000});
  const auto lived = live(falling_world(phases), [](auto& operators) {
    at_second(operators, 28, [](engine::Run& run) {
      EXPECT_EQ(run.pipeline().ledger().tier(AccountId{1}),
                static_cast<std::uint32_t>(WRIT_TIER_HALT20));
      EXPECT_FALSE(run.pipeline().why_not_flat(AccountId{1}));
      run.command(WRIT_OPERATOR_RESET_DRAWDOWN, 1, 0, "me: seen");
      EXPECT_EQ(run.pipeline().ledger().tier(AccountId{1}),
                static_cast<std::uint32_t>(WRIT_TIER_NORMAL));
      const auto* drawdown = run.pipeline().ledger().drawdown(AccountId{1});
      EXPECT_EQ(drawdown->peak(), run.pipeline().ledger().equity(AccountId{1}));
    });
  });
  EXPECT_EQ(incidents(lived.records, WRIT_INCIDENT_DRAWDOWN_RESET).size(), 1U);
  EXPECT_EQ(incidents(lived.records, WRIT_INCIDENT_DRAWDOWN_HALT).size(), 1U);
}

TEST(DrawdownHalt, ComesAgainAfterAReset) {
  auto phases = kFall;
  phases.push_back({10, 20'000});
  const auto lived = live(falling_world(phases), [](auto& operators) {
    operators.at(
        200, [](engine::Run& run) { run.command(WRIT_OPERATOR_RESET_DRAWDOWN, 1, 0, "me: seen"); });
  });
  EXPECT_EQ(incidents(lived.records, WRIT_INCIDENT_DRAWDOWN_HALT).size(), 2U);
}

TEST(DrawdownHalt, IsNotResetWhileAnythingIsOpen) {
  const auto lived = live(falling_world({{5, 60'000}, {3, 40'000}}), [](auto& operators) {
    at_second(operators, 4, [](engine::Run& run) {
      EXPECT_EQ(run.pipeline().why_not_flat(AccountId{1}), "one holds 0.001 of sim/BTCUSDT");
      run.command(WRIT_OPERATOR_RESET_DRAWDOWN, 1, 0, "me: hasty");
    });
  });
  const auto told = incidents(lived.records, WRIT_INCIDENT_DRAWDOWN_RESET);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]->severity, WRIT_SEVERITY_ERROR);
  EXPECT_EQ(model::tail_text(*told[0], told[0]->text_size),
            "refused: one holds 0.001 of sim/BTCUSDT");
}

TEST(DrawdownHalt, OutlivesTheRun) {
  const auto world = falling_world({{5, 60'000}, {10, 40'000}});
  const auto first = live(world, [](auto&) {});
  const auto past = open_past(world, *first.storage);
  ASSERT_TRUE(past.has_value());
  auto longer = falling_world({{5, 60'000}, {10, 40'000}, {10, 90'000}});
  Life life{longer, *first.storage, 2, &*past};
  ASSERT_NE(life.run, nullptr);
  life.go();
  const auto records = read_run(*first.storage, run_folder(world, 2));
  EXPECT_TRUE(incidents(records, WRIT_INCIDENT_DRAWDOWN_HALT).empty()) << "carried out already";
  EXPECT_EQ(life.run->pipeline().ledger().tier(AccountId{1}),
            static_cast<std::uint32_t>(WRIT_TIER_HALT20));
}

}  // namespace
}  // namespace writ::test
