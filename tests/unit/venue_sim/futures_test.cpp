// Positions, margin, funding, the dead man and liquidations.
#include "quiet_venue.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

namespace writ::venue_sim {
namespace {

constexpr std::string_view kOrder = "/fapi/v1/order";

std::string limit(std::string_view side, std::string_view price, std::string_view quantity,
                  std::string_view more = "&timeInForce=GTC") {
  return "symbol=BTCUSDT&type=LIMIT&side=" + std::string(side) + "&price=" + std::string(price) +
         "&quantity=" + std::string(quantity) + std::string(more);
}
std::string market(std::string_view side, std::string_view quantity, std::string_view more = "") {
  return "symbol=BTCUSDT&type=MARKET&side=" + std::string(side) +
         "&quantity=" + std::string(quantity) + std::string(more);
}

class FuturesExchange : public testing::Test {
 protected:
  QuietVenue sim{Market::kUsdm};

  void SetUp() override {
    sim.offer("BTCUSDT", Side::kBuy, "49999.9", "5");
    sim.offer("BTCUSDT", Side::kSell, "50000", "5");
  }
  Account& account() { return sim.venue.exchange().account(1); }
  std::string wallet() { return to_string(account().balances["USDT"].free); }
  void mark(std::string_view price, std::string_view rate = "0.0001") {
    sim.venue.exchange().set_mark(
        "BTCUSDT", {parse_price(price).value, parse_price(price).value, parse_rate(rate).value, 0});
  }
};

TEST(Position, RealisesWhatItCostAndBroughtToTheLastUnit) {
  Position position;
  const auto trade = [&](Side side, std::string_view price, std::string_view quantity) {
    return position.trade(side, parse_price(price).value, parse_quantity(quantity).value);
  };
  Money realised;
  realised += trade(Side::kBuy, "100", "1");
  realised += trade(Side::kBuy, "100.1", "2");
  realised += trade(Side::kSell, "101", "1");
  realised += trade(Side::kSell, "99", "3");  // through zero: short 1 at 99
  EXPECT_EQ(to_string(position.entry_price()), "99");
  realised += trade(Side::kBuy, "98", "1");
  EXPECT_EQ(to_string(realised), "-0.2");  // -100 - 200.2 + 101 + 297 - 98
  EXPECT_EQ(position.amount.raw, 0);
  EXPECT_EQ(position.cost, Money{});
  EXPECT_EQ(position.realised, realised);
}

TEST_F(FuturesExchange, BooksProfitAndCommissionInTheWallet) {
  sim.answer("a", "POST", kOrder, market("BUY", "0.1"));
  EXPECT_EQ(wallet(), "9995");  // 5000 x 0.1 %
  sim.answer("a", "POST", kOrder, market("SELL", "0.1", "&reduceOnly=true"));
  EXPECT_EQ(wallet(), "9989.99001");  // loss 0.01, commission 4.99999
  EXPECT_EQ(account().position_of("BTCUSDT").raw, 0);
}

TEST_F(FuturesExchange, RefusesWithTheVenuesCodeAndWords) {
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, limit("BUY", "50000", "0.01", "&timeInForce=GTX")),
            "-5022 Due to the order could not be executed as maker, the Post Only order will be "
            "rejected. The order will not be recorded in the order history.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, limit("BUY", "50000", "6", "&timeInForce=FOK")),
            "-5021 Due to the order could not be filled immediately, the FOK order has been "
            "rejected. The order will not be recorded in the order history.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, market("BUY", "5")), "-2019 Margin is insufficient.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, limit("BUY", "49000.05", "0.01")),
            "-4014 Price not increased by tick size.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, limit("BUY", "49000", "0.0015")),
            "-1111 Precision is over the maximum defined for this asset.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, limit("BUY", "49000", "0.001")),
            "-4164 Order's notional must be no smaller than 100 (unless you choose reduce only).");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, limit("BUY", "53000", "0.01")),
            "-4016 Limit price can't be higher than 52500.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, market("SELL", "0.01", "&reduceOnly=true")),
            "-2022 ReduceOnly Order is rejected.");
  EXPECT_EQ(sim.refusal("a", "POST", kOrder, "symbol=BTCUSDT&type=STOP_MARKET&side=SELL"),
            "-4120 Order type not supported for this endpoint. Please use the Algo Order API "
            "endpoints instead.");
  sim.answer("a", "POST", kOrder,
             limit("BUY", "49000", "0.01", "&timeInForce=GTC&newClientOrderId=x"));
  EXPECT_EQ(sim.refusal("a", "POST", kOrder,
                        limit("BUY", "49000", "0.01", "&timeInForce=GTC&newClientOrderId=x")),
            "-4116 ClientOrderId is duplicated.");
}

TEST_F(FuturesExchange, ExpiresAReductionThatHasNothingLeftToReduce) {
  sim.answer("a", "POST", kOrder, market("BUY", "0.1"));
  sim.answer(
      "a", "POST", kOrder,
      limit("SELL", "51000", "0.1", "&timeInForce=GTC&reduceOnly=true&newClientOrderId=exit"));
  sim.answer("a", "POST", kOrder, market("SELL", "0.1"));
  EXPECT_EQ(sim.venue.exchange().find(1, "BTCUSDT", {0, "exit"})->status, Status::kExpired);
}

