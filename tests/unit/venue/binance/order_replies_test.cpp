#include "host/venue/binance/order_replies.hpp"

#include "host/base/file.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace writ::venue::binance {
namespace {

std::int64_t nano(std::string_view text) { return parse_nano(text).value; }

writ_order command(std::uint16_t what) {
  auto order = model::make_record<writ_order>();
  order.order_id = 5;
  order.intent_id = 4;
  order.tag = 9;
  order.instance = 2;
  order.instrument = test::kBtcUsdt;
  order.account = test::kAccount;
  order.book = WRIT_BOOK_MAIN;
  order.side = WRIT_SIDE_BUY;
  order.order_type = WRIT_ORDER_LIMIT;
  order.command = what;
  order.price = nano("50000");
  order.quantity = nano("0.002");
  EXPECT_TRUE(model::set_text(order.client_order_id, "wr1-ufpi367fz4yrerhbje3kv5gp"));
  return order;
}

class Replies {
 public:
  explicit Replies(Market market) : names_(test::names(market)), replies_(names_) {}

  writ_report of(std::uint16_t what, int status, std::string_view body, bool window_over = false) {
    const writ_order order = command(what);
    reply = replies_.decode({order, window_over}, status, body);
    return *reply.report;
  }
  writ_report of_message(std::uint16_t what, std::string_view message) {
    const writ_order order = command(what);
    reply = replies_.decode({order}, message);
    return *reply.report;
  }
  writ_report of_silence(std::uint16_t what) {
    const writ_order order = command(what);
    reply = replies_.unanswered({order});
    return *reply.report;
  }
  /// Kind and reason of an error's report.
  std::pair<int, int> error(std::uint16_t what, int status, std::int64_t code,
                            const std::string& words = "", bool window_over = false) {
    const writ_report report =
        of(what, status, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + words + R"("})",
           window_over);
    return {report.kind, report.reason};
  }

  OrderReply reply;

 private:
  VenueNames names_;
  OrderReplies replies_;
};

using Outcome = std::pair<int, int>;
constexpr Outcome kUnanswered = {WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT};

TEST(OrderReplies, AnAcceptedOrderIsReportedToItsCommand) {
  Replies replies(Market::kSpot);
  const writ_report report =
      replies.of(WRIT_COMMAND_SEND, 200,
                 R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"x",)"
                 R"("transactTime":1507725176595,"somethingNew":[1]})");
  EXPECT_EQ(report.kind, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(report.order_id, 5U);
  EXPECT_EQ(report.intent_id, 4U);
  EXPECT_EQ(report.tag, 9U);
  EXPECT_EQ(report.instance, 2U);
  EXPECT_EQ(report.instrument, test::kBtcUsdt);
  EXPECT_EQ(report.account, test::kAccount);
  EXPECT_EQ(report.price, nano("50000"));
  EXPECT_EQ(model::text_of(report.client_order_id), "wr1-ufpi367fz4yrerhbje3kv5gp");
  EXPECT_EQ(model::text_of(report.venue_order_id), "28");
  EXPECT_EQ(report.header.event_ts, 1'507'725'176'595'000'000);
  EXPECT_EQ(replies.reply.fate, Fate::kDone);
}

