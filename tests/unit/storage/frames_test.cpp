// Raw frames, book levels and market events of a projection, and the flags that decide on them.
#include "host/storage/frames.hpp"

#include "host/storage/journal_frames.hpp"
#include "host/storage/projection.hpp"
#include "host/storage/table_rows.hpp"
#include "tests/unit/storage/projection_fixture.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::storage::test {
namespace {

constexpr std::string_view kFull = R"({"storage":{"log_l2_full":true}})";
constexpr std::string_view kFewSnapshots = R"({"storage":{"store_snapshots":false}})";

std::string levels_text(const std::vector<writ_level>& levels) {
  return {reinterpret_cast<const char*>(levels.data()), levels.size() * sizeof(writ_level)};
}

// Bids, then asks.
void image(SampleRun& run, const std::vector<writ_level>& bids,
           const std::vector<writ_level>& asks) {
  auto record = model::make_record<writ_book_snapshot>();
  record.header.stream = 1;
  record.instrument = SampleRun::kSpot;
  record.bid_count = static_cast<std::uint32_t>(bids.size());
  record.ask_count = static_cast<std::uint32_t>(asks.size());
  run.add(record, levels_text(bids) + levels_text(asks));
}

void change(SampleRun& run, const std::vector<writ_level>& bids,
            const std::vector<writ_level>& asks) {
  auto record = model::make_record<writ_book_delta>();
  record.header.stream = 1;
  record.instrument = SampleRun::kSpot;
  record.bid_count = static_cast<std::uint32_t>(bids.size());
  record.ask_count = static_cast<std::uint32_t>(asks.size());
  run.add(record, levels_text(bids) + levels_text(asks));
}

void print_trade(SampleRun& run) {
  auto record = model::make_record<writ_trade>();
  record.header.stream = 1;
  record.instrument = SampleRun::kSpot;
  record.side = WRIT_SIDE_SELL;
  record.price = nano("99.5");
  record.quantity = nano("0.25");
  record.trade_id = 42;
  run.add(record);
}

/// A market that moves, a trade of ours, a command, a report and a connection.
SampleRun market_run(std::string_view config) {
  SampleRun run;
  run.begin().config(config).deposit("10000");
  auto status = model::make_record<writ_market_status>();
  status.header.stream = 1;
  status.status = WRIT_MARKET_CONNECTED;
  run.add(status);
  image(run, {{nano("99"), nano("1")}, {nano("98"), nano("2")}}, {{nano("101"), nano("3")}});
  run.trade(WRIT_SIDE_BUY, "2", "100", "0.2", "100");
  change(run, {{nano("99"), nano("4")}}, {});
  print_trade(run);
  change(run, {{nano("99"), 0}}, {{nano("100.5"), nano("7")}});
  auto report = model::make_record<writ_report>();
  report.instrument = SampleRun::kSpot;
  report.kind = WRIT_REPORT_ACCEPTED;
  report.text_size = 3;
  run.add(report, std::string_view("\0\xff\n", 3));
  auto command = model::make_record<writ_command>();
  command.command = WRIT_OPERATOR_PAUSE;
  command.text_size = 4;
  run.add(command, "zo\xc3\xab");
  run.snapshot();
  run.stop();
  return run;
}

std::string stored_hash(Database& database, const SampleRun& run) {
  const auto snapshot = ReadSnapshot::begin(database);
  EXPECT_TRUE(snapshot);
  const auto frames = stored_frames(database, run.run_id());
  EXPECT_TRUE(frames) << database.last_error();
  const auto hash = replay_hash_of(**frames);
  EXPECT_TRUE(hash);
  return hash ? *hash : std::string();
}

TEST(RawFrames, OfOrdersStatesAndPeopleAreAlwaysKept) {
  const auto database = fresh_database();
  project(*database, market_run("{}"));
  EXPECT_EQ(
      rows(*database, "SELECT source, seq, topic FROM raw_event ORDER BY source, seq"),
      (std::vector<std::string>{"binance_ws|0|market_status", "internal|0|config",
                                "internal|1|fill", "internal|2|report", "internal|3|command"}));
  EXPECT_EQ(row(*database, "SELECT count(*) FROM book_level"), "0");
  EXPECT_EQ(rows(*database, "SELECT event_type, raw_seq FROM market_event"),
            (std::vector<std::string>{"market_status|0"}));
}

TEST(RawFrames, OfPricesAreKeptWhereTheWholeMarketIsLogged) {
  const auto database = fresh_database();
  project(*database, market_run(kFull));
  EXPECT_EQ(rows(*database,
                 "SELECT seq, topic, instrument_id FROM raw_event WHERE source = 'binance_ws' "
                 "ORDER BY seq"),
            (std::vector<std::string>{"0|market_status|-", "1|book_snapshot|1", "2|book_delta|1",
                                      "3|trade|1", "4|book_delta|1"}));
  EXPECT_EQ(rows(*database, "SELECT event_type, raw_seq FROM market_event ORDER BY journal_seq"),
            (std::vector<std::string>{"market_status|0", "trade|3"}));
  EXPECT_EQ(row(*database, "SELECT count(*) FROM projection_reject"), "0");
}

TEST(RawFrames, LevelsAreThoseOfTheRestingOrdersAndOnlyWhatChanged) {
  const auto database = fresh_database();
  project(*database, market_run(kFull));
  EXPECT_EQ(
      rows(*database,
           "SELECT side, level, price, size FROM book_level "
           "ORDER BY journal_seq, side, level"),
      (std::vector<std::string>{"BUY|0|99|1", "BUY|1|98|2", "SELL|0|101|3", "BUY|0|99|4",
                                "BUY|0|98|2", "BUY|1|98|0", "SELL|0|100.5|7", "SELL|1|101|3"}));
}

TEST(RawFrames, PayloadIsTheRecordBehindItsHeader) {
  const auto database = fresh_database();
  const SampleRun run = market_run("{}");
  project(*database, run);
  int compared = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    const writ_record& record = run.record(i);
    if (record.type != WRIT_RECORD_REPORT && record.type != WRIT_RECORD_FILL) continue;
    const auto bytes = model::bytes_of(record).subspan(sizeof(writ_record));
    EXPECT_EQ(row(*database, "SELECT payload FROM raw_event WHERE journal_seq = " +
                                 std::to_string(record.seq)),
              std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    ++compared;
  }
  EXPECT_EQ(compared, 2);
}

TEST(RawFrames, OneChangedByteChangesTheHash) {
  const SampleRun run = market_run("{}");
  const auto database = fresh_database();
  project(*database, run);
  const auto other = fresh_database();
  SampleRun changed = market_run("{ }");
  project(*other, changed);
  EXPECT_NE(stored_hash(*database, run), stored_hash(*other, changed));
}

TEST(Snapshots, WithoutTheFlagOnlyThoseOfIntentsAreKept) {
  const auto database = fresh_database();
  project(*database, market_run("{}"));
  EXPECT_EQ(row(*database, "SELECT count(*) FROM state_snapshot"), "2");
  const auto few = fresh_database();
  project(*few, market_run(kFewSnapshots));
  EXPECT_EQ(row(*few,
                "SELECT count(*), MIN(i.intent_id) > 0 FROM state_snapshot s "
                "JOIN strategy_intent i ON i.snapshot_id = s.snapshot_id"),
            "1|1");
  EXPECT_EQ(row(*few, "SELECT count(*) FROM state_snapshot"), "1");
}

TEST(RowOptionsText, TakesWhatItSaysAndTheDefaultForTheRest) {
  EXPECT_EQ(row_options("{}"), RowOptions{});
  EXPECT_EQ(row_options("no json"), RowOptions{});
  EXPECT_EQ(row_options(R"({"storage":{"log_l2_full":true,"store_features":false}})"),
            (RowOptions{.log_l2_full = true, .store_snapshots = true, .store_features = false}));
}

class FrameJournal : public ProjectionTest {
 protected:
  fs::path write(const SampleRun& run) { return write_journal(1, run); }

