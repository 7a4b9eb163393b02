// Builds of one strategy that take each other's place while the run goes on.
#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/support/tree_paths.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace writ::test {
namespace {

constexpr const char* kStrategy = "swapped";

// Builds of tests/scenario/plugins/swapped.cpp.
enum Build {
  kFirst = 1,
  kSecond,
  kThrowsAtOnce,
  kThrowsLater,
  kForgetful,
  kFailsWarmingUp,
  kOther
};

std::string file_of(int build) { return "swapped_" + std::to_string(build); }

World swapping_world(std::int64_t duration_ns = 40'000'000'000, int build = kFirst) {
  World world = small_world(duration_ns, 11);
  world.players = {{kStrategy, "test.swapped"}, {"other", "test.churn", {{"pace", "3"}}}};
  world.players[0].build = file_of(build);
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.checkpoint_period_ns = 7'000'000'000;
  world.core.swap.probation_calls = 50;
  return world;
}

/// Build `build` of the strategy, as a configuration text names it; from the core as it is.
engine::Reload reload_to(const World& world, int build) {
  engine::Reload reload;
  reload.arbiter = world.core.arbiter;
  World after = world;
  after.players[0].build = file_of(build);
  reload.changed.push_back(after.instances().front());
  return reload;
}

engine::ReloadSetup swap_to(const World& world, int build) {
  engine::ReloadSetup setup;
  setup.config_text = std::to_string(build);
  setup.changes = reload_to(world, build);
  return setup;
}

engine::VerifySetup verify_setup(const World& world) {
  auto setup = world.verify_setup();
  setup.reload = [&world](std::string_view text, const engine::Pipeline&) {
    return reload_to(world, std::stoi(std::string(text)));
  };
  return setup;
}

void expect_swaps_verify(const World& world, journal::Storage& storage) {
  const auto setup = verify_setup(world);
  const auto verified = verify(world, storage, 1, &setup);
  EXPECT_FALSE(verified.difference)
      << verified.difference->seq.raw() << ": " << verified.difference->text;
}

/// What an observer sees of the intents: all but places in the journal, which the swaps' own
/// records move. Whom an intent refers to is told by its order of appearance.
std::string intents_digest(const std::vector<Words>& records) {
  base::Sha256 hash;
  std::map<std::uint64_t, std::uint64_t> order;
  std::size_t count = 0;
  for (const auto* intent : all<writ_intent>(records)) {
    order[intent->header.seq] = ++count;
    auto words = words_of(intent->header);
    auto& copy = reinterpret_cast<writ_intent&>(*words.data());
    copy.header.seq = 0;
    copy.seen_seq = 0;
    copy.snapshot_seq = 0;
    if (copy.target_intent != 0) copy.target_intent = order[copy.target_intent & kSeqMask];
    const auto* bytes = reinterpret_cast<const std::byte*>(words.data());
    hash.update(std::span(bytes, intent->header.size));
  }
  return std::to_string(count) + " " + hash.hex();
}

std::vector<const writ_reload*> steps(const std::vector<Words>& records, std::uint32_t step) {
  auto found = all<writ_reload>(records);
  std::erase_if(found, [step](const auto* reload) { return reload->step != step; });
  return found;
}

std::size_t told(const std::vector<Words>& records, std::uint16_t code) {
  const auto incidents = all<writ_incident>(records);
  return static_cast<std::size_t>(std::count_if(incidents.begin(), incidents.end(),
                                                [code](const auto* i) { return i->code == code; }));
}

std::vector<Words> run_with_swap(const World& world, FaultyStorage& storage, int build,
                                 std::size_t at = 500) {
  Life life{world, storage};
  life.operators.at(at, [&](engine::Run& run) { run.reload(swap_to(world, build)); });
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  expect_swaps_verify(world, storage);
  return read_run(storage, run_folder(world, 1));
}

std::vector<Words> run_without(const World& world) {
  FaultyStorage storage;
  return records_of(world, storage);
}

/// Intents of the strategy from the swap on, and before it.
std::pair<std::size_t, std::size_t> intents_around(const std::vector<Words>& records,
                                                   std::size_t cut) {
  std::pair<std::size_t, std::size_t> count;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto* intent = model::as<writ_intent>(record_in(records[i]));
    if (intent != nullptr && intent->instance == 1) ++(i < cut ? count.first : count.second);
  }
  return count;
}

