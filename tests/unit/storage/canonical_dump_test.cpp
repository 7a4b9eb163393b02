#include "host/storage/canonical_dump.hpp"

#include "host/storage/canonical_value.hpp"
#include "tests/unit/storage/projection_fixture.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace writ::storage::test {
namespace {

std::vector<std::string> dump(Database& database, const DumpScope& scope) {
  std::vector<std::string> lines;
  const auto done =
      canonical_dump(database, scope, [&](std::string_view line) { lines.emplace_back(line); });
  EXPECT_TRUE(done) << database.last_error();
  return lines;
}

std::string hash(Database& database, const DumpScope& scope = {}) {
  const auto done = canonical_dump(database, scope, [](std::string_view) {});
  EXPECT_TRUE(done) << database.last_error();
  return done ? hash_of(*done) : std::string();
}

std::unique_ptr<Database> sample_database(std::uint64_t run_number = 1) {
  auto database = fresh_database();
  SampleRun run(run_number);
  run.whole();
  project(*database, run);
  return database;
}

TEST(CanonicalValue, DecimalHasNoExponentAndNoIdleZero) {
  EXPECT_EQ(canonical_decimal("10.500000000000000000"), "10.5");
  EXPECT_EQ(canonical_decimal("100"), "100");
  EXPECT_EQ(canonical_decimal("-0.000"), "0");
  EXPECT_EQ(canonical_decimal("0.000000000000000001"), "0.000000000000000001");
  EXPECT_EQ(canonical_decimal("-3.0"), "-3");
}

TEST(CanonicalValue, JsonDoesNotDependOnHowANumberIsSpelled) {
  const auto canonical = [](std::string_view text) {
    const auto json = canonical_json_text(text);
    return json ? *json : std::string("error");
  };
  EXPECT_EQ(canonical(R"({"b": 1e2, "a": [true, false, null, "1e2"]})"),
            R"({"a":[true,false,null,"1e2"],"b":100})");
  EXPECT_EQ(canonical("[100.0]"), canonical("[1e+2]"));
  EXPECT_EQ(canonical("[1.5e-7]"), canonical("[0.00000015]"));
  EXPECT_EQ(canonical("[0.1]"), "[0.1]");
  EXPECT_NE(canonical("[0.1]"), canonical("[0.10000000000000002]"));
  EXPECT_EQ(canonical("[-0.0]"), "[0]");
  EXPECT_EQ(canonical(R"(["a\"1.0"])"), R"(["a\"1.0"])");
  EXPECT_EQ(canonical("{"), "error");
}

TEST(CanonicalValue, TextThatIsNoUtf8IsKeptApart) {
  std::string out;
  append_json_text(out, "a\"\xc3\xa9\n");
  append_json_text(out, std::string_view("\xff\x00", 2));
  EXPECT_EQ(out, "\"a\\\"\\u00e9\\n\"{\"bytes\":\"ff00\"}");
}

TEST(CanonicalDump, IsALineForTheTableAndOneForEachRow) {
  const auto database = sample_database();
  const auto lines = dump(*database, {"order_fill", ""});
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].rfind("{\"columns\":[\"account_id\",", 0), 0u);
  EXPECT_NE(lines[0].find("\"table\":\"order_fill\"}\n"), std::string::npos);
  EXPECT_NE(lines[1].find("\"main/PAPER\""), std::string::npos);
  EXPECT_NE(lines[1].find("\"binance/ETHUSDT/\""), std::string::npos);
}

TEST(CanonicalDump, DoesNotDependOnTheOrderOfInsertion) {
  const auto a = fresh_database();
  const auto b = fresh_database();
  const std::string first = "INSERT INTO config_kv (scope, key, value) VALUES ('x', 'a', '1');";
  const std::string second = "INSERT INTO config_kv (scope, key, value) VALUES ('x', 'B', '1');";
  ASSERT_TRUE(a->execute(first + second));
  ASSERT_TRUE(b->execute(second + first));
  EXPECT_EQ(hash(*a), hash(*b));
  const auto lines = dump(*a, {"config_kv", ""});
  ASSERT_EQ(lines.size(), 7u);  // heading, four of the schema, two
  EXPECT_NE(lines[5].find("\"B\""), std::string::npos) << "by bytes, not by the alphabet";
}