TEST_F(FuturesExchange, NeverReducesThroughZero) {
  sim.answer("a", "POST", kOrder, market("BUY", "0.1"));
  sim.answer("a", "POST", kOrder, market("SELL", "0.3", "&reduceOnly=true"));
  EXPECT_EQ(account().position_of("BTCUSDT").raw, 0);
}

TEST_F(FuturesExchange, PaysFundingAtItsInstant) {
  sim.answer("a", "POST", kOrder, market("BUY", "0.1"));
  const std::string before = wallet();
  mark("60000", "0.0002");
  const std::int64_t at = sim.venue.exchange().listed("BTCUSDT").mark.next_funding_ts;
  sim.venue.advance(at - 1);
  EXPECT_EQ(wallet(), before);
  sim.venue.advance(at);
  EXPECT_EQ(wallet(), "9993.8");  // 6000 x 0.02 %
  const auto income = sim.answer("a", "GET", "/fapi/v1/income", "incomeType=FUNDING_FEE");
  ASSERT_EQ(income.as_array().size(), 1U);
  EXPECT_EQ(income.as_array()[0].at("income").as_string(), "-1.20000000");
}

TEST_F(FuturesExchange, PaysFundingWhenTheControlSaysSo) {
  sim.answer("a", "POST", kOrder, market("BUY", "0.1"));
  mark("60000", "0.0002");
  ASSERT_TRUE(sim.venue.rest({"POST", "/sim/funding", R"({"symbol":"BTCUSDT"})", ""}));
  EXPECT_EQ(wallet(), "9993.8");  // 6000 x 0.02 %
}

TEST_F(FuturesExchange, CancelsForADeadMan) {
  sim.answer("a", "POST", kOrder, limit("BUY", "49000", "0.01"));
  sim.answer("a", "POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=1000");
  sim.pass_ms(999);
  EXPECT_EQ(sim.venue.exchange().open_orders(1, "").size(), 1U);
  sim.pass_ms(1);
  EXPECT_TRUE(sim.venue.exchange().open_orders(1, "").empty());
}

TEST_F(FuturesExchange, DisarmsTheDeadManWithZero) {
  sim.answer("a", "POST", kOrder, limit("BUY", "49000", "0.01"));
  sim.answer("a", "POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=1000");
  sim.answer("a", "POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=0");
  sim.pass_ms(5'000);
  EXPECT_EQ(sim.venue.exchange().open_orders(1, "").size(), 1U);
}

TEST_F(FuturesExchange, LiquidatesWhoCannotKeepAPosition) {
  sim.answer("a", "POST", kOrder, market("BUY", "3"));
  mark("46000");
  sim.pass_ms(1);
  EXPECT_EQ(account().position_of("BTCUSDT").raw, 0);
  const auto orders = sim.answer("a", "GET", "/fapi/v1/allOrders", "symbol=BTCUSDT");
  const auto& last = orders.as_array().back();
  EXPECT_TRUE(std::string_view(last.at("clientOrderId").as_string()).starts_with("autoclose-"));
}

TEST_F(FuturesExchange, ModifiesAnOrderBehindTheOthers) {
  sim.answer("a", "POST", kOrder,
             limit("BUY", "49000", "0.01", "&timeInForce=GTC&newClientOrderId=m"));
  sim.answer("b", "POST", kOrder, limit("BUY", "49500", "0.01"));
  sim.answer("a", "PUT", kOrder,
             "symbol=BTCUSDT&side=BUY&origClientOrderId=m&price=49500&quantity=0.02");
  sim.take("BTCUSDT", Side::kSell, "49500", "5.01");
  EXPECT_EQ(sim.venue.exchange().find(1, "BTCUSDT", {0, "m"})->executed.raw, 0);
  sim.take("BTCUSDT", Side::kSell, "49500", "0.02");
  EXPECT_EQ(sim.venue.exchange().find(1, "BTCUSDT", {0, "m"})->status, Status::kFilled);
}

TEST_F(FuturesExchange, ExpiresAnOrderAtItsGoodTillDate) {
  const std::int64_t now_ms = sim.venue.exchange().now() / 1'000'000;
  EXPECT_EQ(sim.refusal("a", "POST", kOrder,
                        limit("BUY", "49000", "0.01",
                              "&timeInForce=GTD&goodTillDate=" + std::to_string(now_ms + 1'000)))
                .substr(0, 5),
            "-5040");
  sim.answer("a", "POST", kOrder,
             limit("BUY", "49000", "0.01",
                   "&timeInForce=GTD&goodTillDate=" + std::to_string(now_ms + 601'000)));
  sim.pass_ms(600'999);
  EXPECT_EQ(sim.venue.exchange().open_orders(1, "").size(), 1U);
  sim.pass_ms(1);
  EXPECT_TRUE(sim.venue.exchange().open_orders(1, "").empty());
}

}  // namespace
}  // namespace writ::venue_sim
