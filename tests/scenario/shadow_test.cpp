// Strategies that are only watched: judged and filled in a book of their own beside the main one.
#include "host/engine/rearbitration.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr std::uint32_t kCandidate = 3;
constexpr std::size_t kReloadAt = 700;  // events

World main_world(std::uint64_t seed, std::int64_t seconds = 30) {
  feed::SimulatedOptions options;
  options.seed = seed;
  options.sweep = 20'000;
  options.gap = 2'000;
  options.instruments = {{}, {}};
  options.instruments[1].market = "BTCPERP";
  options.instruments[1].kind = WRIT_KIND_PERP;
  World world;
  world.script = simulate(options, seconds * 1'000'000'000);
  world.players = {{"flow", "test.flow"}, {"churn", "test.churn", {}, {{1, "flow", 1}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kExclusive;
  world.core.portfolio_period_ns = 2'000'000'000;
  world.core.checkpoint_period_ns = 7'000'000'000;
  return world;
}

Player candidate(std::uint32_t account) {
  return {"candidate", "test.churn", {{"pace", "2"}, {"size", "0.003"}}, {}, account};
}

World watched_world(std::uint64_t seed) {
  World world = with_shadow_account(main_world(seed));
  world.players.push_back(candidate(kShadowAccount));
  return world;
}

std::vector<Words> run_of(const World& world, FaultyStorage& storage) {
  Life life{world, storage};
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  return read_run(storage, run_folder(world, 1));
}

/// What happened in the main book: times and amounts, no ids.
std::vector<std::vector<std::int64_t>> main_book(const std::vector<Words>& records) {
  std::vector<std::vector<std::int64_t>> rows;
  for (const auto& words : records) {
    const auto& record = record_in(words);
    const auto ts = record.ingest_ts;
    if (const auto* order = model::as<writ_order>(record); order && order->book == WRIT_BOOK_MAIN) {
      rows.push_back({1, ts, order->instrument, order->side, order->state, order->command,
                      order->price, order->quantity, order->filled});
    } else if (const auto* fill = model::as<writ_fill>(record);
               fill && fill->book == WRIT_BOOK_MAIN) {
      rows.push_back(
          {2, ts, fill->instrument, fill->side, fill->price, fill->quantity, fill->liquidity});
    } else if (const auto* row = model::as<writ_ledger>(record);
               row && row->book == WRIT_BOOK_MAIN) {
      rows.push_back({3, ts, row->ledger, row->kind, row->instrument, row->instance, row->asset,
                      row->amount.hi, static_cast<std::int64_t>(row->amount.lo)});
    } else if (const auto* verdict = model::as<writ_verdict>(record);
               verdict && verdict->book == WRIT_BOOK_MAIN) {
      rows.push_back({4, ts, verdict->instrument, verdict->approved, verdict->reason,
                      verdict->price, verdict->quantity});
    } else if (const auto* portfolio = model::as<writ_portfolio>(record);
               portfolio && portfolio->book == WRIT_BOOK_MAIN) {
      rows.push_back({5, ts, portfolio->account, portfolio->open_orders, portfolio->equity.hi,
                      static_cast<std::int64_t>(portfolio->equity.lo)});
    }
  }
  return rows;
}

/// Books of the orders a strategy sends in a range of records.
std::set<std::uint16_t> books_sent(const std::vector<Words>& records, std::size_t from,
                                   std::size_t to) {
  std::set<std::uint16_t> books;
  for (std::size_t i = from; i < to; ++i) {
    const auto* order = model::as<writ_order>(record_in(records[i]));
    if (order == nullptr || order->instance != kCandidate) continue;
    if (order->command == WRIT_COMMAND_SEND) books.insert(order->book);
  }
  return books;
}

TEST(Shadow, AMainStrategyTradesTheSameWithACandidateBesideIt) {
  for (std::size_t seed = 1; seed <= scaled(6); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FaultyStorage alone;
    FaultyStorage watched;
    const auto without = main_book(run_of(main_world(seed), alone));
    const auto records = run_of(watched_world(seed), watched);
    EXPECT_GT(
        std::count_if(without.begin(), without.end(), [](const auto& r) { return r[0] == 2; }), 5);
    EXPECT_EQ(main_book(records), without);
    const auto fills = all<writ_fill>(records);
    EXPECT_GT(std::count_if(fills.begin(), fills.end(),
                            [](const auto* fill) { return fill->book == WRIT_BOOK_SHADOW; }),
              5);
  }
}

TEST(Shadow, EverythingACandidateDoesIsOfTheShadowBook) {
  FaultyStorage storage;
  const auto records = run_of(watched_world(3), storage);
  const auto expect_of_its_book = [](const auto& list) {
    for (const auto* record : list) {
      const bool watched = record->account == kShadowAccount;
      EXPECT_EQ(record->book, watched ? WRIT_BOOK_SHADOW : WRIT_BOOK_MAIN);
    }
  };
  expect_of_its_book(all<writ_verdict>(records));
  expect_of_its_book(all<writ_order>(records));
  expect_of_its_book(all<writ_report>(records));
  expect_of_its_book(all<writ_fill>(records));
  expect_of_its_book(all<writ_executed_trade>(records));
  expect_of_its_book(all<writ_ledger>(records));
  expect_of_its_book(all<writ_portfolio>(records));
  for (const auto* fill : all<writ_fill>(records)) {
    EXPECT_EQ(fill->account == kShadowAccount, fill->instance == kCandidate);
    EXPECT_EQ(model::text_of(fill->exchange_trade_id).front(),
              fill->book == WRIT_BOOK_SHADOW ? 'S' : 'T');
  }
}

TEST(Shadow, AReplayAndAJudgementUnderTheSameRulesReproduceBothBooks) {
  const World world = watched_world(2);
  FaultyStorage storage;
  (void)run_of(world, storage);
  expect_verifies(world, storage, 1);
  engine::RearbitrationSetup setup;
  setup.core = world.core;
  venue::paper::PaperVenues venue{world.paper};
  const auto again = engine::rearbitrate_run(storage, run_folder(world, 1), setup, venue);
  ASSERT_TRUE(again.has_value());
  EXPECT_GT(again->intents, 0U);
  EXPECT_EQ(again->identical, again->intents);
  EXPECT_EQ(again->recorded.results, again->other.results);
  EXPECT_EQ(again->recorded.equity, again->other.equity);
}

TEST(Shadow, AKillOfTheAccountKillsItsCandidates) {
  const World world = watched_world(4);
  FaultyStorage storage;
  Life life{world, storage};
  const auto working = [&] {
    return life.run->pipeline().orders().sums({kShadowAccount, 0, 0}).count;
  };
  std::size_t before = 0;
  life.operators.at(kReloadAt, [&](engine::Run& run) {
    before = working();
    run.command(WRIT_OPERATOR_KILL, 1, 0, "enough");
  });
  life.go();
  EXPECT_GT(before, 0U);
  EXPECT_EQ(working(), 0U);
  EXPECT_TRUE(life.run->pipeline().arbiter().is_killed(kShadowAccount));
  const auto records = read_run(storage, run_folder(world, 1));
  const auto kill = find(records, 0, [](const auto& r) { return r.type == WRIT_RECORD_COMMAND; });
  EXPECT_FALSE(books_sent(records, 0, kill).empty());
  EXPECT_TRUE(books_sent(records, kill, records.size()).empty());
  expect_verifies(world, storage, 1);
}

TEST(Shadow, FlatteningTheAccountClosesWhatItsCandidatesHold) {
  const World world = watched_world(4);
  FaultyStorage storage;
  Life life{world, storage};
  life.operators.at(kReloadAt, [](engine::Run& run) {
    run.command(WRIT_OPERATOR_PAUSE, 1, 0, "no more");
    run.command(WRIT_OPERATOR_FLATTEN, 1, 0, "home");
  });
  life.go();
  EXPECT_EQ(life.run->pipeline().flattening().open(), 0U);
  EXPECT_EQ(life.run->pipeline().why_not_flat(AccountId{kShadowAccount}), std::nullopt);
}

TEST(Shadow, AKillOfTheShadowAccountLeavesTheMainOne) {
  const World world = watched_world(4);
  FaultyStorage storage;
  Life life{world, storage};
  life.operators.at(kReloadAt, [](engine::Run& run) {
    run.command(WRIT_OPERATOR_KILL, kShadowAccount, 0, "the candidate alone");
  });
  life.go();
  EXPECT_TRUE(life.run->pipeline().arbiter().is_killed(kShadowAccount));
  EXPECT_FALSE(life.run->pipeline().arbiter().is_killed(1));
}

// --- promotion ----------------------------------------------------------------------------------

/// The candidate changes its account at one boundary.
struct Move {
  World before;
  World after;

  [[nodiscard]] engine::Reload reload() const {
    engine::Reload reload;
    reload.arbiter = after.core.arbiter;
    const auto old = before.instances();
    for (const auto& setup : after.instances()) {
      if (setup.number > old.size()) {
        reload.added.push_back(setup);
      } else if (setup.account != old[setup.number - 1].account) {
        reload.changed.push_back(setup);
      }
    }
    return reload;
  }
  [[nodiscard]] engine::ReloadSetup setup() const {
    engine::ReloadSetup setup;
    setup.config_text = "{\"after\":true}";
    const auto known = before.tables();
    for (const auto& table : after.tables()) {
      const bool news = std::find(known.begin(), known.end(), table) == known.end();
      if (news) setup.tables.push_back(table);
    }
    setup.deposits = after.setup(1).deposits;
    setup.changes = reload();
    return setup;
  }
  std::vector<Words> run(FaultyStorage& storage) const {
    Life life{before, storage};
    life.operators.at(kReloadAt, [this](engine::Run& run) { run.reload(setup()); });
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    auto verify_setup = before.verify_setup();
    verify_setup.reload = [this](std::string_view, const engine::Pipeline&) { return reload(); };
    const auto verified = verify(before, storage, 1, &verify_setup);
    EXPECT_FALSE(verified.difference)
        << verified.difference->seq.raw() << ": " << verified.difference->text;
    return read_run(storage, run_folder(before, 1));
  }
};

Move promotion(std::uint64_t seed) {
  Move move{watched_world(seed), watched_world(seed)};
  move.before.core.arbiter.ownership = move.after.core.arbiter.ownership =
      arbiter::Ownership::kShared;
  move.after.players.back().account = 1;
  return move;
}

std::size_t place_of_reload(const std::vector<Words>& records) {
  const auto is_config = [](const auto& r) { return r.type == WRIT_RECORD_CONFIG; };
  return find(records, find(records, 0, is_config) + 1, is_config);
}

TEST(Shadow, APromotedCandidateTradesInTheMainBookFromItsPositionThere) {
  FaultyStorage storage;
  const auto records = promotion(6).run(storage);
  const auto reload = place_of_reload(records);
  ASSERT_LT(reload, records.size());
  EXPECT_EQ(books_sent(records, 0, reload), std::set<std::uint16_t>{WRIT_BOOK_SHADOW});
  EXPECT_EQ(books_sent(records, reload, records.size()), std::set<std::uint16_t>{WRIT_BOOK_MAIN});
  const auto first = find(records, reload, [](const auto& r) {
    const auto* snapshot = model::as<writ_snapshot>(r);
    return snapshot != nullptr && snapshot->instance == kCandidate;
  });
  ASSERT_LT(first, records.size());
  EXPECT_EQ(model::as<writ_snapshot>(record_in(records[first]))->position, 0);
}

TEST(Shadow, WhatWorksOfACandidateEndsWithItsPromotionAndItsPositionStays) {
  const auto move = promotion(6);
  FaultyStorage storage;
  Life life{move.before, storage};
  std::int64_t held = 0;
  std::size_t working = 0;
  const auto position = [](const engine::Run& run) {
    return run.pipeline()
        .ledger()
        .strategy_position(AccountId{kShadowAccount}, InstanceId{kCandidate}, InstrumentId{1})
        .raw;
  };
  life.operators.at(kReloadAt, [&](engine::Run& run) {
    working = run.pipeline().orders().sums({kShadowAccount, 0, kCandidate}).count;
    run.reload(move.setup());
    held = position(run);
  });
  life.go();
  EXPECT_GT(working, 0U);
  EXPECT_EQ(life.run->pipeline().orders().sums({kShadowAccount, 0, kCandidate}).count, 0U);
  EXPECT_NE(held, 0);
  const auto records = read_run(storage, run_folder(move.before, 1));
  const auto reload = place_of_reload(records);
  for (std::size_t i = reload; i < records.size(); ++i) {
    // Only what was on its way when it was asked to be cancelled.
    const auto* fill = model::as<writ_fill>(record_in(records[i]));
    if (fill == nullptr || fill->book != WRIT_BOOK_SHADOW) continue;
    held += fill->instrument != 1         ? 0
            : fill->side == WRIT_SIDE_BUY ? fill->quantity
                                          : -fill->quantity;
  }
  EXPECT_EQ(position(*life.run), held);
}

TEST(Shadow, AStrategyThatIsSentBackLeavesItsMainPosition) {
  auto move = promotion(6);
  std::swap(move.before.players, move.after.players);
  FaultyStorage storage;
  const auto records = move.run(storage);
  const auto reload = place_of_reload(records);
  EXPECT_EQ(books_sent(records, 0, reload), std::set<std::uint16_t>{WRIT_BOOK_MAIN});
  EXPECT_EQ(books_sent(records, reload, records.size()), std::set<std::uint16_t>{WRIT_BOOK_SHADOW});
}

TEST(Shadow, TheFirstCandidateOfARunningHostGetsItsAccountMoneyAndVenue) {
  Move move{main_world(5), watched_world(5)};
  move.before.core.arbiter.ownership = move.after.core.arbiter.ownership =
      arbiter::Ownership::kShared;
  FaultyStorage storage;
  const auto records = move.run(storage);
  std::int64_t deposits = 0;
  std::int64_t fills = 0;
  for (const auto* row : all<writ_ledger>(records)) {
    deposits += row->account == kShadowAccount && row->kind == WRIT_ENTRY_DEPOSIT ? 1 : 0;
  }
  for (const auto* fill : all<writ_fill>(records)) fills += fill->book == WRIT_BOOK_SHADOW ? 1 : 0;
  EXPECT_EQ(deposits, 2);
  EXPECT_GT(fills, 3);
  FaultyStorage alone;
  EXPECT_EQ(main_book(records), main_book(run_of(move.before, alone)));
}

TEST(Shadow, APromotionIsGoneThroughAgainByTheRestartThatFollowsIt) {
  const auto move = promotion(6);
  FaultyStorage storage;
  const auto records = move.run(storage);
  const auto reload = place_of_reload(records);
  const auto after = find(records, reload + 200, [](const auto& r) { return model::is_input(r); });
  for (const auto count : {reload, reload + 1, reload + 2, reload + 5, after}) {
    SCOPED_TRACE(count - reload);
    auto dead = dead_run(move.before, records, count);
    const auto past = open_past(move.before, *dead);
    ASSERT_TRUE(past.has_value());
    auto setup = move.after.setup(2);
    setup.past =
        engine::Recipe{move.before.core, move.before.instances(),
                       [&](std::string_view, const engine::Pipeline&) { return move.reload(); }};
    ScriptFeed feed{move.before.script, kReloadAt + 100};
    ScriptedOperator operators{feed};
    TapePacer pacer;
    venue::paper::PaperVenues venue{move.before.paper};
    auto run = engine::Run::start(setup, *dead, &*past, feed, venue, pacer, operators);
    ASSERT_TRUE(run.has_value());
    EXPECT_EQ((*run)->restarted()->unmatched_records, 0U);
    EXPECT_TRUE((*run)->restarted()->differing.empty());
    EXPECT_EQ((*run)->go(), WRIT_STOP_END_OF_DATA);
    EXPECT_EQ((*run)->pipeline().orders().sums({kShadowAccount, 0, kCandidate}).count, 0U);
    expect_verifies(move.after, *dead, 2);
    const auto second = read_run(*dead, run_folder(move.before, 2));
    EXPECT_EQ(books_sent(second, 0, second.size()), std::set<std::uint16_t>{WRIT_BOOK_MAIN});
  }
}

}  // namespace
}  // namespace writ::test
