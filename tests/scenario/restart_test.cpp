// A run that died anywhere goes on as if it had not: nothing lost, nothing doubled.
#include "host/base/byte_stream.hpp"
#include "host/base/random.hpp"
#include "host/base/sha256.hpp"
#include "host/execution/orders.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/recovery.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace writ::test {
namespace {

/// Hash of each section.
using State = std::map<std::string, std::string>;

/// Every order an orders section remembers, without where its last record stands: a record that was
/// completed later stands in another run.
std::vector<std::byte> orders_of(const execution::Orders& orders,
                                 const std::set<std::uint64_t>& ids) {
  base::ByteWriter out;
  for (const auto id : ids) {
    const auto* known = orders.find(OrderId{id});
    if (known == nullptr) continue;
    auto order = *known;
    order.header = {};
    out.put(order);
    out.put(orders.has_command_under_way(OrderId{id}) ? 1 : 0);
  }
  const auto sums = orders.sums({});
  out.put(sums.count);
  out.put(sums.buy.raw);
  out.put(sums.sell.raw);
  return out.take();
}

/// Core and venue, section by section.
State state_of(const journal::CheckpointSections& sections, const execution::OrderGateway& venue,
               const std::set<std::uint64_t>& order_ids) {
  State state;
  const auto put = [&](const std::string& name, const std::vector<std::byte>& bytes) {
    state[name] = base::Sha256().update(std::span<const std::byte>(bytes)).hex();
  };
  for (const auto& [name, section] : sections) put(name, section.bytes);
  execution::Orders orders;
  EXPECT_TRUE(orders.load(sections.at("orders").bytes).has_value());
  put("orders", orders_of(orders, order_ids));
  put("venue", venue.save());
  return state;
}

/// What an uninterrupted run was like after each input, by the input's seq.
std::map<std::uint64_t, State> states_of(const World& world, journal::Storage& storage,
                                         const std::set<std::uint64_t>& order_ids,
                                         const std::set<std::uint64_t>& wanted) {
  std::map<std::uint64_t, State> states;
  venue::paper::PaperVenues venue{world.paper};
  auto setup = world.verify_setup();
  setup.progress = [&](const engine::Pipeline& pipeline, const writ_record& input) {
    if (!wanted.contains(input.seq)) return;
    states[input.seq] = state_of(pipeline.save(), venue, order_ids);
  };
  const auto verified = engine::verify_run(storage, run_folder(world, 1), setup, venue);
  EXPECT_TRUE(verified.has_value());
  EXPECT_FALSE(verified->difference);
  return states;
}

std::string first_difference(const State& a, const State& b) {
  for (const auto& [name, bytes] : a) {
    const auto other = b.find(name);
    if (other == b.end()) return name + " is missing";
    if (other->second != bytes) return name;
  }
  for (const auto& [name, bytes] : b) {
    if (!a.contains(name)) return name + " is new";
  }
  return "";
}

/// What an observer of the account sees of a fill.
using Seen =
    std::tuple<std::int64_t, std::uint32_t, std::uint16_t, std::int64_t, std::int64_t, std::string>;
std::vector<Seen> fills_of(const std::vector<Words>& records) {
  std::vector<Seen> fills;
  for (const auto* fill : all<writ_fill>(records)) {
    fills.emplace_back(fill->header.ingest_ts, fill->instrument, fill->side, fill->price,
                       fill->quantity, model::text_of(fill->exchange_trade_id));
  }
  return fills;
}

/// What the crash cut off after the last input: decisions that were not carried out.
struct CutOff {
  std::set<std::uint64_t> unjudged;   // intents without a verdict
  std::set<std::uint64_t> unordered;  // intents whose order was never recorded
  bool undecided = false;             // something of strategies: not all is as it would have been
  bool cancels = false;               // cancels, sent now and not then
  std::size_t last_input = 0;         // place
};

CutOff cut_off(const std::vector<Words>& whole, std::size_t count) {
  CutOff cut;
  for (std::size_t i = count; i-- > 0;) {
    if (model::is_input(record_in(whole[i]))) {
      cut.last_input = i;
      break;
    }
  }
  const std::uint64_t run = std::uint64_t{1} << 40U;
  // What the uninterrupted run did after that input and this one did not.
  for (std::size_t i = count; i < whole.size() && !model::is_input(record_in(whole[i])); ++i) {
    const auto& record = record_in(whole[i]);
    if (const auto* verdict = model::as<writ_verdict>(record)) {
      cut.unjudged.insert(verdict->intent_id);
    } else if (const auto* order = model::as<writ_order>(record)) {
      if (order->command == WRIT_COMMAND_SEND) cut.unordered.insert(order->intent_id);
      if (order->command == WRIT_COMMAND_REPLACE) cut.undecided = true;
      if (order->command == WRIT_COMMAND_CANCEL) cut.cancels = true;
    } else if (record.type == WRIT_RECORD_INTENT) {
      cut.unjudged.insert(run + record.seq);
    }
  }
  cut.undecided = cut.undecided || !cut.unjudged.empty() || !cut.unordered.empty();
  return cut;
}

class RestartAnywhere : public testing::Test {
 protected:
  void begin(World world, std::size_t cut_count) {
    world_ = std::move(world);
    Life life{world_, storage_};
    life.go();
    whole_ = read_run(storage_, run_folder(world_, 1));
    for (const auto* order : all<writ_order>(whole_)) order_ids_.insert(order->order_id);
    first_checkpoint_ = find(whole_, 0, [](const writ_record& r) {
      const auto* part = model::as<writ_checkpoint>(r);
      return part != nullptr && part->part + 1 == part->parts;
    });
    base::RandomStream random{7, "restart_test"};
    for (std::size_t i = 0; i < cut_count; ++i) {
      cuts_.push_back(static_cast<std::size_t>(first_checkpoint_ + 1 +
                                               random.below(whole_.size() - first_checkpoint_)));
    }
    for (std::size_t count = first_checkpoint_ + 1; cut_count == 0 && count <= whole_.size();) {
      cuts_.push_back(count++);  // every one
    }
    std::set<std::uint64_t> wanted;
    for (const auto cut : cuts_) wanted.insert(cut_off(whole_, cut).last_input + 1);
    states_ = states_of(world_, storage_, order_ids_, wanted);
  }

