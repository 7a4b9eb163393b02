// Matching, balances and the refusals of the spot market.
#include "quiet_venue.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

namespace writ::venue_sim {
namespace {

constexpr std::string_view kOrder = "/api/v3/order";

std::string limit(std::string_view side, std::string_view price, std::string_view quantity,
                  std::string_view more = "") {
  return "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=" + std::string(side) +
         "&price=" + std::string(price) + "&quantity=" + std::string(quantity) + std::string(more);
}

class SpotExchange : public testing::Test {
 protected:
  QuietVenue sim{Market::kSpot};

  std::string free(std::uint32_t account, const std::string& asset) {
    return to_string(sim.venue.exchange().account(account).balances[asset].free);
  }
  std::string locked(std::uint32_t account, const std::string& asset) {
    return to_string(sim.venue.exchange().account(account).balances[asset].locked);
  }
};

TEST_F(SpotExchange, FillsByPriceThenByArrival) {
  sim.answer("a", "POST", kOrder, limit("SELL", "50001", "0.01", "&newClientOrderId=second"));
  sim.answer("a", "POST", kOrder, limit("SELL", "50000", "0.01", "&newClientOrderId=first"));
  sim.answer("a", "POST", kOrder, limit("SELL", "50001", "0.01", "&newClientOrderId=third"));
  const auto taken = sim.answer("b", "POST", kOrder, limit("BUY", "50001", "0.015"));
  EXPECT_EQ(taken.at("status").as_string(), "FILLED");
  EXPECT_EQ(taken.at("fills").as_array().size(), 2U);
  EXPECT_EQ(taken.at("fills").as_array()[0].at("price").as_string(), "50000.00000000");
  const auto& exchange = sim.venue.exchange();
  EXPECT_EQ(exchange.find(1, "BTCUSDT", {0, "first"})->status, Status::kFilled);
  EXPECT_EQ(exchange.find(1, "BTCUSDT", {0, "second"})->status, Status::kPartiallyFilled);
  EXPECT_EQ(exchange.find(1, "BTCUSDT", {0, "third"})->status, Status::kNew);
}

TEST_F(SpotExchange, TakesTheCommissionFromWhatIsReceived) {
  sim.answer("a", "POST", kOrder, limit("SELL", "50000", "0.1"));
  sim.answer("b", "POST", kOrder, limit("BUY", "50000", "0.1"));
  // The maker receives 5000 USDT less 0.02 %, the taker 0.1 BTC less 0.1 %.
  EXPECT_EQ(free(1, "USDT"), "14999");
  EXPECT_EQ(free(1, "BTC"), "0.9");
  EXPECT_EQ(free(2, "USDT"), "5000");
  EXPECT_EQ(free(2, "BTC"), "1.0999");
}

TEST_F(SpotExchange, TakesTheCommissionInBnbWhereThatIsSwitchedOn) {
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  sim.venue.exchange().account(2).fees_in_bnb = true;
  sim.answer("b", "POST", kOrder, limit("BUY", "50000", "0.1"));
  // 5000 x 0.1 % x 0.75 = 3.75 USDT at 600.
  EXPECT_EQ(free(2, "BTC"), "1.1");
  EXPECT_EQ(free(2, "BNB"), "4.99375");
}

TEST_F(SpotExchange, LocksWhatAnOrderMayCostAndGivesBackTheRest) {
  sim.offer("BTCUSDT", Side::kSell, "49000", "0.01");
  sim.answer("b", "POST", kOrder, limit("BUY", "50000", "0.02", "&newClientOrderId=mine"));
  EXPECT_EQ(locked(2, "USDT"), "500");
  EXPECT_EQ(free(2, "USDT"), "9010");
  sim.answer("b", "DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=mine");
  EXPECT_EQ(locked(2, "USDT"), "0");
  EXPECT_EQ(free(2, "USDT"), "9510");
}

TEST_F(SpotExchange, EndsWhatAnIocLeaves) {
  sim.offer("BTCUSDT", Side::kSell, "50000", "0.01");
  const auto answered =
      sim.answer("b", "POST", kOrder,
                 "symbol=BTCUSDT&type=LIMIT&timeInForce=IOC&side=BUY&price=50000&quantity=0.02");
  EXPECT_EQ(answered.at("status").as_string(), "EXPIRED");
  EXPECT_EQ(answered.at("executedQty").as_string(), "0.01000000");
  EXPECT_EQ(locked(2, "USDT"), "0");
}

TEST_F(SpotExchange, FillsAFokWhollyOrNotAtAll) {
  sim.offer("BTCUSDT", Side::kSell, "50000", "0.01");
  const auto answered =
      sim.answer("b", "POST", kOrder,
                 "symbol=BTCUSDT&type=LIMIT&timeInForce=FOK&side=BUY&price=50000&quantity=0.02");
  EXPECT_EQ(answered.at("status").as_string(), "EXPIRED");
  EXPECT_EQ(answered.at("executedQty").as_string(), "0.00000000");
}

TEST_F(SpotExchange, SpendsTheQuoteQuantityOfAMarketOrderInWholeSteps) {
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  const auto answered =
      sim.answer("b", "POST", kOrder, "symbol=BTCUSDT&type=MARKET&side=BUY&quoteOrderQty=100.3");
  EXPECT_EQ(answered.at("status").as_string(), "FILLED");
  EXPECT_EQ(answered.at("executedQty").as_string(), "0.00200000");
}

TEST_F(SpotExchange, RefusesWithTheVenuesCodeAndWords) {
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, limit("BUY", "40000.001", "0.01")),
            "-1013 Filter failure: PRICE_FILTER");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, limit("BUY", "40000", "0.000015")),
            "-1013 Filter failure: LOT_SIZE");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, limit("BUY", "40000", "0.0001")),
            "-1013 Filter failure: NOTIONAL");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, limit("BUY", "9000", "0.01")),
            "-1013 Filter failure: PERCENT_PRICE_BY_SIDE");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, limit("BUY", "40000", "0.0123456789012")),
            "-1111 Parameter 'quantity' has too much precision.");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, limit("BUY", "40000", "1")),
            "-2010 Account has insufficient balance for requested action.");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder,
                        "symbol=BTCUSDT&type=LIMIT_MAKER&side=BUY&price=50000&quantity=0.01"),
            "-2010 Order would immediately match and take.");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder,
                        "symbol=BTCUSDT&type=LIMIT_MAKER&timeInForce=GTC&side=BUY&price=40000"
                        "&quantity=0.01"),
            "-1106 Parameter 'timeInForce' sent when not required.");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, "symbol=BTCUSDT&type=LIMIT&side=BUY&timeInForce=GTC"),
            "-1102 Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.");
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, "symbol=XYZ&type=MARKET&side=BUY&quantity=1"),
            "-1121 Invalid symbol.");
  EXPECT_EQ(sim.refusal("b", "DELETE", kOrder, "symbol=BTCUSDT&orderId=77"),
            "-2011 Unknown order sent.");
  EXPECT_EQ(sim.refusal("b", "GET", kOrder, "symbol=BTCUSDT&orderId=77"),
            "-2013 Order does not exist.");
  EXPECT_TRUE(sim.venue.exchange().orders().empty());
}

