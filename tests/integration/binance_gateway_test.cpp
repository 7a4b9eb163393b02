// The gateway against the venue simulator: orders out, what becomes of them back, through real
// sockets, and what is broken on the way.
#include "host/base/monotonic_clock.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/gateway.hpp"
#include "host/venue/binance/market_feed.hpp"
#include "host/venue/net/http_client.hpp"
#include "tests/support/venue_sim.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint32_t kAccount = 3;

std::int64_t nano(std::string_view text) { return parse_nano(text).value; }

/// A market of the simulator, and one account's gateway to it.
class Line {
 public:
  /// `weight` is the venue's limit; 0 = its usual one.
  explicit Line(Market market, const std::vector<std::string>& options = {},
                std::int64_t weight = 0)
      : sim_(options),
        market_(market),
        at_(market == Market::kSpot ? sim_.spot() : sim_.futures()),
        thread_("venue"),
        rest_(thread_, net::parse_endpoint(at_.rest).value()) {
    if (weight != 0) control("limits", R"({"weight":)" + std::to_string(weight) + "}");
    GatewaySetup setup;
    setup.market = market;
    setup.line.address = address_;
    setup.account = kAccount;
    setup.rest = net::parse_endpoint(at_.rest).value();
    setup.socket_api = net::parse_endpoint(at_.websocket_api).value();
    setup.stream = net::parse_endpoint(at_.websocket).value();
    setup.listing =
        read_exchange_info(
            market, get(market == Market::kSpot ? "/api/v3/exchangeInfo" : "/fapi/v1/exchangeInfo"))
            .value();
    const auto listing = setup.listing;
    gateway_.emplace(thread_, std::move(setup), credentials_, [this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      changed_.notify_all();
    });
    std::uint32_t number = 0;
    for (const char* name : {"USDT", "BTC", "ETH", "BNB"}) {
      auto asset = model::make_record<writ_asset>();
      asset.asset = ++number;
      EXPECT_TRUE(model::set_text(asset.name, name));
      gateway_->observe(asset.header);
    }
    auto instrument = listing.find("BTCUSDT")->instrument;
    instrument.instrument = kInstrument;
    instrument.base_asset = 2;
    instrument.quote_asset = 1;
    instrument.settle_asset = 1;
    gateway_->observe(instrument.header);
  }

