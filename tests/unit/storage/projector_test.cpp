#include "host/storage/projector.hpp"

#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

namespace writ::storage::test {
namespace {

std::string id_of(const SampleRun& run, std::uint64_t seq) { return std::to_string(run.id(seq)); }

TEST(Projector, WritesTheChainOfATrade) {
  const auto database = fresh_database();
  SampleRun run;
  run.whole();
  project(*database, run);
  EXPECT_EQ(row(*database, "SELECT count(*) FROM projection_reject"), "0");

  // One join from the first fill back to the snapshot and forward to its result.
  EXPECT_EQ(row(*database,
                "SELECT f.side, f.price, f.qty, o.status, d.reason, i.intent_kind, i.price, "
                "s.best_bid_px, s.spread, t.realized_pnl, l.amount FROM order_fill f "
                "JOIN order_request o USING (order_id) JOIN arbiter_decision d USING (decision_id) "
                "JOIN strategy_intent i ON i.intent_id = d.intent_id "
                "JOIN state_snapshot s USING (snapshot_id) JOIN executed_trade t USING (fill_id) "
                "JOIN ledger_event l ON l.ref = CAST(f.fill_id AS TEXT) AND l.book = 'PNL' "
                "AND l.event_type = 'realized'"),
            "SELL|101|2|FILLED|ok|PlaceOrder|100|99.99|0.02|2|2");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM order_request"), "2");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM ledger_event WHERE book = 'ORDER'"), "6");
  EXPECT_EQ(rows(*database,
                 "SELECT event_type, amount, balance_after, asset FROM ledger_event "
                 "WHERE book = 'CASH' ORDER BY ledger_seq"),
            (std::vector<std::string>{"deposit|10000|10000|USDT", "trade|-200|9800|USDT",
                                      "fee|-0.2|9799.8|USDT", "trade|202|10001.8|USDT",
                                      "fee|-0.202|10001.598|USDT"}));
}

TEST(Projector, WritesRunAccountAndInstruments) {
  const auto database = fresh_database();
  SampleRun run(7);
  run.whole();
  project(*database, run);
  EXPECT_EQ(row(*database,
                "SELECT run_id, run_number, run_kind, run_mode, account_id, status, "
                "length(git_sha), length(config_hash), source FROM run"),
            run.run_id() + "|7|HOST|PAPER|1|COMPLETED|40|64|internal");
  EXPECT_EQ(row(*database, "SELECT name, run_mode, base_ccy, initial_cash FROM account"),
            "main|PAPER|USDT|10000");
  EXPECT_EQ(row(*database,
                "SELECT venue, market_id, kind, base_ccy, quote_ccy, settle_ccy, "
                "tick_size, lot_size, min_qty, max_qty, min_notional, maker_fee, status "
                "FROM instrument WHERE instrument_id = 1"),
            "binance|ETHUSDT|SPOT|ETH|USDT|USDT|0.01|0.0001|0.0001|-|5|0.001|ACTIVE");
  EXPECT_EQ(row(*database, "SELECT kind, severity, message FROM ops_event"),
            "PLUGIN_LOADED|INFO|mm");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM projection_number"), "7");
}

TEST(Projector, KeepsEveryFieldOfAnIntent) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10000");
  const auto snapshot = run.snapshot();
  const auto intent = run.intent(snapshot);
  project(*database, run);
  EXPECT_EQ(row(*database,
                "SELECT intent_id, snapshot_id, strategy, account_id, phase, intent_kind, side, "
                "price, qty, order_type, tif, post_only, reduce_only, urgency, ttl_ms, expiry_ts, "
                "expected_value, confidence, tag, tags_json, rationale_json, journal_seq, source "
                "FROM strategy_intent"),
            id_of(run, intent) + "|" + id_of(run, snapshot) +
                "|mm|1|LIVE|PlaceOrder|BUY|100|2|LIMIT|GTC|1|0|Maker|5000|-|0.01|0.75|-1|"
                R"(["a/b"]|{"w":"x"}|)" +
                std::to_string(intent) + "|internal");
  EXPECT_EQ(row(*database,
                "SELECT crowding_score, toxicity_score, features_json, signals_json, "
                "can_trade, drawdown_tier FROM state_snapshot"),
            R"(0.25|0|[0.25,null]|[{"instance":"mm","port":0,"ts":1700000000000000000,)"
            R"("value":-0.5}]|1|NORMAL)");
  EXPECT_EQ(row(*database, std::string("SELECT json_array_length(") +
                               on_sqlite("features_json", "features_json::json") +
                               ") FROM feature_schema WHERE feature_schema_version = 1"),
            std::to_string(WRIT_FEATURE_COUNT));
}

