// Fees charged in another asset than the result: in the coins traded, or in a third one.
#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::kAccount;
using test::kBtc;
using test::kBtcSpot;
using test::kEth;
using test::kPerp;
using test::kSpot;
using test::kUsdt;
using test::money;
using test::px;
using test::qty;
using test::World;

constexpr AccountId kMain{kAccount};
constexpr std::uint32_t kA = 1;  // a strategy

struct Books : World {
  Ledger ledger{tables};

  Books() { deposit(ledger, kUsdt, money("1000")); }

  bool charged(std::uint32_t instrument, Quantity signed_quantity, Price price, std::uint32_t asset,
               Money amount, Money fee = {}) {
    auto record = make_fill(instrument, kA, signed_quantity, price, fee);
    record.fee_asset = asset;
    record.fee_asset_quantity = to_abi(amount);
    return ledger.on_fill(record, FillId{record.header.seq}, sink);
  }
  Money cash(std::uint32_t asset) const { return ledger.cash(kMain, AssetId{asset}); }
  void mark(std::uint32_t instrument, const char* price) {
    quotes.set(instrument, px(price), px(price));
    ledger.on_quote(instrument, quotes.quote(instrument), sink);
  }
  Money equity() {
    (void)ledger.portfolio(kMain, 1, quotes, 0, sink);
    return ledger.equity(kMain);
  }
};

TEST(ChargedFee, InTheCoinsBoughtIsSoMuchLessOfThem) {
  Books books;
  books.mark(kSpot, "100");
  ASSERT_TRUE(books.charged(kSpot, qty("1"), px("100"), kEth, money("0.001"), money("0.1")));
  EXPECT_EQ(books.cash(kUsdt), money("900"));
  EXPECT_EQ(books.cash(kEth), money("0.999"));
  EXPECT_EQ(books.ledger.position(kMain, InstrumentId{kSpot}), qty("0.999"));
  EXPECT_EQ(books.ledger.result(kMain, InstanceId{kA}, InstrumentId{kSpot}).fees, money("0.1"));
  EXPECT_EQ(books.equity(), money("999.9"));
}

TEST(ChargedFee, InTheCoinsSoldIsSoMuchMoreOfThem) {
  Books books;
  books.mark(kSpot, "100");
  ASSERT_TRUE(books.charged(kSpot, qty("2"), px("100"), kUsdt, money("0.2"), money("0.2")));
  ASSERT_TRUE(books.charged(kSpot, qty("-1"), px("110"), kEth, money("0.001"), money("0.11")));
  EXPECT_EQ(books.cash(kUsdt), money("909.8"));
  EXPECT_EQ(books.cash(kEth), money("0.999"));
  EXPECT_EQ(books.ledger.position(kMain, InstrumentId{kSpot}), qty("0.999"));
  const auto result = books.ledger.result(kMain, InstanceId{kA}, InstrumentId{kSpot});
  EXPECT_EQ(result.realized, money("10.01"));
  EXPECT_EQ(result.fees, money("0.31"));
  EXPECT_EQ(books.equity(), money("1009.7"));
}

TEST(ChargedFee, FinerThanAPositionIsPaidFromTheBalance) {
  Books books;
  books.mark(kSpot, "100");
  ASSERT_TRUE(books.charged(kSpot, qty("1"), px("100"), kEth, money("0.0010000000005")));
  EXPECT_EQ(books.cash(kEth), money("0.9989999999995"));
  EXPECT_EQ(books.ledger.position(kMain, InstrumentId{kSpot}), qty("0.999"));
  EXPECT_EQ(books.equity(), money("999.89999999995"));
}

