// A new configuration at one boundary of a running host.
#include "host/base/input_error.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

/// From the world before to the one after, as a reload does it.
struct Change {
  World before;
  World after;

  [[nodiscard]] engine::Reload reload() const {
    engine::Reload reload;
    reload.arbiter = after.core.arbiter;
    const auto old = before.instances();
    for (const auto& setup : after.instances()) {
      const auto known =
          std::find_if(old.begin(), old.end(), [&](const auto& o) { return o.name == setup.name; });
      if (known == old.end()) {
        reload.added.push_back(setup);
      } else if (known->plugin != setup.plugin ||
                 known->parameters.canonical_json() != setup.parameters.canonical_json() ||
                 known->inputs.size() != setup.inputs.size()) {
        reload.changed.push_back(setup);
      }
    }
    for (const auto& o : old) {
      const auto kept = std::any_of(after.players.begin(), after.players.end(),
                                    [&](const Player& p) { return p.name == o.name && !p.gone; });
      if (!kept) reload.removed.push_back(o.number);
    }
    return reload;
  }
  [[nodiscard]] engine::ReloadSetup setup() const {
    engine::ReloadSetup setup;
    setup.config_text = "{\"after\":true}";
    setup.config_hash[0] = 1;
    for (const auto& table : after.tables()) {
      if (record_in(table).type == WRIT_RECORD_INSTANCE) setup.tables.push_back(table);
    }
    setup.changes = reload();
    return setup;
  }
  void expect_verifies(journal::Storage& storage) const {
    auto setup = before.verify_setup();
    setup.reload = [this](std::string_view text, const engine::Pipeline&) {
      EXPECT_EQ(text, "{\"after\":true}");
      return reload();
    };
    const auto verified = verify(before, storage, 1, &setup);
    EXPECT_FALSE(verified.difference)
        << verified.difference->seq.raw() << ": " << verified.difference->text;
  }
};

/// The run of this number, which goes on after one that died about a reload: through the end of
/// what `of_past` was made of, and the reload, if it is in there, again.
struct NextRun {
  NextRun(const Change& change, journal::Storage& dead, std::uint32_t number, const World& of_past)
      : past(open_past(change.before, dead)),
        feed(change.before.script, 500),
        operators(feed),
        venue(change.before.paper) {
    if (!past) return;
    auto setup = change.after.setup(number);
    setup.past = engine::Recipe{
        of_past.core, of_past.instances(),
        [&change](std::string_view, const engine::Pipeline&) { return change.reload(); }};
    auto started = engine::Run::start(setup, dead, &*past, feed, venue, pacer, operators);
    if (started) run = std::move(*started);
  }

  std::optional<engine::Past> past;
  ScriptFeed feed;
  ScriptedOperator operators;
  TapePacer pacer;
  venue::paper::PaperVenues venue;
  std::unique_ptr<engine::Run> run;  // nullptr: it did not start
};