  /// Takes what comes until `met`, at most 20 s.
  bool until(const std::function<bool()>& met) {
    const std::int64_t end = base::monotonic_ns() + 20 * kSecond;
    while (true) {
      while (const auto* record = gateway_->take_report(INT64_MAX)) {
        told_.push_back(model::words_of(*record));
      }
      if (met()) return true;
      if (base::monotonic_ns() >= end) return false;
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(20), [this] { return woken_; });
      woken_ = false;
    }
  }
  bool until_ready() {
    return until([this] { return commands(WRIT_OPERATOR_VENUE_BACK) > 0; }) &&
           (market_ == Market::kSpot || until_armed());
  }

  writ_order order(std::uint16_t command, std::uint64_t id, const char* price, const char* quantity,
                   std::uint16_t side = WRIT_SIDE_BUY) const {
    auto made = model::make_record<writ_order>();
    made.header.ingest_ts = net::wall_clock_ns();
    made.order_id = id;
    made.instance = 2;
    made.instrument = kInstrument;
    made.account = kAccount;
    made.book = WRIT_BOOK_MAIN;
    made.side = side;
    made.order_type = WRIT_ORDER_LIMIT;
    made.time_in_force = WRIT_TIF_GTC;
    made.command = command;
    made.price = nano(price);
    made.quantity = nano(quantity);
    made.expire_ts = WRIT_NONE;
    EXPECT_TRUE(model::set_text(made.client_order_id,
                                "wr1-aaaaaaaaaaaaaaaaaaaa" + std::to_string(1'000 + id)));
    return made;
  }
  void send(const writ_order& order) { gateway_->send(order); }

  template <class Record>
  std::vector<const Record*> all() const {
    std::vector<const Record*> found;
    for (const auto& words : told_) {
      if (const auto* record = model::as<Record>(model::record_in(words))) found.push_back(record);
    }
    return found;
  }
  std::size_t reports(std::uint64_t order, std::uint16_t kind) const {
    const auto found = all<writ_report>();
    const auto name = "wr1-aaaaaaaaaaaaaaaaaaaa" + std::to_string(1'000 + order);
    return static_cast<std::size_t>(
        std::count_if(found.begin(), found.end(), [&](const auto* report) {
          return model::text_of(report->client_order_id) == name && report->kind == kind;
        }));
  }
  std::size_t commands(std::uint32_t code) const {
    const auto found = all<writ_command>();
    return static_cast<std::size_t>(std::count_if(
        found.begin(), found.end(), [&](const auto* said) { return said->command == code; }));
  }
  bool until_report(std::uint64_t order, std::uint16_t kind) {
    return until([&] { return reports(order, kind) > 0; });
  }
  std::string words() const {
    std::string text;
    for (const auto* command : all<writ_command>()) {
      text += std::string(model::tail_text(*command, command->text_size)) + "\n";
    }
    for (const auto* report : all<writ_report>()) {
      text += std::to_string(report->kind) + " " +
              std::string(model::tail_text(*report, report->text_size)) + "\n";
    }
    return text;
  }

  std::string get(const std::string& target) {
    return rest_.ask_and_wait({"GET", target}).value().body;
  }
  void control(const std::string& path, const std::string& body) {
    net::HttpAsk ask{"POST", "/sim/" + path};
    ask.headers.emplace_back("Content-Type", "application/json");
    ask.body = body;
    EXPECT_EQ(rest_.ask_and_wait(std::move(ask)).value().status, 200) << path;
  }
  base::Result<execution::VenueState> account(std::int64_t since) {
    execution::VenueQuestion question;
    question.fills_since = since;
    question.funding_since = since;
    gateway_->ask(question);
    std::optional<base::Result<execution::VenueState>> answer;
    EXPECT_TRUE(until([&] { return (answer = gateway_->take_answer()).has_value(); }));
    return answer.value_or(base::Error(base::Errc::kTimeout, "test"));
  }
  Gateway& gateway() { return *gateway_; }
  /// What a feed beside it needs.
  MarketFeedOptions feed_options() {
    MarketFeedOptions options;
    options.receiver.market = market_;
    options.receiver.rest = net::parse_endpoint(at_.rest).value();
    options.receiver.streams = net::parse_endpoint(at_.websocket).value();
    options.receiver.subscriptions = {{"BTCUSDT", kInstrument, 1}};
    options.receiver.address = address_;
    return options;
  }
  net::IoThread& thread() { return thread_; }
  /// What the venue has counted of all we asked in this minute.
  std::int64_t weight_used() {
    const auto answer =
        rest_.ask_and_wait({"GET", market_ == Market::kSpot ? "/api/v3/ping" : "/fapi/v1/ping"})
            .value();
    return std::stoll(std::string(answer.header("X-MBX-USED-WEIGHT-1M").value_or("0")));
  }
  std::int64_t begun = net::wall_clock_ns();

 private:
  /// The first order is refused until the dead-man switch is armed.
  bool until_armed() {
    for (std::uint64_t id = 900; id < 940; ++id) {
      send(order(WRIT_COMMAND_SEND, id, "40000", "0.01"));
      if (!until([&] {
            return reports(id, WRIT_REPORT_ACCEPTED) + reports(id, WRIT_REPORT_REJECTED) > 0;
          })) {
        return false;
      }
      if (reports(id, WRIT_REPORT_ACCEPTED) == 0) {
        const std::int64_t again = base::monotonic_ns() + 50'000'000;
        (void)until([&] { return base::monotonic_ns() >= again; });
        continue;
      }
      send(order(WRIT_COMMAND_CANCEL, id, "40000", "0.01"));
      return until_report(id, WRIT_REPORT_CANCELLED);
    }
    return false;
  }

  static constexpr std::uint32_t kInstrument = 12;

  test::VenueSim sim_;
  Market market_;
  test::VenueSim::At at_;
  Credentials credentials_{"writ-sim-key", Signer::hmac("writ-sim-secret")};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::shared_ptr<AddressBudget> address_ = std::make_shared<AddressBudget>();
  net::IoThread thread_;
  net::HttpClient rest_;
  std::optional<Gateway> gateway_;
  std::vector<model::RecordWords> told_;
};

class BinanceGateway : public testing::TestWithParam<Market> {};
INSTANTIATE_TEST_SUITE_P(Markets, BinanceGateway, testing::Values(Market::kSpot, Market::kUsdm),
                         [](const auto& market) {
                           return market.param == Market::kSpot ? "Spot" : "Futures";
                         });

TEST_P(BinanceGateway, AnOrderLivesAndIsCancelled) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_ACCEPTED)) << line.words();
  line.send(line.order(WRIT_COMMAND_LOOKUP, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_FOUND)) << line.words();
  line.send(line.order(WRIT_COMMAND_CANCEL, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_CANCELLED)) << line.words();
}