TEST(ChargedFee, InAThirdAssetIsPaidThereAndValuedHere) {
  Books books;
  books.mark(kBtcSpot, "50000");
  books.mark(kSpot, "100");
  books.deposit(books.ledger, kBtc, money("0.01"));
  ASSERT_TRUE(books.charged(kSpot, qty("1"), px("100"), kBtc, money("0.000002"), money("0.1")));
  EXPECT_EQ(books.cash(kUsdt), money("900"));
  EXPECT_EQ(books.cash(kEth), money("1"));
  EXPECT_EQ(books.cash(kBtc), money("0.009998"));
  EXPECT_EQ(books.ledger.result(kMain, InstanceId{kA}, InstrumentId{kSpot}).fees, money("0.1"));
  EXPECT_EQ(books.equity(), money("1499.9"));
}

TEST(ChargedFee, WhoseWorthNobodyToldIsValuedAtTheConversionRate) {
  Books books;
  books.mark(kBtcSpot, "50000");
  books.deposit(books.ledger, kBtc, money("0.01"));
  ASSERT_TRUE(books.charged(kPerp, qty("1"), px("100"), kBtc, money("0.000002")));
  EXPECT_EQ(books.cash(kUsdt), money("1000"));
  EXPECT_EQ(books.cash(kBtc), money("0.009998"));
  EXPECT_EQ(books.ledger.result(kMain, InstanceId{kA}, InstrumentId{kPerp}).fees, money("0.1"));
}

TEST(ChargedFee, ShowsInTheRowsOfItsAsset) {
  Books books;
  books.mark(kSpot, "100");
  ASSERT_TRUE(books.charged(kSpot, qty("1"), px("100"), kEth, money("0.001")));
  Money charged;
  Money result;
  for (const auto* row : books.sink.all<writ_ledger>()) {
    if (row->kind != WRIT_ENTRY_FEE) continue;
    (row->ledger == WRIT_LEDGER_CASH ? charged : result) += from_abi(row->amount);
    EXPECT_EQ(row->asset, row->ledger == WRIT_LEDGER_CASH ? kEth : kUsdt);
  }
  EXPECT_EQ(charged, money("-0.001"));
  EXPECT_EQ(result, money("-0.1"));
}

// The ledger asserts for itself that cash and positions are what was put in and earned since.
TEST(ChargedFeeProperty, BalancesAgreeWithTheVenueToTheLastUnit) {
  const std::size_t rounds = writ::test::scaled(2'000);
  for (std::size_t round = 0; round < rounds; ++round) {
    base::RandomStream random(11, "test.charged_fee", round);
    Books books;
    books.mark(kSpot, "100");
    books.mark(kBtcSpot, "50000");
    books.deposit(books.ledger, kBtc, money("1"));
    Money usdt = money("1000");
    Money eth;
    Money btc = money("1");
    for (int i = 0; i < 30; ++i) {
      const Quantity size{1'000 * static_cast<std::int64_t>(1 + random.below(5'000'000))};
      const Price price{10'000'000 * static_cast<std::int64_t>(5'000 + random.below(10'000))};
      const bool buys = random.below(2) == 0;
      const std::uint32_t assets[] = {kUsdt, kEth, kBtc};
      const std::uint32_t asset = assets[random.below(3)];
      const Money amount{Int128{static_cast<std::int64_t>(random.below(1'000'000))} *
                         (random.below(4) == 0 ? 1 : 10'000'000'000)};
      const Money value = notional(price, size);
      const Money coins{Int128{size.raw} * 1'000'000'000};
      const Money fee = asset == kUsdt ? amount : Money{};
      ASSERT_TRUE(books.charged(kSpot, buys ? size : -size, price, asset, amount, fee));
      usdt = buys ? usdt - value : usdt + value;
      eth = buys ? eth + coins : eth - coins;
      (asset == kUsdt ? usdt : asset == kEth ? eth : btc) -= amount;
      ASSERT_EQ(books.cash(kUsdt), usdt) << "round " << round;
      ASSERT_EQ(books.cash(kEth), eth) << "round " << round;
      ASSERT_EQ(books.cash(kBtc), btc) << "round " << round;
      (void)books.equity();
    }
    Ledger loaded{books.tables};
    ASSERT_TRUE(loaded.load(books.ledger.save()));
  }
}

}  // namespace
}  // namespace writ::ledger