  // A new projection for each batch.
  std::unique_ptr<Database> project_by(std::size_t batch, const fs::path& folder) {
    auto database = fresh_database();
    while (true) {
      auto projection = Projection::open(*database, files_, folder);
      EXPECT_TRUE(projection);
      const auto reached = projection->advance(batch);
      EXPECT_TRUE(reached) << projection->describe(reached.error());
      if (!reached || reached->at_end) return database;
    }
  }
};

TEST_F(FrameJournal, HashOfJournalAndDatabaseAreEqual) {
  for (const auto config : {std::string_view("{}"), kFull}) {
    const SampleRun run = market_run(config);
    fs::remove_all(root_ / "journal");
    const auto folder = write(run);
    const auto frames = journal_frames(files_, folder);
    ASSERT_TRUE(frames);
    const auto of_journal = replay_hash_of(**frames);
    ASSERT_TRUE(of_journal);
    EXPECT_EQ(*of_journal, stored_hash(*project_by(1000, folder), run)) << config;
  }
}

TEST_F(FrameJournal, ResumedProjectionCountsAndFollowsTheBookOn) {
  const std::string_view rows_of[] = {
      "SELECT source, seq, topic, payload FROM raw_event ORDER BY source, seq",
      "SELECT journal_seq, side, level, price, size FROM book_level ORDER BY 1, 2, 3",
      "SELECT snapshot_id FROM state_snapshot ORDER BY 1"};
  for (const auto config : {kFull, kFewSnapshots}) {
    fs::remove_all(root_ / "journal");
    const auto folder = write(market_run(config));
    const auto whole = project_by(1000, folder);
    const auto parts = project_by(1, folder);
    EXPECT_EQ(row(*parts, "SELECT count(*) FROM projection_reject"), "0");
    for (const auto sql : rows_of) {
      EXPECT_EQ(rows(*parts, std::string(sql)), rows(*whole, std::string(sql))) << sql;
    }
  }
}

Check check_of(const std::vector<Check>& checks, std::string_view name) {
  for (const Check& check : checks) {
    if (check.name == name) return check;
  }
  ADD_FAILURE() << "no check " << name;
  return {};
}

TEST_F(FrameJournal, VerifyFindsAFrameThatIsNotTheJournals) {
  for (const auto config : {kFull, kFewSnapshots}) {
    fs::remove_all(root_ / "journal");
    const auto database = project_by(1000, write(market_run(config)));
    const auto before = verify_against_journal(*database, files_, root_ / "journal");
    ASSERT_TRUE(before);
    for (const Check& check : *before) {
      EXPECT_TRUE(check.passed()) << check.name << " " << check.first;
    }
    EXPECT_EQ(check_of(*before, "replay hash").examined, 1u);
    drop_guards(*database);
    ASSERT_TRUE(database->execute("UPDATE raw_event SET topic = 'x' WHERE topic = 'report'"));
    const auto after = verify_against_journal(*database, files_, root_ / "journal");
    ASSERT_TRUE(after);
    EXPECT_FALSE(check_of(*after, "replay hash").passed());
  }
}

TEST(VerifyRecords, FindsAMissingFrame) {
  const auto database = fresh_database();
  project(*database, market_run(kFull));
  const auto before = verify_records(*database);
  ASSERT_TRUE(before) << database->last_error();
  for (const Check& check : *before) EXPECT_TRUE(check.passed()) << check.name << check.first;
  EXPECT_EQ(check_of(*before, "X-08").examined, 9u);
  drop_guards(*database);
  ASSERT_TRUE(database->execute("DELETE FROM raw_event WHERE topic = 'trade'"));
  const auto after = verify_records(*database);
  ASSERT_TRUE(after);
  EXPECT_FALSE(check_of(*after, "X-08").passed());
}

TEST(VerifyRecords, ADeadRunNeedsItsIncident) {
  const auto database = fresh_database();
  SampleRun dead(1);
  dead.begin().deposit("10");
  project(*database, dead);
  SampleRun next(2);
  next.begin(1).found_dead(1);
  project(*database, next);
  const auto without = verify_records(*database);
  ASSERT_TRUE(without) << database->last_error();
  EXPECT_EQ(check_of(*without, "X-15").first, "run 1: FAILED without an incident");
}

}  // namespace
}  // namespace writ::storage::test