TEST_P(BinanceGateway, AFillIsToldOnceWithItsFeeAndTheAccountAgrees) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("market", R"({"symbol":"BTCUSDT","side":"SELL","price":"50000","quantity":"0.5"})");
  line.send(line.order(WRIT_COMMAND_SEND, 1, "50000", "0.01"));
  ASSERT_TRUE(line.until([&] { return !line.all<writ_fill>().empty(); })) << line.words();
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_ACCEPTED)) << line.words();
  const auto fill = *line.all<writ_fill>().front();
  EXPECT_EQ(fill.price, nano("50000"));
  EXPECT_EQ(fill.quantity, nano("0.01"));
  EXPECT_EQ(fill.liquidity, WRIT_LIQUIDITY_TAKER);
  EXPECT_EQ(fill.fee_asset, GetParam() == Market::kSpot ? 2U : 1U);
  EXPECT_GT(from_abi(fill.fee), Money{});
  line.send(line.order(WRIT_COMMAND_LOOKUP, 1, "50000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_FOUND)) << line.words();
  EXPECT_EQ(line.all<writ_fill>().size(), 1U);

  const auto state = line.account(line.begun);
  ASSERT_TRUE(state) << base::to_string(state.error());
  ASSERT_EQ(state->fills.size(), 1U);
  EXPECT_EQ(model::text_of(state->fills[0].client_order_id),
            model::text_of(line.order(0, 1, "1", "1").client_order_id));
  EXPECT_TRUE(state->open.empty());
  if (GetParam() == Market::kSpot) {
    Money btc;
    for (const auto& balance : state->balances) {
      if (balance.asset == 2) btc = balance.amount;
    }
    EXPECT_EQ(btc, parse_money("2.01").value - from_abi(fill.fee_asset_quantity));
  } else {
    ASSERT_EQ(state->positions.size(), 1U);
    EXPECT_EQ(state->positions[0].quantity, Quantity{nano("0.01")});
  }
}

// At the venue, whose orders many trades were costs one list and not a question for each.
TEST_P(BinanceGateway, AnAccountOfManyOrdersIsAskedForByLists) {
  constexpr std::uint64_t kOrders = 12;
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("market", R"({"symbol":"BTCUSDT","side":"SELL","price":"50000","quantity":"5"})");
  for (std::uint64_t id = 1; id <= kOrders; ++id) {
    line.send(line.order(WRIT_COMMAND_SEND, id, "50000", "0.01"));
  }
  ASSERT_TRUE(line.until([&] { return line.all<writ_fill>().size() == kOrders; })) << line.words();
  std::int64_t before = line.weight_used();
  auto state = line.account(line.begun);
  std::int64_t after = line.weight_used();
  if (after < before) {  // a minute began
    before = line.weight_used();
    state = line.account(line.begun);
    after = line.weight_used();
  }
  ASSERT_TRUE(state) << base::to_string(state.error());
  ASSERT_EQ(state->fills.size(), kOrders);
  for (const writ_fill& fill : state->fills) {
    const auto told = line.all<writ_fill>();
    EXPECT_EQ(std::count_if(told.begin(), told.end(),
                            [&](const writ_fill* one) {
                              return model::text_of(one->exchange_trade_id) ==
                                         model::text_of(fill.exchange_trade_id) &&
                                     model::text_of(one->client_order_id) ==
                                         model::text_of(fill.client_order_id);
                            }),
              1);
  }
  const bool spot = GetParam() == Market::kSpot;
  const std::int64_t others = spot ? 6 + 20 + 20 + 1 : 1 + 5 + 5 + 30 + 1;
  EXPECT_LT(after - before, others + static_cast<std::int64_t>(kOrders) * (spot ? 4 : 1));
}

TEST_P(BinanceGateway, WhatIsRefusedHereNeverLeaves) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000.001", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_REJECTED));
  EXPECT_EQ(line.get("/sim/truth").find("40000.001"), std::string::npos);
}

