#include "host/storage/verify.hpp"

#include "host/storage/compare.hpp"
#include "tests/unit/storage/testing.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace writ::storage::test {
namespace {

// A database of a run whose money adds up, that a test may spoil.
std::unique_ptr<Database> spoilable_database() {
  auto database = fresh_database();
  SampleRun run;
  run.whole();
  project(*database, run);
  drop_guards(*database);
  return database;
}

// What the independent script says of the database, run on a copy of it.
boost::json::value script_says(Database& database) {
  const auto copy = std::filesystem::temp_directory_path() /
                    ("writ_verify_" + std::to_string(::getpid()) + ".db");
  std::filesystem::remove(copy);
  EXPECT_TRUE(database.execute("VACUUM INTO '" + copy.string() + "'")) << database.last_error();
  const std::string command =
      std::string(WRIT_PYTHON " " WRIT_DB_INVARIANTS " --json ") + copy.string();
  std::string output;
  std::array<char, 4096> part;
  FILE* pipe = ::popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  while (const auto size = std::fread(part.data(), 1, part.size(), pipe)) {
    output.append(part.data(), size);
  }
  ::pclose(pipe);
  std::filesystem::remove(copy);
  boost::system::error_code bad;
  auto said = boost::json::parse(output, bad);
  EXPECT_FALSE(bad) << output;
  return said;
}

void expect_script_agrees(Database& database) {
  if (database.dialect() != Dialect::kSqlite) return;  // the script reads SQLite files
  const auto checks = verify(database);
  ASSERT_TRUE(checks);
  const auto said = script_says(database);
  const auto& others = said.at("checks").as_array();
  ASSERT_EQ(others.size(), checks->size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Check& check = (*checks)[i];
    EXPECT_EQ(std::string(others[i].at("name").as_string()), check.name);
    EXPECT_EQ(others[i].at("passed").as_bool(), check.passed()) << check.name << check.first;
    EXPECT_EQ(others[i].at("examined").to_number<std::uint64_t>(), check.examined) << check.name;
    EXPECT_EQ(others[i].at("violations").to_number<std::uint64_t>(), check.violations)
        << check.name << check.first;
  }
}

// What the check says after the change; it must have passed before, with something examined.
Check after(const std::string& name, const std::string& change) {
  const auto database = spoilable_database();
  const auto before = check_named(*database, name);
  EXPECT_TRUE(before.passed()) << name << ": " << before.first;
  EXPECT_GT(before.examined, 0u) << name;
  EXPECT_TRUE(database->execute(change)) << database->last_error();
  expect_script_agrees(*database);
  return check_named(*database, name);
}

void expect_violated(const Check& check, const std::string& text) {
  EXPECT_FALSE(check.passed());
  EXPECT_GT(check.violations, 0u);
  EXPECT_NE(check.first.find(text), std::string::npos) << check.first;
}

TEST(Verify, PassesWhenTheMoneyAddsUp) {
  const auto database = fresh_database();
  SampleRun run;
  run.whole();
  project(*database, run);
  const auto checks = verify(*database);
  ASSERT_TRUE(checks);
  EXPECT_EQ(checks->size(), 8u);
  for (const Check& check : *checks) EXPECT_TRUE(check.passed()) << check.name << check.first;
  expect_script_agrees(*database);
}

TEST(Verify, PassesAcrossRunsThatContinueEachOther) {
  const auto database = fresh_database();
  SampleRun first(1);
  first.begin().deposit("100").stop();
  project(*database, first);
  SampleRun fresh(2);  // same account, begins with nothing
  fresh.begin().deposit("50").stop();
  project(*database, fresh);
  EXPECT_TRUE(check_named(*database, "X-06").passed()) << check_named(*database, "X-06").first;
  SampleRun next(3);  // takes over run 2, but its entry begins at 0 again
  next.begin(2).deposit("7").stop();
  project(*database, next);
  expect_violated(check_named(*database, "X-06"), "balance 7, sum 57");
  expect_script_agrees(*database);
}

TEST(Verify, X01FindsAVerdictBeforeItsIntent) {
  expect_violated(after("X-01",
                        "UPDATE arbiter_decision SET journal_seq = "
                        "(SELECT MIN(journal_seq) FROM strategy_intent)"),
                  "decision");
}

TEST(Verify, X01FailsWithoutAnyIntent) {
  const auto database = fresh_database();
  const auto check = check_named(*database, "X-01");
  EXPECT_EQ(check.violations, 0u);
  EXPECT_FALSE(check.passed());
}

TEST(Verify, X02FindsAnOrderOfAVetoedIntent) {
  expect_violated(after("X-02",
                        "UPDATE arbiter_decision SET approved = FALSE, reason = 'risk_veto', "
                        "approved_qty = '0' WHERE decision_id = "
                        "(SELECT MAX(decision_id) FROM arbiter_decision)"),
                  "not approved");
  expect_violated(after("X-02", "UPDATE order_request SET decision_id = NULL"), "missing");
}

TEST(Verify, X03FindsEachBrokenLink) {
  expect_violated(after("X-03", "DELETE FROM order_request"), "no order");
  expect_violated(after("X-03", "DELETE FROM arbiter_decision"), "no verdict");
  expect_violated(after("X-03", "DELETE FROM strategy_intent"), "no intent");
  expect_violated(after("X-03", "DELETE FROM state_snapshot"), "no snapshot");
  expect_violated(after("X-03", "UPDATE order_fill SET client_order_id = 'x'"), "client order id");
}

TEST(Verify, X04FindsFillsBeyondTheOrderByTheLastDigit) {
  expect_violated(after("X-04", "UPDATE order_request SET qty = '1.999999999999999999'"),
                  "filled 2 of 1.999999999999999999");
}

TEST(Verify, X05FindsAResultThatDiffersByTheLastDigit) {
  expect_violated(after("X-05",
                        "UPDATE executed_trade SET realized_pnl = '2.000000000000000001' "
                        "WHERE realized_pnl = '2'"),
                  "ledger 2, trades 2.000000000000000001");
  expect_violated(after("X-05",
                        "UPDATE ledger_event SET ref = 'settlement:x' "
                        "WHERE event_type = 'realized'"),
                  "ledger 0, trades 2");
}

TEST(Verify, X06FindsABalanceThatIsNotTheSum) {
  expect_violated(after("X-06",
                        "UPDATE ledger_event SET amount = '-0.200000000000000001' "
                        "WHERE book = 'CASH' AND amount = '-0.2'"),
                  "balance 9799.8, sum 9799.799999999999999999");
}

TEST(Verify, X06AllowsNegativeCashOnlyWithPerpetualsAndAnIncident) {
  const std::string negative =
      "UPDATE ledger_event SET amount = '-300', balance_after = '-300' WHERE book = 'CASH' "
      "AND event_type = 'deposit'; DELETE FROM ledger_event WHERE event_type IN ('trade', 'fee');";
  const std::string perpetual = "UPDATE instrument SET kind = 'PERP';";
  const std::string incident = "UPDATE ops_event SET kind = 'NEGATIVE_CASH', account_id = 1;";
  expect_violated(after("X-06", negative), "without perpetuals");
  expect_violated(after("X-06", negative + perpetual), "without an incident");
  EXPECT_TRUE(after("X-06", negative + perpetual + incident).passed());
}

TEST(Verify, X07FindsEachPartThatDoesNotAddUp) {
  const std::string last =
      " WHERE portfolio_snapshot_id = (SELECT MIN(portfolio_snapshot_id) "
      "FROM portfolio_snapshot)";
  expect_violated(
      after("X-07", "UPDATE portfolio_snapshot SET equity = '10000.800000000000000001'" + last),
      "equity 10000.800000000000000001, not 10000.8");
  expect_violated(after("X-07", "UPDATE portfolio_balance SET amount = '9799.9'" + last),
                  "cash of USDT 9799.9, not 9799.8");
  expect_violated(after("X-07", "UPDATE portfolio_position SET mark_price = '100.6'" + last),
                  "position in instrument 1 201, not 201.2");
  expect_violated(after("X-07", "UPDATE portfolio_snapshot SET realized_pnl = '1'" + last),
                  "equity against results");
  expect_violated(after("X-07", "DELETE FROM portfolio_balance" + last), "left out");
}

TEST(Verify, RejectIsAFailure) {
  const auto database = spoilable_database();
  EXPECT_TRUE(check_named(*database, "rejects").passed());
  ASSERT_TRUE(database->execute(std::string("INSERT INTO projection_reject SELECT run_id, 9, 1002, "
                                            "'strategy_intent', 'why', 0, ") +
                                on_sqlite("x'00'", "'\\x00'") + " FROM run"));
  expect_violated(check_named(*database, "rejects"), "record 9 into strategy_intent: why");
}

TEST(Compare, SaysWhichTableDiffers) {
  const auto a = fresh_database();
  const auto b = spoilable_database();
  SampleRun run;
  run.whole();
  project(*a, run);
  auto compared = compare_content(*a, *b);
  ASSERT_TRUE(compared);
  EXPECT_GT(compared->size(), 50u);
  for (const auto& table : *compared) EXPECT_TRUE(table.equal()) << table.table;

  ASSERT_TRUE(b->execute("UPDATE order_fill SET venue_order_id = NULL"));
  ASSERT_TRUE(b->execute("DELETE FROM ledger_event WHERE book = 'ORDER'"));
  compared = compare_content(*a, *b);
  ASSERT_TRUE(compared);
  std::string different;
  for (const auto& table : *compared) different += table.equal() ? "" : table.table + " ";
  EXPECT_EQ(different, "ledger_event order_fill ");
}

}  // namespace
}  // namespace writ::storage::test
