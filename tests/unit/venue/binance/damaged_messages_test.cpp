// Foreign bytes: whatever a line or a proxy makes of a message, it is read, refused or named.
#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/account_replies.hpp"
#include "host/venue/binance/exchange_info.hpp"
#include "host/venue/binance/order_replies.hpp"
#include "host/venue/binance/rate_budget.hpp"
#include "host/venue/binance/rate_headers.hpp"
#include "host/venue/binance/user_events.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

constexpr std::array<std::string_view, 6> kMessages = {
    R"({"subscriptionId":0,"event":{"e":"executionReport","E":1499405658658,"s":"ETHBTC",)"
    R"("c":"wr1-a","S":"BUY","o":"LIMIT","f":"GTC","q":"1.0","p":"0.1","C":"","x":"TRADE",)"
    R"("X":"NEW","r":"NONE","i":4293153,"l":"0.5","z":"0.5","L":"0.1","n":"0.1","N":"ETH",)"
    R"("T":1499405658657,"t":7,"m":false,"A":"0.1"}})",
    R"({"e":"ORDER_TRADE_UPDATE","T":1568879465651,"E":1568879465651,"o":{"s":"BTCUSDT",)"
    R"("c":"adl_autoclose_1","S":"BUY","o":"LIMIT","f":"IOC","q":"0.005","p":"42000","x":)"
    R"("CALCULATED","X":"NEW_ADL","i":8887001,"l":"0.005","z":"0.005","L":"42000","N":"USDT",)"
    R"("n":"0.1","t":12346001,"m":false}})",
    R"({"e":"ACCOUNT_UPDATE","T":1564745798939,"E":1564745798939,"a":{"m":"DEPOSIT","B":[{)"
    R"("a":"USDT","wb":"1.5","bc":"-50"}],"P":[{"s":"BTCUSDT","pa":"20","ps":"BOTH"}]}})",
    R"({"id":"a","status":418,"error":{"code":-1003,"msg":"x","data":{"retryAfter":1659146400000}},)"
    R"("rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,)"
    R"("count":1}]})",
    R"({"serverTime":1565246363776,"rateLimits":[{"rateLimitType":"ORDERS","interval":"DAY",)"
    R"("intervalNum":1,"limit":9}],"exchangeFilters":[],"symbols":[{"symbol":"A","status":"BREAK",)"
    R"("baseAsset":"B","quoteAsset":"C","baseAssetPrecision":8,"quoteAssetPrecision":8,"filters":[)"
    R"({"filterType":"LOT_SIZE","minQty":"0","maxQty":"9","stepSize":"1"}]}]})",
    R"([{"symbol":"BTCUSDT","id":9,"orderId":77,"price":"50000","qty":"0.002","commission":"0.04",)"
    R"("commissionAsset":"USDT","time":1625474304766,"buyer":false,"maker":true,"clientOrderId":"x",)"
    R"("status":"NEW","origQty":"1","executedQty":"0","asset":"USDT","free":"1","locked":"2",)"
    R"("positionAmt":"1","positionSide":"BOTH"}])"};

/// A few bytes changed, cut off, doubled or exchanged with digits of a number out of range.
std::string damaged(std::string text, base::RandomStream& random) {
  for (auto left = 1 + random.below(4); left > 0 && !text.empty(); --left) {
    const auto at = static_cast<std::size_t>(random.below(text.size()));
    switch (random.below(5)) {
      case 0:
        text[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        text.erase(at, 1 + random.below(8));
        break;
      case 2:
        text.insert(at, text.substr(at, 1 + random.below(16)));
        break;
      case 3:
        text.insert(at, "9999999999999999999");
        break;
      default:
        text[at] = "0-\"{}[],:e.n"[random.below(12)];
        break;
    }
  }
  return text;
}

TEST(DamagedMessages, AreReadOrRefused) {
  base::RandomStream random(7, "test.binance.damage");
  std::size_t read = 0;
  std::size_t refused = 0;
  const auto count = [&](bool understood) { ++(understood ? read : refused); };
  auto order = model::make_record<writ_order>();
  order.command = WRIT_COMMAND_SEND;
  const ClientIdOf nobody = [](std::uint32_t, std::int64_t) { return std::string(); };
  for (const Market market : {Market::kSpot, Market::kUsdm}) {
    const VenueNames names = test::names(market);
    UserEvents events(names, nullptr);
    OrderReplies replies(names);
    for (std::size_t run = 0; run < writ::test::scaled(50'000); ++run) {
      const std::string text =
          damaged(std::string(kMessages[random.below(kMessages.size())]), random);
      const auto event = events.decode(text);
      count(event.has_value());
      if (event) {
        for (const writ_record* record : event->records) ASSERT_EQ(record->size % 8, 0U);
      }
      ASSERT_NE(replies.decode({order}, text).report, nullptr);
      ASSERT_NE(replies.decode({order}, 200, text).report, nullptr);
      ASSERT_NE(replies.decode({order}, 400, text).report, nullptr);
      RateBudget budget;
      const auto info = read_exchange_info(market, text);
      if (info) budget.set_limits(info->rate_limits);
      for (const RateUse& use : read_rate_uses(text)) budget.on_use(use, 0);
      (void)budget.take({RequestKind::kOrder, 1, 0}, 0);
      (void)read_orders(text, names);
      (void)read_trades(text, names, nobody, nullptr);
      (void)read_balances(text, names);
      (void)read_positions(text, names);
      (void)read_server_time(text);
      (void)read_reply_id(text);
    }
  }
  EXPECT_GT(read, 0U);
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace writ::venue::binance