TEST(Projector, LeavesFeaturesOutWhenToldTo) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().config(R"({"storage":{"store_features":false}})").deposit("1");
  run.snapshot();
  project(*database, run);
  EXPECT_EQ(row(*database, "SELECT features_json FROM state_snapshot"), "[]");
}

TEST(Projector, KeepsAVetoedIntentWhateverItAskedFor) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10000");
  const auto snapshot = run.snapshot();
  auto intent = run.make_intent(snapshot);
  intent.price = 0;
  intent.quantity = nano("-3");
  auto seq = run.add(intent);
  run.verdict(seq, false);
  intent.price = WRIT_NONE;
  intent.quantity = WRIT_NONE;
  intent.side = WRIT_SIDE_NONE;
  intent.kind = WRIT_INTENT_NOOP;
  intent.order_type = 0;
  intent.time_in_force = 0;
  intent.urgency = 0;
  intent.ttl_ns = std::numeric_limits<std::int64_t>::min();
  intent.target_intent = std::numeric_limits<std::uint64_t>::max();
  seq = run.add(intent);
  run.verdict(seq, false);
  intent.snapshot_seq = 0;  // the operator's
  intent.flags = WRIT_INTENT_OPAQUE_RATIONALE;
  intent.rationale_size = 4;
  run.add(intent, std::string_view("\0\xff\x01 ", 4));
  project(*database, run);
  EXPECT_EQ(rows(*database,
                 "SELECT intent_kind, side, price, qty, urgency, length(rationale) "
                 "FROM strategy_intent ORDER BY intent_id"),
            (std::vector<std::string>{"PlaceOrder|BUY|0|-3|Maker|-", "NoOp|-|-|-|Neutral|-",
                                      "NoOp|-|-|-|Neutral|4"}));
  EXPECT_EQ(rows(*database,
                 "SELECT approved, reason, detail_code, intent_class, approved_price, "
                 "approved_qty, owner_strategy FROM arbiter_decision LIMIT 1"),
            (std::vector<std::string>{"0|risk_veto|notional_within_cash|adds|-|0|mm"}));
  EXPECT_EQ(row(*database, "SELECT checks_json FROM arbiter_decision ORDER BY 1 LIMIT 1"),
            R"([{"check":"notional_within_cash","limit":"199.5","result":"failed",)"
            R"("unit":"money","value":"200"}])");
}

TEST(Projector, FollowsAnOrderThroughItsStates) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10000");
  const auto intent = run.intent(run.snapshot());
  auto order = run.make_order(intent, run.verdict(intent));
  order.order_id = run.id(run.next_seq());
  order.price = WRIT_NONE;
  order.order_type = WRIT_ORDER_MARKET;
  const auto first = run.add(order);
  const std::uint16_t states[] = {WRIT_ORDER_ACK,     WRIT_ORDER_OPEN,      WRIT_ORDER_PARTIAL,
                                  WRIT_ORDER_UNKNOWN, WRIT_ORDER_CANCELLED, WRIT_ORDER_FILLED,
                                  WRIT_ORDER_EXPIRED, WRIT_ORDER_REJECTED,  WRIT_ORDER_FAILED};
  for (const auto state : states) {
    order.state = state;
    run.add(order);
  }
  project(*database, run);
  const auto ts = [](std::uint64_t seq) {
    return std::to_string(SampleRun::kStart + static_cast<std::int64_t>(seq) * 1'000'000);
  };
  EXPECT_EQ(row(*database,
                "SELECT order_id, limit_price, order_type, status, event_ts, acked_ts, "
                "final_ts, requested_notional FROM order_request"),
            id_of(run, first) + "|0|MARKET|FAILED|" + ts(first) + "|" + ts(first + 1) + "|" +
                ts(first + 9) + "|200.2");
  std::string history;
  for (const auto& state : rows(*database,
                                "SELECT event_type FROM ledger_event WHERE book = 'ORDER' "
                                "ORDER BY ledger_seq")) {
    history += state + ' ';
  }
  EXPECT_EQ(history, "NEW ACK OPEN PARTIAL UNKNOWN CANCELLED FILLED EXPIRED REJECTED FAILED ");
}