  /// Cuts the run after `count` records, restarts and checks what must hold. The storage, with
  /// which to go on.
  std::unique_ptr<journal::Storage> die_and_restart(std::size_t count) {
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto storage = dead_run(world_, whole_, count);
    const auto past = open_past(world_, *storage);
    EXPECT_TRUE(past.has_value());
    if (!past) return storage;
    EXPECT_EQ(past->run.last_seq.raw(), count);
    EXPECT_FALSE(past->stop_reason && count < whole_.size() / 2);
    const auto cut = cut_off(whole_, count);
    {
      Life life{world_, *storage, 2, &*past};
      EXPECT_TRUE(life.run) << to_string(*life.error);
      if (!life.run) return storage;
      const auto& restarted = *life.run->restarted();
      EXPECT_EQ(restarted.unmatched_records, 0U);
      EXPECT_TRUE(restarted.differing.empty());
      EXPECT_EQ(life.run->journal_failure(), std::nullopt);
      // Where nothing of strategies was cut off, all is as it would have been.
      const auto reference = states_.find(record_in(whole_[cut.last_input]).seq);
      if (!cut.undecided && reference != states_.end()) {
        auto expected = reference->second;
        auto found = state_of(restarted.state, life.paper, order_ids_);
        if (cut.cancels) expected["venue"] = found["venue"] = "";
        EXPECT_EQ(first_difference(expected, found), "");
        ++compared_;
      }
    }  // dies at once: the next start finds run 2 dead as well
    check_completion(*storage, count, cut);
    return storage;
  }

