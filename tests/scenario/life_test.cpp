// One intent's life and what may happen around it, as it stands in the journal.
#include "host/base/input_error.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::test {
namespace {

using engine::SnapshotPolicy;

struct Lived {
  std::vector<Words> records;
  std::uint32_t stop = 0;
  std::unique_ptr<FaultyStorage> storage;
};

using Asking = std::function<void(ScriptedOperator&)>;

Lived live(const World& world, const Asking& ask = {}) {
  Lived lived;
  lived.storage = std::make_unique<FaultyStorage>();
  Life life{world, *lived.storage};
  if (ask) ask(life.operators);
  lived.stop = life.go();
  lived.records = read_run(*lived.storage, run_folder(world, 1));
  expect_verifies(world, *lived.storage, 1);
  return lived;
}

World world_of(std::vector<Player> players, std::int64_t seconds = 20) {
  World world = small_world(seconds * 1'000'000'000);
  world.players = std::move(players);
  return world;
}

template <class T>
std::size_t place_of(const std::vector<Words>& records,
                     const std::function<bool(const T&)>& satisfies) {
  return find(records, 0, [&](const writ_record& record) {
    const auto* typed = model::as<T>(record);
    return typed != nullptr && satisfies(*typed);
  });
}

std::size_t count_intents(const std::vector<Words>& records, std::uint32_t instance) {
  const auto intents = all<writ_intent>(records);
  return static_cast<std::size_t>(std::count_if(
      intents.begin(), intents.end(), [&](const auto* i) { return i->instance == instance; }));
}

TEST(Statistics, AreInputsThatChangeNothing) {
  auto world = world_of({{"one", "test.churn"}, {"two", "test.witness"}});
  const auto without = live(world);
  world.statistics_period_ns = 3'000'000'000;
  const auto lived = live(world);
  std::map<std::uint32_t, std::uint64_t> intents;
  std::uint64_t last_seq = 0;
  for (const auto* told : all<writ_plugin_stat>(lived.records)) {
    EXPECT_GT(told->calls, 0U);
    EXPECT_EQ(told->errors, 0U);
    EXPECT_GT(told->total_ns, 0);
    EXPECT_LE(told->p50_ns, told->p99_ns);
    EXPECT_LE(told->p99_ns, told->p999_ns);
    EXPECT_LE(told->p999_ns, told->max_ns);
    EXPECT_LE(told->max_ns, told->total_ns);
    last_seq = told->header.seq;
    intents[told->instance] += told->intents;
  }
  EXPECT_GE(all<writ_plugin_stat>(lived.records).size(), 6U);
  // Those that it submitted itself, until it was told of last.
  for (const auto* intent : all<writ_intent>(lived.records)) {
    const bool its_own = (intent->flags & WRIT_INTENT_BY_HOST) == 0;
    if (its_own && intent->header.seq < last_seq) --intents[intent->instance];
  }
  EXPECT_EQ(intents[1], 0U);
  EXPECT_EQ(intents[2], 0U);
  EXPECT_EQ(all<writ_intent>(lived.records).size(), all<writ_intent>(without.records).size());
  EXPECT_EQ(all<writ_ledger>(lived.records).size(), all<writ_ledger>(without.records).size());
}

// As a plugin beside the core does: each leg is an input of its own.
writ_intent leg_of(std::uint64_t group, std::int64_t price) {
  auto leg = model::make_record<writ_intent>();
  leg.header.type = WRIT_RECORD_INTENT_INPUT;
  leg.instance = 1;
  leg.account = 1;
  leg.instrument = 1;
  leg.kind = WRIT_INTENT_PLACE;
  leg.side = WRIT_SIDE_BUY;
  leg.order_type = WRIT_ORDER_LIMIT;
  leg.time_in_force = WRIT_TIF_GTC;
  leg.price = price;
  leg.quantity = 1'000'000;
  leg.expire_ts = WRIT_NONE;
  leg.group_id = group;
  leg.group_size = 2;
  leg.group_policy = WRIT_GROUP_ALL_OR_NONE_UNWIND;
  return leg;
}

TEST(LegsFromBeside, AreJudgedAsOneWithTheLastOfThem) {
  constexpr std::int64_t kLow = 30'000'000'000'000;
  const auto world = world_of({{"one", "test.witness"}});
  const auto lived = live(world, [&](ScriptedOperator& operators) {
    operators.at(200, [](engine::Run& run) { (void)run.submit(leg_of(7, kLow)); });
    operators.at(230, [](engine::Run& run) { (void)run.submit(leg_of(7, kLow + kLow / 100)); });
    operators.at(260, [](engine::Run& run) { (void)run.submit(leg_of(8, kLow)); });
  });
  auto intents = all<writ_intent>(lived.records);
  std::erase_if(intents, [](const auto* intent) { return intent->group_id == 0; });
  ASSERT_EQ(intents.size(), 3U);
  std::vector<const writ_verdict*> verdicts;
  for (const auto* intent : intents) {
    const auto id = record_id<IntentId>(RunNumber{1}, Seq{intent->header.seq}).raw();
    for (const auto* verdict : all<writ_verdict>(lived.records)) {
      if (verdict->intent_id == id) verdicts.push_back(verdict);
    }
  }
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_GT(verdicts[0]->header.seq, intents[1]->header.seq) << "the first waited";
  EXPECT_EQ(verdicts[0]->header.ingest_ts, verdicts[1]->header.ingest_ts);
  EXPECT_EQ(verdicts[0]->header.ingest_ts, intents[1]->header.ingest_ts);
  EXPECT_EQ(verdicts[0]->approved, 1U) << verdicts[0]->reason;
  EXPECT_EQ(verdicts[1]->approved, 1U) << verdicts[1]->reason;
  EXPECT_EQ(verdicts[2]->approved, 0U) << "it waited in vain";
  EXPECT_EQ(verdicts[2]->detail, WRIT_CHECK_GROUP);
  EXPECT_GE(verdicts[2]->header.ingest_ts, intents[2]->header.ingest_ts + 1'000'000'000);
}

World world_of_one_bounded(const std::string& plugin, engine::InstanceBudget budget) {
  auto world = world_of({{"bounded", plugin}, {"other", "test.churn"}}, 30);
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.players[0].budget = budget;
  return world;
}

TEST(Budget, TooManyIntentsInASecondAreAQuarantine) {
  constexpr std::uint32_t kPerSecond = 5;
  const auto lived = live(world_of_one_bounded("test.stubborn", {0, kPerSecond}));
  std::vector<std::int64_t> times;
  for (const auto* intent : all<writ_intent>(lived.records)) {
    if (intent->instance == 1) times.push_back(intent->header.ingest_ts);
  }
  ASSERT_GT(times.size(), kPerSecond);
  for (std::size_t i = kPerSecond; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - kPerSecond], 1'000'000'000) << i;
  }
  const auto quarantines = incidents(lived.records, WRIT_INCIDENT_QUARANTINED).size();
  EXPECT_GE(quarantines, 2U) << "it does it again";
  EXPECT_GE(incidents(lived.records, WRIT_INCIDENT_RESTORED).size() + 1, quarantines);
  const auto told = all<writ_incident>(lived.records);
  const auto first = std::find_if(told.begin(), told.end(), [](const auto* incident) {
    return incident->code == WRIT_INCIDENT_QUARANTINED;
  });
  EXPECT_EQ((*first)->instance, 1U);
  EXPECT_EQ(model::tail_text(**first, (*first)->text_size),
            "bounded: submitted more than 5 intents in a second; orders cancelled, left alone for "
            "1000 ms");
  EXPECT_GT(count_intents(lived.records, 2), 100U) << "the other goes on";
}

TEST(Budget, AsManyAsItAllowsAreNone) {
  const auto lived = live(world_of_one_bounded("test.stubborn", {0, 1'000'000}));
  EXPECT_EQ(incidents(lived.records, WRIT_INCIDENT_QUARANTINED).size(), 0U);
  EXPECT_GT(count_intents(lived.records, 1), 100U);
}

TEST(Budget, ACallBeyondItsDeadlineIsAnInputAndAQuarantine) {
  const auto lived = live(world_of_one_bounded("test.churn", {1, 0}));
  const auto faults = all<writ_plugin_fault>(lived.records);
  ASSERT_GE(faults.size(), 2U);
  for (const auto* fault : faults) {
    EXPECT_EQ(fault->instance, 1U);
    EXPECT_EQ(fault->fault, static_cast<std::uint32_t>(WRIT_FAULT_DEADLINE));
  }
  EXPECT_EQ(incidents(lived.records, WRIT_INCIDENT_QUARANTINED).size(), faults.size());
  EXPECT_GT(count_intents(lived.records, 2), 100U) << "the other goes on";
}

TEST(Budget, ABacktestHasNoDeadline) {
  auto world = world_of_one_bounded("test.churn", {1, 0});
  world.mode = WRIT_MODE_BACKTEST;
  const auto lived = live(world);
  EXPECT_TRUE(all<writ_plugin_fault>(lived.records).empty());
}

TEST(IntentLife, GoesFromSnapshotToLedgerInOrder) {
  const auto lived = live(world_of({{"one", "test.once", {{"take", "true"}}}}));
  EXPECT_EQ(lived.stop, WRIT_STOP_END_OF_DATA);
  const auto& records = lived.records;
  const auto intents = all<writ_intent>(records);
  ASSERT_EQ(intents.size(), 1U);
  const auto& intent = *intents[0];
  const std::uint64_t run = std::uint64_t{1} << 40U;

  const auto snapshot = place_of<writ_snapshot>(
      records, [&](const auto& s) { return s.header.seq == intent.snapshot_seq; });
  const auto asked = place_of<writ_intent>(records, [](const auto&) { return true; });
  const auto judged = place_of<writ_verdict>(
      records, [&](const auto& v) { return v.intent_id == run + intent.header.seq; });
  ASSERT_LT(judged, records.size());
  const auto& verdict = *model::as<writ_verdict>(record_in(records[judged]));
  const auto sent = place_of<writ_order>(
      records, [&](const auto& o) { return o.verdict_id == run + verdict.header.seq; });
  ASSERT_LT(sent, records.size());
  const auto& order = *model::as<writ_order>(record_in(records[sent]));
  const auto reported =
      place_of<writ_report>(records, [&](const auto& r) { return r.order_id == order.order_id; });
  const auto filled =
      place_of<writ_fill>(records, [&](const auto& f) { return f.order_id == order.order_id; });
  ASSERT_LT(filled, records.size());
  const auto& fill = *model::as<writ_fill>(record_in(records[filled]));
  const auto booked = place_of<writ_ledger>(records, [&](const auto& l) {
    return l.ref_kind == WRIT_REF_FILL && l.ref == run + fill.header.seq;
  });

  EXPECT_LT(snapshot, asked);
  EXPECT_LT(asked, judged);
  EXPECT_LT(judged, sent);
  EXPECT_LT(sent, reported);
  EXPECT_LT(sent, filled);
  EXPECT_LT(filled, booked);
  EXPECT_LT(booked, records.size());

  EXPECT_EQ(verdict.approved, 1);
  EXPECT_EQ(verdict.tag, 77U);
  EXPECT_EQ(order.intent_id, run + intent.header.seq);
  EXPECT_EQ(order.order_id, run + order.header.seq);
  EXPECT_EQ(order.command, WRIT_COMMAND_SEND);
  EXPECT_EQ(order.state, WRIT_ORDER_NEW);
  EXPECT_EQ(order.cause_seq, verdict.header.seq);
  EXPECT_EQ(fill.intent_id, order.intent_id);
  EXPECT_EQ(fill.tag, 77U);
  // All that followed one input has its time.
  EXPECT_EQ(order.header.ingest_ts, intent.header.ingest_ts);
  EXPECT_EQ(order.header.event_ts, intent.header.event_ts);
  EXPECT_EQ(intent.seen_seq, model::as<writ_snapshot>(record_in(records[snapshot]))->as_of_seq);
}

TEST(IntentLife, EndsWithTheVerdictWhenItIsVetoed) {
  const auto lived = live(world_of({{"one", "test.once", {{"greedy", "true"}}}}));
  const auto verdicts = all<writ_verdict>(lived.records);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0]->approved, 0);
  EXPECT_EQ(verdicts[0]->reason, WRIT_REASON_RISK_VETO);
  EXPECT_EQ(verdicts[0]->detail, WRIT_CHECK_CASH);
  EXPECT_GT(verdicts[0]->check_count, 0U);
  EXPECT_TRUE(all<writ_order>(lived.records).empty());
}

