// What the database says of runs and restarts: the invariants, and no row refused.
#include "host/storage/migration.hpp"
#include "host/storage/projection.hpp"
#include "host/storage/verify.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace writ::test {
namespace {

void expect_sound(const World& world, journal::Storage& storage) {
  const auto database = storage::Database::open(":memory:");
  std::string failed;
  const auto rebuilt = storage::rebuild(*database, storage, world.folder,
                                        {.limit = journal::ReadLimit::kAppended}, &failed);
  ASSERT_TRUE(rebuilt.has_value()) << failed;
  for (const auto& run : *rebuilt) EXPECT_EQ(run.progress.rejected, 0U);
  const auto checks = storage::verify(*database);
  ASSERT_TRUE(checks.has_value());
  EXPECT_GE(checks->size(), 7U);
  for (const auto& check : *checks) {
    EXPECT_TRUE(check.passed()) << check.name << " (" << check.what << "): " << check.violations
                                << " of " << check.examined << ", first: " << check.first;
  }
  const auto rows = storage::verify_against_journal(*database, storage, world.folder);
  ASSERT_TRUE(rows.has_value());
  for (const auto& check : *rows) {
    EXPECT_TRUE(check.passed()) << check.name << ": " << check.first;
  }
}

World trading_world(std::uint64_t seed) {
  World world;
  feed::SimulatedOptions options;
  options.seed = seed;
  options.gap = 2'000;
  options.one_sided = 2'000;
  options.instruments = {{}, {}};
  options.instruments[1].market = "BTCPERP";
  options.instruments[1].kind = WRIT_KIND_PERP;
  world.script = simulate(options, 40'000'000'000);
  world.players = {{"flow", "test.flow"},
                   {"churn", "test.churn", {}, {{1, "flow", 1}}},
                   {"other", "test.churn", {{"pace", "2"}, {"size", "0.003"}}},
                   {"bare", "test.forgetful"},
                   {"bad", "test.faulty"}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.portfolio_period_ns = 2'000'000'000;
  world.core.checkpoint_period_ns = 9'000'000'000;
  return world;
}

TEST(Rows, OfARunAreSound) {
  for (std::size_t seed = 1; seed <= scaled(4); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const World world = trading_world(seed);
    FaultyStorage storage;
    {
      Life life{world, storage};
      life.go();
      ASSERT_GT(life.run->summary().fills, 10U);
    }
    expect_sound(world, storage);
  }
}

TEST(Rows, OfAShadowBookAreSoundAndApartFromTheAccountsOwn) {
  World world = with_shadow_account(trading_world(5));
  world.players[2].account = kShadowAccount;
  FaultyStorage storage;
  {
    Life life{world, storage};
    life.go();
    ASSERT_GT(life.run->summary().shadow_fills, 5U);
  }
  expect_sound(world, storage);
  const auto database = storage::Database::open(":memory:");
  ASSERT_TRUE(
      storage::rebuild(*database, storage, world.folder, {.limit = journal::ReadLimit::kAppended}));
  const auto count = [&](const std::string& sql) {
    auto row = database->prepare(sql);
    EXPECT_TRUE(row.has_value() && (*row)->step().has_value());
    return (*row)->integer(0);
  };
  EXPECT_EQ(count("SELECT count(*) FROM account"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM account WHERE initial_cash <> '1000000'"), 0);
  for (const std::string table : {"arbiter_decision", "order_request", "order_fill",
                                  "executed_trade", "portfolio_snapshot", "ledger_event"}) {
    const std::string book = table == "ledger_event" ? "chain_book" : "book";
    EXPECT_GT(count("SELECT count(*) FROM " + table + " WHERE " + book + " = 'SHADOW'"), 0)
        << table;
  }
  EXPECT_EQ(count("SELECT count(*) FROM order_fill "
                  "WHERE (strategy = 'other') <> (book = 'SHADOW')"),
            0);
}

TEST(Rows, OfRunsThatDiedAndWentOnAreSound) {
  const World world = trading_world(6);
  FaultyStorage first;
  {
    Life life{world, first};
    life.go();
  }
  const auto records = read_run(first, run_folder(world, 1));
  // One where an approved intent has no order yet, the others anywhere.
  const auto approved = find(records, records.size() / 2, [](const writ_record& record) {
    const auto* verdict = model::as<writ_verdict>(record);
    return verdict != nullptr && verdict->approved != 0;
  });
  const auto intent = find(records, records.size() / 3,
                           [](const writ_record& r) { return r.type == WRIT_RECORD_INTENT; });
  const auto fill = find(records, records.size() / 3,
                         [](const writ_record& r) { return r.type == WRIT_RECORD_FILL; });
  for (const auto count : {approved + 1, intent + 1, fill + 1, fill + 2, records.size() - 3}) {
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto storage = dead_run(world, records, count);
    {
      const auto past = open_past(world, *storage);
      Life life{world, *storage, 2, &*past};
      ASSERT_TRUE(life.run);
    }
    {
      const auto past = open_past(world, *storage);
      Life life{world, *storage, 3, &*past};
      ASSERT_TRUE(life.run);
      life.go();
    }
    expect_sound(world, *storage);
  }
}

TEST(Rows, OfARunThatHaltedAndWentOnAreSound) {
  World world = trading_world(7);
  world.ring_bytes = std::size_t{256} << 10U;
  world.segment_bytes = std::size_t{128} << 10U;
  FaultyStorage storage;
  {
    Life life{world, storage};
    life.operators.at(600, [&](engine::Run&) { storage.set_capacity(storage.used() + 50'000); });
    ASSERT_EQ(life.go(), WRIT_STOP_HALT);
  }
  storage.set_capacity(std::numeric_limits<std::uint64_t>::max());
  const auto past = open_past(world, storage);
  {
    Life life{world, storage, 2, &*past};
    life.go();
  }
  expect_sound(world, storage);
}

}  // namespace
}  // namespace writ::test