TEST_P(BinanceGateway, AnOrderAcceptedInSilenceIsFoundAndNeverDoubled) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("faults", R"({"fault":"accept_then_timeout","target":"order.place","count":1})");
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_UNKNOWN)) << line.words();
  line.send(line.order(WRIT_COMMAND_LOOKUP, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_FOUND)) << line.words();
  const auto state = line.account(line.begun);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->open.size(), 1U);
}

TEST_P(BinanceGateway, AConnectionCutWithAnOrderOnItIsUnknown) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("faults", R"({"fault":"accept_then_silence","target":"order.place","count":1})");
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_UNKNOWN)) << line.words();
  line.send(line.order(WRIT_COMMAND_LOOKUP, 1, "40000", "0.01"));  // by the other way, if it must
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_FOUND)) << line.words();
}

TEST_P(BinanceGateway, WhatHappenedWhileTheStreamWasGoneIsToldOnce) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.send(line.order(WRIT_COMMAND_SEND, 1, "50000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_ACCEPTED)) << line.words();
  line.control("faults", R"({"fault":"drop","target":"user","count":1})");
  line.control("market", R"({"symbol":"BTCUSDT","side":"SELL","price":"50000","quantity":"0.01",)"
                         R"("take":true})");
  ASSERT_TRUE(line.until([&] { return line.commands(WRIT_OPERATOR_VENUE_LOST) == 1; }))
      << line.words();
  ASSERT_TRUE(line.until([&] { return line.commands(WRIT_OPERATOR_VENUE_BACK) == 2; }))
      << line.words();
  EXPECT_EQ(line.all<writ_fill>().size(), 1U) << line.words();
}

TEST_P(BinanceGateway, TheKillSwitchCancelsWithoutTheCore) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  for (std::uint64_t id = 1; id <= 3; ++id) {
    line.send(line.order(WRIT_COMMAND_SEND, id, "40000", "0.01"));
    ASSERT_TRUE(line.until_report(id, WRIT_REPORT_ACCEPTED)) << line.words();
  }
  line.gateway().kill(kAccount);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    EXPECT_TRUE(line.until_report(id, WRIT_REPORT_CANCELLED)) << line.words();
  }
  line.send(line.order(WRIT_COMMAND_SEND, 4, "40000", "0.01"));
  EXPECT_TRUE(line.until_report(4, WRIT_REPORT_REJECTED));
}

TEST_P(BinanceGateway, ARateLimitIsReportedAndRespected) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("faults", R"({"fault":"rate_limit","for_ms":1500})");
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_REJECTED)) << line.words();
  EXPECT_EQ(line.commands(WRIT_OPERATOR_VENUE_WARNING), 1U) << line.words();
}