std::size_t place_of(const std::vector<Words>& records, std::uint32_t step) {
  return find(records, 0, [step](const auto& r) {
    const auto* reload = model::as<writ_reload>(r);
    return reload != nullptr && reload->step == step;
  });
}

TEST(Swap, TwoHundredOfThemAreAsNone) {
  const std::size_t events = scaled(200'000);
  const std::size_t swaps = std::max<std::size_t>(2, scaled(200));
  const auto second = swapping_world(1'000'000'000).script.events.size();
  World world = swapping_world(static_cast<std::int64_t>(1 + events / second) * 1'000'000'000);
  ASSERT_GE(world.script.events.size(), events);
  world.script.events.resize(events);
  FaultyStorage storage;
  Life life{world, storage};
  std::int64_t busy_ns = 0;
  std::int64_t longest_ns = 0;
  for (std::size_t i = 0; i < swaps; ++i) {
    const auto at = (i + 1) * (world.script.events.size() / (swaps + 1));
    life.operators.at(at, [&, i](engine::Run& run) {
      auto setup = swap_to(world, i % 2 == 0 ? kSecond : kFirst);
      const auto begun = std::chrono::steady_clock::now();
      run.reload(std::move(setup));
      const auto took = std::chrono::nanoseconds(std::chrono::steady_clock::now() - begun).count();
      busy_ns += took;
      longest_ns = std::max(longest_ns, took);
    });
  }
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  const auto records = read_run(storage, run_folder(world, 1));
  EXPECT_EQ(steps(records, WRIT_RELOAD_SWAPPED).size(), swaps);
  EXPECT_EQ(told(records, WRIT_INCIDENT_SWAP_FAILED), 0U);
  EXPECT_EQ(intents_digest(records), intents_digest(run_without(world)));
  std::cout << swaps << " swaps in " << world.script.events.size()
            << " events, making the new one included: mean "
            << busy_ns / static_cast<std::int64_t>(swaps) << " ns, longest " << longest_ns
            << " ns\n";
  expect_swaps_verify(world, storage);
}

TEST(Swap, OfABuildThatThrowsAtOnceIsRolledBackAndNothingIsLost) {
  const World world = swapping_world();
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kThrowsAtOnce);
  EXPECT_EQ(steps(records, WRIT_RELOAD_SWAPPED).size(), 1U);
  EXPECT_EQ(steps(records, WRIT_RELOAD_ROLLED_BACK).size(), 1U);
  EXPECT_EQ(told(records, WRIT_INCIDENT_SWAP_FAILED), 1U);
  EXPECT_EQ(told(records, WRIT_INCIDENT_PLUGIN_STOPPED), 0U);
  const auto back = place_of(records, WRIT_RELOAD_ROLLED_BACK);
  EXPECT_GT(intents_around(records, back).second, 10U);
}

TEST(Swap, ThatIsRolledBackLaterTakesItsOrdersWithIt) {
  const World world = swapping_world();
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kThrowsLater);
  ASSERT_EQ(steps(records, WRIT_RELOAD_ROLLED_BACK).size(), 1U);
  const auto cut = place_of(records, WRIT_RELOAD_SWAPPED);
  const auto back = place_of(records, WRIT_RELOAD_ROLLED_BACK);
  std::map<std::uint64_t, const writ_order*> of_it;
  for (std::size_t i = 0; i < back + 50; ++i) {
    const auto* order = model::as<writ_order>(record_in(records[i]));
    if (order == nullptr || order->instance != 1) continue;
    if (i > cut || of_it.contains(order->order_id)) of_it[order->order_id] = order;
  }
  EXPECT_GT(intents_around(records, back).second, 10U);
  const auto [before, after] = intents_around(records, cut);
  EXPECT_GT(before, 0U);
  EXPECT_GT(after, 0U);
}

TEST(Swap, WithoutProbationKeepsAFailingBuildToTheUsualRule) {
  World world = swapping_world();
  world.core.swap.probation_calls = 0;
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kThrowsAtOnce);
  EXPECT_EQ(told(records, WRIT_INCIDENT_SWAP_FAILED), 0U);
  EXPECT_EQ(told(records, WRIT_INCIDENT_PLUGIN_STOPPED), 1U);
}