  /// What run 1 had not come to is in run 2, once.
  void check_completion(journal::Storage& storage, std::size_t count, const CutOff& cut) {
    const auto second = read_run(storage, run_folder(world_, 2));
    std::map<std::uint64_t, int> verdicts;
    std::set<std::uint64_t> intents;
    std::set<std::uint64_t> ordered;
    std::set<std::uint64_t> snapshots;
    for (const auto* snapshot : all<writ_snapshot>(second)) snapshots.insert(snapshot->header.seq);
    for (const auto* made : all<writ_intent>(second)) {
      EXPECT_TRUE(snapshots.contains(made->snapshot_seq)) << "its snapshot is in another run";
    }
    const auto add = [&](const std::vector<Words>& records, std::uint64_t run, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) {
        const auto& record = record_in(records[i]);
        if (const auto* verdict = model::as<writ_verdict>(record)) ++verdicts[verdict->intent_id];
        if (record.type == WRIT_RECORD_INTENT) intents.insert((run << 40U) + record.seq);
        if (const auto* order = model::as<writ_order>(record)) ordered.insert(order->intent_id);
      }
    };
    add(whole_, 1, count);
    add(second, 2, second.size());
    for (const auto intent : intents) {
      EXPECT_EQ(verdicts[intent], 1) << "verdicts of intent " << (intent & kSeqMask);
    }
    for (const auto* verdict : all<writ_verdict>(second)) {
      EXPECT_EQ(verdict->reason, WRIT_REASON_RESTART);
      EXPECT_EQ(verdict->approved, 0);
      ++restart_verdicts_;
    }
    for (const auto* order : all<writ_order>(second)) {
      EXPECT_NE(order->command, WRIT_COMMAND_SEND);
      if (order->state != WRIT_ORDER_FAILED) continue;
      EXPECT_EQ(order->reason, WRIT_REPORT_REASON_RESTART);
      EXPECT_TRUE(cut.unordered.contains(order->intent_id));
      ++failed_orders_;
    }
    // An approved intent whose order was to come has one, however it ended.
    for (const auto intent : cut.unordered) {
      if (cut.unjudged.contains(intent)) continue;
      EXPECT_TRUE(ordered.contains(intent)) << "order of intent " << (intent & kSeqMask);
    }
  }

  /// Lets the second run die after each of its first records, and a third start. Orders completed.
  std::size_t unfinished_after(std::size_t count);

  World world_;
  FaultyStorage storage_;
  std::vector<Words> whole_;
  std::vector<std::size_t> cuts_;
  std::set<std::uint64_t> order_ids_;
  std::map<std::uint64_t, State> states_;
  std::size_t first_checkpoint_ = 0;
  std::size_t compared_ = 0;
  std::size_t restart_verdicts_ = 0;
  std::size_t failed_orders_ = 0;
};

