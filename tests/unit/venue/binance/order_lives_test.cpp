// Lives of orders: what the venue says, in its own words, through to the core's orders.
#include "host/venue/binance/account_replies.hpp"
#include "host/venue/binance/order_replies.hpp"
#include "host/venue/binance/user_events.hpp"
#include "tests/unit/execution/order_desk.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

using writ::test::qty;

constexpr std::uint32_t kSpotInstrument = 1;  // of the desk
constexpr std::uint32_t kPerpetual = 2;
constexpr std::uint32_t kDeskAccount = 1;

VenueNames desk_names(Market market) {
  VenueNames names(market, kDeskAccount);
  names.add(test::asset(1, "USDT"));
  names.add(test::asset(2, "BTC"));
  names.add(test::instrument(market, market == Market::kSpot ? kSpotInstrument : kPerpetual,
                             "BTCUSDT", 2, 1));
  return names;
}

/// One market's messages, delivered to the orders of a desk.
class Venue {
 public:
  explicit Venue(Market market)
      : names_(desk_names(market)), events_(names_, nullptr), replies_(names_) {}

  OrderId place(std::uint16_t side = WRIT_SIDE_BUY) {
    const bool spot = names_.market() == Market::kSpot;
    return desk.place(side, "100", "10", 1, spot ? kSpotInstrument : kPerpetual);
  }

  /// A message of the user data stream.
  void stream(const std::string& json) {
    const auto event = events_.decode(json);
    ASSERT_TRUE(event) << base::to_string(event.error());
    for (const writ_record* record : event->records) deliver(*record);
  }
  /// An executionReport about our order.
  void execution(OrderId id, const std::string& what, const std::string& status,
                 const std::string& filled, const std::string& last, int trade) {
    stream(R"({"e":"executionReport","E":1709654400001,"s":"BTCUSDT","c":")" + name(id) +
           R"(","S":"BUY","o":"LIMIT","f":"GTC","q":"10","p":"100","C":"","r":"NONE","i":501,)"
           R"("T":1709654400000,"m":false,"n":"0.001","N":"BTC","L":"100","x":")" +
           what + R"(","X":")" + status + R"(","z":")" + filled + R"(","l":")" + last +
           R"(","t":)" + std::to_string(trade) + "}");
  }
  /// The answer to a command of the order.
  void answer(OrderId id, std::uint16_t what, int status, const std::string& body,
              bool window_over = false) {
    writ_order command = desk.order(id);
    command.command = what;
    deliver(replies_.decode({command, window_over}, status, body).report->header);
  }
  void silence(OrderId id) {
    const writ_order command = desk.order(id);
    deliver(replies_.unanswered({command}).report->header);
  }
  void trades(OrderId id, std::string_view json) {
    const auto fills = read_trades(
        json, names_, [&](std::uint32_t, std::int64_t) { return name(id); }, nullptr);
    ASSERT_TRUE(fills) << base::to_string(fills.error());
    for (const writ_fill& fill : *fills) desk.deliver(fill);
  }

  std::string name(OrderId id) const {
    return std::string(model::text_of(desk.order(id).client_order_id));
  }
  std::size_t incidents() const { return desk.sink.all<writ_incident>().size(); }

  writ::test::OrderDesk desk;

 private:
  void deliver(const writ_record& record) {
    if (const auto* fill = model::as<writ_fill>(record)) {
      desk.deliver(*fill);
    } else if (const auto* report = model::as<writ_report>(record)) {
      writ_report fixed = *report;
      fixed.header.size = sizeof fixed;  // the desk's records have no tail
      fixed.text_size = 0;
      desk.deliver(fixed);
    }
  }

  VenueNames names_;
  UserEvents events_;
  OrderReplies replies_;
};

constexpr const char* kPlaced =
    R"({"symbol":"BTCUSDT","orderId":501,"clientOrderId":"x","transactTime":1709654400000,)"
    R"("price":"100","origQty":"10","executedQty":"0","status":"NEW","timeInForce":"GTC",)"
    R"("type":"LIMIT"})";

TEST(OrderLives, AnswerAndStreamTellTheSameOrder) {
  Venue venue(Market::kSpot);
  const OrderId id = venue.place();
  venue.answer(id, WRIT_COMMAND_SEND, 200, kPlaced);
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_OPEN);
  venue.execution(id, "NEW", "NEW", "0", "0", -1);
  venue.execution(id, "TRADE", "PARTIALLY_FILLED", "4", "4", 7);
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_PARTIAL);
  venue.execution(id, "TRADE", "FILLED", "10", "6", 8);
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_FILLED);
  EXPECT_EQ(model::text_of(venue.desk.order(id).venue_order_id), "501");
  EXPECT_EQ(venue.incidents(), 0U);
  EXPECT_EQ(venue.desk.folded(), venue.desk.orders.save());
}