// An image that never comes is asked for again and again, till the edge of the limit.
TEST_P(BinanceGateway, AFeedThatUsesTheLimitUpLeavesCancelsTheirRoom) {
  const std::int64_t image = depth_request(GetParam(), "BTCUSDT").weight;
  const std::int64_t weight = 6 * image + 200;
  const std::int64_t edge = weight - weight / 5 - image;
  Line line(GetParam(), {}, weight);
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_ACCEPTED)) << line.words();
  line.control("faults", R"({"fault":"server_error","target":"/depth","count":1000})");
  auto options = line.feed_options();
  std::atomic<int> failed{0};
  options.trouble = [&failed](std::string_view) { ++failed; };
  MarketFeed feed(line.thread(), std::move(options));
  int seen = 0;
  std::int64_t used = 0;
  EXPECT_TRUE(line.until([&] {
    if (std::exchange(seen, failed.load()) != failed) used = line.weight_used();
    return used > edge;
  })) << used;
  line.send(line.order(WRIT_COMMAND_CANCEL, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_CANCELLED)) << line.words();
  EXPECT_EQ(line.commands(WRIT_OPERATOR_VENUE_WARNING), 0U) << line.words();
}

TEST_P(BinanceGateway, AServerThatShutsDownIsLeftAndFoundAgain) {
  Line line(GetParam());
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("faults", R"({"fault":"server_shutdown","target":"user"})");
  ASSERT_TRUE(line.until([&] { return line.commands(WRIT_OPERATOR_VENUE_BACK) == 2; }))
      << line.words();
  line.send(line.order(WRIT_COMMAND_SEND, 1, "40000", "0.01"));
  ASSERT_TRUE(line.until_report(1, WRIT_REPORT_ACCEPTED)) << line.words();
}

TEST(BinanceFutures, AnExpiredListenKeyIsMadeAnew) {
  Line line(Market::kUsdm);
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("faults", R"({"fault":"listen_key_expiry"})");
  ASSERT_TRUE(line.until([&] { return line.commands(WRIT_OPERATOR_VENUE_BACK) == 2; }))
      << line.words();
}

TEST(BinanceFutures, FundingIsToldAsTheVenueBookedIt) {
  Line line(Market::kUsdm, {"--clock", "manual"});
  ASSERT_TRUE(line.until_ready()) << line.words();
  line.control("mark", R"({"symbol":"BTCUSDT","mark":"50000","funding_rate":"0.00012345"})");
  line.control("market", R"({"symbol":"BTCUSDT","side":"SELL","price":"50000","quantity":"0.5"})");
  line.send(line.order(WRIT_COMMAND_SEND, 1, "50000", "0.013"));
  ASSERT_TRUE(line.until([&] { return !line.all<writ_fill>().empty(); })) << line.words();
  line.control("time", R"({"advance_ms":28800000})");
  ASSERT_TRUE(line.until([&] { return !line.all<writ_adjustment>().empty(); })) << line.words();
  const auto fundings = line.all<writ_adjustment>();
  ASSERT_EQ(fundings.size(), 1U);
  EXPECT_EQ(fundings[0]->kind, WRIT_ADJUST_FUNDING);
  EXPECT_EQ(from_abi(fundings[0]->amount), parse_money("-0.0802425").value);
  const auto state = line.account(line.begun);
  ASSERT_TRUE(state) << base::to_string(state.error());
  ASSERT_EQ(state->balances.size(), 1U);
  const Money cost = parse_money("650").value;  // of the position, taken off what is compared
  EXPECT_EQ(state->balances[0].amount, parse_money("100000").value - cost -
                                           from_abi(line.all<writ_fill>()[0]->fee) +
                                           from_abi(fundings[0]->amount));
}

}  // namespace
}  // namespace writ::venue::binance
