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

TEST(LedgerRows, OfRandomTradesVerifyToTheLastUnit) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
    std::mt19937 random(seed);
    const auto below = [&random](std::int64_t n) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    SampleRun run(seed);
    run.begin();
    model::InstrumentTable tables;
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
      const bool perp = below(2) == 0;
      const auto side = static_cast<std::uint16_t>(below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL);
      const std::uint64_t intent = run.intent(run.snapshot());
      auto order = run.make_order(intent, run.verdict(intent));
      order.order_id = run.id(run.next_seq());
      order.instrument = perp ? SampleRun::kPerp : SampleRun::kSpot;
      order.side = side;
      order.quantity = 1 + below(3'000'000'000);
      order.price = quotes.mid_ + below(1000) - 500;
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
    ASSERT_GT(fills, 100);

    const auto database = fresh_database();
    project(*database, run);
    const auto checks = verify(*database);
    ASSERT_TRUE(checks);
    for (const Check& check : *checks) {
      EXPECT_TRUE(check.passed()) << "seed " << seed << " " << check.name << ": " << check.first;
      EXPECT_TRUE(check.examined > 0 || check.name == "rejects") << check.name;
    }
    EXPECT_NE(row(*database, "SELECT count(*) FROM executed_trade WHERE is_closed"), "0");
  }
}

}  // namespace
}  // namespace writ::storage::test
