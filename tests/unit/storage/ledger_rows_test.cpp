// The records the ledger makes of random deposits, fills and marks, projected and verified.
#include "host/ledger/ledger.hpp"
#include "host/model/instrument_table.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace writ::storage::test {
namespace {

/// Appends what the ledger derives to the run the inputs are in.
class RunSink final : public model::RecordSink {
 public:
  RunSink(SampleRun& run, std::uint32_t number) : run_(run), number_(number) {}
  [[nodiscard]] RunNumber run() const override { return number_; }
  [[nodiscard]] Seq next_seq() const override { return Seq{run_.next_seq()}; }
  std::uint64_t append(writ_record& record) override { return run_.id(run_.append(record)); }

 private:
  SampleRun& run_;
  RunNumber number_;
};

class RandomQuotes final : public ledger::QuoteSource {
 public:
  [[nodiscard]] ledger::Quote quote(std::uint32_t) const override {
    if (mid_ == 0) return {};
    return {Price{mid_ - 10'000'000}, Price{mid_ + 10'000'000}, true};
  }
  std::int64_t mid_ = 0;
};

constexpr std::uint32_t kYes = 11, kNo = 12, kRunner = 13;

/// A market of two tokens and a runner, beside the run's own instruments.
std::vector<writ_instrument> other_instruments() {
  std::vector<writ_instrument> made;
  for (const std::uint32_t number : {kYes, kNo, kRunner}) {
    auto record = model::make_record<writ_instrument>();
    record.instrument = number;
    record.kind = number == kRunner ? WRIT_KIND_RUNNER : WRIT_KIND_BINARY;
    record.complement = number == kYes ? kNo : number == kNo ? kYes : 0;
    record.quote_asset = record.settle_asset = SampleRun::kUsdt;
    record.status = WRIT_INSTRUMENT_ACTIVE;
    record.ladder = WRIT_LADDER_TICK;
    record.tick = record.lot = 10'000'000;
    record.price_min = record.price_max = WRIT_NONE;
    record.quantity_min = record.quantity_max = WRIT_NONE;
    record.quantity_unit = 1'000'000'000;
    record.taker_fee = number == kRunner ? 50'000'000 : 0;
    record.start_ts = record.expiry_ts = WRIT_NONE;
    (void)model::set_text(record.venue, "sim");
    (void)model::set_text(record.market, number == kRunner ? "race" : "rain");
    (void)model::set_text(record.selection, number == kYes ? "YES" : number == kNo ? "NO" : "7");
    (void)model::set_text(record.quote, "USDT");
    made.push_back(record);
  }
  return made;
}

TEST(LedgerRows, OfRandomTradesVerifyToTheLastUnit) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
    std::mt19937 random(seed);
    const auto below = [&random](std::int64_t n) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    SampleRun run(seed);
    run.begin();
    model::InstrumentTable tables;
    for (writ_instrument& instrument : other_instruments()) run.append(instrument.header);
    for (std::size_t i = 0; i < run.size(); ++i) ASSERT_TRUE(tables.apply(run.record(i)));
    ledger::Ledger ledger(tables);
    RunSink sink(run, seed);
    RandomQuotes quotes;
    int fills = 0;
    for (int step = 0; step < 300; ++step) {
      const std::int64_t choice = step < 2 ? 0 : below(20);
      if (choice == 0) {
        auto deposit = model::make_record<writ_deposit>();
        deposit.account = SampleRun::kAccount;
        deposit.asset = step == 1 || below(4) == 0 ? SampleRun::kEth : SampleRun::kUsdt;
        deposit.amount = cash(step < 2 ? "50000.000000000000000001" : "3.1415926535");
        const auto seq = run.append(deposit.header);
        ledger.on_deposit(deposit, run.id(seq), sink);
        continue;
      }
      quotes.mid_ = 100'000'000'000 + below(20'000'000'000);
      if (choice < 5) {
        ASSERT_NE(
            ledger.portfolio(AccountId{SampleRun::kAccount}, SampleRun::kStart, quotes, 0, sink),
            0U);
        continue;
      }
      if (choice == 5) {
        auto settlement = model::make_record<writ_settlement>();
        settlement.instrument = below(2) == 0 ? kRunner : kYes;
        settlement.result = below(3) == 0                      ? WRIT_SETTLED_REVERSED
                            : settlement.instrument == kRunner ? WRIT_SETTLED_WINNER
                                                               : WRIT_SETTLED_PAYOUT;
        settlement.payout_numerator = settlement.payout_denominator = 1;
        settlement.places = settlement.tied = 1;
        const auto seq = run.append(settlement.header);
        ledger.on_settlement(settlement, run.id(seq), sink);
        continue;
      }
      if (choice == 6) {
        auto change = model::make_record<writ_token_change>();
        change.account = SampleRun::kAccount;
        change.instance = SampleRun::kMaker;
        change.instrument = kYes;
        change.kind = below(2) == 0 ? WRIT_TOKENS_SPLIT : WRIT_TOKENS_MERGE;
        change.quantity = 1 + below(1'000'000'000);
        const auto seq = run.append(change.header);
        ledger.on_token_change(change, run.id(seq), sink);
        continue;
      }
      if (choice == 7) {
        auto adjustment = model::make_record<writ_adjustment>();
        adjustment.account = SampleRun::kAccount;
        adjustment.kind = below(2) == 0 ? WRIT_ADJUST_CASH : WRIT_ADJUST_POSITION;
        const bool position = adjustment.kind == WRIT_ADJUST_POSITION;
        adjustment.asset = position ? 0 : SampleRun::kUsdt;
        adjustment.amount = cash(position ? "0" : "0.000000000000000003");
        adjustment.instrument = position ? kNo : 0;
        adjustment.quantity = position ? 1 + below(1000) : 0;
        adjustment.price = 300'000'000;
        const auto seq = run.append(adjustment.header);
        ledger.on_adjustment(adjustment, run.id(seq), sink);
        continue;
      }
      const bool bet = below(4) == 0;
      const bool perp = below(2) == 0;
      const auto side = static_cast<std::uint16_t>(below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL);
      const std::uint64_t intent = run.intent(run.snapshot());
      auto order = run.make_order(intent, run.verdict(intent));
      order.order_id = run.id(run.next_seq());
      order.instrument = bet ? kRunner : perp ? SampleRun::kPerp : SampleRun::kSpot;
      order.side = side;
      order.quantity = bet ? (1 + below(1'000)) * 10'000'000 : 1 + below(3'000'000'000);
      order.price = bet ? (101 + below(500)) * 10'000'000 : quotes.mid_ + below(1000) - 500;
      order.requested = {};
      run.add(order);
      auto fill = run.make_fill(order.order_id);
      fill.instrument = order.instrument;
      fill.side = side;
      fill.price = order.price;
      fill.quantity = order.quantity;
      fill.fee = to_abi(Money{below(1'000'000'000'000'000'007)});
      const auto seq = run.append(fill.header);
      ASSERT_TRUE(ledger.on_fill(fill, FillId{run.id(seq)}, sink));
      ++fills;
    }
    ASSERT_GT(fills, 80);

    const auto database = fresh_database();
    project(*database, run);
    const auto checks = verify(*database);
    ASSERT_TRUE(checks);
    for (const Check& check : *checks) {
      EXPECT_TRUE(check.passed()) << "seed " << seed << " " << check.name << ": " << check.first;
      EXPECT_TRUE(check.examined > 0 || check.name == "rejects") << check.name;
    }
    EXPECT_NE(row(*database, "SELECT count(*) FROM executed_trade WHERE is_closed"), "0");
    for (const char* ref : {"settlement:race", "merge:%", "adjustment:%"}) {
      EXPECT_NE(
          row(*database, "SELECT count(*) FROM ledger_event WHERE book = 'PNL' AND ref LIKE '" +
                             std::string(ref) + "'"),
          "0")
          << ref;
    }
    EXPECT_NE(row(*database, "SELECT count(*) FROM ops_event WHERE kind = 'ADJUSTMENT:cash'"), "0");
    EXPECT_NE(row(*database, "SELECT count(*) FROM ops_event WHERE kind = 'TOKENS:split'"), "0");
  }
}

}  // namespace
}  // namespace writ::storage::test
