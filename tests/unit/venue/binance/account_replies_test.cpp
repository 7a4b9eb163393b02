#include "host/venue/binance/account_replies.hpp"

#include "host/base/file.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

std::int64_t nano(std::string_view text) { return parse_nano(text).value; }
Money money(std::string_view text) { return parse_money(text).value; }

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    if (!writ::test::data_folder()) GTEST_SKIP() << "WRIT_DATA is not set";
  }
  static std::string text(const char* market, const char* name) {
    const auto read = base::read_file(*writ::test::data_folder() / "binance_messages" /
                                      "nautilus_rs" / market / "http_json" / name);
    EXPECT_TRUE(read) << name;
    return read ? *read : "";
  }

  VenueNames spot_ = test::names(Market::kSpot);
  VenueNames futures_ = test::names(Market::kUsdm);
};

using AccountSamples = Samples;

TEST_F(AccountSamples, OfOrdersAreRead) {
  const auto open = read_orders(text("spot", "open_orders_response.json"), spot_);
  ASSERT_TRUE(open) << base::to_string(open.error());
  const execution::VenueOrder expected = {
      "myOrder1", "1", test::kAccount, test::kLtcBtc, execution::OrderState::kOpen, nano("0.1"),
      nano("1"),  0};
  ASSERT_EQ(open->size(), 1U);
  EXPECT_EQ(open->front(), expected);
  EXPECT_EQ(read_orders(text("spot", "all_orders_response.json"), spot_).value(), *open);
  EXPECT_EQ(read_orders(text("spot", "order_response.json"), spot_).value(), *open);
  const auto one = read_orders(text("futures", "order_response.json"), futures_);
  ASSERT_TRUE(one) << base::to_string(one.error());
  EXPECT_EQ(one->at(0).client_order_id, "testOrder123");
}

TEST_F(AccountSamples, OfTradesAreFills) {
  const auto fills = read_trades(
      text("spot", "account_trades_response.json"), spot_,
      [](std::uint32_t instrument, std::int64_t order) {
        EXPECT_EQ(instrument, test::kBnbBtc);
        EXPECT_EQ(order, 100234);
        return std::string("wr1-mine");
      },
      nullptr);
  ASSERT_TRUE(fills) << base::to_string(fills.error());
  ASSERT_EQ(fills->size(), 1U);
  const writ_fill& fill = fills->front();
  EXPECT_EQ(fill.side, WRIT_SIDE_BUY);
  EXPECT_EQ(fill.liquidity, WRIT_LIQUIDITY_TAKER);
  EXPECT_EQ(fill.price, nano("4.000001"));
  EXPECT_EQ(fill.quantity, nano("12"));
  EXPECT_EQ(fill.fee_asset, test::kBnb);
  EXPECT_EQ(from_abi(fill.fee), money("40.4000101")) << "in BTC, at the fill's price";
  EXPECT_EQ(model::text_of(fill.client_order_id), "wr1-mine");
  EXPECT_EQ(model::text_of(fill.venue_order_id), "100234");
  EXPECT_EQ(model::text_of(fill.exchange_trade_id), "28457");
}

TEST_F(AccountSamples, OfBalancesAreRead) {
  using Balances = std::vector<execution::VenueBalance>;
  const Balances spot = {{test::kAccount, test::kBtc, money("4723846.89208129")},
                         {test::kAccount, test::kLtc, money("4763368.68006011")}};
  EXPECT_EQ(read_balances(text("spot", "account_response.json"), spot_).value(), spot);
  const Balances account = {{test::kAccount, test::kUsdt, money("23.72469206")}};
  EXPECT_EQ(read_balances(text("futures", "account_info_v2.json"), futures_).value(), account);
  const Balances balance = {{test::kAccount, test::kUsdt, money("122.12345678")}};
  EXPECT_EQ(read_balances(text("futures", "balance.json"), futures_).value(), balance);
}

