#include "host/venue/binance/market_feed.hpp"

#include "host/model/record_view.hpp"
#include "host/venue/binance/rate_budget.hpp"
#include "tests/support/web_server.hpp"

#include <writ/abi/journal.h>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace writ::venue::binance {
namespace {

using test::WebConnection;
using test::WebServer;

constexpr std::int64_t kMs = 1'000'000;

std::string change(std::uint64_t first, std::uint64_t last) {
  return R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000000,)"
         R"("s":"BTCUSDT","U":)" +
         std::to_string(first) + R"(,"u":)" + std::to_string(last) +
         R"(,"b":[["1.5","2"]],"a":[]}})";
}
std::string trade(std::uint64_t id) {
  return R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000000,"s":"BTCUSDT","t":)" +
         std::to_string(id) + R"(,"p":"1.5","q":"1","T":1700000000000,"m":true,"M":true}})";
}
std::string image(std::uint64_t id) {
  return R"({"lastUpdateId":)" + std::to_string(id) +
         R"(,"bids":[["1.5","2"]],"asks":[["2.5","1"]]})";
}

// A venue of which a test says what each WebSocket and each request for an image gets.
class Exchange {
 public:
  using Socket = std::function<void(WebConnection&, std::size_t number)>;
  using Image = std::function<void(WebConnection&, std::size_t number)>;

  Exchange(Socket socket, Image image)
      : socket_(std::move(socket)), image_(std::move(image)), server_([this](auto& connection) {
          while (const auto request = connection.read_request()) {
            if (request->target.starts_with("/api/v3/depth?")) {
              EXPECT_EQ(request->target, "/api/v3/depth?symbol=BTCUSDT&limit=1000");
              image_(connection, images_++);
            } else {
              connection.upgrade();
              return socket_(connection, sockets_++);
            }
          }
        }) {}

  [[nodiscard]] MarketFeedOptions options() {
    MarketFeedOptions options;
    options.receiver.rest = {"127.0.0.1", server_.port(), false, "", ""};
    options.receiver.streams = options.receiver.rest;
    options.receiver.subscriptions = {{"BTCUSDT", 7, 3}};
    options.receiver.line.socket.backoff = {kMs, 4 * kMs, 1'000'000 * kMs};
    options.wake = [this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      changed_.notify_all();
    };
    return options;
  }
  // The next record, waited for.
  const writ_record& next(MarketFeed& feed) {
    std::unique_lock lock(mutex_);
    while (!feed.next_ts()) {
      changed_.wait(lock, [this] { return woken_; });
      woken_ = false;
    }
    return feed.take();
  }
  // "connected", "change 1", "image 5", "trade 3" ...
  std::string told(MarketFeed& feed) {
    const writ_record& record = next(feed);
    EXPECT_EQ(record.stream, 3);
    EXPECT_GE(record.ingest_ts, last_ts_);
    last_ts_ = record.ingest_ts;
    if (const auto* status = model::as<writ_market_status>(record)) {
      EXPECT_EQ(status->instrument, 0u);
      return status->status == WRIT_MARKET_CONNECTED ? "connected" : "disconnected";
    }
    if (const auto* delta = model::as<writ_book_delta>(record)) {
      EXPECT_EQ(delta->instrument, 7u);
      return "change " + std::to_string(delta->first_id);
    }
    if (const auto* snapshot = model::as<writ_book_snapshot>(record)) {
      EXPECT_EQ(snapshot->instrument, 7u);
      return "image " + std::to_string(snapshot->last_id);
    }
    if (const auto* made = model::as<writ_trade>(record)) {
      return "trade " + std::to_string(made->trade_id);
    }
    if (const auto* said = model::as<writ_command>(record)) {
      EXPECT_EQ(said->instrument, 7u);
      return std::string(model::tail_text(*said, said->text_size));
    }
    return "?";
  }

  std::atomic<std::size_t> sockets_{0};
  std::atomic<std::size_t> images_{0};

 private:
  Socket socket_;
  Image image_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::int64_t last_ts_ = 0;
  WebServer server_;  // ends first
};