TEST(Run, BeginsWithItsTablesAndACheckpoint) {
  const auto lived = live(world_of({{"one", "test.once"}}, 2));
  const auto& records = lived.records;
  EXPECT_EQ(record_in(records[0]).type, WRIT_RECORD_RUN_STARTED);
  EXPECT_EQ(record_in(records[1]).type, WRIT_RECORD_CONFIG);
  const auto checkpoint = place_of<writ_checkpoint>(records, [](const auto&) { return true; });
  const auto deposit = place_of<writ_deposit>(records, [](const auto&) { return true; });
  EXPECT_LT(place_of<writ_instance>(records, [](const auto&) { return true; }), checkpoint);
  EXPECT_LT(checkpoint, deposit);
  EXPECT_EQ(record_in(records.back()).type, WRIT_RECORD_CHECKPOINT);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(record_in(records[i]).seq, i + 1);
    if (i == 0) continue;
    EXPECT_GE(record_in(records[i]).ingest_ts, record_in(records[i - 1]).ingest_ts);
  }
}

TEST(Run, GivesTheSameRecordsAndHashesForTheSameInputs) {
  const World world = world_of({{"flow", "test.flow"},
                                {"churn", "test.churn", {}, {{1, "flow", 1}}},
                                {"other", "test.churn", {{"pace", "3"}}}});
  FaultyStorage first;
  FaultyStorage second;
  Life a{world, first};
  Life b{world, second};
  a.go();
  b.go();
  EXPECT_EQ(read_run(first, run_folder(world, 1)), read_run(second, run_folder(world, 1)));
  EXPECT_EQ(a.run->intents_hash(), b.run->intents_hash());
  EXPECT_EQ(a.run->verdicts_hash(), b.run->verdicts_hash());
  EXPECT_EQ(a.run->ledger_hash(), b.run->ledger_hash());
  EXPECT_GT(a.run->summary().fills, 0U);
  EXPECT_GT(a.run->summary().vetoed, 0U);
}