World busy_world(std::int64_t seconds, std::uint64_t seed = 1) {
  World world = small_world(seconds * 1'000'000'000, seed);
  world.players = {{"flow", "test.flow"},
                   {"churn", "test.churn", {}, {{1, "flow", 1}}},
                   {"other", "test.churn", {{"pace", "2"}, {"size", "0.002"}}, {{1, "flow", 2}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.checkpoint_period_ns = 3'000'000'000;
  world.core.portfolio_period_ns = 1'000'000'000;
  world.ring_bytes = std::size_t{256} << 10U;
  world.segment_bytes = std::size_t{512} << 10U;
  world.reserve_bytes = std::size_t{64} << 10U;
  return world;
}

TEST_F(RestartAnywhere, AfterEveryRecordOfAShortRunTakesOverWhatWas) {
  begin(busy_world(4), 0);
  ASSERT_GT(all<writ_fill>(whole_).size(), 2U);
  for (const auto count : cuts_) {
    die_and_restart(count);
    if (HasFailure()) break;
  }
  EXPECT_GT(compared_, 100U);
  EXPECT_GT(restart_verdicts_, 10U);
  EXPECT_GT(failed_orders_, 3U);
  std::printf("%zu cuts, %zu compared whole, %zu restart verdicts, %zu failed orders\n",
              whole_.size() - first_checkpoint_, compared_, restart_verdicts_, failed_orders_);
}

TEST_F(RestartAnywhere, WithAStrategyThatIsOnlyWatchedTakesOverBothBooks) {
  World world = with_shadow_account(busy_world(3));
  world.players[2].account = kShadowAccount;
  begin(std::move(world), 0);
  std::set<std::uint32_t> books;
  for (const auto* fill : all<writ_fill>(whole_)) books.insert(fill->book);
  ASSERT_EQ(books, (std::set<std::uint32_t>{WRIT_BOOK_MAIN, WRIT_BOOK_SHADOW}));
  for (const auto count : cuts_) {
    die_and_restart(count);
    if (HasFailure()) break;
  }
  EXPECT_GT(compared_, 100U);
}

TEST_F(RestartAnywhere, InALongRunGoesOnAsIfNothingHadHappened) {
  begin(busy_world(40, 2), scaled(20));
  const auto expected = fills_of(whole_);
  ASSERT_GT(expected.size(), 20U);
  std::size_t continued = 0;
  for (const auto count : cuts_) {
    auto storage = die_and_restart(count);
    // Run 2 died too, right after its start; the third goes to the end.
    const auto past = open_past(world_, *storage);
    ASSERT_TRUE(past.has_value());
    Life life{world_, *storage, 3, &*past};
    ASSERT_TRUE(life.run) << to_string(*life.error);
    EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
    EXPECT_TRUE(life.run->restarted()->differing.empty());
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    expect_verifies(world_, *storage, 2);
    expect_verifies(world_, *storage, 3);

    if (!cut_off(whole_, count).undecided) {
      auto fills = fills_of({whole_.begin(), whole_.begin() + static_cast<std::ptrdiff_t>(count)});
      const auto rest = fills_of(read_run(*storage, run_folder(world_, 3)));
      fills.insert(fills.end(), rest.begin(), rest.end());
      EXPECT_EQ(fills, expected) << "cut after record " << count;
      ++continued;
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(continued, cuts_.size() / 4);
}

TEST_F(RestartAnywhere, ThatDiedBeforeItsFirstCheckpointIsDoneAgainAndNothingTwice) {
  begin(busy_world(6), 0);
  // Cut where an approved intent waits for its order and others for their verdicts.
  const auto verdict = find(whole_, whole_.size() / 2, [](const writ_record& record) {
    const auto* judged = model::as<writ_verdict>(record);
    return judged != nullptr && judged->approved != 0;
  });
  // And between the two intents of one call, made on one snapshot.
  std::size_t intent = 0;
  for (std::size_t i = whole_.size() / 3; i + 1 < whole_.size(); ++i) {
    if (record_in(whole_[i]).type == WRIT_RECORD_INTENT &&
        record_in(whole_[i + 1]).type == WRIT_RECORD_INTENT) {
      intent = i;
      break;
    }
  }
  ASSERT_GT(intent, 0U);
  ASSERT_LT(verdict, whole_.size());
  EXPECT_GT(unfinished_after(verdict + 1) + unfinished_after(intent + 1), 0U);
}

std::size_t RestartAnywhere::unfinished_after(std::size_t count) {
  SCOPED_TRACE("the first run died after record " + std::to_string(count));
  auto storage = die_and_restart(count);
  const auto second = read_run(*storage, run_folder(world_, 2));
  const auto checkpoint = find(second, 0, [](const writ_record& r) {
    const auto* part = model::as<writ_checkpoint>(r);
    return part != nullptr && part->part + 1 == part->parts;
  });
  std::size_t completed = 0;
  for (std::size_t died = 1; died <= checkpoint; ++died) {
    SCOPED_TRACE("the second run died after " + std::to_string(died));
    auto one = dead_run(world_, whole_, count);
    {
      auto lock = journal::FolderLock::take(*one, world_.folder);
      const auto recovered = journal::recover_run(*one, **lock, run_folder(world_, 1));
      EXPECT_TRUE(recovered.has_value());
    }
    write_run(world_, *one, {second.begin(), second.begin() + static_cast<std::ptrdiff_t>(died)});
    const auto past = open_past(world_, *one);
    EXPECT_TRUE(past.has_value());
    if (!past) return 0;
    EXPECT_EQ(past->run.identity.run_number.raw(), 1U);
    EXPECT_EQ(past->unfinished.size(), 1U);
    {
      Life life{world_, *one, 3, &*past};
      EXPECT_TRUE(life.run) << to_string(*life.error);
      if (!life.run) return 0;
      EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
      EXPECT_TRUE(life.run->restarted()->differing.empty());
    }
    std::map<std::uint64_t, int> verdicts;
    std::map<std::uint64_t, int> orders;
    for (const std::uint32_t run : {1U, 2U, 3U}) {
      const auto records = read_run(*one, run_folder(world_, run));
      std::set<std::uint64_t> snapshots;
      for (const auto* snapshot : all<writ_snapshot>(records)) {
        snapshots.insert(snapshot->header.seq);
      }
      for (const auto* made : all<writ_intent>(records)) {
        EXPECT_TRUE(snapshots.contains(made->snapshot_seq)) << "run " << run;
      }
      for (const auto& words : records) {
        if (const auto* verdict = model::as<writ_verdict>(record_in(words))) {
          ++verdicts[verdict->intent_id];
        }
        const auto* order = model::as<writ_order>(record_in(words));
        if (order != nullptr && order->state == WRIT_ORDER_FAILED) ++orders[order->intent_id];
      }
    }
    for (const auto& [asked, times] : verdicts) EXPECT_EQ(times, 1) << (asked & kSeqMask);
    for (const auto& [asked, times] : orders) EXPECT_EQ(times, 1) << (asked & kSeqMask);
    completed += orders.size();
  }
  return completed;
}

/// A world's first run, dead after so many records, and what there is to go on with.
struct Dead {
  std::unique_ptr<journal::Storage> storage;
  std::vector<Words> records;
  std::size_t count = 0;
  engine::Past past;
};
Dead dead_after(const World& world, double share) {
  Dead dead;
  FaultyStorage storage;
  {
    Life life{world, storage};
    life.go();
  }
  dead.records = read_run(storage, run_folder(world, 1));
  // At an input's beginning, so that nothing is cut off.
  dead.count =
      find(dead.records, static_cast<std::size_t>(static_cast<double>(dead.records.size()) * share),
           [](const writ_record& r) { return model::is_input(r); });
  dead.storage = dead_run(world, dead.records, dead.count);
  dead.past = std::move(*open_past(world, *dead.storage));
  return dead;
}

std::vector<std::uint32_t> told(const std::vector<Words>& records, std::uint16_t code) {
  std::vector<std::uint32_t> instances;
  for (const auto* incident : all<writ_incident>(records)) {
    if (incident->code == code) instances.push_back(incident->instance);
  }
  return instances;
}

TEST(RestartOfAStrategy, WithoutStateBeginsColdAndSaysSo) {
  World world = small_world();
  world.players = {{"bare", "test.forgetful"}, {"churn", "test.churn", {{"pace", "4"}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  auto dead = dead_after(world, 0.5);
  Life life{world, *dead.storage, 2, &dead.past};
  ASSERT_TRUE(life.run);
  EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
  EXPECT_TRUE(life.run->restarted()->differing.empty());
  life.go();
  const auto records = read_run(*dead.storage, run_folder(world, 2));
  EXPECT_EQ(told(records, WRIT_INCIDENT_COLD_START), std::vector<std::uint32_t>{1});
  EXPECT_EQ(told(records, WRIT_INCIDENT_RUN_FOUND_DEAD).size(), 1U);
  expect_verifies(world, *dead.storage, 2);
  // It goes on to trade, and has its timer.
  const auto intents = all<writ_intent>(records);
  EXPECT_TRUE(
      std::any_of(intents.begin(), intents.end(), [](const auto* i) { return i->instance == 1; }));
  const auto timers = all<writ_timer>(records);
  EXPECT_TRUE(
      std::any_of(timers.begin(), timers.end(), [](const auto* t) { return t->instance == 1; }));
}

TEST(RestartOfAStrategy, ThatDoesOtherwiseThanIsOnRecordLeavesItStopped) {
  World world = small_world();
  world.players = {{"fickle", "test.fickle"}, {"churn", "test.churn", {{"pace", "4"}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  auto dead = dead_after(world, 0.5);
  Life life{world, *dead.storage, 2, &dead.past};
  ASSERT_TRUE(life.run);
  EXPECT_EQ(life.run->restarted()->differing, std::set<std::uint32_t>{1});
  EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
  life.go();
  const auto records = read_run(*dead.storage, run_folder(world, 2));
  EXPECT_EQ(told(records, WRIT_INCIDENT_PLUGIN_DIFFERS), std::vector<std::uint32_t>{1});
  for (const auto* intent : all<writ_intent>(records)) EXPECT_EQ(intent->instance, 2U);
  EXPECT_GT(all<writ_intent>(records).size(), 10U);
  expect_verifies(world, *dead.storage, 2);
  // And once more: it stays stopped.
  const auto past = open_past(world, *dead.storage);
  Life again{world, *dead.storage, 3, &*past};
  ASSERT_TRUE(again.run);
  EXPECT_TRUE(again.run->restarted()->differing.empty());
  EXPECT_TRUE(again.run->pipeline().instance(1)->stopped());
}

TEST(RestartOfAStrategy, WithOtherParametersKeepsItsStateAndTheRecordIsReadWithTheOld) {
  World world = small_world();
  world.players = {{"churn", "test.churn"}};
  auto dead = dead_after(world, 0.5);
  World changed = world;
  changed.players[0].parameters = {{"size", "0.005"}};
  auto setup = changed.setup(2);
  setup.past = engine::Recipe{world.core, world.instances(), {}};
  ScriptFeed feed{world.script, events_taken(read_run(*dead.storage, run_folder(world, 1)))};
  ScriptedOperator operators{feed};
  TapePacer pacer;
  venue::paper::PaperVenues venue{world.paper};
  auto run = engine::Run::start(setup, *dead.storage, &dead.past, feed, venue, pacer, operators);
  ASSERT_TRUE(run.has_value());
  EXPECT_TRUE((*run)->restarted()->differing.empty());
  EXPECT_EQ((*run)->restarted()->unmatched_records, 0U);
  (*run)->go();
  const auto records = read_run(*dead.storage, run_folder(world, 2));
  EXPECT_TRUE(told(records, WRIT_INCIDENT_COLD_START).empty());
  expect_verifies(changed, *dead.storage, 2);
  std::set<std::int64_t> sizes;
  for (const auto* order : all<writ_order>(records)) {
    if (order->state == WRIT_ORDER_NEW) sizes.insert(order->quantity);
  }
  EXPECT_TRUE(sizes.contains(5'000'000));
}

TEST(RestartOfAStrategy, ThatIsGoneLeavesNoOrderAndNoLease) {
  World world = small_world();
  world.players = {{"churn", "test.churn"}, {"late", "test.churn"}};
  world.core.arbiter.ownership = arbiter::Ownership::kExclusive;
  auto dead = dead_after(world, 0.5);
  World changed = world;
  changed.players[0].gone = true;
  auto setup = changed.setup(2);
  setup.tables = world.tables();  // as the past has them
  setup.past = engine::Recipe{world.core, world.instances(), {}};
  ScriptFeed feed{world.script, events_taken(read_run(*dead.storage, run_folder(world, 1)))};
  ScriptedOperator operators{feed};
  TapePacer pacer;
  venue::paper::PaperVenues venue{world.paper};
  auto run = engine::Run::start(setup, *dead.storage, &dead.past, feed, venue, pacer, operators);
  ASSERT_TRUE(run.has_value());
  EXPECT_TRUE((*run)->restarted()->differing.empty());
  (*run)->go();
  EXPECT_EQ((*run)->pipeline().orders().sums({0, 0, 1}).count, 0U);
  EXPECT_NE((*run)->pipeline().arbiter().owner(1, 1), 1U);
  const auto records = read_run(*dead.storage, run_folder(world, 2));
  const auto verdicts = all<writ_verdict>(records);
  EXPECT_TRUE(std::any_of(verdicts.begin(), verdicts.end(),
                          [](const auto* v) { return v->instance == 2 && v->approved != 0; }));
}

TEST(RestartOfAStrategy, ThatIsNewBeginsWithItsTimers) {
  World world = small_world();
  world.players = {{"churn", "test.churn"}};
  auto dead = dead_after(world, 0.5);
  World changed = world;
  changed.players.push_back({"flow", "test.flow"});
  auto setup = changed.setup(2);
  setup.past = engine::Recipe{world.core, world.instances(), {}};
  ScriptFeed feed{world.script, events_taken(read_run(*dead.storage, run_folder(world, 1)))};
  ScriptedOperator operators{feed};
  TapePacer pacer;
  venue::paper::PaperVenues venue{world.paper};
  auto run = engine::Run::start(setup, *dead.storage, &dead.past, feed, venue, pacer, operators);
  ASSERT_TRUE(run.has_value());
  (*run)->go();
  const auto records = read_run(*dead.storage, run_folder(world, 2));
  EXPECT_TRUE(told(records, WRIT_INCIDENT_COLD_START).empty());
  std::size_t beats = 0;
  for (const auto* signal : all<writ_signal>(records)) beats += signal->signal == 2 ? 1 : 0;
  EXPECT_GT(beats, 5U);
  expect_verifies(changed, *dead.storage, 2);
}

// The host dies after each record between its first checkpoint and its first event, then again in
// the next life: no account ever begins with less, or with more.
TEST(Restart, BetweenTheDepositsOfAFirstStartMakesTheMissingOnesOnce) {
  const World world = busy_world(2);
  FaultyStorage whole;
  {
    Life life{world, whole};
    life.go();
  }
  const auto records = read_run(whole, run_folder(world, 1));
  const auto first = find(records, 0, [](const auto& r) { return r.type == WRIT_RECORD_DEPOSIT; });
  const auto booked = [](const Life& life, std::uint32_t asset) {
    return life.run->pipeline().ledger().cash(AccountId{1}, AssetId{asset});
  };
  const auto deposits = all<writ_deposit>(records);
  ASSERT_GE(deposits.size(), 2U);
  std::size_t last = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (record_in(records[i]).type == WRIT_RECORD_DEPOSIT) last = i;
  }
  for (std::size_t count = first; count <= last + 3; ++count) {
    SCOPED_TRACE(count);
    auto storage = dead_run(world, records, count);
    for (std::uint32_t number = 2; number <= 3; ++number) {
      const auto past = open_past(world, *storage);
      ASSERT_TRUE(past.has_value());
      Life life{world, *storage, number, &*past};
      ASSERT_TRUE(life.run);
      for (const auto* deposit : deposits) {
        EXPECT_EQ(booked(life, deposit->asset), from_abi(deposit->amount));
      }
      if (number == 3) life.go();
    }
    expect_verifies(world, *storage, 3);
  }
}

TEST(Restart, OfATornJournalSaysSoOnRecord) {
  const World world = busy_world(2);
  auto dead = dead_after(world, 0.5);
  journal::TornTail torn;
  torn.bytes = 17;
  dead.past.run.torn_tail = torn;
  Life life{world, *dead.storage, 2, &dead.past};
  ASSERT_TRUE(life.run);
  life.go();
  const auto records = read_run(*dead.storage, run_folder(world, 2));
  EXPECT_EQ(told(records, WRIT_INCIDENT_RESTARTED).size(), 1U);
  ASSERT_EQ(told(records, WRIT_INCIDENT_TORN_TAIL).size(), 1U);
  expect_verifies(world, *dead.storage, 2);
}

TEST(Restart, OfACleanStopGoesOnWithoutAWord) {
  World world = busy_world(10);
  FaultyStorage storage;
  {
    Life life{world, storage};
    life.operators.at(100, [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); });
    EXPECT_EQ(life.go(), WRIT_STOP_OPERATOR);
  }
  const auto past = open_past(world, storage);
  ASSERT_TRUE(past.has_value());
  EXPECT_EQ(past->stop_reason, WRIT_STOP_OPERATOR);
  Life life{world, storage, 2, &*past};
  ASSERT_TRUE(life.run);
  EXPECT_EQ(life.run->restarted()->folded_records, 0U);
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  const auto records = read_run(storage, run_folder(world, 2));
  EXPECT_TRUE(told(records, WRIT_INCIDENT_RUN_FOUND_DEAD).empty());
  EXPECT_TRUE(told(records, WRIT_INCIDENT_COLD_START).empty());
  EXPECT_TRUE(told(records, WRIT_INCIDENT_TORN_TAIL).empty());
  EXPECT_EQ(told(records, WRIT_INCIDENT_RESTARTED).size(), 1U);
  EXPECT_TRUE(all<writ_deposit>(records).empty());
  expect_verifies(world, storage, 1);
  expect_verifies(world, storage, 2);
}

}  // namespace
}  // namespace writ::test
