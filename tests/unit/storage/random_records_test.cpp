// Whatever the core can write has its rows: random records, none of them refused.
#include "tests/support/scale.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace writ::storage::test {
namespace {

/// Makes records a core could make one after another: ids refer to what there is, amounts are the
/// extremes as often as not.
class RandomCore {
 public:
  RandomCore(SampleRun& run, std::uint32_t seed) : run_(run), random_(seed) {}

  void step() {
    switch (below(17)) {
      case 0:
        return snapshot();
      case 1:
      case 2:
        return intent();
      case 3:
      case 4:
        return verdict();
      case 5:
        return order();
      case 6:
        return transition();
      case 7:
      case 8:
        return fill();
      case 9:
        return trade();
      case 10:
        return entry();
      case 11:
        return portfolio();
      case 12:
        return incident();
      case 13:
        return signal();
      case 14:
        return market();
      case 15:
        return plugin_stat();
      default:
        return people();
    }
  }
  void kill() {
    auto record = model::make_record<writ_command>();
    record.command = WRIT_OPERATOR_KILL;
    run_.add(record);
    killed_ = true;
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  std::uint16_t word(std::uint32_t first, std::uint32_t last) {
    return static_cast<std::uint16_t>(first + below(last - first + 1));
  }
  bool coin() { return below(2) == 0; }
  std::uint64_t any64() { return (std::uint64_t{random_()} << 32U) | random_(); }

  std::int64_t nano_at_least(std::int64_t least) {
    const std::int64_t values[] = {least, least + 1, 1'000'000'000, 123'456'789,
                                   std::numeric_limits<std::int64_t>::max()};
    return std::max(least, values[below(5)]);
  }
  std::int64_t any_nano() {
    const std::int64_t values[] = {WRIT_NONE, WRIT_NONE + 1, -1, 0};
    return coin() ? values[below(4)] : nano_at_least(0);
  }
  // Up to what sums keep; never negative if `least` is 0.
  writ_money money(int least = -1) {
    const Int128 values[] = {0, 1, Int128{1'500'000'000} * 1'000'000'000, kMoneyLimit - 1,
                             kMoneyLimit};
    const Int128 value = values[below(5)];
    return to_abi(Money{least < 0 && coin() ? -value : value});
  }
  // Past it: what an author says is bounded by nothing.
  writ_money any_money() { return {any64(), static_cast<std::int64_t>(any64())}; }
  std::string any_bytes() {
    std::string bytes(below(40), '\0');
    for (char& byte : bytes) byte = static_cast<char>(below(4) == 0 ? 0 : below(256));
    return bytes + std::string("\0\xff", 2);
  }
  std::string any_json(bool object) {
    const std::string inner[] = {R"("Zürich 東京 🙂")",
                                 R"("nul \u0000")",
                                 R"("half \ud800")",
                                 "1e999999",
                                 "-0.0",
                                 R"("quote \" and \\")",
                                 "null"};
    const std::string value = inner[below(7)];
    return object ? "{\"k\":" + value + "}" : "[" + value + "]";
  }
  template <std::size_t N>
  void foreign_text(char (&field)[N], const std::string& unique) {
    const std::string text = (coin() ? "é\xff\xfe" : "v") + unique;
    static_cast<void>(model::set_text(field, text));
  }
  std::uint32_t instrument() { return coin() ? SampleRun::kSpot : SampleRun::kPerp; }
  std::uint32_t instance() { return coin() ? SampleRun::kMaker : 0; }
  std::uint16_t book() { return word(WRIT_BOOK_MAIN, WRIT_BOOK_SHADOW); }

  void snapshot() {
    auto record = model::make_record<writ_snapshot>();
    record.instance = SampleRun::kMaker;
    record.instrument = instrument();
    record.account = SampleRun::kAccount;
    record.flags = below(32);
    record.as_of_seq = any64() >> 24U;
    record.bid_price = any_nano();
    record.bid_quantity = any_nano();
    record.ask_price = any_nano();
    record.ask_quantity = any_nano();
    record.position = any_nano();
    record.account_position = any_nano();
    record.cash_left = money();
    record.budget_left = money();
    record.net_exposure = money();
    record.gross_exposure = money();
    record.equity = money();
    record.tier = below(4);
    record.open_orders = below(1000);
    record.feature_schema = WRIT_FEATURE_SCHEMA_VERSION;
    const double values[] = {0.0, -0.0, 1e308, 5e-324, 0.1, -1.0 / 3};
    std::string tail;
    for (std::uint32_t i = 0; i < WRIT_FEATURE_COUNT; ++i, ++record.feature_count) {
      const writ_feature feature{values[below(6)], i, below(2)};
      tail.append(reinterpret_cast<const char*>(&feature), sizeof feature);
    }
    snapshots_.push_back(run_.add(record, tail));
  }

  void intent() {
    auto record = run_.make_intent(snapshots_.empty() ? 0 : snapshots_.back());
    record.kind = word(WRIT_INTENT_PLACE, WRIT_INTENT_NOOP);
    record.instrument = instrument();
    record.side = word(0, WRIT_SIDE_SELL);
    record.order_type = word(0, WRIT_ORDER_MARKET);
    record.time_in_force = word(0, WRIT_TIF_GTD);
    record.urgency = word(0, WRIT_URGENCY_TAKER);
    record.group_policy = word(0, WRIT_GROUP_ALL_OR_NONE_UNWIND);
    record.group_id = any64();
    record.group_size = static_cast<std::uint32_t>(any64());
    record.flags = below(32);
    record.price = any_nano();
    record.quantity = any_nano();
    record.ttl_ns = nano_at_least(0);
    record.expire_ts = any_nano();
    record.target_intent = any64();
    record.tag = any64();
    record.expected_value = any_money();
    record.risk_cost = any_money();
    record.confidence = below(1'000'000'001);
    const bool opaque = (record.flags & WRIT_INTENT_OPAQUE_RATIONALE) != 0;
    const std::string tags = coin() ? std::string() : any_json(false);
    const std::string why = opaque ? any_bytes() : any_json(true);
    record.tags_size = static_cast<std::uint32_t>(tags.size());
    record.rationale_size = static_cast<std::uint32_t>(why.size());
    intents_.push_back(run_.add(record, tags + why));
  }

  void verdict() {
    if (intents_.empty()) return;
    const std::uint64_t intent = intents_.back();
    intents_.pop_back();
    const bool approved = coin();
    auto record = run_.make_verdict(intent, approved);
    record.book = book();
    record.reason = word(WRIT_REASON_INVALID, WRIT_REASON_RESTART);
    if (approved) record.reason = WRIT_REASON_OK;
    record.detail = word(WRIT_CHECK_NONE, WRIT_CHECK_RESTART);
    record.effect = word(approved ? 1 : 0, WRIT_EFFECT_NEUTRAL);
    record.price = any_nano();
    record.quantity = any_nano();
    record.check_count = below(4);
    std::string tail;
    for (std::uint32_t i = 0; i < record.check_count; ++i) {
      const writ_check check{word(1, WRIT_CHECK_RESTART), word(1, WRIT_CHECK_NOT_APPLIED),
                             word(0, WRIT_UNIT_RATE), any_money(), any_money()};
      tail.append(reinterpret_cast<const char*>(&check), sizeof check);
    }
    const std::uint64_t seq = run_.add(record, tail);
    if (approved) approved_.push_back({intent, seq, record.effect == WRIT_EFFECT_ADDS});
    if (!approved && coin()) veto_mark(intent, seq);
  }

  void plugin_stat() {
    auto record = model::make_record<writ_plugin_stat>();
    record.instance = instance();
    record.calls = below(1'000'000);
    record.errors = below(10);
    record.intents = below(10'000);
    record.published = below(10'000);
    record.conflated = below(10'000);
    record.total_ns = nano_at_least(0);
    record.p50_ns = nano_at_least(0);
    record.p99_ns = nano_at_least(0);
    record.p999_ns = nano_at_least(0);
    record.max_ns = nano_at_least(0);
    run_.add(record);
  }

  void veto_mark(std::uint64_t intent, std::uint64_t verdict) {
    auto record = model::make_record<writ_veto_mark>();
    record.verdict_id = run_.id(verdict);
    record.intent_id = run_.id(intent);
    record.account = SampleRun::kAccount;
    record.check = word(WRIT_CHECK_NONE, WRIT_CHECK_RESTART);
    record.filled = word(0, 1);
    record.asset = word(0, SampleRun::kEth);
    record.horizon_ns = nano_at_least(0);
    record.quantity = any_nano();
    record.reference_price = any_nano();
    record.mark_price = any_nano();
    record.pnl = money();
    run_.add(record);
  }

  void order() {
    const bool venue_made = approved_.empty() || below(4) == 0;
    if (killed_ && !venue_made) approved_.clear();
    const bool ours = !venue_made && !approved_.empty();
    auto record =
        run_.make_order(ours ? approved_.back().intent : 0, ours ? approved_.back().verdict : 0);
    record.instrument = instrument();
    record.book = book();
    record.side = word(WRIT_SIDE_BUY, WRIT_SIDE_SELL);
    record.order_type = word(WRIT_ORDER_LIMIT, WRIT_ORDER_MARKET);
    record.time_in_force = word(0, WRIT_TIF_GTD);
    record.flags = below(8);
    record.price = record.order_type == WRIT_ORDER_MARKET ? WRIT_NONE : nano_at_least(0);
    record.quantity = nano_at_least(0);
    record.requested = money(0);
    record.cash_before = money();  // of an account with perpetuals: below 0
    if (ours && approved_.back().adds) record.cash_before = record.requested;
    if (ours) {
      approved_.pop_back();
    } else {
      record.intent_id = 0;
      record.verdict_id = 0;
      foreign_text(record.client_order_id, "");
      static_cast<void>(
          model::set_text(record.client_order_id, "ext-v-" + std::to_string(run_.next_seq())));
    }
    run_.add(record);
    orders_.push_back(record);
  }

  void transition() {
    if (orders_.empty()) return;
    auto& record = orders_[below(static_cast<std::uint32_t>(orders_.size()))];
    record.state = word(WRIT_ORDER_NEW, WRIT_ORDER_FAILED);
    record.command = word(0, WRIT_COMMAND_LOOKUP);
    record.reason = below(WRIT_REPORT_REASON_OTHER + 1);
    record.quantity = nano_at_least(0);
    foreign_text(record.venue_order_id, std::to_string(below(1000)));
    run_.add(record);
  }

  void fill() {
    if (orders_.empty()) return;
    const auto& order = orders_[below(static_cast<std::uint32_t>(orders_.size()))];
    auto record = run_.make_fill(order.order_id);
    std::copy(std::begin(order.client_order_id), std::end(order.client_order_id),
              std::begin(record.client_order_id));
    record.instrument = order.instrument;
    record.side = order.side;
    record.liquidity = word(0, WRIT_LIQUIDITY_TAKER);
    record.price = nano_at_least(0);
    record.quantity = nano_at_least(1);
    record.fee = money();
    record.fee_asset_quantity = money();
    record.fee_asset = word(SampleRun::kUsdt, SampleRun::kEth);
    if (coin()) foreign_text(record.exchange_trade_id, std::to_string(run_.next_seq()));
    const std::uint64_t seq = run_.add(record);
    if (below(8) == 0) run_.add(record);  // told twice
    fills_.push_back(run_.id(seq));
  }

  void trade() {
    if (fills_.empty()) return;
    auto record = model::make_record<writ_executed_trade>();
    record.fill_id = fills_.back();
    fills_.pop_back();
    record.account = SampleRun::kAccount;
    record.instrument = instrument();
    record.instance = instance();
    record.side = word(WRIT_SIDE_BUY, WRIT_SIDE_SELL);
    record.book = book();
    record.closes = word(0, 1);
    record.quantity = nano_at_least(1);
    record.entry_price = nano_at_least(0);
    record.exit_price = record.closes != 0 ? nano_at_least(0) : 0;
    record.fee = money();
    record.realized = money();
    record.position_after = any_nano();
    run_.add(record);
  }

  void entry() {
    auto record = model::make_record<writ_ledger>();
    record.account = SampleRun::kAccount;
    record.instrument = below(3);
    record.instance = instance();
    record.asset = word(SampleRun::kUsdt, SampleRun::kEth);
    record.ledger = word(WRIT_LEDGER_CASH, WRIT_LEDGER_PNL);
    const bool cash = record.ledger == WRIT_LEDGER_CASH;
    record.kind = word(WRIT_ENTRY_DEPOSIT, cash ? WRIT_ENTRY_REALIZED : WRIT_ENTRY_MTM);
    record.book = book();
    record.ref_kind = word(0, WRIT_REF_CONVERT);
    record.ref = any64();
    record.amount = money();
    record.balance_after = money();
    run_.add(record);
  }

  void portfolio() {
    auto record = model::make_record<writ_portfolio>();
    record.account = SampleRun::kAccount;
    record.reporting_asset = SampleRun::kUsdt;
    record.equity = money();
    record.initial = money();
    record.realized = money();
    record.unrealized = money();
    record.fees = money();
    record.funding = money();
    record.adjustments = money();
    record.gross_exposure = money(0);
    record.net_exposure = money();
    record.max_loss = money(0);
    record.peak = money();
    record.drawdown = money(0);
    record.drawdown_fraction = nano_at_least(0);
    record.tier = below(4);
    record.open_orders = below(1000);
    record.book = book();
    record.balance_count = 1;
    record.position_count = 1;
    writ_balance balance{};
    balance.asset = SampleRun::kUsdt;
    balance.amount = money();
    balance.value = money();
    writ_position position{};
    position.instrument = instrument();
    position.flags = below(2);
    position.quantity = any_nano();
    position.mark = any_nano();
    position.value = money();
    position.exposure = money();
    std::string tail(reinterpret_cast<const char*>(&balance), sizeof balance);
    tail.append(reinterpret_cast<const char*>(&position), sizeof position);
    run_.add(record, tail);
  }

  void incident() {
    auto record = model::make_record<writ_incident>();
    record.severity = word(WRIT_SEVERITY_INFO, WRIT_SEVERITY_CRITICAL);
    do {
      record.code = word(WRIT_INCIDENT_STALE_FEED, WRIT_INCIDENT_RESTORED);
    } while (record.code == WRIT_INCIDENT_KILL);
    record.account = below(2);
    record.instrument = below(3);
    record.instance = instance();
    record.cause_seq = any64();
    record.value = any_money();
    record.threshold = any_money();
    record.unit = below(WRIT_UNIT_RATE + 1);
    const std::string text = any_bytes();
    record.text_size = static_cast<std::uint32_t>(text.size());
    run_.add(record, text);
  }

  void signal() {
    const double values[] = {0.0, -0.0, 1e308, 5e-324, 0.1};
    if (coin()) {
      auto record = model::make_record<writ_signal>();
      record.header.type = coin() ? WRIT_RECORD_SIGNAL : WRIT_RECORD_SIGNAL_INPUT;
      record.instance = SampleRun::kMaker;
      record.instrument = below(3);
      record.flags = below(2);
      record.value = values[below(5)];
      run_.add(record);
      return;
    }
    auto record = model::make_record<writ_signal_report>();
    record.instance = SampleRun::kMaker;
    record.instrument = below(3);
    record.value = values[below(5)];
    const std::string payload = any_json(true);
    record.payload_size = static_cast<std::uint32_t>(payload.size());
    run_.add(record, payload);
  }

  void market() {
    if (coin()) {
      auto record = model::make_record<writ_trade>();
      record.header.stream = 1;
      record.instrument = SampleRun::kSpot;
      record.side = word(0, WRIT_SIDE_SELL);
      record.price = any_nano();
      record.quantity = any_nano();
      record.trade_id = any64();
      run_.add(record);
      return;
    }
    auto record = model::make_record<writ_book_delta>();
    record.header.stream = 1;
    record.instrument = SampleRun::kSpot;
    record.bid_count = below(4);
    record.ask_count = below(4);
    std::string tail;
    for (std::uint32_t i = 0; i < record.bid_count + record.ask_count; ++i) {
      const writ_level level{coin() ? any_nano() : 1 + below(20), coin() ? 0 : any_nano()};
      tail.append(reinterpret_cast<const char*>(&level), sizeof level);
    }
    run_.add(record, tail);
  }

  void people() {
    const std::string bytes = any_bytes();
    if (below(3) == 0) {
      auto record = model::make_record<writ_market_status>();
      record.header.stream = 1;
      record.instrument = below(3);
      record.status = word(WRIT_MARKET_OPEN, WRIT_MARKET_DISCONNECTED);
      run_.add(record);
    } else if (coin()) {
      auto record = model::make_record<writ_report>();
      record.instrument = instrument();
      record.kind = word(WRIT_REPORT_ACCEPTED, WRIT_REPORT_FOUND);
      record.reason = word(0, WRIT_REPORT_REASON_OTHER);
      record.text_size = static_cast<std::uint32_t>(bytes.size());
      run_.add(record, bytes);
    } else if (coin()) {
      auto record = model::make_record<writ_adjustment>();
      record.account = SampleRun::kAccount;
      record.asset = word(0, SampleRun::kEth);
      record.kind = word(WRIT_ADJUST_TRANSFER, WRIT_ADJUST_FUNDING);
      record.instrument = below(3);
      record.instance = instance();
      record.amount = money();
      record.quantity = any_nano();
      record.price = any_nano();
      record.text_size = static_cast<std::uint32_t>(bytes.size());
      run_.add(record, bytes);
    } else if (coin()) {
      auto record = model::make_record<writ_token_change>();
      record.account = SampleRun::kAccount;
      record.instrument = below(3);
      record.instance = instance();
      record.kind = word(WRIT_TOKENS_SPLIT, WRIT_TOKENS_CONVERT);
      record.quantity = nano_at_least(1);
      record.payout_denominator = 1;
      record.question_count = 1;
      const writ_question question{SampleRun::kSpot, 1};
      run_.add(record, std::string(reinterpret_cast<const char*>(&question), sizeof question));
    } else if (coin()) {
      auto record = model::make_record<writ_reload>();
      record.instance = instance();
      record.step = word(WRIT_RELOAD_PREPARED, WRIT_RELOAD_STILL_LOADED);
      record.preparation_ns = below(1'000'000);
      record.pause_ns = below(1'000);
      run_.add(record);
    } else {
      auto record = model::make_record<writ_command>();
      do {
        record.command = word(WRIT_OPERATOR_PAUSE, WRIT_OPERATOR_VENUE_HALT);
      } while (record.command == WRIT_OPERATOR_KILL);
      record.text_size = static_cast<std::uint32_t>(bytes.size());
      run_.add(record, bytes);
    }
  }

  struct Approved {
    std::uint64_t intent = 0;
    std::uint64_t verdict = 0;
    bool adds = false;
  };

  SampleRun& run_;
  std::mt19937 random_;
  bool killed_ = false;
  std::vector<std::uint64_t> snapshots_;
  std::vector<std::uint64_t> intents_;
  std::vector<Approved> approved_;
  std::vector<writ_order> orders_;
  std::vector<std::uint64_t> fills_;
};

TEST(RandomRecords, AllHaveTheirRows) {
  const std::size_t wanted = writ::test::scaled(100'000);
  std::size_t made = 0;
  for (std::uint32_t seed = 1; made < wanted; ++seed) {
    SampleRun run(seed);
    run.begin().config(R"({"storage":{"log_l2_full":true}})").deposit("10000");
    RandomCore core(run, seed);
    const std::size_t size = std::min<std::size_t>(wanted - made + 200, 20'000);
    while (run.size() < size - size / 10) core.step();
    core.kill();
    while (run.size() < size) core.step();
    run.stop(WRIT_STOP_KILL);
    made += run.size();
    const auto database = fresh_database();
    project(*database, run);
    ASSERT_EQ(
        rows(*database, "SELECT DISTINCT record_type, table_name, error FROM projection_reject"),
        std::vector<std::string>())
        << "seed " << seed;
    EXPECT_NE(row(*database, "SELECT count(*) FROM order_fill"), "0");
  }
  EXPECT_GE(made, wanted);
}

TEST(RandomRecords, OneThatHasNoRowsIsShoutedAndStopsNothing) {
  SampleRun run;
  run.begin().deposit("10000");
  RandomCore core(run, 7);
  for (int i = 0; i < 500; ++i) core.step();
  auto broken = run.make_intent(0);
  broken.kind = 99;
  const std::uint64_t refused = run.add(broken);
  for (int i = 0; i < 500; ++i) core.step();
  run.stop();
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(row(*database, "SELECT journal_seq, table_name FROM projection_reject"),
            std::to_string(refused) + "|strategy_intent");
  EXPECT_EQ(
      row(*database, "SELECT severity, category FROM ops_event WHERE kind = 'PROJECTION_REJECT'"),
      "CRITICAL|OPS");
  EXPECT_EQ(row(*database, "SELECT status FROM run"), "COMPLETED");
}

TEST(RandomRecords, ABuyThatOnlyReducesNeedsNoCash) {
  SampleRun run;
  run.begin();
  const auto intent = run.intent(run.snapshot());
  auto verdict = run.make_verdict(intent, true);
  verdict.effect = WRIT_EFFECT_REDUCES;
  auto order = run.make_order(intent, run.add(verdict));
  order.order_id = run.id(run.next_seq());
  order.cash_before = {};
  run.add(order);
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(
      row(*database, "SELECT requested_notional, pre_order_cash_available FROM order_request"),
      "0|0");
}

}  // namespace
}  // namespace writ::storage::test