TEST(Projector, IgnoresAFillToldTwice) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10000");
  const auto intent = run.intent(run.snapshot());
  auto order = run.make_order(intent, run.verdict(intent));
  run.add(order);
  const auto fill = run.make_fill(order.order_id);
  run.add(fill);
  run.add(fill);
  project(*database, run);
  EXPECT_EQ(row(*database, "SELECT count(*) FROM order_fill"), "1");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM projection_reject"), "0");
}

TEST(Projector, AcceptsWhatTheVenueMadeAfterAKill) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10000");
  auto command = model::make_record<writ_command>();
  command.command = WRIT_OPERATOR_KILL;
  command.text_size = 5;
  run.add(command, "alice");
  // Venue-made: no verdict, no cash asked for in advance.
  auto order = run.make_order(0, 0);
  order.intent_id = 0;
  order.verdict_id = 0;
  order.requested = cash("999999");
  static_cast<void>(model::set_text(order.client_order_id, "ext-binance-1"));
  run.add(order);
  // A flatten.
  const auto intent = run.intent(run.snapshot());
  const auto verdict = run.verdict(intent);
  order = run.make_order(intent, verdict);
  order.flags = WRIT_INTENT_REDUCE_ONLY;
  run.add(order);
  // An ordinary one.
  run.add(run.make_order(intent, verdict));
  run.stop(WRIT_STOP_KILL);
  project(*database, run);
  EXPECT_EQ(row(*database, "SELECT status, completed_ts IS NOT NULL FROM run"), "KILLED|1");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM order_request"), "2");
  EXPECT_EQ(row(*database, "SELECT table_name, error FROM projection_reject"),
            "order_request|kill switch: new orders are blocked for this run");
  EXPECT_FALSE(database->execute("UPDATE run SET status = 'STARTED'"));
}

TEST(Projector, RefusedRecordIsKeptWholeAndTheRestGoesOn) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10000");
  auto intent = run.make_intent(run.snapshot());
  intent.kind = 99;
  const auto refused = run.add(intent);
  run.portfolio("1", "5", "5");
  // A portfolio whose second row is refused leaves no first row behind.
  auto broken = *reinterpret_cast<const writ_portfolio*>(&run.record(run.size() - 1));
  writ_balance balance{};
  balance.asset = SampleRun::kUsdt;
  broken.balance_count = 2;
  broken.position_count = 0;
  std::string tail(reinterpret_cast<const char*>(&balance), sizeof balance);
  tail += tail;
  const auto twice = run.add(broken, tail);
  run.stop();
  project(*database, run);
  EXPECT_EQ(rows(*database,
                 "SELECT journal_seq, record_type, table_name, length(bytes) "
                 "FROM projection_reject ORDER BY journal_seq"),
            (std::vector<std::string>{
                std::to_string(refused) + "|1002|strategy_intent|" + std::to_string(sizeof intent),
                std::to_string(twice) + "|1006|portfolio_balance|" +
                    std::to_string(sizeof broken + 2 * sizeof balance)}));
  EXPECT_EQ(row(*database,
                "SELECT count(*) FROM ops_event WHERE severity = 'CRITICAL' "
                "AND kind = 'PROJECTION_REJECT' AND ops_event_id < 0"),
            "2");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM portfolio_snapshot"), "1");
  EXPECT_EQ(row(*database, "SELECT status FROM run"), "COMPLETED");
  EXPECT_FALSE(check_named(*database, "rejects").passed());
}

TEST(Projector, RecordShorterThanItsTypeIsRefused) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin();
  auto verdict = run.make_verdict(1, true);
  verdict.check_count = 1000;
  run.add(verdict);
  auto stub = model::make_record<writ_clock>();
  stub.header.type = WRIT_RECORD_FILL;
  run.add(stub);
  project(*database, run);
  EXPECT_EQ(row(*database, "SELECT count(*) FROM projection_reject"), "2");
}