World calm_world() {
  World world = small_world(40'000'000'000, 3);
  world.players = {{"flow", "test.flow"},
                   {"churn", "test.churn", {}, {{1, "flow", 1}}},
                   {"other", "test.churn", {{"pace", "2"}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.checkpoint_period_ns = 7'000'000'000;
  return world;
}

std::vector<Words> run_with_reload(const Change& change, FaultyStorage& storage) {
  Life life{change.before, storage};
  life.operators.at(500, [&](engine::Run& run) { run.reload(change.setup()); });
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  return read_run(storage, run_folder(change.before, 1));
}

std::size_t place_of_reload(const std::vector<Words>& records) {
  const auto first = find(records, 0, [](const auto& r) { return r.type == WRIT_RECORD_CONFIG; });
  return find(records, first + 1, [](const auto& r) { return r.type == WRIT_RECORD_CONFIG; });
}

TEST(Reload, AddsAStrategyAndTheOthersDoNotNotice) {
  Change change{calm_world(), calm_world()};
  change.after.players.push_back({"new", "test.witness"});
  FaultyStorage storage;
  const auto records = run_with_reload(change, storage);
  change.expect_verifies(storage);
  FaultyStorage quiet;
  Life life{change.before, quiet};
  life.go();
  const auto without = read_run(quiet, run_folder(change.before, 1));
  const auto of_others = [](const std::vector<Words>& of) {
    std::vector<std::tuple<std::int64_t, std::uint32_t, std::uint16_t, std::int64_t>> intents;
    for (const auto* i : all<writ_intent>(of)) {
      if (i->instance < 4) {
        intents.emplace_back(i->header.ingest_ts, i->instance, i->kind, i->quantity);
      }
    }
    return intents;
  };
  EXPECT_EQ(of_others(records), of_others(without));
  const auto reload = place_of_reload(records);
  const auto first = find(records, 0, [](const auto& r) {
    const auto* intent = model::as<writ_intent>(r);
    return intent != nullptr && intent->instance == 4;
  });
  EXPECT_LT(reload, first);
  EXPECT_LT(first, records.size());
}

TEST(Reload, RemovesAStrategyWithItsOrders) {
  Change change{calm_world(), calm_world()};
  change.after.players[2].gone = true;
  FaultyStorage storage;
  const auto records = run_with_reload(change, storage);
  change.expect_verifies(storage);
  const auto reload = place_of_reload(records);
  std::map<std::uint64_t, const writ_order*> last;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto* intent = model::as<writ_intent>(record_in(records[i]));
    if (intent != nullptr && intent->instance == 3) {
      EXPECT_LT(i, reload);
    }
    const auto* order = model::as<writ_order>(record_in(records[i]));
    if (order != nullptr && order->instance == 3) last[order->order_id] = order;
  }
  EXPECT_FALSE(last.empty());
  for (const auto& [id, order] : last) EXPECT_FALSE(execution::Orders::is_working(*order));
}

TEST(Reload, ChangesParametersAndHandsTheStateOver) {
  Change change{calm_world(), calm_world()};
  change.after.players[1].parameters = {{"size", "0.007"}};
  FaultyStorage storage;
  const auto records = run_with_reload(change, storage);
  change.expect_verifies(storage);
  const auto reload = place_of_reload(records);
  std::set<std::int64_t> before;
  std::set<std::int64_t> after;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto* intent = model::as<writ_intent>(record_in(records[i]));
    if (intent == nullptr || intent->instance != 2 || intent->kind != WRIT_INTENT_PLACE) continue;
    (i < reload ? before : after).insert(intent->quantity);
  }
  EXPECT_TRUE(before.contains(1'000'000));
  EXPECT_FALSE(before.contains(7'000'000));
  EXPECT_TRUE(after.contains(7'000'000));
  EXPECT_FALSE(after.contains(1'000'000));
  const auto cold = all<writ_incident>(records);
  EXPECT_TRUE(std::none_of(cold.begin(), cold.end(),
                           [](const auto* i) { return i->code == WRIT_INCIDENT_COLD_START; }));
}

TEST(Reload, WiresSignalsAnew) {
  Change change{calm_world(), calm_world()};
  change.after.players[2].inputs = {{1, "half", 1}};
  change.after.players.push_back({"half", "test.half", {}, {{1, "flow", 1}}});
  FaultyStorage storage;
  const auto records = run_with_reload(change, storage);
  change.expect_verifies(storage);
  const auto signals = all<writ_signal>(records);
  EXPECT_TRUE(
      std::any_of(signals.begin(), signals.end(), [](const auto* s) { return s->instance == 4; }));
}

TEST(Reload, ChangesLimits) {
  Change change{calm_world(), calm_world()};
  change.after.core.arbiter.defaults.position_max = Quantity{1};
  FaultyStorage storage;
  const auto records = run_with_reload(change, storage);
  change.expect_verifies(storage);
  const auto reload = place_of_reload(records);
  const auto vetoed = find(records, 0, [](const auto& r) {
    const auto* verdict = model::as<writ_verdict>(r);
    return verdict != nullptr && verdict->detail == WRIT_CHECK_POSITION;
  });
  EXPECT_LT(reload, vetoed);
  EXPECT_LT(vetoed, records.size());
}

TEST(Reload, ThatIsRefusedChangesNothing) {
  const World world = calm_world();
  const auto refuse = [&](const Change& change, FaultyStorage& storage, std::string& why) {
    Life life{world, storage};
    life.operators.at(500, [&](engine::Run& run) {
      try {
        run.reload(change.setup());
      } catch (const base::InputError& error) {
        why = error.what();
        run.refuse_reload(why);
      }
    });
    life.go();
  };
  Change refusing{world, world};
  refusing.after.players.push_back({"no", "test.refusing"});
  Change circular{world, world};
  circular.after.players.push_back({"a", "test.half", {}, {{1, "b", 1}}});
  circular.after.players.push_back({"b", "test.half", {}, {{1, "a", 1}}});
  Change other_kind{world, world};
  other_kind.after.players[1].plugin = "test.half";
  Change other_plugin{world, world};
  other_plugin.after.players[1] = {"churn", "test.once"};
  FaultyStorage quiet;
  Life untouched{world, quiet};
  untouched.go();
  const auto expected = untouched.run->ledger_hash();
  for (const auto* change : {&refusing, &circular, &other_kind, &other_plugin}) {
    FaultyStorage storage;
    std::string why;
    refuse(*change, storage, why);
    EXPECT_FALSE(why.empty());
    const auto records = read_run(storage, run_folder(world, 1));
    const auto refused = find(records, 0, [](const auto& r) {
      const auto* incident = model::as<writ_incident>(r);
      return incident != nullptr && incident->code == WRIT_INCIDENT_RELOAD_REFUSED;
    });
    EXPECT_LT(refused, records.size());
    EXPECT_EQ(place_of_reload(records), records.size());
    const auto verified = verify(world, storage, 1);
    EXPECT_FALSE(verified.difference) << verified.difference->text;
    // The ids differ by the records of the refusal; what an observer sees does not.
    const auto a = all<writ_fill>(records);
    const auto whole = read_run(quiet, run_folder(world, 1));
    const auto b = all<writ_fill>(whole);
    ASSERT_EQ(a.size(), b.size()) << why;
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i]->header.ingest_ts, b[i]->header.ingest_ts);
      EXPECT_EQ(a[i]->price, b[i]->price);
      EXPECT_EQ(a[i]->quantity, b[i]->quantity);
    }
  }
}