TEST(Swap, OfABuildWithoutStateWarmsItUpBesideTheOldOne) {
  const World world = swapping_world();
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kForgetful);
  const auto swapped = steps(records, WRIT_RELOAD_SWAPPED);
  ASSERT_EQ(swapped.size(), 1U);
  EXPECT_EQ(swapped[0]->warmup_events, 50U);
  EXPECT_GT(swapped[0]->warmup_intents, 0U);
  EXPECT_EQ(told(records, WRIT_INCIDENT_COLD_START), 0U);
  const auto prepared = place_of(records, WRIT_RELOAD_PREPARED);
  const auto cut = place_of(records, WRIT_RELOAD_SWAPPED);
  // Until the cut all is as it would be without it.
  const auto quiet = run_without(world);
  const auto count = intents_around(records, cut).first;
  EXPECT_GT(count, intents_around(records, prepared).first);
  const auto mine = all<writ_intent>(records);
  const auto theirs = all<writ_intent>(quiet);
  std::size_t same = 0;
  for (std::size_t i = 0; i < mine.size() && mine[i]->header.seq < swapped[0]->header.seq; ++i) {
    ASSERT_LT(i, theirs.size());
    EXPECT_EQ(mine[i]->header.ingest_ts, theirs[i]->header.ingest_ts);
    EXPECT_EQ(mine[i]->price, theirs[i]->price);
    EXPECT_EQ(mine[i]->tag, theirs[i]->tag);
    ++same;
  }
  EXPECT_GT(same, count / 2);
  // What it does then is its own, and the digest would show it.
  EXPECT_NE(intents_digest(records), intents_digest(quiet));
  // It is warm where it begins: nothing of it is marked as warm-up.
  for (const auto* intent : mine) EXPECT_EQ(intent->flags & WRIT_INTENT_WARMUP, 0U);
}

TEST(Swap, OfABuildThatFailsWhileItWarmsUpIsGivenUpAndTheOldOneNeverPauses) {
  const World world = swapping_world();
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kFailsWarmingUp);
  EXPECT_EQ(steps(records, WRIT_RELOAD_GIVEN_UP).size(), 1U);
  EXPECT_EQ(steps(records, WRIT_RELOAD_SWAPPED).size(), 0U);
  EXPECT_EQ(told(records, WRIT_INCIDENT_SWAP_FAILED), 1U);
  EXPECT_EQ(intents_digest(records), intents_digest(run_without(world)));
}

TEST(Swap, ThatDoesNotGetWarmInTimeIsGivenUp) {
  World world = swapping_world();
  world.core.swap.wait_max_ns = 1'000'000;
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kForgetful);
  EXPECT_EQ(steps(records, WRIT_RELOAD_GIVEN_UP).size(), 1U);
  EXPECT_EQ(intents_digest(records), intents_digest(run_without(world)));
}

TEST(Swap, OfABuildThatTakesNoStateOverIsRefusedBeforeAnythingChanges) {
  const World world = swapping_world();
  FaultyStorage storage;
  Life life{world, storage};
  bool refused = false;
  life.operators.at(500, [&](engine::Run& run) {
    try {
      run.reload(swap_to(world, kOther));
    } catch (const base::InputError&) {
      refused = true;
    }
  });
  life.go();
  EXPECT_TRUE(refused);
  const auto records = read_run(storage, run_folder(world, 1));
  EXPECT_TRUE(all<writ_reload>(records).empty());
  EXPECT_EQ(intents_digest(records), intents_digest(run_without(world)));
}