TEST(Projector, WritesIncidentsWithTheirNumbers) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin().deposit("10");
  auto incident = model::make_record<writ_incident>();
  incident.severity = WRIT_SEVERITY_ERROR;
  incident.code = WRIT_INCIDENT_NEGATIVE_CASH;
  incident.account = SampleRun::kAccount;
  incident.value = cash("-1.5");
  incident.unit = WRIT_UNIT_MONEY;
  incident.text_size = 4;
  run.add(incident, "text");
  incident.code = WRIT_INCIDENT_STALE_FEED;
  incident.value = {5'000'000'001, 0};
  incident.unit = WRIT_UNIT_NS;
  run.add(incident, "text");
  auto status = model::make_record<writ_market_status>();
  status.header.stream = 1;
  status.status = WRIT_MARKET_DISCONNECTED;
  run.add(status);
  project(*database, run);
  EXPECT_EQ(rows(*database,
                 "SELECT category, kind, severity, metric_value, drawdown_tier, source "
                 "FROM ops_event WHERE kind <> 'PLUGIN_LOADED' ORDER BY ops_event_id"),
            (std::vector<std::string>{"RISK|NEGATIVE_CASH|ERROR|-1.5|NORMAL|internal",
                                      "OPS|STALE_STATE|ERROR|5000000001|-|internal",
                                      "OPS|WS_DISCONNECT|WARN|0|-|binance_ws"}));
}

TEST(Projector, SignalsKeepValueAndPayload) {
  const auto database = fresh_database();
  SampleRun run;
  run.begin();
  auto signal = model::make_record<writ_signal>();
  signal.instance = SampleRun::kMaker;
  signal.instrument = SampleRun::kSpot;
  signal.flags = WRIT_SIGNAL_WARM;
  signal.value = 0.1;
  run.add(signal);
  auto report = model::make_record<writ_signal_report>();
  report.instance = SampleRun::kMaker;
  report.signal = 3;
  report.value = 1e-7;
  report.payload_size = 12;
  static_cast<void>(model::set_text(report.scope, "esports"));
  run.add(report, R"({"rate":"1"})");
  project(*database, run);
  EXPECT_EQ(rows(*database,
                 "SELECT plugin, scope, instrument_id, port, value, warm "
                 "FROM plugin_signal ORDER BY plugin_signal_id"),
            (std::vector<std::string>{"mm|all|1|0|0.1|1", "mm|esports|-|3|1e-07|0"}));
  EXPECT_EQ(rows(*database,
                 std::string("SELECT ") +
                     on_sqlite("json_extract(payload, '$.value'), json_extract(payload, '$.rate')",
                               "payload -> 'value', payload ->> 'rate'") +
                     " FROM plugin_signal ORDER BY plugin_signal_id"),
            (std::vector<std::string>{"0.1|-", "-|1"}));
}

TEST(Projector, BacktestsHaveAccountsOfTheirOwn) {
  const auto database = fresh_database();
  const std::string hash(64, 'a');
  const auto manifest = [&hash](char c) {
    return R"({"data_hash":")" + hash + R"(","run_hash":")" + std::string(64, c) + "\"}";
  };
  project(*database, SampleRun(1, WRIT_MODE_BACKTEST, manifest('b')).whole());
  project(*database, SampleRun(2, WRIT_MODE_BACKTEST, manifest('c')).whole());
  EXPECT_EQ(row(*database, "SELECT count(DISTINCT account_id) FROM portfolio_snapshot"), "2");
  EXPECT_EQ(row(*database, "SELECT count(*) FROM instrument"), "2");
  EXPECT_EQ(
      row(*database, std::string("SELECT count(*) FROM ") + on_sqlite("forge_runs", "forge.runs") +
                         " WHERE status = 'completed'"),
      "2");

  // The same backtest again, whatever its number, is refused before anything is written.
  Projector projector(*database, RunTables{});
  SampleRun again(3, WRIT_MODE_BACKTEST, manifest('b'));
  again.whole();
  ASSERT_TRUE(database->begin());
  const auto refused = projector.apply(again.record(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kExists);
}

