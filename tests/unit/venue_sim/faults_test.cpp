// Each scripted fault, as a client meets it.
#include "quiet_venue.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace writ::venue_sim {
namespace {

constexpr std::string_view kBuy =
    "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=BUY&price=40000&quantity=0.01";

class Faulty : public testing::Test {
 protected:
  QuietVenue sim{Market::kSpot};

  void fault(const char* text) {
    EXPECT_EQ(sim.venue.rest({"POST", "/sim/faults", text, ""})->status, 200);
  }
  /// The quantities of the trades a connection heard of; each call of trade() makes one.
  std::string heard(ConnectionId id) {
    std::string quantities;
    for (const std::string& text : sim.heard(id)) {
      const boost::json::value event = boost::json::parse(text);
      quantities += std::string(event.at("s").as_string()).substr(0, 3) + ':' +
                    std::string(event.at("q").as_string()).substr(0, 3) + ' ';
    }
    return quantities;
  }
  void trade(std::string_view symbol, std::string_view quantity) {
    sim.offer(symbol, Side::kSell, "1000", quantity);
    sim.take(symbol, Side::kBuy, "1000", quantity);
    sim.pass_ms(100);
  }
  void listen() { ASSERT_TRUE(sim.venue.opened(1, "/ws/btcusdt@trade/ethusdt@trade")); }
};

TEST_F(Faulty, LosesMessages) {
  listen();
  fault(R"({"fault":"gap","target":"btcusdt@trade","count":2})");
  for (const char* quantity : {"1", "2", "3"}) trade("BTCUSDT", quantity);
  trade("ETHUSDT", "4");
  EXPECT_EQ(heard(1), "BTC:3.0 ETH:4.0 ");
}

TEST_F(Faulty, SaysThingsTwice) {
  listen();
  fault(R"({"fault":"duplicate"})");
  trade("BTCUSDT", "1");
  trade("BTCUSDT", "2");
  EXPECT_EQ(heard(1), "BTC:1.0 BTC:1.0 BTC:2.0 ");
}

TEST_F(Faulty, ReordersAcrossStreams) {
  listen();
  fault(R"({"fault":"reorder","target":"btcusdt"})");
  trade("BTCUSDT", "1");
  trade("ETHUSDT", "2");
  EXPECT_EQ(heard(1), "ETH:2.0 BTC:1.0 ");
}

TEST_F(Faulty, HoldsMessagesBack) {
  listen();
  fault(R"({"fault":"stale","target":"btcusdt","for_ms":1000})");
  trade("BTCUSDT", "1");
  trade("ETHUSDT", "2");
  EXPECT_EQ(heard(1), "ETH:2.0 ");
  sim.pass_ms(1'000);
  EXPECT_EQ(heard(1), "BTC:1.0 ");
}

TEST_F(Faulty, DoesWhatItThenSaysNobodyKnows) {
  fault(R"({"fault":"accept_then_timeout","target":"order.place"})");
  EXPECT_EQ(sim.refusal("a", "POST", "/api/v3/order", std::string(kBuy)).substr(0, 5), "-1007");
  EXPECT_EQ(sim.venue.exchange().open_orders(1, "").size(), 1U);
  sim.answer("a", "POST", "/api/v3/order", std::string(kBuy));
}

TEST_F(Faulty, DoesWhatItThenDoesNotAnswer) {
  fault(R"({"fault":"accept_then_silence","target":"POST /api/v3/order"})");
  EXPECT_EQ(sim.ask("a", "POST", "/api/v3/order", std::string(kBuy)).status, 0);
  EXPECT_EQ(sim.venue.exchange().open_orders(1, "").size(), 1U);
}

TEST_F(Faulty, FailsBeforeItDoesAnything) {
  fault(R"({"fault":"server_error","target":"order.place","status":502})");
  EXPECT_EQ(sim.ask("a", "POST", "/api/v3/order", std::string(kBuy)).status, 502);
  EXPECT_TRUE(sim.venue.exchange().orders().empty());
}

TEST_F(Faulty, Throttles) {
  fault(R"({"fault":"rate_limit","for_ms":3000})");
  EXPECT_EQ(sim.ask("a", "GET", "/api/v3/account", "").status, 429);
  sim.pass_ms(3'000);
  EXPECT_EQ(sim.ask("a", "GET", "/api/v3/account", "").status, 200);
}

TEST_F(Faulty, CutsAndSilencesConnections) {
  listen();
  fault(R"({"fault":"drop","target":"ethusdt"})");
  auto said = sim.venue.take_output();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].kind, Output::Kind::kCut);
  fault(R"({"fault":"half_open"})");
  said = sim.venue.take_output();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].kind, Output::Kind::kFreeze);
  trade("BTCUSDT", "1");
  EXPECT_TRUE(sim.venue.take_output().empty());
}

TEST_F(Faulty, SaysGoodbyeBeforeItShutsDown) {
  listen();
  fault(R"({"fault":"server_shutdown"})");
  EXPECT_NE(sim.heard(1).at(0).find("serverShutdown"), std::string::npos);
  sim.pass_ms(9'900);
  EXPECT_TRUE(sim.venue.take_output().empty());
  sim.pass_ms(200);
  EXPECT_EQ(sim.venue.take_output().at(0).kind, Output::Kind::kClose);
}

TEST_F(Faulty, WaitsForTheTimeOfAFault) {
  listen();
  fault(R"([{"fault":"gap","at_ms":250},{"fault":"cut_24h","at_ms":500}])");
  trade("BTCUSDT", "1");
  trade("BTCUSDT", "2");
  trade("BTCUSDT", "3");
  EXPECT_EQ(heard(1), "BTC:1.0 BTC:2.0 ");
  sim.pass_ms(500);
  const auto counts = boost::json::parse(sim.venue.rest({"GET", "/sim/faults", "", ""})->body);
  EXPECT_EQ(counts.at("gap").as_int64(), 1);
  EXPECT_EQ(counts.at("cut_24h").as_int64(), 1);
}

TEST_F(Faulty, RefusesAFaultItDoesNotKnow) {
  EXPECT_EQ(sim.venue.rest({"POST", "/sim/faults", R"({"fault":"earthquake"})", ""})->status, 400);
}

}  // namespace
}  // namespace writ::venue_sim