/// With a second account, and a strategy of it.
World with_another_account(World world) {
  world = with_shadow_account(std::move(world));
  auto& account = *reinterpret_cast<writ_account*>(world.people.back().data());
  account.shadow_of = 0;
  account.book = WRIT_BOOK_MAIN;
  EXPECT_TRUE(model::set_text(account.name, "second"));
  world.players.push_back({"new", "test.churn", {{"pace", "3"}}});
  world.players.back().account = kShadowAccount;
  return world;
}

TEST(Reload, ThatDiesBetweenTheDepositsOfANewAccountMakesTheMissingOnesOnce) {
  Change change{calm_world(), with_another_account(calm_world())};
  FaultyStorage storage;
  {
    Life life{change.before, storage};
    life.operators.at(500, [&](engine::Run& run) {
      auto setup = change.setup();
      setup.tables.insert(setup.tables.begin(), change.after.people.back());
      setup.deposits = change.after.setup(1).deposits;
      run.reload(std::move(setup));
    });
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  }
  change.expect_verifies(storage);
  const auto records = read_run(storage, run_folder(change.before, 1));
  const auto reload = place_of_reload(records);
  const auto is_deposit = [](const auto& r) { return r.type == WRIT_RECORD_DEPOSIT; };
  const auto first = find(records, reload, is_deposit);
  const auto second = find(records, first + 1, is_deposit);
  ASSERT_LT(second, records.size());
  for (auto count = reload; count <= second + 4; ++count) {
    SCOPED_TRACE(count - reload);
    auto dead = dead_run(change.before, records, count);
    for (std::uint32_t number = 2; number <= 3; ++number) {
      NextRun next{change, *dead, number, number == 2 ? change.before : change.after};
      ASSERT_NE(next.run, nullptr);
      const auto& ledger = next.run->pipeline().ledger();
      for (const auto& deposit : change.after.deposits) {
        if (deposit.account != kShadowAccount) continue;
        EXPECT_EQ(ledger.cash(AccountId{kShadowAccount}, AssetId{deposit.asset}),
                  from_abi(deposit.amount));
      }
    }
  }
}

TEST(Reload, IsGoneThroughAgainByARestartThatFollowsIt) {
  Change change{calm_world(), calm_world()};
  change.after.players[1].parameters = {{"size", "0.007"}};
  change.after.players[2].gone = true;
  change.after.players.push_back({"new", "test.churn", {{"pace", "3"}}});
  FaultyStorage storage;
  const auto records = run_with_reload(change, storage);
  const auto reload = place_of_reload(records);
  const auto after = find(records, reload + 200, [](const auto& r) { return model::is_input(r); });
  for (const auto count : {reload, reload + 1, reload + 2, reload + 3, after}) {
    SCOPED_TRACE(count - reload);
    auto dead = dead_run(change.before, records, count);
    NextRun next{change, *dead, 2, change.before};
    ASSERT_NE(next.run, nullptr);
    EXPECT_EQ(next.run->restarted()->unmatched_records, 0U);
    EXPECT_TRUE(next.run->restarted()->differing.empty());
    next.run->stop(WRIT_STOP_OPERATOR);
    next.run->go();
    expect_verifies(change.after, *dead, 2);
  }
}

}  // namespace
}  // namespace writ::test