TEST_F(SpotExchange, RefusesAClientIdThatIsOpenAndTakesItAgainAfterwards) {
  const std::string order = limit("BUY", "40000", "0.01", "&newClientOrderId=one");
  sim.answer("b", "POST", kOrder, order);
  EXPECT_EQ(sim.refusal("b", "POST", kOrder, order), "-2010 Duplicate order sent.");
  sim.answer("a", "POST", kOrder, order);  // another account's ids are its own
  sim.answer("b", "DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=one");
  sim.answer("b", "POST", kOrder, order);
  EXPECT_EQ(sim.venue.exchange().orders().size(), 3U);
}

TEST_F(SpotExchange, PreventsSelfTradesAsTheTakerWants) {
  const auto maker_and_taker = [&](std::string_view mode) {
    QuietVenue fresh{Market::kSpot};
    fresh.answer("a", "POST", kOrder, limit("SELL", "50000", "0.01", "&newClientOrderId=m"));
    fresh.answer("a", "POST", kOrder,
                 limit("BUY", "50000", "0.01",
                       "&newClientOrderId=t&selfTradePreventionMode=" + std::string(mode)));
    const auto& exchange = fresh.venue.exchange();
    return std::string(to_word(exchange.find(1, "BTCUSDT", {0, "m"})->status)) + ' ' +
           std::string(to_word(exchange.find(1, "BTCUSDT", {0, "t"})->status));
  };
  EXPECT_EQ(maker_and_taker("NONE"), "FILLED FILLED");
  EXPECT_EQ(maker_and_taker("EXPIRE_TAKER"), "NEW EXPIRED_IN_MATCH");
  EXPECT_EQ(maker_and_taker("EXPIRE_MAKER"), "EXPIRED_IN_MATCH NEW");
  EXPECT_EQ(maker_and_taker("EXPIRE_BOTH"), "EXPIRED_IN_MATCH EXPIRED_IN_MATCH");
}

TEST_F(SpotExchange, KeepsThePlaceOfAnOrderThatIsReduced) {
  sim.answer("a", "POST", kOrder, limit("SELL", "50000", "0.02", "&newClientOrderId=first"));
  sim.answer("b", "POST", kOrder, limit("SELL", "50000", "0.02"));
  sim.answer("a", "PUT", "/api/v3/order/amend/keepPriority",
             "symbol=BTCUSDT&origClientOrderId=first&newQty=0.01");
  sim.take("BTCUSDT", Side::kBuy, "50000", "0.01");
  EXPECT_EQ(sim.venue.exchange().find(1, "BTCUSDT", {0, "first"})->status, Status::kFilled);
  EXPECT_EQ(locked(1, "BTC"), "0");
}

TEST_F(SpotExchange, LosesAndMakesNoMoneyInRandomTrading) {
  std::uint64_t state = 7;
  const auto random = [&](std::uint64_t below) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state >> 33U) % below;
  };
  for (int step = 0; step < 2'000; ++step) {
    sim.pass_ms(200);  // no more orders in a time than the venue takes
    const char* account = random(2) == 0 ? "a" : "b";
    if (random(4) == 0) {
      sim.ask(account, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT");
      continue;
    }
    sim.ask(account, "POST", kOrder,
            limit(random(2) == 0 ? "BUY" : "SELL", std::to_string(49'995 + random(10)),
                  "0.00" + std::to_string(1 + random(9))));
  }
  Money usdt;
  Money btc;
  for (const std::uint32_t id : {1U, 2U}) {
    for (const auto& [asset, balance] : sim.venue.exchange().account(id).balances) {
      EXPECT_GE(balance.free, Money{});
      EXPECT_GE(balance.locked, Money{});
      (asset == "USDT" ? usdt : btc) += asset == "BNB" ? Money{} : balance.free + balance.locked;
    }
  }
  Money fees_usdt;
  Money fees_btc;
  for (const Fill& fill : sim.venue.exchange().fills()) {
    (fill.commission_asset == "USDT" ? fees_usdt : fees_btc) += fill.commission;
  }
  EXPECT_GT(sim.venue.exchange().fills().size(), 500U);
  EXPECT_EQ(to_string(usdt + fees_usdt), "20000");
  EXPECT_EQ(to_string(btc + fees_btc), "2");
}

}  // namespace
}  // namespace writ::venue_sim