TEST(MarketFeed, BeginsWithConnectedAndGetsAnImageForTheFirstChange) {
  Exchange exchange(
      [](WebConnection& connection, std::size_t) {
        connection.send_message(change(100, 101));
        connection.send_message(trade(1));
        connection.hang();
      },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(100)); });
  net::IoThread thread("io");
  std::vector<std::string> captured;
  auto options = exchange.options();
  options.capture = [&](std::string_view text, std::int64_t) { captured.emplace_back(text); };
  {
    MarketFeed feed(thread, std::move(options));
    EXPECT_FALSE(feed.exhausted());
    EXPECT_EQ(exchange.told(feed), "connected");
    EXPECT_EQ(exchange.told(feed), "change 100");
    EXPECT_EQ(exchange.told(feed), "trade 1");
    EXPECT_EQ(exchange.told(feed), "image 100");
  }
  EXPECT_EQ(captured,
            (std::vector<std::string>{change(100, 101), trade(1),
                                      R"({"stream":"btcusdt@depth","data":)" + image(100) + "}"}));
}

TEST(MarketFeed, AfterALostConnectionEverythingComesAnew) {
  std::atomic<bool> has_image{false};
  Exchange exchange(
      [&](WebConnection& connection, std::size_t number) {
        connection.send_message(change(100 + number * 50, 101 + number * 50));
        if (number != 0) connection.hang();
        while (!has_image) std::this_thread::yield();
      },
      [](WebConnection& connection, std::size_t number) {
        connection.reply(200, image(100 + number * 50));
      });
  net::IoThread thread("io");
  MarketFeed feed(thread, exchange.options());
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "change 100");
  EXPECT_EQ(exchange.told(feed), "image 100");
  has_image = true;
  EXPECT_EQ(exchange.told(feed), "disconnected");
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "change 150");
  EXPECT_EQ(exchange.told(feed), "image 150");
}

TEST(MarketFeed, TellsWhichTradesAreMissing) {
  std::atomic<bool> go_on{false};
  Exchange exchange(
      [&](WebConnection& connection, std::size_t number) {
        connection.send_message(trade(1 + number * 10));
        connection.send_message(trade(5 + number * 10));
        if (number != 0) connection.hang();
        while (!go_on) std::this_thread::yield();
      },
      [](WebConnection& connection, std::size_t) { connection.reply(503, ""); });
  net::IoThread thread("io");
  MarketFeed feed(thread, exchange.options());
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "trade 1");
  EXPECT_EQ(exchange.told(feed), "binance_spot/BTCUSDT: 3 trades are missing, numbers 2 to 4");
  EXPECT_EQ(exchange.told(feed), "trade 5");
  go_on = true;
  EXPECT_EQ(exchange.told(feed), "disconnected");
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed),
            "binance_spot/BTCUSDT: 5 trades are missing, numbers 6 to 10, "
            "over an interruption of the feed");
  EXPECT_EQ(exchange.told(feed), "trade 11");
}

TEST(MarketFeed, AGapIsMetByAnotherImage) {
  std::atomic<bool> has_image{false};
  Exchange exchange(
      [&](WebConnection& connection, std::size_t) {
        connection.send_message(change(100, 101));
        while (!has_image) std::this_thread::yield();
        connection.send_message(change(110, 111));  // 102 to 109 are missing
        connection.hang();
      },
      [](WebConnection& connection, std::size_t number) {
        connection.reply(200, image(number == 0 ? 100 : 110));
      });
  net::IoThread thread("io");
  MarketFeed feed(thread, exchange.options());
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "change 100");
  EXPECT_EQ(exchange.told(feed), "image 100");
  has_image = true;
  EXPECT_EQ(exchange.told(feed), "change 110");
  EXPECT_EQ(exchange.told(feed), "image 110");
}