TEST(OrderReplies, WhereTheOrderStandsDecidesWithTheCommand) {
  Replies replies(Market::kUsdm);
  const auto of = [&](std::uint16_t what, const std::string& status, const std::string& more = "") {
    const writ_report report =
        replies.of(what, 200,
                   R"({"orderId":7,"clientOrderId":"x","origQty":"0.002","executedQty":"0.001",)"
                   R"("price":"50000","updateTime":1625474304765,"type":"LIMIT","status":")" +
                       status + "\"" + more + "}");
    return Outcome(report.kind, report.reason);
  };
  constexpr auto kNone = WRIT_REPORT_REASON_NONE;
  EXPECT_EQ(of(WRIT_COMMAND_SEND, "NEW"), Outcome(WRIT_REPORT_ACCEPTED, kNone));
  EXPECT_EQ(of(WRIT_COMMAND_SEND, "FILLED"), Outcome(WRIT_REPORT_ACCEPTED, kNone));
  EXPECT_EQ(of(WRIT_COMMAND_SEND, "EXPIRED", R"(,"timeInForce":"IOC")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY));
  EXPECT_EQ(of(WRIT_COMMAND_CANCEL, "CANCELED"),
            Outcome(WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER));
  EXPECT_EQ(of(WRIT_COMMAND_CANCEL, "FILLED"),
            Outcome(WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND));
  EXPECT_EQ(of(WRIT_COMMAND_REPLACE, "PARTIALLY_FILLED"), Outcome(WRIT_REPORT_REPLACED, kNone));
  EXPECT_EQ(of(WRIT_COMMAND_LOOKUP, "PARTIALLY_FILLED"), Outcome(WRIT_REPORT_FOUND, kNone));
  EXPECT_EQ(of(WRIT_COMMAND_LOOKUP, "FILLED"), Outcome(WRIT_REPORT_FOUND, kNone));
  EXPECT_EQ(of(WRIT_COMMAND_LOOKUP, "CANCELED"),
            Outcome(WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER));
  EXPECT_EQ(of(WRIT_COMMAND_SEND, "OF_TOMORROW"), kUnanswered);
  EXPECT_EQ(replies.reply.fate, Fate::kUnknown);
}

TEST(OrderReplies, ALookUpTellsTermsAndWhatIsFilled) {
  Replies replies(Market::kSpot);
  const writ_report report = replies.of(
      WRIT_COMMAND_LOOKUP, 200,
      R"({"symbol":"BTCUSDT","orderId":7,"clientOrderId":"x","price":"49999.5","origQty":"0.003",)"
      R"("executedQty":"0.001","status":"PARTIALLY_FILLED","timeInForce":"GTC","type":"LIMIT",)"
      R"("updateTime":1625474304765})");
  EXPECT_EQ(report.price, nano("49999.5"));
  EXPECT_EQ(report.quantity, nano("0.003"));
  EXPECT_EQ(report.filled, nano("0.001"));
  EXPECT_EQ(report.venue_seq, 1'625'474'304'765'000'000U);
}

TEST(OrderReplies, AnAmendmentThatKeepsItsPlaceTellsItsTerms) {
  Replies replies(Market::kSpot);
  const writ_report report = replies.of(
      WRIT_COMMAND_REPLACE, 200,
      R"({"transactTime":1741926410255,"executionId":75,"amendedOrder":{"symbol":"BTCUSDT",)"
      R"("orderId":33,"origClientOrderId":"5xr","clientOrderId":"4c6","price":"50000.00000000",)"
      R"("qty":"0.00100000","executedQty":"0.00000000","preventedQty":"0.00000000",)"
      R"("cumulativeQuoteQty":"0.00000000","status":"NEW","timeInForce":"GTC","type":"LIMIT",)"
      R"("side":"SELL","workingTime":1741926410242}})");
  EXPECT_EQ(report.kind, WRIT_REPORT_REPLACED);
  EXPECT_EQ(report.quantity, nano("0.001"));
  EXPECT_EQ(report.header.event_ts, 1'741'926'410'255'000'000);
}

TEST(OrderReplies, AnErrorThatProvesNothingIsUnknown) {
  for (const Market market : {Market::kSpot, Market::kUsdm}) {
    Replies replies(market);
    for (const std::uint16_t what :
         {WRIT_COMMAND_SEND, WRIT_COMMAND_CANCEL, WRIT_COMMAND_REPLACE, WRIT_COMMAND_LOOKUP}) {
      for (const std::int64_t code : {-1000, -1001, -1006, -1007}) {
        EXPECT_EQ(replies.error(what, 400, code), kUnanswered) << code;
        EXPECT_EQ(replies.reply.fate, Fate::kUnknown);
      }
      const writ_report silent = replies.of_silence(what);
      EXPECT_EQ(Outcome(silent.kind, silent.reason), kUnanswered);
      for (const int status : {500, 502, 504, 408, 409}) {
        const writ_report page = replies.of(what, status, "<html>Bad Gateway</html>");
        EXPECT_EQ(Outcome(page.kind, page.reason), kUnanswered) << status;
      }
      const writ_report torn = replies.of(what, 200, R"({"orderId":)");
      EXPECT_EQ(Outcome(torn.kind, torn.reason), kUnanswered);
    }
    const std::string duplicate = "Duplicate order sent.";
    EXPECT_EQ(replies.error(WRIT_COMMAND_SEND, 400, -2010, duplicate), kUnanswered)
        << "an order of this id is there";
  }
  EXPECT_EQ(Replies(Market::kUsdm).error(WRIT_COMMAND_SEND, 400, -4116), kUnanswered);
  EXPECT_EQ(Replies(Market::kUsdm)
                .error(WRIT_COMMAND_SEND, 503, 0,
                       "Unknown error, please check your request or try again later."),
            kUnanswered);
}

TEST(OrderReplies, AnErrorThatProvesARefusalSaysWhy) {
  struct Case {
    Market market;
    int status;
    std::int64_t code;
    const char* words;
    int reason;
    Consequence consequence;
  };
  using enum Consequence;
  constexpr auto kSpot = Market::kSpot;
  constexpr auto kUsdm = Market::kUsdm;
  const Case cases[] = {
      {kSpot, 400, -1013, "Filter failure: LOT_SIZE", WRIT_REPORT_REASON_FILTER, kNone},
      {kSpot, 400, -1111, "Precision is over the maximum", WRIT_REPORT_REASON_FILTER, kNone},
      {kSpot, 400, -1121, "Invalid symbol.", WRIT_REPORT_REASON_OTHER, kNone},
      {kSpot, 400, -2010, "Account has insufficient balance for requested action.",
       WRIT_REPORT_REASON_BALANCE, kNone},
      {kSpot, 400, -2010, "Order would immediately match and take.", WRIT_REPORT_REASON_POST_ONLY,
       kNone},
      {kSpot, 400, -2010, "Market is closed.", WRIT_REPORT_REASON_MARKET, kNone},
      {kSpot, 400, -2010, "Filter failure: MAX_NUM_ORDERS", WRIT_REPORT_REASON_FILTER, kNone},
      {kSpot, 429, -1003, "Too much request weight used", WRIT_REPORT_REASON_RATE_LIMIT, kBackOff},
      {kSpot, 429, -1015, "Too many new orders", WRIT_REPORT_REASON_RATE_LIMIT, kBackOff},
      {kSpot, 418, -1003, "Way too much", WRIT_REPORT_REASON_RATE_LIMIT, kBackOff},
      {kSpot, 400, -1021, "Timestamp for this request", WRIT_REPORT_REASON_OTHER, kMeasureClock},
      {kSpot, 400, -1022, "Signature for this request", WRIT_REPORT_REASON_OTHER, kStopVenue},
      {kSpot, 401, -2015, "Invalid API-key", WRIT_REPORT_REASON_OTHER, kStopVenue},
      {kSpot, 403, 0, "", WRIT_REPORT_REASON_OTHER, kNone},
      {kUsdm, 400, -2019, "Margin is insufficient.", WRIT_REPORT_REASON_BALANCE, kNone},
      {kUsdm, 400, -2022, "ReduceOnly Order is rejected.", WRIT_REPORT_REASON_REDUCE_ONLY, kNone},
      {kUsdm, 400, -4164, "Order's notional", WRIT_REPORT_REASON_FILTER, kNone},
      {kUsdm, 400, -5021, "FOK", WRIT_REPORT_REASON_NO_LIQUIDITY, kNone},
      {kUsdm, 400, -5022, "Post Only", WRIT_REPORT_REASON_POST_ONLY, kNone},
      {kUsdm, 400, -5028, "ME", WRIT_REPORT_REASON_OTHER, kMeasureClock},
      {kUsdm, 503, -1008, "throttled", WRIT_REPORT_REASON_RATE_LIMIT, kBackOff},
      {kUsdm, 503, 0, "Service Unavailable.", WRIT_REPORT_REASON_RATE_LIMIT, kBackOff},
  };
  for (const Case& one : cases) {
    Replies replies(one.market);
    EXPECT_EQ(replies.error(WRIT_COMMAND_SEND, one.status, one.code, one.words),
              Outcome(WRIT_REPORT_REJECTED, one.reason))
        << one.code << " " << one.words;
    EXPECT_EQ(replies.reply.consequence, one.consequence) << one.code;
    EXPECT_EQ(replies.reply.code, one.code);
    EXPECT_EQ(replies.reply.text, one.words);
    EXPECT_EQ(replies.reply.fate, Fate::kRefused);
  }
  EXPECT_EQ(Replies(kSpot).error(WRIT_COMMAND_SEND, 409, -2021), kUnanswered)
      << "on spot the half of a cancelReplace";
  EXPECT_EQ(Replies(kUsdm).error(WRIT_COMMAND_SEND, 400, -2021),
            Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER))
      << "on futures a trigger";
}

