// One intent judged with every check on: the view gathered from books, orders and ledger, then the
// checks. Each intent is timed by itself, after an order in its instrument has changed.
#include "host/arbiter/arbiter.hpp"
#include "host/base/crc32c.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/risk_sums.hpp"
#include "host/engine/risk_view_builder.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/rounds.hpp"

#include <writ/abi/plugin.h>
#include <writ/money_abi.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace writ;

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kOne;
constexpr std::uint32_t kAsset = 1;
constexpr std::uint32_t kAccount = 1;
constexpr std::uint32_t kInstruments = 4;
constexpr std::uint32_t kStrategies = 2;
constexpr std::int64_t kBid = 100 * kOne;
constexpr std::int64_t kTick = kOne / 100;
constexpr int kIntents = 100'000;
constexpr int kRounds = 7;

class NumberingSink final : public engine::CoreSink {
 public:
  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{last_ + 1}; }

 protected:
  std::uint64_t put(writ_record& record) override {
    record.seq = ++last_;
    return record_id<IntentId>(run(), Seq{record.seq}).raw();
  }

 private:
  std::uint64_t last_ = 0;
};

template <std::size_t N>
void name(char (&field)[N], std::string_view text) {
  if (!model::set_text(field, text)) std::abort();
}

writ_instrument perpetual(std::uint32_t number) {
  auto instrument = model::make_record<writ_instrument>();
  instrument.instrument = number;
  instrument.kind = WRIT_KIND_PERP;
  instrument.base_asset = instrument.quote_asset = instrument.settle_asset = kAsset;
  instrument.status = WRIT_INSTRUMENT_ACTIVE;
  instrument.ladder = WRIT_LADDER_TICK;
  instrument.tick = kTick;
  instrument.lot = kOne / 1000;
  instrument.price_min = instrument.price_max = WRIT_NONE;
  instrument.quantity_min = instrument.quantity_max = WRIT_NONE;
  instrument.quantity_unit = kOne;
  instrument.taker_fee = 500'000;
  instrument.fee_decimals = 8;
  instrument.fee_rounding = WRIT_ROUND_CEIL;
  instrument.start_ts = instrument.expiry_ts = WRIT_NONE;
  name(instrument.venue, "bench");
  name(instrument.market, "P" + std::to_string(number));
  return instrument;
}