TEST(Run, EveryJudgedIntentHasOneVerdictAfterItAndEveryOrderOneBeforeIt) {
  const auto lived = live(world_of({{"flow", "test.flow"},
                                    {"churn", "test.churn", {}, {{1, "flow", 1}}},
                                    {"other", "test.churn", {{"pace", "2"}}}},
                                   60));
  const std::uint64_t run = std::uint64_t{1} << 40U;
  std::set<std::uint64_t> intents;
  std::set<std::uint64_t> snapshots;
  std::set<std::uint64_t> judged;
  std::set<std::uint64_t> approved;
  for (const auto& words : lived.records) {
    const auto& record = record_in(words);
    if (record.type == WRIT_RECORD_SNAPSHOT) snapshots.insert(record.seq);
    if (const auto* intent = model::as<writ_intent>(record)) {
      intents.insert(run + record.seq);
      EXPECT_TRUE(snapshots.contains(intent->snapshot_seq));
    } else if (const auto* verdict = model::as<writ_verdict>(record)) {
      EXPECT_TRUE(intents.contains(verdict->intent_id));
      EXPECT_TRUE(judged.insert(verdict->intent_id).second) << "judged twice";
      if (verdict->approved != 0) approved.insert(verdict->intent_id);
    } else if (const auto* order = model::as<writ_order>(record)) {
      EXPECT_TRUE(approved.contains(order->intent_id));
    }
  }
  EXPECT_EQ(judged, intents);
  EXPECT_GT(approved.size(), 10U);
}