TEST(OrderReplies, AnOrderThatIsNotThereIsNotCancelledAndNotYetFailed) {
  Replies replies(Market::kSpot);
  EXPECT_EQ(replies.error(WRIT_COMMAND_CANCEL, 400, -2011, "Unknown order sent."),
            Outcome(WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND));
  EXPECT_EQ(replies.error(WRIT_COMMAND_REPLACE, 400, -2013),
            Outcome(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_NOT_FOUND));
  EXPECT_EQ(replies.error(WRIT_COMMAND_LOOKUP, 400, -2013),
            Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_NOT_FOUND))
      << "it may be under way";
  EXPECT_EQ(replies.error(WRIT_COMMAND_LOOKUP, 400, -2013, "", true),
            Outcome(WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND));
  EXPECT_EQ(replies.error(WRIT_COMMAND_LOOKUP, 429, -1003, "", true),
            Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_RATE_LIMIT));
}

TEST(OrderReplies, OfTheWebSocketApiAreTheSame) {
  Replies replies(Market::kSpot);
  writ_report report = replies.of_message(
      WRIT_COMMAND_SEND, R"({"id":"wr1-a","status":200,"result":{"symbol":"BTCUSDT","orderId":12,)"
                         R"("clientOrderId":"x","transactTime":1660801715639},"rateLimits":[]})");
  EXPECT_EQ(report.kind, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(model::text_of(report.venue_order_id), "12");
  report = replies.of_message(
      WRIT_COMMAND_SEND,
      R"({"id":"wr1-a","status":400,"error":{"code":-2010,)"
      R"("msg":"Account has insufficient balance for requested action."},"rateLimits":[]})");
  EXPECT_EQ(report.kind, WRIT_REPORT_REJECTED);
  EXPECT_EQ(report.reason, WRIT_REPORT_REASON_BALANCE);
  EXPECT_EQ(model::tail_text(*replies.reply.report, report.text_size),
            "Account has insufficient balance for requested action.");
  report = replies.of_message(
      WRIT_COMMAND_SEND, R"({"id":"wr1-a","status":418,"error":{"code":-1003,"msg":"banned",)"
                         R"("data":{"serverTime":1659142907531,"retryAfter":1659146400000}}})");
  EXPECT_EQ(report.reason, WRIT_REPORT_REASON_RATE_LIMIT);
  EXPECT_EQ(replies.reply.consequence, Consequence::kBackOff);
  EXPECT_EQ(replies.reply.retry_after_ms, 1'659'146'400'000);
  for (const char* torn : {"", "[]", R"({"id":"a"})", R"({"id":"a","status":200})",
                           R"({"id":"a","status":200,"result":7})", R"({"id":"a","status":500})"}) {
    report = replies.of_message(WRIT_COMMAND_SEND, torn);
    EXPECT_EQ(Outcome(report.kind, report.reason), kUnanswered) << torn;
  }
  EXPECT_EQ(read_reply_id(R"({"id":"wr1-a","status":200})").value(), "wr1-a");
  EXPECT_FALSE(read_reply_id(R"({"status":200})"));
}

TEST(OrderReplies, OfTheSamplesAreRead) {
  const auto data = writ::test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto of = [&](Market market, const char* name, std::uint16_t what) {
    const auto text =
        base::read_file(*data / "binance_messages" / "nautilus_rs" /
                        (market == Market::kSpot ? "spot" : "futures") / "http_json" / name);
    EXPECT_TRUE(text) << name;
    return Replies(market).of(what, 200, text ? *text : "");
  };
  const writ_report filled = of(Market::kSpot, "new_order_full_response.json", WRIT_COMMAND_SEND);
  EXPECT_EQ(filled.kind, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(filled.filled, nano("10"));
  EXPECT_EQ(of(Market::kSpot, "cancel_order_response.json", WRIT_COMMAND_CANCEL).kind,
            WRIT_REPORT_CANCELLED);
  EXPECT_EQ(of(Market::kSpot, "order_response.json", WRIT_COMMAND_LOOKUP).kind, WRIT_REPORT_FOUND);
  const writ_report placed = of(Market::kUsdm, "order_response.json", WRIT_COMMAND_SEND);
  EXPECT_EQ(placed.kind, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(placed.quantity, nano("0.001"));
}

}  // namespace
}  // namespace writ::venue::binance
