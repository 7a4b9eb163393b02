// Listings: the shapes are the documented ones, the numbers of this test's making.
#include "host/venue/binance/exchange_info.hpp"

#include "host/base/file.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/vectors.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

constexpr std::string_view kSpot = R"({
  "timezone":"UTC","serverTime":1565246363776,"somethingNew":{"a":[1,2]},
  "rateLimits":[
    {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000},
    {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50},
    {"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":160000},
    {"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000},
    {"rateLimitType":"CONNECTIONS","interval":"MINUTE","intervalNum":5,"limit":300}],
  "exchangeFilters":[{"filterType":"EXCHANGE_MAX_NUM_ORDERS","maxNumOrders":1000}],
  "symbols":[
    {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","baseAssetPrecision":8,
     "quoteAsset":"USDT","quotePrecision":8,"quoteAssetPrecision":8,"orderTypes":["LIMIT"],
     "filters":[
      {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
      {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
      {"filterType":"ICEBERG_PARTS","limit":10},
      {"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"119.71","stepSize":"0.00000000"},
      {"filterType":"TRAILING_DELTA","minTrailingAboveDelta":10,"maxTrailingAboveDelta":2000,"minTrailingBelowDelta":10,"maxTrailingBelowDelta":2000},
      {"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"5","bidMultiplierDown":"0.2","askMultiplierUp":"6","askMultiplierDown":"0.3","avgPriceMins":5},
      {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5},
      {"filterType":"MAX_POSITION","maxPosition":"10.00000000"},
      {"filterType":"OF_TOMORROW","limit":1},
      {"filterType":"MAX_NUM_ORDERS","maxNumOrders":200}]},
    {"symbol":"OLDBTC","status":"BREAK","baseAsset":"OLD","baseAssetPrecision":8,
     "quoteAsset":"BTC","quotePrecision":8,"quoteAssetPrecision":8,
     "filters":[
      {"filterType":"PRICE_FILTER","minPrice":"0","maxPrice":"0","tickSize":"0"},
      {"filterType":"PERCENT_PRICE","multiplierUp":"1.3000","multiplierDown":"0.7000","avgPriceMins":5},
      {"filterType":"LOT_SIZE","minQty":"1.00000000","maxQty":"92233720368.54775807","stepSize":"1.00000000"},
      {"filterType":"MIN_NOTIONAL","minNotional":"0.00010000","applyToMarket":false,"avgPriceMins":5}]},
    {"symbol":"FINEBTC","status":"TRADING","baseAsset":"FINE","baseAssetPrecision":18,
     "quoteAsset":"BTC","quotePrecision":8,"quoteAssetPrecision":8,
     "filters":[{"filterType":"LOT_SIZE","minQty":"0","maxQty":"0","stepSize":"0.000000000001"}]}
  ],"sors":[]})";

constexpr std::string_view kFutures = R"({
  "timezone":"UTC","serverTime":1565246363776,"futuresType":"U_MARGINED",
  "rateLimits":[
    {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400},
    {"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":1200},
    {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":300}],
  "exchangeFilters":[],"assets":[{"asset":"USDT","marginAvailable":true,"autoAssetExchange":null}],
  "symbols":[
    {"symbol":"BTCUSDT","pair":"BTCUSDT","contractType":"PERPETUAL","deliveryDate":4133404800000,
     "onboardDate":1569398400000,"status":"TRADING","maintMarginPercent":"2.5000",
     "baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT","pricePrecision":2,
     "quantityPrecision":3,"baseAssetPrecision":8,"quotePrecision":8,"triggerProtect":"0.0500",
     "filters":[
      {"filterType":"PRICE_FILTER","minPrice":"556.80","maxPrice":"4529764","tickSize":"0.10"},
      {"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"1000","stepSize":"0.001"},
      {"filterType":"MARKET_LOT_SIZE","minQty":"0.001","maxQty":"120","stepSize":"0.001"},
      {"filterType":"MAX_NUM_ORDERS","limit":200},
      {"filterType":"MAX_NUM_ALGO_ORDERS","limit":10},
      {"filterType":"MIN_NOTIONAL","notional":"100"},
      {"filterType":"PERCENT_PRICE","multiplierUp":"1.0500","multiplierDown":"0.9500","multiplierDecimal":"4"}]},
    {"symbol":"BTCUSDT_260327","pair":"BTCUSDT","contractType":"CURRENT_QUARTER",
     "deliveryDate":1774598400000,"onboardDate":1758873600000,"status":"PENDING_TRADING",
     "baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT","pricePrecision":1,
     "quantityPrecision":3,"filters":[]}]})";

std::int64_t nano(std::string_view text) { return parse_nano(text).value; }
Money money(std::string_view text) { return parse_money(text).value; }

TEST(ExchangeInfo, OfSpotIsInstrumentsAndRules) {
  const auto info = read_exchange_info(Market::kSpot, kSpot);
  ASSERT_TRUE(info) << base::to_string(info.error());
  EXPECT_EQ(info->server_time, 1'565'246'363'776'000'000);
  const ListedSymbol* listed = info->find("BTCUSDT");
  ASSERT_NE(listed, nullptr);
  const writ_instrument& facts = listed->instrument;
  EXPECT_EQ(facts.kind, WRIT_KIND_SPOT);
  EXPECT_EQ(facts.status, WRIT_INSTRUMENT_ACTIVE);
  EXPECT_EQ(facts.flags, WRIT_INSTRUMENT_FEE_IN_RECEIVED);
  EXPECT_EQ(facts.tick, nano("0.01"));
  EXPECT_EQ(facts.lot, nano("0.00001"));
  EXPECT_EQ(facts.price_min, nano("0.01"));
  EXPECT_EQ(facts.price_max, nano("1000000"));
  EXPECT_EQ(facts.quantity_min, nano("0.00001"));
  EXPECT_EQ(facts.quantity_max, nano("9000"));
  EXPECT_EQ(from_abi(facts.notional_min), money("5"));
  EXPECT_EQ(from_abi(facts.notional_max), money("9000000"));
  EXPECT_EQ(facts.expiry_ts, WRIT_NONE);
  EXPECT_EQ(model::text_of(facts.venue), "binance_spot");
  EXPECT_EQ(model::text_of(facts.symbol), "BTCUSDT");
  EXPECT_EQ(model::text_of(facts.base), "BTC");
  EXPECT_EQ(model::text_of(facts.settle), "USDT");
  EXPECT_EQ(listed->rules.market_lot.most, nano("119.71"));
  EXPECT_EQ(listed->rules.market_lot.step, 0);
  EXPECT_EQ(listed->rules.orders_max, 200);
  EXPECT_EQ(listed->rules.exchange_orders_max, 1000);
  EXPECT_EQ(listed->rules.position_max, nano("10"));
  ASSERT_EQ(listed->rules.bands.size(), 1U);
  EXPECT_EQ(listed->rules.bands[0].sell_least, nano("0.3"));
}

TEST(ExchangeInfo, PartsThatAreOffBoundNothing) {
  const auto info = read_exchange_info(Market::kSpot, kSpot);
  ASSERT_TRUE(info);
  const ListedSymbol* listed = info->find("OLDBTC");
  ASSERT_NE(listed, nullptr);
  EXPECT_EQ(listed->instrument.status, WRIT_INSTRUMENT_SUSPENDED);
  EXPECT_EQ(listed->instrument.price_min, WRIT_NONE);
  EXPECT_EQ(listed->instrument.price_max, WRIT_NONE);
  EXPECT_EQ(listed->instrument.tick, nano("0.00000001")) << "the finest of its decimals";
  EXPECT_EQ(listed->instrument.quantity_max, WRIT_NONE) << "more than a record can hold";
  EXPECT_EQ(listed->rules.bands.at(0).buy_least, nano("0.7")) << "spot bounds both sides";
}

TEST(ExchangeInfo, WhatIsNewIsCountedAndTheRestIsRead) {
  const auto info = read_exchange_info(Market::kSpot, kSpot);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->new_filters, std::vector<std::string>{"OF_TOMORROW"});
  EXPECT_EQ(info->new_rate_limits, 1U);
  EXPECT_EQ(info->symbols.size(), 2U);
  EXPECT_EQ(info->unusable, std::vector<std::string>{"FINEBTC: stepSize"});
  EXPECT_EQ(info->find("FINEBTC"), nullptr);
}

TEST(ExchangeInfo, HoldsTheRateLimits) {
  const auto info = read_exchange_info(Market::kSpot, kSpot);
  ASSERT_TRUE(info);
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::vector<RateLimit> expected = {{RateLimitKind::kRequestWeight, 60 * kSecond, 6000},
                                           {RateLimitKind::kOrders, 10 * kSecond, 50},
                                           {RateLimitKind::kOrders, 86'400 * kSecond, 160'000},
                                           {RateLimitKind::kRawRequests, 300 * kSecond, 300'000}};
  EXPECT_EQ(info->rate_limits, expected);
}

TEST(ExchangeInfo, OfFuturesIsInstrumentsAndRules) {
  const auto info = read_exchange_info(Market::kUsdm, kFutures);
  ASSERT_TRUE(info) << base::to_string(info.error());
  EXPECT_TRUE(info->unusable.empty());
  const ListedSymbol* listed = info->find("BTCUSDT");
  ASSERT_NE(listed, nullptr);
  EXPECT_EQ(listed->instrument.kind, WRIT_KIND_PERP);
  EXPECT_EQ(listed->instrument.flags, 0U);
  EXPECT_EQ(model::text_of(listed->instrument.venue), "binance_usdm");
  EXPECT_EQ(model::text_of(listed->instrument.settle), "USDT");
  EXPECT_EQ(listed->instrument.tick, nano("0.1"));
  EXPECT_EQ(listed->instrument.start_ts, 1'569'398'400'000'000'000);
  EXPECT_EQ(listed->instrument.expiry_ts, WRIT_NONE);
  EXPECT_EQ(from_abi(listed->instrument.notional_min), money("100"));
  EXPECT_EQ(listed->rules.orders_max, 200);
  EXPECT_EQ(listed->rules.bands.at(0).buy_most, nano("1.05"));
  EXPECT_EQ(listed->rules.bands.at(0).buy_least, WRIT_NONE);
  EXPECT_TRUE(listed->rules.reducing_may_be_small);
  const ListedSymbol* dated = info->find("BTCUSDT_260327");
  ASSERT_NE(dated, nullptr);
  EXPECT_EQ(dated->instrument.expiry_ts, 1'774'598'400'000'000'000);
  EXPECT_EQ(dated->instrument.status, WRIT_INSTRUMENT_SUSPENDED);
}

TEST(ExchangeInfo, ThatIsNoneIsAnError) {
  EXPECT_EQ(read_exchange_info(Market::kSpot, "").error().code(), base::Errc::kCorrupt);
  EXPECT_EQ(read_exchange_info(Market::kSpot, R"({"serverTime":)").error().code(),
            base::Errc::kCorrupt);
  EXPECT_EQ(read_exchange_info(Market::kSpot, "[]").error().code(), base::Errc::kInvalid);
  EXPECT_STREQ(read_exchange_info(Market::kSpot, R"({"code":-1003,"msg":"x"})").error().step(),
               "serverTime");
  EXPECT_STREQ(read_exchange_info(Market::kSpot, R"({"serverTime":1565246363776,"rateLimits":[],)"
                                                 R"("exchangeFilters":[],"symbols":[7]})")
                   .error()
                   .step(),
               "symbols");
}

TEST(ExchangeInfo, OfTheSampleIsRead) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto text = base::read_file(*data / "binance_messages" / "nautilus_rs" / "spot" /
                                    "http_json" / "exchange_info_response.json");
  ASSERT_TRUE(text);
  const auto info = read_exchange_info(Market::kSpot, *text);
  ASSERT_TRUE(info) << base::to_string(info.error());
  ASSERT_NE(info->find("ETHBTC"), nullptr);
  EXPECT_TRUE(info->unusable.empty());
}

TEST(Commission, NamesTheAssetOfADiscountThatIsOn) {
  const auto asset = [](const std::string& discount) {
    return read_discount_asset(R"({"symbol":"BTCUSDT")" + discount + "}");
  };
  const auto discount = [](const std::string& account, const std::string& symbol) {
    return R"(,"discount":{"enabledForAccount":)" + account + R"(,"enabledForSymbol":)" + symbol +
           R"(,"discountAsset":"BNB","discount":"0.75000000"})";
  };
  EXPECT_EQ(asset(discount("true", "true")).value(), "BNB");
  EXPECT_EQ(asset(discount("false", "true")).value(), "");
  EXPECT_EQ(asset(discount("true", "false")).value(), "");
  EXPECT_EQ(asset("").value(), "");
  EXPECT_FALSE(asset(R"(,"discount":{"enabledForAccount":true,"enabledForSymbol":true})"));
  EXPECT_FALSE(read_discount_asset("<html>"));
}

TEST(Commission, IsTheAccountsOwn) {
  auto facts = model::make_record<writ_instrument>();
  ASSERT_TRUE(read_commission(Market::kSpot,
                              R"({"symbol":"BTCUSDT",
          "standardCommission":{"maker":"0.00100000","taker":"0.00120000","buyer":"0.00010000","seller":"0.00020000"},
          "specialCommission":{"maker":"0.00000000","taker":"0.00000000","buyer":"0.00000000","seller":"0.00000000"},
          "taxCommission":{"maker":"0.00000112","taker":"0.00000114","buyer":"0.00000118","seller":"0.00000116"},
          "discount":{"enabledForAccount":true,"enabledForSymbol":true,"discountAsset":"BNB","discount":"0.75000000"}})",
                              facts));
  EXPECT_EQ(facts.maker_fee, nano("0.0012023"));
  EXPECT_EQ(facts.taker_fee, nano("0.00140232"));
  ASSERT_TRUE(read_commission(
      Market::kUsdm,
      R"({"symbol":"BTCUSDT","makerCommissionRate":"-0.0002","takerCommissionRate":"0.0004"})",
      facts));
  EXPECT_EQ(facts.maker_fee, nano("-0.0002"));
  EXPECT_EQ(facts.taker_fee, nano("0.0004"));
  EXPECT_FALSE(read_commission(Market::kUsdm, R"({"makerCommissionRate":"0"})", facts));
  EXPECT_EQ(facts.taker_fee, nano("0.0004")) << "as it was";
}

}  // namespace
}  // namespace writ::venue::binance
