// Security, limits and both ways of asking.
#include "quiet_venue.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace writ::venue_sim {
namespace {

constexpr std::string_view kBuy =
    "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=BUY&price=40000&quantity=0.01";

RestAnswer ask(QuietVenue& sim, const char* method, const std::string& target,
               const char* key = "") {
  return *sim.venue.rest({method, target, "", key});
}

TEST(Api, RefusesWhatIsNotSignedByTheKeyAtThisMoment) {
  QuietVenue sim{Market::kSpot};
  const std::int64_t now = sim.venue.exchange().now() / 1'000'000;
  const auto signed_at = [&](std::int64_t ms, const char* secret) {
    const std::string query = std::string(kBuy) + "&timestamp=" + std::to_string(ms);
    return ask(sim, "POST", "/api/v3/order?" + query + "&signature=" + hmac(secret, query),
               "key-a");
  };
  EXPECT_EQ(signed_at(now, "secret-b").body,
            R"({"code":-1022,"msg":"Signature for this request is not valid."})");
  EXPECT_EQ(signed_at(now - 5'001, "secret-a").body,
            R"({"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."})");
  EXPECT_EQ(
      signed_at(now + 1'000, "secret-a").body,
      R"({"code":-1021,"msg":"Timestamp for this request was 1000ms ahead of the server's time."})");
  EXPECT_EQ(signed_at(now - 5'000, "secret-a").status, 200);
  EXPECT_EQ(signed_at(now + 999, "secret-a").status, 200);
  EXPECT_EQ(ask(sim, "GET", "/api/v3/account").status, 401);
  EXPECT_EQ(ask(sim, "GET", "/api/v3/account", "key-c").body,
            R"({"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."})");
}

TEST(Api, CountsWeightAndAnswers429ThenBans) {
  QuietVenue sim{Market::kSpot};
  EXPECT_EQ(sim.venue.rest({"POST", "/sim/limits", R"({"weight":45})", ""})->status, 200);
  const auto info = [&] { return ask(sim, "GET", "/api/v3/exchangeInfo"); };
  EXPECT_EQ(info().headers.at(0).second, "20");
  EXPECT_EQ(info().headers.at(0).second, "40");
  const RestAnswer throttled = info();
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(throttled.headers.back().first, "Retry-After");
  for (int again = 0; again < 5; ++again) EXPECT_EQ(info().status, 429);
  EXPECT_EQ(info().status, 418);
  sim.pass_ms(61'000);
  EXPECT_EQ(info().status, 418);  // a ban outlives the minute
  sim.pass_ms(60'000);
  EXPECT_EQ(info().status, 200);
}

TEST(Api, AnswersAgainWhenTheMinuteIsOver) {
  QuietVenue sim{Market::kSpot};
  EXPECT_EQ(sim.venue.rest({"POST", "/sim/limits", R"({"weight":20})", ""})->status, 200);
  EXPECT_EQ(ask(sim, "GET", "/api/v3/exchangeInfo").status, 200);
  EXPECT_EQ(ask(sim, "GET", "/api/v3/exchangeInfo").status, 429);
  sim.pass_ms(60'000);
  EXPECT_EQ(ask(sim, "GET", "/api/v3/exchangeInfo").status, 200);
}

TEST(Api, CountsOrdersThatAreNotFilled) {
  QuietVenue sim{Market::kSpot};
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  const auto counted = [&](const std::string& query) {
    const RestAnswer answer = sim.ask("a", "POST", "/api/v3/order", query);
    EXPECT_EQ(answer.headers.at(1).first, "X-MBX-ORDER-COUNT-10S");
    return answer.headers.at(1).second;
  };
  EXPECT_EQ(counted(std::string(kBuy)), "1");
  EXPECT_EQ(counted("symbol=BTCUSDT&type=MARKET&side=BUY&quantity=0.01"), "1");
  EXPECT_EQ(counted(std::string(kBuy)), "2");
}

TEST(Api, KnowsNoOtherPath) {
  QuietVenue sim{Market::kSpot};
  EXPECT_EQ(ask(sim, "GET", "/fapi/v1/time").status, 404);
  EXPECT_EQ(ask(sim, "GET", "/api/v3/time").status, 200);
}

TEST(WebSocketApi, PlacesQueriesAndCancels) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/ws-api/v3"));
  const auto asked = [&](const char* method, const std::string& params) {
    std::map<std::string, std::string> members = {
        {"apiKey", "key-a"}, {"timestamp", std::to_string(sim.venue.exchange().now() / 1'000'000)}};
    for (std::size_t at = 0; at < params.size();) {
      const std::size_t end = std::min(params.find('&', at), params.size());
      const std::size_t equals = params.find('=', at);
      members[params.substr(at, equals - at)] = params.substr(equals + 1, end - equals - 1);
      at = end + 1;
    }
    std::string payload;
    std::string json = "{";
    for (const auto& [name, value] : members) {
      payload += (payload.empty() ? "" : "&") + name + '=' + value;
      json += '"' + name + "\":\"" + value + "\",";
    }
    json += "\"signature\":\"" + hmac("secret-a", payload) + '"';
    sim.venue.received(
        1, "{\"id\":\"x\",\"method\":\"" + std::string(method) + "\",\"params\":" + json + "}}");
    const auto said = sim.heard(1);
    EXPECT_EQ(said.size(), 1U);
    return said.empty() ? boost::json::value() : boost::json::parse(said.back());
  };
  const auto placed = asked("order.place",
                            "newClientOrderId=n&price=40000&quantity=0.01&side=BUY&symbol=BTCUSDT"
                            "&timeInForce=GTC&type=LIMIT");
  EXPECT_EQ(placed.at("id").as_string(), "x");
  EXPECT_EQ(placed.at("status").as_int64(), 200);
  EXPECT_EQ(placed.at("result").at("status").as_string(), "NEW");
  EXPECT_EQ(placed.at("rateLimits").as_array()[1].at("count").as_int64(), 1);
  const auto found = asked("order.status", "origClientOrderId=n&symbol=BTCUSDT");
  EXPECT_EQ(found.at("result").at("status").as_string(), "NEW");
  const auto cancelled = asked("order.cancel", "origClientOrderId=n&symbol=BTCUSDT");
  EXPECT_EQ(cancelled.at("result").at("status").as_string(), "CANCELED");
  const auto refused = asked("order.cancel", "origClientOrderId=n&symbol=BTCUSDT");
  EXPECT_EQ(refused.at("status").as_int64(), 400);
  EXPECT_EQ(refused.at("error").at("code").as_int64(), -2011);
}

TEST(WebSocketApi, LogsOnEd25519KeysOnly) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/ws-api/v3"));
  const std::string timestamp = std::to_string(sim.venue.exchange().now() / 1'000'000);
  sim.venue.received(1,
                     "{\"id\":1,\"method\":\"session.logon\",\"params\":{\"apiKey\":\"key-a\","
                     "\"timestamp\":" +
                         timestamp + ",\"signature\":\"" +
                         hmac("secret-a", "apiKey=key-a&timestamp=" + timestamp) + "\"}}");
  EXPECT_NE(sim.heard(1).at(0).find("-4056"), std::string::npos);
}

}  // namespace
}  // namespace writ::venue_sim