TEST(MarketFeed, AnImageThatIsRefusedIsAskedForAgainWhenTheVenueAllowsIt) {
  Exchange exchange(
      [](WebConnection& connection, std::size_t) {
        connection.send_message(change(100, 101));
        connection.hang();
      },
      [](WebConnection& connection, std::size_t number) {
        if (number == 0) return connection.reply(429, "{}", {{"Retry-After", "1"}});
        connection.reply(200, image(100));
      });
  net::IoThread thread("io");
  std::atomic<int> troubles{0};
  auto options = exchange.options();
  options.trouble = [&](std::string_view line) {
    EXPECT_EQ(line, "market data: no image of BTCUSDT: status 429");
    ++troubles;
  };
  MarketFeed feed(thread, std::move(options));
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "change 100");
  EXPECT_EQ(exchange.told(feed), "image 100");
  EXPECT_EQ(exchange.images_, 2u);
  EXPECT_EQ(troubles, 1);
}

// Images that come too late are asked for again and again: never with what cancels need.
TEST(MarketFeed, ItsImagesLeaveCancelsTheirRoom) {
  Exchange exchange(
      [](WebConnection& connection, std::size_t) {
        connection.send_message(change(100, 101));
        connection.hang();
      },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(1)); });
  net::IoThread thread("io");
  auto options = exchange.options();
  const RateLimit limit{RateLimitKind::kRequestWeight, 86'400'000 * kMs, 200};
  const auto address = std::make_shared<AddressBudget>(std::span(&limit, 1));
  options.receiver.address = address;
  MarketFeed feed(thread, std::move(options));
  while (exchange.images_ < 3) std::this_thread::yield();
  RateBudget account(address);  // of a gateway beside it
  const std::int64_t now = net::wall_clock_ns();
  EXPECT_FALSE(account.take({RequestKind::kOther, 50, 0}, now).admitted);
  int cancels = 0;
  while (account.take({RequestKind::kCancel, 1, 0}, now).admitted) ++cancels;
  EXPECT_EQ(cancels, 50);
  EXPECT_EQ(exchange.images_, 3u);
}

TEST(MarketFeed, AsksForNothingWhileItsAddressIsRefused) {
  Exchange exchange(
      [](WebConnection& connection, std::size_t) {
        connection.send_message(change(100, 101));
        connection.hang();
      },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(100)); });
  net::IoThread thread("io");
  auto options = exchange.options();
  const auto address = std::make_shared<AddressBudget>();
  options.receiver.address = address;
  const std::int64_t refused = net::wall_clock_ns();
  address->on_refusal(429, 0, 500 * kMs, refused);  // by an answer to somebody else
  MarketFeed feed(thread, std::move(options));
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "change 100");
  EXPECT_EQ(exchange.told(feed), "image 100");
  EXPECT_GE(net::wall_clock_ns(), refused + 500 * kMs);
}

// Every connection says the same trades, one a millisecond, from where it is opened.
void say_trades(WebConnection& connection, std::chrono::steady_clock::time_point begin) {
  const auto due = [begin] {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::steady_clock::now() - begin)
                                          .count());
  };
  for (std::uint64_t id = due() + 1;; ++id) {
    while (due() < id) std::this_thread::sleep_for(std::chrono::microseconds(200));
    connection.send_message(trade(id));
  }
}

TEST(MarketFeed, ReplacesItsConnectionWithoutLosingOrRepeatingAnything) {
  const auto begin = std::chrono::steady_clock::now();
  Exchange exchange(
      [&](WebConnection& connection, std::size_t) { say_trades(connection, begin); },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(100)); });
  net::IoThread thread("io");
  auto options = exchange.options();
  options.receiver.line.life_ns = 40 * kMs;
  options.receiver.line.overlap_ns = 200 * kMs;  // longer than a connection lags on a slow machine
  MarketFeed feed(thread, std::move(options));
  EXPECT_EQ(exchange.told(feed), "connected");
  std::uint64_t last = 0;
  while (exchange.sockets_ < 5) {
    const writ_record& record = exchange.next(feed);
    ASSERT_NE(record.type, WRIT_RECORD_MARKET_STATUS);
    const auto* made = model::as<writ_trade>(record);
    if (made == nullptr) continue;
    ASSERT_TRUE(last == 0 || made->trade_id == last + 1) << last << ' ' << made->trade_id;
    last = made->trade_id;
  }
}