TEST(PluginError, GivesItsIntentsTheirVerdictAndStopsAfterTooMany) {
  World world = world_of({{"bad", "test.faulty"}, {"good", "test.once"}}, 60);
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.plugin_error_limit = 3;
  const auto lived = live(world);
  const auto& records = lived.records;
  const auto verdicts = all<writ_verdict>(records);
  const auto errors = std::count_if(verdicts.begin(), verdicts.end(), [](const auto* v) {
    return v->reason == WRIT_REASON_PLUGIN_ERROR && v->detail == WRIT_CHECK_PLUGIN;
  });
  EXPECT_EQ(errors, 3);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_PLUGIN_ERROR).size(), 3U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_PLUGIN_STOPPED).size(), 1U);
  // Its order was cancelled by the same input, and nothing was heard of it since.
  const auto stopped = place_of<writ_incident>(
      records, [](const auto& i) { return i.code == WRIT_INCIDENT_PLUGIN_STOPPED; });
  const auto cancelled = place_of<writ_order>(
      records, [](const auto& o) { return o.instance == 1 && o.command == WRIT_COMMAND_CANCEL; });
  const auto next_input =
      find(records, stopped, [](const writ_record& r) { return model::is_input(r); });
  EXPECT_LT(cancelled, next_input);
  EXPECT_EQ(find(records, next_input,
                 [](const writ_record& r) {
                   const auto* intent = model::as<writ_intent>(r);
                   return intent != nullptr && intent->instance == 1;
                 }),
            records.size());
  // The cancel reached the venue.
  EXPECT_LT(place_of<writ_report>(
                records,
                [](const auto& r) { return r.instance == 1 && r.kind == WRIT_REPORT_CANCELLED; }),
            records.size());
  EXPECT_EQ(
      place_of<writ_incident>(
          records,
          [](const auto& i) { return i.code == WRIT_INCIDENT_PLUGIN_STOPPED && i.instance == 2; }),
      records.size());
}