arbiter::ArbiterOptions every_check() {
  const Money much{Int128{kOne} * kOne * 1'000'000'000};
  arbiter::ArbiterOptions options;
  auto& limits = options.defaults;
  limits.staleness_ns = 3'600 * kOne;
  limits.position_max = Quantity{1'000'000 * kOne};
  limits.price_band = Rate{50'000'000};
  limits.order_rate_max = 1'000'000;
  limits.open_orders_max = 1'000;
  limits.duplicate_window_ns = 1;
  limits.instrument_exposure_max = limits.market_exposure_max = limits.venue_exposure_max = much;
  limits.strategy_exposure_max = limits.account_exposure_max = much;
  limits.market_worst_case_max = limits.account_worst_case_max = much;
  limits.daily_loss_max = limits.strategy_budget = much;
  limits.order_to_trade_max = Rate{1'000'000 * kOne};
  limits.order_to_trade_grace = 1'000'000;
  options.circuit_break = arbiter::CircuitBreakRule{Rate{500'000'000}, kOne, kOne};
  options.ownership = arbiter::Ownership::kShared;
  return options;
}

/// A core without plugins: four perpetuals, two strategies with positions and working orders.
class Court {
 public:
  Court() {
    auto asset = model::make_record<writ_asset>();
    asset.asset = kAsset;
    name(asset.name, "USDT");
    enter(asset.header);
    auto account = model::make_record<writ_account>();
    account.account = kAccount;
    account.book = WRIT_BOOK_MAIN;
    account.reporting_asset = kAsset;
    name(account.name, "main");
    enter(account.header);
    for (std::uint32_t i = 1; i <= kInstruments; ++i) {
      auto instrument = perpetual(i);
      enter(instrument.header);
      markets_.on_instrument(instrument);
      orders_.apply(instrument);
    }
    auto run = model::make_record<writ_run_started>();
    run.run_id[0] = 1;
    orders_.apply(run);
    for (std::uint32_t i = 1; i <= kStrategies; ++i) {
      auto instance = model::make_record<writ_instance>();
      instance.instance = i;
      instance.kind = WRIT_PLUGIN_STRATEGY;
      instance.account = kAccount;
      name(instance.name, "s" + std::to_string(i));
      enter(instance.header);
      orders_.apply(instance);
    }
    auto deposit = model::make_record<writ_deposit>();
    deposit.account = kAccount;
    deposit.asset = kAsset;
    deposit.amount = to_abi(Money{Int128{kOne} * kOne * 100'000'000});
    begin(deposit.header);
    ledger_.on_deposit(deposit, 1, sink_);
    for (std::uint32_t i = 1; i <= kInstruments; ++i) quote(i);
    for (int i = 0; i < 32; ++i) place(place_intent(i));
  }

  /// ns of each intent: the view, and the judging of it.
  void judge_all(std::vector<double>& whole, std::vector<double>& judging) {
    model::RecordBuffer verdict;
    const double clock_ns = bench::clock_cost_ns();
    for (int i = 0; i < kIntents; ++i) {
      const auto intent = place_intent(i);
      sums_.touch_orders(intent.instrument);
      const auto begin = bench::clock_ns();
      const auto view = views_.build(intent);
      const auto built = bench::clock_ns();
      arbiter_.judge(intent, 77, view, verdict);
      const auto end = bench::clock_ns();
      const auto& judged = *model::as<writ_verdict>(verdict.finish());
      if (judged.approved == 0) {  // an early veto would be cheap
        std::fprintf(stderr, "arbiter_bench: vetoed by check %u\n", judged.detail);
        std::exit(1);
      }
      checks_ = judged.check_count;
      checksum_ = base::crc32c(model::bytes_of(judged.header), checksum_);
      whole.push_back(static_cast<double>(end - begin) - 2 * clock_ns);
      judging.push_back(static_cast<double>(end - built) - clock_ns);
    }
  }
  [[nodiscard]] std::uint32_t checks() const { return checks_; }
  /// Of all verdicts.
  [[nodiscard]] std::uint32_t checksum() const { return checksum_; }

 private:
  void begin(writ_record& record) {
    record.seq = ++inputs_;
    record.ingest_ts = record.event_ts = kStart;
    sink_.begin(record);
  }
  void enter(writ_record& record) {
    begin(record);
    if (!tables_.apply(record)) std::abort();
  }

  void quote(std::uint32_t instrument) {
    auto image = model::make_record<writ_book_snapshot>();
    image.instrument = instrument;
    image.bid_count = image.ask_count = 1;
    const writ_level levels[] = {{kBid, 50 * kOne}, {kBid + kTick, 50 * kOne}};
    model::RecordBuffer buffer;
    auto& record = buffer.begin(image).append(levels, sizeof levels).finish();
    begin(record);
    static_cast<void>(markets_.apply(record, sink_));
    const ledger::Quote best{Price{kBid}, Price{kBid + kTick}, true};
    ledger_.on_quote(instrument, best, sink_);
    static_cast<void>(arbiter_.on_book(instrument, best.bid, best.ask, kStart));
  }

  static writ_intent place_intent(int number) {
    auto intent = model::make_record<writ_intent>();
    intent.header.ingest_ts = kStart;
    intent.instance = 1 + static_cast<std::uint32_t>(number) % kStrategies;
    intent.instrument = 1 + static_cast<std::uint32_t>(number / 2) % kInstruments;
    intent.account = kAccount;
    intent.kind = WRIT_INTENT_PLACE;
    intent.side = WRIT_SIDE_BUY;
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.time_in_force = WRIT_TIF_GTC;
    intent.urgency = WRIT_URGENCY_MAKER;
    intent.price = kBid - (number % 64) * kTick;
    intent.quantity = kOne + (number % 128) * kOne / 100;
    intent.expire_ts = WRIT_NONE;
    return intent;
  }

  /// A working order, half of them filled.
  void place(const writ_intent& intent) {
    auto verdict = model::make_record<writ_verdict>();
    verdict.approved = 1;
    verdict.instance = intent.instance;
    verdict.instrument = intent.instrument;
    verdict.account = intent.account;
    verdict.book = WRIT_BOOK_MAIN;
    verdict.price = intent.price;
    verdict.quantity = intent.quantity;
    verdict.intent_id = ++intents_;
    const VerdictId id{sink_.append(verdict.header)};
    orders_.carry_out({intent, verdict, id}, Quantity{}, {Money{}, Money{}}, sink_);
    const auto made = sink_.take_orders();
    if (intents_ % 2 != 0 || made.empty()) return;
    auto fill = model::make_record<writ_fill>();
    fill.order_id = made.front().order_id;
    fill.intent_id = verdict.intent_id;
    fill.instance = intent.instance;
    fill.instrument = intent.instrument;
    fill.account = intent.account;
    fill.side = intent.side;
    fill.price = intent.price;
    fill.quantity = intent.quantity / 2 / 1'000'000 * 1'000'000;
    fill.book = WRIT_BOOK_MAIN;
    name(fill.client_order_id, model::text_of(made.front().client_order_id));
    name(fill.exchange_trade_id, "t" + std::to_string(intents_));
    begin(fill.header);
    if (!orders_.on_fill(fill, sink_)) std::abort();
    ledger_.on_fill(fill, FillId{inputs_}, sink_);
    static_cast<void>(sink_.take_orders());
  }

  NumberingSink sink_;
  model::InstrumentTable tables_;
  market::Markets markets_;
  execution::Orders orders_;
  ledger::Ledger ledger_{tables_};
  arbiter::Arbiter arbiter_{tables_, every_check()};
  engine::RiskSums sums_{tables_, orders_, ledger_};
  engine::RiskViewBuilder views_{sink_, tables_, markets_, orders_, ledger_, arbiter_, sums_};
  std::uint64_t inputs_ = 0;
  std::uint64_t intents_ = 0;
  std::uint32_t checks_ = 0;
  std::uint32_t checksum_ = 0;
};

}  // namespace

int main() {
  Court court;
  bench::print_heading("arbiter_bench");
  bench::Row median{"G13", "an intent, every check on, p50", "150 ns", 1.0};
  bench::Row tail{"G13", "an intent, every check on, p99", "500 ns", 1.0};
  bench::Row checks{"G13", "of it the checks alone, p50", "150 ns", {}};
  for (int round = 0; round <= kRounds; ++round) {
    std::vector<double> whole;
    std::vector<double> judging;
    court.judge_all(whole, judging);
    if (round == 0) continue;  // to warm up
    median.ours.push_back(bench::percentile(whole, 0.50));
    median.limit.push_back(150);
    tail.ours.push_back(bench::percentile(whole, 0.99));
    tail.limit.push_back(500);
    checks.ours.push_back(bench::percentile(judging, 0.50));
    checks.limit.push_back(150);
  }
  bench::print(median);
  bench::print(tail);
  bench::print(checks);
  bench::print_proof(median.name, "checks made " + std::to_string(court.checks()) +
                                      ", all passed; checksum of the verdicts " +
                                      std::to_string(court.checksum()));
  return 0;
}