TEST(MarketFeed, FollowsAShutdownToAnotherServerInTime) {
  std::atomic<bool> second_is_open{false};
  Exchange exchange(
      [&](WebConnection& connection, std::size_t number) {
        if (number == 0) {
          connection.send_message(trade(1));
          connection.send_message(R"({"stream":"!serverShutdown",)"
                                  R"("data":{"e":"serverShutdown","E":1700000000000}})");
          while (!second_is_open) std::this_thread::yield();
          connection.send_message(trade(2));
          return;  // ends before the overlap does
        }
        connection.send_message(trade(2));
        connection.send_message(trade(3));
        second_is_open = true;
        connection.hang();
      },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(100)); });
  net::IoThread thread("io");
  MarketFeed feed(thread, exchange.options());
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "trade 1");
  EXPECT_EQ(exchange.told(feed), "trade 2");
  EXPECT_EQ(exchange.told(feed), "trade 3");
}

TEST(MarketFeed, LeavesAConnectionThatFallsSilentThoughItAnswersPings) {
  Exchange exchange(
      [](WebConnection& connection, std::size_t number) {
        connection.send_message(trade(number + 1));
        (void)connection.read_message();  // answers pings
      },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(100)); });
  net::IoThread thread("io");
  auto options = exchange.options();
  options.receiver.line.silence_ns = 50 * kMs;
  options.receiver.line.overlap_ns = 20 * kMs;
  MarketFeed feed(thread, std::move(options));
  EXPECT_EQ(exchange.told(feed), "connected");
  EXPECT_EQ(exchange.told(feed), "trade 1");
  std::string told = exchange.told(feed);
  if (told == "image 100") told = exchange.told(feed);  // a second later, on a slow machine
  EXPECT_EQ(told, "trade 2");
}

TEST(MarketFeed, ASequencerThatDoesNotKeepUpIsToldThatItMissedSomething) {
  std::atomic<bool> is_read{false};
  Exchange exchange(
      [&](WebConnection& connection, std::size_t) {
        std::uint64_t id = 0;
        while (id < 1'000) connection.send_message(trade(++id));
        while (!is_read) std::this_thread::yield();
        for (;;) {
          connection.send_message(trade(++id));
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      },
      [](WebConnection& connection, std::size_t) { connection.reply(200, image(100)); });
  net::IoThread thread("io");
  auto options = exchange.options();
  options.queue_records = 16;
  MarketFeed feed(thread, std::move(options));
  while (feed.lost() == 0) std::this_thread::yield();
  EXPECT_EQ(exchange.told(feed), "connected");
  for (int id = 1; id < 16; ++id) EXPECT_EQ(exchange.told(feed), "trade " + std::to_string(id));
  is_read = true;
  std::string told = exchange.told(feed);
  while (told.starts_with("trade ") || told.starts_with("image ")) told = exchange.told(feed);
  EXPECT_EQ(told, "disconnected");
  EXPECT_EQ(exchange.told(feed), "connected");
  told = exchange.told(feed);
  EXPECT_TRUE(told.starts_with("binance_spot/BTCUSDT: ")) << told;
  EXPECT_NE(told.find(" trades are missing, numbers "), told.npos) << told;
}

TEST(MarketFeed, EndsWhileTheVenueIsNotThere) {
  net::IoThread thread("io");
  std::uint16_t port = 0;
  {
    WebServer server([](WebConnection&) {});
    port = server.port();
  }
  MarketFeedOptions options;
  options.receiver.rest = {"127.0.0.1", port, false, "", ""};
  options.receiver.streams = options.receiver.rest;
  options.receiver.subscriptions = {{"BTCUSDT", 7, 3}};
  std::atomic<int> troubles{0};
  options.trouble = [&](std::string_view) { ++troubles; };
  MarketFeed feed(thread, std::move(options));
  while (troubles == 0) std::this_thread::yield();
  EXPECT_EQ(feed.next_ts(), std::nullopt);
}

}  // namespace
}  // namespace writ::venue::binance
