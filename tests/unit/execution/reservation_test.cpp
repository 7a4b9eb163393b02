#include "host/execution/reservation.hpp"

#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <string>

namespace writ::execution {
namespace {

Price price(const char* text) { return parse_price(text).value; }
Quantity quantity(const char* text) { return parse_quantity(text).value; }
Money money(const char* text) { return parse_money(text).value; }

writ_instrument instrument(std::uint32_t kind) {
  auto facts = model::make_record<writ_instrument>();
  facts.instrument = 1;
  facts.kind = kind;
  facts.quantity_unit = 1'000'000'000;
  facts.maker_fee = parse_rate("0.0002").value.raw;
  facts.taker_fee = parse_rate("0.0005").value.raw;
  facts.fee_decimals = 8;
  facts.fee_rounding = WRIT_ROUND_CEIL;
  return facts;
}

std::string required(std::uint32_t kind, std::uint16_t side, const char* at, const char* size,
                     const char* closable) {
  const auto cash =
      cash_required(instrument(kind), side, price(at), quantity(size), quantity(closable));
  return cash ? to_string(*cash) : "nothing";
}

TEST(CashRequired, IsTheCostAndTheDearestFeeOfASpotBuy) {
  // 67123.4 x 0.00123 = 82.561782, taker fee 0.0412809 (V 00, V 14)
  EXPECT_EQ(required(WRIT_KIND_SPOT, WRIT_SIDE_BUY, "67123.4", "0.00123", "0"), "82.6030629");
  EXPECT_EQ(required(WRIT_KIND_SPOT, WRIT_SIDE_SELL, "67123.4", "0.00123", "0"), "0");
}

TEST(CashRequired, IsThatOfThePartThatOpensOfAPerpetual) {
  EXPECT_EQ(required(WRIT_KIND_PERP, WRIT_SIDE_SELL, "100", "3", "0"), "300.15");
  EXPECT_EQ(required(WRIT_KIND_PERP, WRIT_SIDE_SELL, "100", "3", "1"), "200.15");
  EXPECT_EQ(required(WRIT_KIND_PERP, WRIT_SIDE_SELL, "100", "3", "3"), "0");
  EXPECT_EQ(required(WRIT_KIND_PERP, WRIT_SIDE_BUY, "100", "3", "9"), "0");
}

TEST(CashRequired, IsWhatABinarySaleCanLose) {
  EXPECT_EQ(required(WRIT_KIND_BINARY, WRIT_SIDE_BUY, "0.4", "10", "0"), "4.002");
  EXPECT_EQ(required(WRIT_KIND_BINARY, WRIT_SIDE_SELL, "0.4", "10", "0"), "6.002");
  EXPECT_EQ(required(WRIT_KIND_BINARY, WRIT_SIDE_SELL, "0.4", "10", "10"), "0");
}

TEST(CashRequired, IsTheStakeOfABackAndTheLiabilityOfALay) {
  auto facts = instrument(WRIT_KIND_RUNNER);
  facts.taker_fee = 50'000'000;  // a commission: of what the market won, nothing of a bet
  EXPECT_EQ(*cash_required(facts, WRIT_SIDE_BUY, price("3"), quantity("10"), Quantity{}),
            money("10"));
  EXPECT_EQ(*cash_required(facts, WRIT_SIDE_SELL, price("3"), quantity("10"), Quantity{}),
            money("20"));
}

TEST(CashRequired, IsNothingForNumbersThatDoNotFit) {
  EXPECT_EQ(required(WRIT_KIND_SPOT, WRIT_SIDE_BUY, "9000000000", "9000000000", "0"), "nothing");
  EXPECT_FALSE(cash_required(instrument(WRIT_KIND_SPOT), WRIT_SIDE_BUY, Price::none(),
                             quantity("1"), Quantity{}));
}

TEST(FeeMax, IsZeroWhereBothRatesAreRebates) {
  auto facts = instrument(WRIT_KIND_SPOT);
  facts.maker_fee = facts.taker_fee = -100;
  EXPECT_EQ(*fee_max(facts, money("1000")), Money{});
}

TEST(FeeMax, IsRoundedUpToTheDecimalsOfTheFee) {
  EXPECT_EQ(*fee_max(instrument(WRIT_KIND_SPOT), money("82.561783")), money("0.0412809"));
  EXPECT_EQ(*fee_max(instrument(WRIT_KIND_SPOT), money("82.5617821")), money("0.0412809"));
  EXPECT_EQ(*fee_max(instrument(WRIT_KIND_SPOT), money("82.561801")), money("0.04128091"));
}

writ_order order(std::uint16_t side, const char* at, const char* size, const char* filled,
                 const char* requested) {
  auto record = model::make_record<writ_order>();
  record.side = side;
  record.state = WRIT_ORDER_OPEN;
  record.price = at[0] == '-' ? WRIT_NONE : price(at).raw;
  record.quantity = quantity(size).raw;
  record.filled = quantity(filled).raw;
  record.requested = to_abi(money(requested));
  return record;
}

TEST(CashReserved, ShrinksWithWhatIsLeft) {
  const auto spot = instrument(WRIT_KIND_SPOT);
  EXPECT_EQ(cash_reserved(spot, order(WRIT_SIDE_BUY, "100", "10", "0", "1000.5")), money("1000.5"));
  EXPECT_EQ(cash_reserved(spot, order(WRIT_SIDE_BUY, "100", "10", "4", "1000.5")), money("600.3"));
  EXPECT_EQ(cash_reserved(spot, order(WRIT_SIDE_BUY, "100", "10", "10", "1000.5")), Money{});
}

TEST(CashReserved, NeverExceedsWhatTheOrderCouldEverConsume) {
  // sells 3 of which 1 closes: the first fill may be the one that closes
  const auto perp = instrument(WRIT_KIND_PERP);
  EXPECT_EQ(cash_reserved(perp, order(WRIT_SIDE_SELL, "100", "3", "0", "200.15")), money("200.15"));
  EXPECT_EQ(cash_reserved(perp, order(WRIT_SIDE_SELL, "100", "3", "1", "200.15")), money("200.1"));
  EXPECT_EQ(cash_reserved(perp, order(WRIT_SIDE_SELL, "100", "3", "2", "200.15")), money("100.05"));
}

TEST(CashReserved, IsZeroForAnOrderThatOnlyCloses) {
  EXPECT_EQ(cash_reserved(instrument(WRIT_KIND_PERP), order(WRIT_SIDE_SELL, "100", "3", "0", "0")),
            Money{});
}

TEST(CashReserved, IsInProportionForAMarketOrder) {
  EXPECT_EQ(cash_reserved(instrument(WRIT_KIND_SPOT), order(WRIT_SIDE_BUY, "-", "3", "1", "1")),
            money("0.666666666666666667"));
}

TEST(CashReserved, EndsWithTheOrder) {
  auto done = order(WRIT_SIDE_BUY, "100", "10", "0", "1000.5");
  done.state = WRIT_ORDER_CANCELLED;
  EXPECT_EQ(cash_reserved(instrument(WRIT_KIND_SPOT), done), Money{});
}

TEST(BaseReserved, IsWhatASpotSaleStillGives) {
  EXPECT_EQ(base_reserved(instrument(WRIT_KIND_SPOT), order(WRIT_SIDE_SELL, "100", "10", "4", "0")),
            money("6"));
  EXPECT_EQ(base_reserved(instrument(WRIT_KIND_PERP), order(WRIT_SIDE_SELL, "100", "10", "4", "0")),
            Money{});
  EXPECT_EQ(base_reserved(instrument(WRIT_KIND_SPOT), order(WRIT_SIDE_BUY, "100", "10", "4", "0")),
            Money{});
}

}  // namespace
}  // namespace writ::execution