TEST(CanonicalDump, DoesNotDependOnTheNumbersADatabaseGave) {
  const auto plain = sample_database(2);
  const auto shifted = fresh_database();
  ASSERT_TRUE(shifted->execute(
      "INSERT INTO account (account_id, name, run_mode, initial_cash) "
      "VALUES (1, 'other', 'LIVE', '0');"
      "INSERT INTO instrument (instrument_id, venue, market_id, symbol, kind, tick_size, lot_size, "
      "updated_ts) VALUES (1, 'v', 'm', 's', 'SPOT', '0', '0', 0)"));
  SampleRun run(2);
  run.whole();
  project(*shifted, run);
  ASSERT_NE(row(*plain, "SELECT max(instrument_id) FROM instrument"),
            row(*shifted, "SELECT max(instrument_id) FROM instrument"));
  EXPECT_EQ(hash(*plain, {"", run.run_id()}), hash(*shifted, {"", run.run_id()}));
  EXPECT_NE(hash(*plain), hash(*shifted));
}

TEST(CanonicalDump, TellsNullFromEmpty) {
  const auto a = fresh_database();
  const auto b = fresh_database();
  const std::string insert =
      "INSERT INTO app_user (user_id, email, password_hash, discord_id, created_ts) VALUES "
      "(1, 'e', 'p', ";
  ASSERT_TRUE(a->execute(insert + "NULL, 0)"));
  ASSERT_TRUE(b->execute(insert + "'', 0)"));
  EXPECT_NE(hash(*a), hash(*b));
}

TEST(CanonicalDump, EveryChangedValueChangesTheHash) {
  const auto database = sample_database();
  const std::string before = hash(*database);
  ASSERT_TRUE(database->execute("UPDATE run SET notes = 'x'"));
  EXPECT_NE(hash(*database), before);
  ASSERT_TRUE(database->execute("UPDATE run SET notes = ''"));
  EXPECT_EQ(hash(*database), before);
}

TEST(CanonicalDump, LeavesOutWhatTellsOfTheDatabaseOnly) {
  const auto database = sample_database();
  const std::string before = hash(*database);
  ASSERT_TRUE(database->execute("UPDATE schema_migration SET applied_ts = applied_ts + 1"));
  ASSERT_TRUE(database->execute("UPDATE projection_number SET row_id = row_id + 1"));
  EXPECT_EQ(hash(*database), before);
}

TEST_F(ProjectionTest, CanonicalDumpIsOfOneState) {
  const auto database = open_database("a.db");
  const auto writer = open_database("a.db");
  SampleRun run;
  run.whole();
  project(*database, run);
  const std::string before = hash(*database);
  bool changed = false;
  const auto tables = canonical_dump(*database, {}, [&](std::string_view) {
    if (changed) return;
    changed = true;  // after the first line: a later table changes
    EXPECT_TRUE(writer->execute("UPDATE run SET notes = 'x'")) << writer->last_error();
  });
  ASSERT_TRUE(tables);
  EXPECT_EQ(hash_of(*tables), before);
  EXPECT_NE(hash(*database), before);
}

TEST(CanonicalDump, RefusesATableThatIsNotThere) {
  const auto database = fresh_database();
  const auto refused = canonical_dump(*database, {"nope", ""}, [](std::string_view) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kNotFound);
}

TEST(CanonicalDump, FindsARunByNumberAndById) {
  const auto database = sample_database(7);
  SampleRun run(7);
  EXPECT_EQ(*find_run_id(*database, "7"), run.run_id());
  EXPECT_EQ(*find_run_id(*database, run.run_id()), run.run_id());
  EXPECT_EQ(*find_run_id(*database, "8"), "");
  EXPECT_EQ(*find_run_id(*database, "x' OR '1' = '1"), "");
}

}  // namespace
}  // namespace writ::storage::test