TEST(Projector, RefusesARunWhoseNumberIsTaken) {
  const auto database = fresh_database();
  SampleRun run(4);
  run.whole();
  project(*database, run);
  Projector projector(*database, RunTables{});
  ASSERT_TRUE(database->begin());
  const auto refused = projector.apply(run.record(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kExists);
  EXPECT_NE(projector.why().find("number 4"), std::string::npos);
}

TEST(Projector, BacktestWithoutADataHashIsAnErrorNotAReject) {
  const auto database = fresh_database();
  SampleRun run(1, WRIT_MODE_BACKTEST, "{}");
  run.begin();
  Projector projector(*database, RunTables{});
  ASSERT_TRUE(database->begin());
  const auto refused = projector.apply(run.record(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kInvalid);
  EXPECT_NE(projector.why().find("data_hash"), std::string::npos);
}

TEST(Projector, MarksADeadRunFailed) {
  const auto database = fresh_database();
  SampleRun dead(1);
  dead.begin().deposit("10");
  project(*database, dead);
  SampleRun next(2);
  next.begin(1).found_dead(1);
  project(*database, next);
  EXPECT_EQ(rows(*database, "SELECT status, continues_number FROM run ORDER BY run_number"),
            (std::vector<std::string>{"FAILED|0", "STARTED|1"}));
}

TEST(Schema, RefusesChangesOfWhatIsAppendOnly) {
  const auto database = fresh_database();
  SampleRun run;
  run.whole();
  project(*database, run);
  const auto refused = [&database](const std::string& sql) {
    return !database->execute(sql) &&
           database->last_error().find("append-only violation") != std::string::npos;
  };
  int tables = 0;
  for (const char* table :
       {"state_snapshot", "strategy_intent", "arbiter_decision", "order_fill", "executed_trade",
        "ledger_event", "portfolio_snapshot", "portfolio_balance", "portfolio_position",
        "ops_event", "feature_schema"}) {
    const std::string name(table);
    ASSERT_NE(row(*database, "SELECT count(*) FROM " + name), "0") << name;
    const std::string column = name == "feature_schema" ? "description" : "source";
    EXPECT_TRUE(refused("UPDATE " + name + " SET " + column + " = 'x'")) << name;
    EXPECT_TRUE(refused("DELETE FROM " + name)) << name;
    EXPECT_TRUE(refused("REPLACE INTO " + name + " SELECT * FROM " + name + " LIMIT 1")) << name;
    ++tables;
  }
  EXPECT_EQ(tables, 11);
  EXPECT_TRUE(refused("DELETE FROM core_order_fill"));
  EXPECT_TRUE(database->execute("UPDATE order_request SET notes = 'x'"));
}

TEST(Schema, RefusesMoneyThatIsNoDecimal) {
  const auto database = fresh_database();
  for (const char* bad : {"1e5", "abc", "", "1-2", "NaN", "1,5", " 1", "--1"}) {
    EXPECT_FALSE(database->execute("INSERT INTO account VALUES (1, 'a', 'PAPER', 'USD', '" +
                                   std::string(bad) + "')"))
        << bad;
  }
  EXPECT_TRUE(database->execute("INSERT INTO account VALUES (1, 'a', 'PAPER', 'USD', '0.5')"));
}

TEST(DecimalText, IsCanonicalAndExact) {
  std::array<char, 48> buffer;
  const auto text = [&buffer](Int128 value, int scale) {
    return std::string(decimal_text(buffer, value, scale));
  };
  EXPECT_EQ(text(0, 9), "0");
  EXPECT_EQ(text(0, 0), "0");
  EXPECT_EQ(text(-1, 18), "-0.000000000000000001");
  EXPECT_EQ(text(1'500'000'000, 9), "1.5");
  EXPECT_EQ(text(-1'000'000'000, 9), "-1");
  EXPECT_EQ(text(std::numeric_limits<std::int64_t>::max(), 9), "9223372036.854775807");
  int compared = 0;
  for (int scale : {0, 9, 18}) {
    UInt128 value = 1;
    for (int i = 0; i < 126; ++i) {
      value = value * 2 + static_cast<unsigned>(i % 3 == 0);
      if (value >> 126 != 0) break;
      for (const Int128 sign : {Int128{1}, Int128{-1}}) {
        const auto signed_value = static_cast<Int128>(value) * sign;
        EXPECT_EQ(text(signed_value, scale), DecimalText(signed_value, scale).str());
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 700);
}

}  // namespace
}  // namespace writ::storage::test