TEST_F(AccountSamples, OfPositionsAreRead) {
  const auto positions = read_positions(text("futures", "position_risk.json"), futures_);
  ASSERT_TRUE(positions) << base::to_string(positions.error());
  ASSERT_EQ(positions->size(), 1U);
  EXPECT_EQ(positions->front().instrument, test::kBtcUsdt);
  EXPECT_EQ(positions->front().quantity, Quantity{nano("0.001")});
  EXPECT_TRUE(read_positions(text("futures", "account_info_v2.json"), futures_).value().empty());
}

TEST_F(AccountSamples, OfTheClockAreRead) {
  EXPECT_EQ(read_server_time(text("spot", "server_time_response.json")).value(),
            1'499'827'319'559'000'000);
}

TEST(AccountReplies, WhatIsNotTradedHereIsPassedOver) {
  const VenueNames names = test::names(Market::kSpot);
  std::size_t passed_over = 0;
  const auto orders =
      read_orders(R"([{"symbol":"XYZUSDT","orderId":1,"clientOrderId":"a","status":"NEW"}])", names,
                  &passed_over);
  ASSERT_TRUE(orders);
  EXPECT_TRUE(orders->empty());
  const auto balances = read_balances(
      R"({"balances":[{"asset":"XYZ","free":"1","locked":"0"},{"asset":"ABC","free":"0","locked":"0"}]})",
      names, &passed_over);
  ASSERT_TRUE(balances);
  EXPECT_TRUE(balances->empty());
  EXPECT_EQ(passed_over, 2U);
}

TEST(AccountReplies, TradesOfAnOrderOfOthersAreExternal) {
  const VenueNames names = test::names(Market::kUsdm);
  const auto fills = read_trades(
      R"([{"symbol":"BTCUSDT","id":9,"orderId":77,"side":"SELL","price":"50000","qty":"0.002",
           "commission":"0.04","commissionAsset":"USDT","time":1625474304766,"buyer":false,"maker":true},
          {"symbol":"BTCUSDT","id":8,"orderId":77,"side":"SELL","price":"50001","qty":"0.001",
           "commission":"0.02","commissionAsset":"USDT","time":1625474304765,"buyer":false,"maker":true}])",
      names, [](std::uint32_t, std::int64_t) { return std::string("web_17"); }, nullptr);
  ASSERT_TRUE(fills) << base::to_string(fills.error());
  ASSERT_EQ(fills->size(), 2U);
  EXPECT_EQ(model::text_of(fills->at(0).exchange_trade_id), "8") << "oldest first";
  EXPECT_EQ(model::text_of(fills->at(0).client_order_id), "ext-binance_usdm-77");
  EXPECT_EQ(fills->at(1).side, WRIT_SIDE_SELL);
  EXPECT_EQ(from_abi(fills->at(1).fee), money("0.04"));
}

TEST(AccountReplies, AHedgedAccountIsRefused) {
  const VenueNames names = test::names(Market::kUsdm);
  EXPECT_EQ(
      read_positions(R"([{"symbol":"BTCUSDT","positionAmt":"1","positionSide":"LONG"}])", names)
          .error()
          .code(),
      base::Errc::kUnsupported);
  EXPECT_TRUE(
      read_positions(R"([{"symbol":"BTCUSDT","positionAmt":"0","positionSide":"LONG"}])", names));
}

TEST(AccountReplies, AnErrorIsNoAnswer) {
  const VenueNames names = test::names(Market::kSpot);
  constexpr std::string_view kError = R"({"code":-1003,"msg":"x"})";
  EXPECT_FALSE(read_orders(kError, names));
  EXPECT_FALSE(read_balances(kError, names));
  EXPECT_FALSE(read_positions(kError, names));
  EXPECT_FALSE(read_server_time(kError));
  EXPECT_EQ(read_orders("<html>", names).error().code(), base::Errc::kCorrupt);
  EXPECT_FALSE(read_orders("[1]", names));
  EXPECT_TRUE(read_orders("[]", names).value().empty());
}

}  // namespace
}  // namespace writ::venue::binance