TEST(OrderLives, TheStreamMayOvertakeTheAnswer) {
  Venue venue(Market::kSpot);
  const OrderId id = venue.place();
  venue.execution(id, "NEW", "NEW", "0", "0", -1);
  venue.execution(id, "TRADE", "FILLED", "10", "10", 7);
  venue.answer(id, WRIT_COMMAND_SEND, 200, kPlaced);
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_FILLED);
  EXPECT_EQ(venue.incidents(), 0U);
}

TEST(OrderLives, WithoutAnAnswerItIsLookedUpAndFoundWithItsFills) {
  Venue venue(Market::kSpot);
  const OrderId id = venue.place();
  venue.silence(id);
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_UNKNOWN);
  ASSERT_EQ(venue.desk.order(id).command, WRIT_COMMAND_LOOKUP);
  venue.answer(id, WRIT_COMMAND_LOOKUP, 400, R"({"code":-2013,"msg":"Order does not exist."})");
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_UNKNOWN) << "it may be under way";
  venue.answer(id, WRIT_COMMAND_LOOKUP, 200,
               R"({"symbol":"BTCUSDT","orderId":501,"clientOrderId":"x","price":"100",)"
               R"("origQty":"10","executedQty":"4","status":"PARTIALLY_FILLED",)"
               R"("timeInForce":"GTC","type":"LIMIT","updateTime":1709654400000})");
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_OPEN);
  venue.trades(id, R"([{"symbol":"BTCUSDT","id":7,"orderId":501,"price":"100","qty":"4",)"
                   R"("commission":"0.004","commissionAsset":"BTC","time":1709654400000,)"
                   R"("isBuyer":true,"isMaker":true}])");
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_PARTIAL);
  EXPECT_EQ(venue.desk.order(id).filled, qty("4"));
  EXPECT_FALSE(venue.desk.orders.next_due()) << "nothing is awaited any more";
}

TEST(OrderLives, ProvenNeverToHaveArrivedItHasFailed) {
  Venue venue(Market::kUsdm);
  const OrderId id = venue.place();
  venue.answer(id, WRIT_COMMAND_SEND, 503,
               R"({"code":-1007,"msg":"Timeout waiting for response"})");
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_UNKNOWN);
  venue.answer(id, WRIT_COMMAND_LOOKUP, 400, R"({"code":-2013,"msg":"Order does not exist."})",
               true);
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_FAILED);
}

TEST(OrderLives, ARefusalIsFinalWithItsReason) {
  Venue venue(Market::kUsdm);
  const OrderId id = venue.place();
  venue.answer(id, WRIT_COMMAND_SEND, 400, R"({"code":-2019,"msg":"Margin is insufficient."})");
  EXPECT_EQ(venue.desk.order(id).state, WRIT_ORDER_REJECTED);
  EXPECT_EQ(venue.desk.order(id).reason, WRIT_REPORT_REASON_BALANCE);
  EXPECT_EQ(venue.incidents(), 0U);
}

TEST(OrderLives, WhatAnAnswerCountsAndNoStreamTellsIsAwaited) {
  Venue venue(Market::kSpot);
  const OrderId id = venue.place();
  std::string filled = kPlaced;
  filled.replace(filled.find(R"("executedQty":"0")"), 17, R"("executedQty":"4")");
  venue.answer(id, WRIT_COMMAND_SEND, 200, filled);
  EXPECT_EQ(venue.desk.order(id).filled, 0);
  EXPECT_TRUE(venue.desk.orders.next_due()) << "4 were filled that nobody told of";
  venue.execution(id, "TRADE", "PARTIALLY_FILLED", "4", "4", 7);
  EXPECT_FALSE(venue.desk.orders.next_due());
}

TEST(OrderLives, ALiquidationIsFollowedWithoutAnIntent) {
  Venue venue(Market::kUsdm);
  const auto event = [](const char* what, const char* last) {
    return std::string(R"({"e":"ORDER_TRADE_UPDATE","T":1568879465651,"E":1568879465651,"o":{)"
                       R"("s":"BTCUSDT","c":"autoclose-1234567890","S":"SELL","o":"LIMIT",)"
                       R"("f":"IOC","q":"3","p":"90","ap":"91","i":8886999,"N":"USDT","n":"0.1",)"
                       R"("L":"91","t":9,"m":false,"R":true,"x":")") +
           what + R"(","X":"NEW","l":")" + last + R"(","z":")" + last + R"("}})";
  };
  venue.stream(event("NEW", "0"));
  const writ_order* order = venue.desk.orders.find_by_client_id("ext-binance_usdm-8886999");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->intent_id, 0U);
  EXPECT_EQ(order->state, WRIT_ORDER_OPEN);
  venue.stream(event("CALCULATED", "3"));
  order = venue.desk.orders.find_by_client_id("ext-binance_usdm-8886999");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->state, WRIT_ORDER_FILLED);
  EXPECT_EQ(order->filled, qty("3"));
  EXPECT_EQ(order->side, WRIT_SIDE_SELL);
}

}  // namespace
}  // namespace writ::venue::binance