TEST(WarmUp, IntentsAreRecordedAndNeverJudged) {
  const auto lived = live(world_of({{"warm", "test.warm_witness"}}));
  std::size_t warming = 0;
  std::size_t judged = all<writ_verdict>(lived.records).size();
  std::size_t events = 0;
  for (const auto& words : lived.records) {
    const auto& record = record_in(words);
    if (record.type >= WRIT_RECORD_BOOK_SNAPSHOT && record.type < WRIT_RECORD_SIGNAL_INPUT) {
      ++events;
    }
    const auto* intent = model::as<writ_intent>(record);
    if (intent == nullptr) continue;
    const bool warm_up = (intent->flags & WRIT_INTENT_WARMUP) != 0;
    EXPECT_EQ(warm_up, events < 5) << "after event " << events;
    warming += warm_up ? 1 : 0;
  }
  EXPECT_GT(warming, 0U);
  EXPECT_EQ(judged, all<writ_intent>(lived.records).size() - warming);
}

TEST(WarmUp, CountsOnlyEventsOfTheInstrumentsItNames) {
  World world = small_world();
  feed::SimulatedOptions options;
  options.instruments = {{}, {}};
  options.instruments[1].market = "ETHUSDT";
  options.instruments[1].base = "ETH";
  world.script = simulate(options, 20'000'000'000);
  world.players = {{"warm", "test.warm_witness"}};
  FaultyStorage storage;
  auto setup = world.setup(1);
  setup.instances[0].instruments = {1};
  ScriptFeed feed{world.script};
  ScriptedOperator operators{feed};
  TapePacer pacer;
  venue::paper::PaperVenues venue{world.paper};
  auto run = engine::Run::start(setup, storage, nullptr, feed, venue, pacer, operators);
  ASSERT_TRUE(run.has_value());
  (*run)->go();
  std::size_t events = 0;
  for (const auto& words : read_run(storage, run_folder(world, 1))) {
    const auto& record = record_in(words);
    if (plugin::instrument_of(record) == 1) ++events;
    const auto* intent = model::as<writ_intent>(record);
    if (intent == nullptr) continue;
    EXPECT_EQ((intent->flags & WRIT_INTENT_WARMUP) != 0, events < 5) << "after " << events;
  }
}

TEST(SnapshotPolicy, DecidesWhichAreRecordedAndChangesNothingElse) {
  World world = world_of({{"churn", "test.churn"}});
  const auto seldom = live(world);
  world.core.snapshot_policy = SnapshotPolicy::kEvaluated;
  const auto each = live(world);
  world.core.snapshot_policy = SnapshotPolicy::kPeriodic;
  const auto periodic = live(world);
  const auto intents = [](const Lived& lived) {
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    for (const auto* i : all<writ_intent>(lived.records)) {
      found.emplace_back(i->header.ingest_ts, i->price);
    }
    return found;
  };
  EXPECT_EQ(intents(seldom), intents(each));
  EXPECT_EQ(intents(seldom), intents(periodic));
  const auto snapshots = [](const Lived& l) { return all<writ_snapshot>(l.records).size(); };
  EXPECT_LT(snapshots(seldom), snapshots(periodic));
  EXPECT_LT(snapshots(periodic), snapshots(each));
}

TEST(Triggers, TimerEvaluatesOncePerIntervalAndMarket) {
  const auto lived = live(world_of({{"timer", "test.timer_witness"}}));
  const auto intents = all<writ_intent>(lived.records);
  ASSERT_GE(intents.size(), 15U);
  ASSERT_LE(intents.size(), 20U);
  for (const auto* intent : intents) {
    EXPECT_EQ(intent->header.ingest_ts % 1'000'000'000, 0) << "not when it was due";
  }
}

TEST(Triggers, ConflatedEvaluatesAtMostOncePerIntervalWithTheLastState) {
  const auto lived = live(world_of({{"less", "test.conflated_witness"}}));
  const auto intents = all<writ_intent>(lived.records);
  ASSERT_GE(intents.size(), 10U);
  for (std::size_t i = 1; i < intents.size(); ++i) {
    EXPECT_GE(intents[i]->header.ingest_ts - intents[i - 1]->header.ingest_ts, 1'000'000'000);
  }
}

TEST(Timers, ThatAreDueAtOnceDoNotStopTheMarket) {
  const auto lived = live(world_of({{"hasty", "test.hasty"}}));
  const auto timers = all<writ_timer>(lived.records);
  EXPECT_GE(timers.size(), 3U);
  EXPECT_EQ(lived.stop, WRIT_STOP_END_OF_DATA);
}

TEST(Signals, AreGivenInTheOrderOfTheirGraphWhateverTheConfigSays) {
  // The one that halves stands first, and depends on the second.
  const auto lived = live(world_of({{"half", "test.half", {}, {{1, "flow", 1}}},
                                    {"flow", "test.flow"},
                                    {"ear", "test.listener", {}, {{1, "half", 1}}},
                                    {"clock", "test.listener", {}, {{1, "flow", 2}}}}));
  const auto& records = lived.records;
  const auto signals = all<writ_signal>(records);
  std::vector<const writ_signal*> sums;
  std::vector<const writ_signal*> halves;
  std::vector<const writ_signal*> beats;
  for (const auto* signal : signals) {
    if (signal->instance == 1) halves.push_back(signal);
    if (signal->instance == 2) (signal->signal == 1 ? sums : beats).push_back(signal);
  }
  ASSERT_GT(sums.size(), 5U);
  ASSERT_EQ(sums.size(), halves.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    EXPECT_EQ(halves[i]->value, sums[i]->value / 2);
    EXPECT_EQ(halves[i]->header.seq, sums[i]->header.seq + 1) << "of the same input, at once";
  }
  // Each value was heard once, in the input it was published by; those of timers too.
  std::map<std::uint32_t, std::vector<std::uint64_t>> heard;
  for (const auto* intent : all<writ_intent>(records)) {
    heard[intent->instance].push_back(intent->tag);
  }
  const auto seqs = [](const std::vector<const writ_signal*>& of) {
    std::vector<std::uint64_t> all;
    for (const auto* s : of) all.push_back(s->header.seq);
    return all;
  };
  EXPECT_EQ(heard[3], seqs(halves));
  EXPECT_EQ(heard[4], seqs(beats));
  EXPECT_GT(beats.size(), 30U);
}

TEST(Signals, ThatDependOnEachOtherAreRefusedBeforeThereIsAJournal) {
  const World world =
      world_of({{"a", "test.half", {}, {{1, "b", 1}}}, {"b", "test.half", {}, {{1, "a", 1}}}});
  FaultyStorage storage;
  EXPECT_THROW((Life{world, storage}), base::InputError);
  EXPECT_EQ(storage.used(), 0U);
}

TEST(Plugin, ThatRefusesToStartLeavesNoJournalBehind) {
  const World world = world_of({{"no", "test.refusing"}});
  FaultyStorage storage;
  try {
    Life life{world, storage};
    ADD_FAILURE() << "started";
  } catch (const base::InputError& error) {
    EXPECT_NE(std::string(error.what()).find("no: init failed"), std::string::npos) << error.what();
  }
  EXPECT_EQ(storage.used(), 0U);
}

TEST(Cascade, OfIntentsWithinOneInputEnds) {
  const auto lived = live(world_of({{"more", "test.stubborn"}}));
  const auto trades = all<writ_trade>(lived.records).size();
  const auto intents = all<writ_intent>(lived.records);
  ASSERT_GT(trades, 10U);
  EXPECT_GT(intents.size(), trades * 5);
  EXPECT_LE(intents.size(), trades * 10);
  EXPECT_EQ(all<writ_verdict>(lived.records).size(), intents.size());
}

TEST(Operator, PauseStopsWhatAddsUntilResume) {
  // One that does not look whether it can trade.
  const auto players = std::vector<Player>{{"blind", "test.forgetful"}};
  const auto lived = live(world_of(players, 60), [](ScriptedOperator& operators) {
    operators.at(1000, [](engine::Run& run) { run.command(WRIT_OPERATOR_PAUSE, 0, 1, "me: tea"); });
    operators.at(2000, [](engine::Run& run) { run.command(WRIT_OPERATOR_RESUME, 0, 1, "me"); });
  });
  const auto& records = lived.records;
  const auto command = [&](std::uint32_t code) {
    return place_of<writ_command>(records, [&](const auto& c) { return c.command == code; });
  };
  const auto paused = command(WRIT_OPERATOR_PAUSE);
  const auto resumed = command(WRIT_OPERATOR_RESUME);
  ASSERT_LT(paused, resumed);
  ASSERT_LT(resumed, records.size());
  std::size_t refused = 0;
  std::size_t approved_later = 0;
  for (std::size_t i = paused; i < records.size(); ++i) {
    const auto* verdict = model::as<writ_verdict>(record_in(records[i]));
    if (verdict == nullptr || verdict->effect != WRIT_EFFECT_ADDS) continue;
    if (i < resumed) {
      EXPECT_EQ(verdict->approved, 0);
      refused += verdict->detail == WRIT_CHECK_PAUSE ? 1 : 0;
    } else {
      approved_later += verdict->approved;
    }
  }
  EXPECT_GT(refused, 0U);
  EXPECT_GT(approved_later, 0U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_PAUSED).size(), 1U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_RESUMED).size(), 1U);
}

TEST(Operator, KillCancelsEverythingAndNothingIsAddedAfterIt) {
  const World world = world_of({{"churn", "test.churn"}}, 60);
  const auto lived = live(world, [](ScriptedOperator& operators) {
    operators.at(1500,
                 [](engine::Run& run) { run.command(WRIT_OPERATOR_KILL, 0, 0, "me: smoke"); });
  });
  const auto& records = lived.records;
  const auto killed = place_of<writ_command>(
      records, [](const auto& c) { return c.command == WRIT_OPERATOR_KILL; });
  std::map<std::uint64_t, const writ_order*> orders;
  for (std::size_t i = 0; i < killed; ++i) {
    if (const auto* order = model::as<writ_order>(record_in(records[i]))) {
      orders[order->order_id] = order;
    }
  }
  std::size_t working = 0;
  for (const auto& [id, order] : orders) working += execution::Orders::is_working(*order) ? 1 : 0;
  EXPECT_GT(working, 0U) << "nothing to cancel: the test says nothing";
  for (std::size_t i = killed; i < records.size(); ++i) {
    const auto* verdict = model::as<writ_verdict>(record_in(records[i]));
    if (verdict != nullptr && verdict->effect == WRIT_EFFECT_ADDS) {
      EXPECT_EQ(verdict->approved, 0);
    }
    if (const auto* order = model::as<writ_order>(record_in(records[i]))) {
      orders[order->order_id] = order;
    }
  }
  for (const auto& [id, order] : orders) {
    EXPECT_FALSE(execution::Orders::is_working(*order)) << "order " << id << " was left working";
  }
  const auto past = open_past(world, *lived.storage);
  ASSERT_TRUE(past.has_value());
  EXPECT_TRUE(past->killed);
}

/// Says everything twice that is a fill.
class StammeringVenue final : public execution::OrderGateway {
 public:
  explicit StammeringVenue(const venue::paper::PaperOptions& options) : venue_(options) {}
  void observe(const writ_record& input) override { venue_.observe(input); }
  void send(const writ_order& order) override { venue_.send(order); }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override {
    if (again_) return record_in(*again_).ingest_ts;
    return venue_.next_due();
  }
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override {
    if (again_) {
      said_ = std::move(*again_);
      again_.reset();
      return &record_in(said_);
    }
    const auto* report = venue_.take_report(until);
    if (report != nullptr && report->type == WRIT_RECORD_FILL) again_ = words_of(*report);
    return report;
  }
  [[nodiscard]] std::vector<std::byte> save() const override { return venue_.save(); }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override {
    return venue_.load(state);
  }

 private:
  venue::paper::PaperVenues venue_;
  std::optional<Words> again_;
  Words said_;
};

TEST(Fill, DeliveredTwiceIsBookedOnce) {
  const World world = world_of({{"one", "test.once", {{"take", "true"}}}});
  FaultyStorage storage;
  StammeringVenue venue{world.paper};
  Life life{world, storage, 1, nullptr, &venue};
  life.go();
  const auto records = read_run(storage, run_folder(world, 1));
  const auto fills = all<writ_fill>(records);
  ASSERT_GT(fills.size(), 0U);
  ASSERT_EQ(fills.size() % 2, 0U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_DUPLICATE_FILL).size(), fills.size() / 2);
  std::int64_t filled = 0;
  for (std::size_t i = 0; i < fills.size(); i += 2) filled += fills[i]->quantity;
  EXPECT_EQ(life.run->pipeline()
                .ledger()
                .strategy_position(AccountId{1}, InstanceId{1}, InstrumentId{1})
                .raw,
            filled);
}

TEST(EqualTimes, TheMarketGoesBeforeTheVenueAndBothBeforeTheClock) {
  // The order travels no time, so that its answers are due at the very time of the event.
  World world = world_of({{"one", "test.once", {{"take", "true"}}}, {"t", "test.timer_witness"}});
  world.paper.order_latency_ns = 0;
  world.paper.report_latency_ns = 0;
  const auto lived = live(world);
  std::int64_t time = 0;
  int rank = 0;
  std::size_t answers = 0;
  for (const auto& words : lived.records) {
    const auto& record = record_in(words);
    if (!model::is_input(record)) continue;
    if (record.type < WRIT_RECORD_BOOK_SNAPSHOT && record.type != WRIT_RECORD_CLOCK) continue;
    if (record.ingest_ts != time) rank = 0;
    time = record.ingest_ts;
    int its = 1;
    if (record.type >= WRIT_RECORD_REPORT) its = 2;
    if (record.type == WRIT_RECORD_CLOCK) its = 3;
    answers += its == 2 ? 1 : 0;
    EXPECT_GE(its, rank) << "record " << record.seq;
    rank = its;
  }
  EXPECT_GT(answers, 0U);
}

}  // namespace
}  // namespace writ::test