TEST(Swap, PutsCheckpointsOffUntilItIsDecided) {
  World world = swapping_world();
  world.core.checkpoint_period_ns = 500'000'000;
  world.core.swap.probation_calls = 300;
  FaultyStorage storage;
  const auto records = run_with_swap(world, storage, kSecond);
  const auto cut = place_of(records, WRIT_RELOAD_SWAPPED);
  const auto next =
      find(records, cut, [](const auto& r) { return r.type == WRIT_RECORD_CHECKPOINT; });
  ASSERT_LT(next, records.size());
  EXPECT_GT(record_in(records[next]).ingest_ts - record_in(records[cut]).ingest_ts, 500'000'000);
}

// Wherever the host dies around a swap, the next one goes through the same.
TEST(Swap, IsGoneThroughAgainByARestart) {
  const World world = swapping_world();
  for (const int build : {kSecond, kForgetful, kThrowsAtOnce, kFailsWarmingUp}) {
    FaultyStorage storage;
    const auto records = run_with_swap(world, storage, build);
    const auto first = place_of(records, WRIT_RELOAD_PREPARED);
    auto last = place_of(records, WRIT_RELOAD_SWAPPED);
    if (last == records.size()) last = place_of(records, WRIT_RELOAD_GIVEN_UP);
    ASSERT_LT(last, records.size());
    for (const auto count : {first, first + 1, first + 2, first + 3, last, last + 1, last + 40}) {
      SCOPED_TRACE(std::to_string(build) + " " + std::to_string(count - first));
      auto dead = dead_run(world, records, count);
      const auto past = open_past(world, *dead);
      ASSERT_TRUE(past.has_value());
      auto setup = world.setup(2);
      setup.past = verify_setup(world);
      ScriptFeed feed{world.script, events_taken(records)};
      ScriptedOperator operators{feed};
      TapePacer pacer;
      venue::paper::PaperVenues venue{world.paper};
      auto run = engine::Run::start(setup, *dead, &*past, feed, venue, pacer, operators);
      ASSERT_TRUE(run.has_value()) << to_string(run.error());
      EXPECT_EQ((*run)->restarted()->unmatched_records, 0U);
      EXPECT_TRUE((*run)->restarted()->differing.empty());
      (*run)->stop(WRIT_STOP_OPERATOR);
      (*run)->go();
    }
  }
}

/// Each call takes as long as the test says.
class SlowPacer final : public engine::Pacer {
 public:
  bool wait_until(std::int64_t /*ts*/) override { return true; }
  [[nodiscard]] std::int64_t stamp(std::int64_t ts) override { return ts; }
  [[nodiscard]] std::int64_t stopwatch() override { return now_ += step_ns; }
  std::int64_t step_ns = 1'000;

 private:
  std::int64_t now_ = 0;
};

TEST(Swap, OfABuildThatTakesTooLongIsRolledBack) {
  const World world = swapping_world();
  FaultyStorage storage;
  auto setup = world.setup(1);
  setup.tried_call_max_ns = 1'000'000;
  ScriptFeed feed{world.script};
  ScriptedOperator operators{feed};
  SlowPacer pacer;
  venue::paper::PaperVenues venue{world.paper};
  auto run = engine::Run::start(setup, storage, nullptr, feed, venue, pacer, operators);
  ASSERT_TRUE(run.has_value());
  operators.at(500, [&](engine::Run& in) { in.reload(swap_to(world, kSecond)); });
  operators.at(505, [&](engine::Run&) { pacer.step_ns = 2'000'000; });
  EXPECT_EQ((*run)->go(), WRIT_STOP_END_OF_DATA);
  const auto records = read_run(storage, run_folder(world, 1));
  EXPECT_EQ(steps(records, WRIT_RELOAD_ROLLED_BACK).size(), 1U);
  EXPECT_EQ(all<writ_plugin_fault>(records).size(), 1U);
  expect_swaps_verify(world, storage);
}

}  // namespace
}  // namespace writ::test
