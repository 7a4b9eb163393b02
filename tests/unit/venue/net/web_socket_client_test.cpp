#include "host/venue/net/web_socket_client.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/web_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>

namespace writ::venue::net {
namespace {

using base::Errc;
using test::WebConnection;
using test::WebServer;

constexpr std::int64_t kMs = 1'000'000;

Endpoint at(const WebServer& server) { return {"127.0.0.1", server.port(), false, "", ""}; }

// What a socket did, in order: "opened", "closed", or a message behind "> ".
class Diary {
 public:
  WebSocketHandlers handlers() {
    return {[this] { note("opened"); },
            [this](std::string_view message, std::int64_t received_ts) {
              received_ts_ = received_ts;
              note("> " + std::string(message));
            },
            [this](const Failure& why) {
              why_ = why;
              note("closed");
            }};
  }
  // Waits for it.
  std::string next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !entries_.empty(); });
    std::string entry = std::move(entries_.front());
    entries_.pop_front();
    return entry;
  }
  void note(std::string entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    changed_.notify_all();
  }
  [[nodiscard]] bool is_empty() {
    const std::lock_guard lock(mutex_);
    return entries_.empty();
  }

  Failure why_;  // of the last "closed"
  std::int64_t received_ts_ = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> entries_;
};

WebSocketOptions quick() {
  WebSocketOptions options;
  options.backoff = {.first_ns = kMs, .longest_ns = 4 * kMs, .stable_ns = 60'000 * kMs};
  return options;
}

void echo(WebConnection& connection) {
  connection.accept_web_socket();
  while (const auto message = connection.read_message()) connection.send_message(*message);
}

TEST(WebSocketClient, OpensItsPathWithItsHeadersAndPassesMessagesBothWays) {
  std::promise<test::WebRequest> seen;
  WebServer server([&](WebConnection& connection) {
    seen.set_value(connection.accept_web_socket());
    while (const auto message = connection.read_message()) connection.send_message(*message);
  });
  IoThread thread("io");
  Diary diary;
  Endpoint endpoint = at(server);
  endpoint.prefix = "/market";
  auto options = quick();
  options.headers = {{"X-KEY", "k"}};
  WebSocketClient socket(thread, endpoint, "/stream?streams=a", diary.handlers(), options);
  ASSERT_EQ(diary.next(), "opened");
  const std::int64_t before = wall_clock_ns();
  thread.run([&] {
    EXPECT_TRUE(socket.is_open());
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(socket.send(std::to_string(i)));
  });
  for (int i = 0; i < 100; ++i) ASSERT_EQ(diary.next(), "> " + std::to_string(i));
  EXPECT_GE(diary.received_ts_, before);

  const auto request = seen.get_future().get();
  EXPECT_EQ(request.target, "/market/stream?streams=a");
  EXPECT_EQ(request.header("X-KEY"), "k");
  EXPECT_EQ(request.header("Sec-WebSocket-Extensions"), "");  // no compression
}

TEST(WebSocketClient, SaysWhenEachMessageBeginsToLeave) {
  WebServer server(echo);
  IoThread thread("io");
  Diary diary;
  std::vector<std::int64_t> left;
  auto handlers = diary.handlers();
  handlers.leaving = [&](std::int64_t ts) { left.push_back(ts); };
  WebSocketClient socket(thread, at(server), "/", handlers, quick());
  ASSERT_EQ(diary.next(), "opened");
  const std::int64_t before = wall_clock_ns();
  thread.run([&] {
    EXPECT_TRUE(socket.send("first"));
    EXPECT_EQ(left.size(), 1U);
    EXPECT_TRUE(socket.send("waits for it"));
    EXPECT_EQ(left.size(), 1U);
  });
  ASSERT_EQ(diary.next(), "> first");
  ASSERT_EQ(diary.next(), "> waits for it");
  const std::int64_t after = wall_clock_ns();
  thread.run([&] {
    ASSERT_EQ(left.size(), 2U);
    EXPECT_GE(left[0], before);
    EXPECT_GE(left[1], left[0]);
    EXPECT_LE(left[1], after);
  });
}

TEST(WebSocketClient, AnswersAPingWithItsPayload) {
  std::promise<std::vector<std::string>> pongs;
  WebServer server([&](WebConnection& connection) {
    connection.accept_web_socket();
    connection.send_ping("12345");
    connection.send_message("answer me");
    (void)connection.read_message();
    pongs.set_value(connection.pongs());
  });
  IoThread thread("io");
  Diary diary;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), quick());
  ASSERT_EQ(diary.next(), "opened");
  ASSERT_EQ(diary.next(), "> answer me");
  thread.run([&] { EXPECT_TRUE(socket.send("done")); });
  EXPECT_EQ(pongs.get_future().get(), std::vector<std::string>{"12345"});
}

TEST(WebSocketClient, ASilentServerIsPingedAndKept) {
  std::promise<std::size_t> pings;
  WebServer server([&](WebConnection& connection) {
    connection.accept_web_socket();
    (void)connection.read_message();  // answers pings meanwhile
    pings.set_value(connection.pings());
  });
  IoThread thread("io");
  Diary diary;
  auto options = quick();
  options.idle_timeout_ns = 200 * kMs;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), options);
  ASSERT_EQ(diary.next(), "opened");
  thread.after(700 * kMs, [&] { EXPECT_TRUE(socket.send("done")); });
  EXPECT_GE(pings.get_future().get(), 2u);
}

TEST(WebSocketClient, AHalfOpenServerIsATimeOutAndLeftForANewConnection) {
  WebServer server([](WebConnection& connection) {
    connection.accept_web_socket();
    connection.send_message("number " + std::to_string(connection.number()));
    connection.hang();
  });
  IoThread thread("io");
  Diary diary;
  auto options = quick();
  options.idle_timeout_ns = 100 * kMs;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), options);
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(diary.next(), "> number 0");
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.why_.error().code(), Errc::kTimeout) << diary.why_.text();
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(diary.next(), "> number 1");
}

TEST(WebSocketClient, AServerThatDoesNotUpgradeIsATimeOut) {
  WebServer server([](WebConnection& connection) { connection.hang(); });
  IoThread thread("io");
  Diary diary;
  auto options = quick();
  options.connect_timeout_ns = 50 * kMs;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), options);
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.why_.error().code(), Errc::kTimeout) << diary.why_.text();
  EXPECT_EQ(diary.why_.reach(), Failure::kNotSent);
}

TEST(WebSocketClient, ConnectsAgainWhenTheServerSaysGoodbyeOrNothing) {
  WebServer server([](WebConnection& connection) {
    connection.accept_web_socket();
    connection.send_message(std::to_string(connection.number()));
    if (connection.number() == 0) connection.say_goodbye(1001, "restart");
    if (connection.number() == 2) connection.hang();
  });
  IoThread thread("io");
  Diary diary;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), quick());
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(diary.next(), "> 0");
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.why_.text(), "the server closed: closed (1001) (restart)");
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(diary.next(), "> 1");
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.why_.error().code(), Errc::kClosed) << diary.why_.text();
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(diary.next(), "> 2");
}

TEST(WebSocketClient, GoesOnTryingWhereNobodyListens) {
  std::uint16_t port = 0;
  {
    WebServer server(echo);
    port = server.port();
  }
  IoThread thread("io");
  Diary diary;
  WebSocketClient socket(thread, {"127.0.0.1", port, false, "", ""}, "/", diary.handlers(),
                         quick());
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(diary.next(), "closed");
    EXPECT_EQ(diary.why_.reach(), Failure::kNotSent);
  }
  thread.run([&] { EXPECT_FALSE(socket.send("lost")); });
}

TEST(WebSocketClient, SaysWithWhichStatusItWasRefused) {
  WebServer server([](WebConnection& connection) {
    (void)connection.read_request();
    connection.reply(418, "banned");
  });
  IoThread thread("io");
  Diary diary;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), quick());
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.why_.error().code(), Errc::kRejected);
  EXPECT_EQ(diary.why_.error().detail(), 418);
}

TEST(WebSocketClient, TakesABigMessageAndRefusesOneBeyondTheLimit) {
  WebServer server([](WebConnection& connection) {
    connection.accept_web_socket();
    connection.send_message(std::string(1'000'000, 'x'));
    connection.send_message(std::string(1'000'001, 'x'));
    connection.hang();
  });
  IoThread thread("io");
  Diary diary;
  auto options = quick();
  options.message_bytes_max = 1'000'000;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), options);
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(diary.next().size(), 1'000'002u);
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.why_.error().code(), Errc::kFull) << diary.why_.text();
}

TEST(WebSocketClient, RefusesToSendMoreThanItsQueueHolds) {
  WebServer server(echo);
  IoThread thread("io");
  Diary diary;
  auto options = quick();
  options.queue_messages_max = 3;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), options);
  ASSERT_EQ(diary.next(), "opened");
  thread.run([&] {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(socket.send("m"));
    EXPECT_FALSE(socket.send("m"));
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(diary.next(), "> m");
}

TEST(WebSocketClient, MayBeDroppedForANewConnection) {
  WebServer server(echo);
  IoThread thread("io");
  Diary diary;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), quick());
  ASSERT_EQ(diary.next(), "opened");
  thread.run([&] { socket.drop(); });
  EXPECT_EQ(diary.next(), "closed");
  EXPECT_EQ(diary.next(), "opened");
  EXPECT_EQ(server.connections(), 2u);
}

TEST(WebSocketClient, SaysGoodbyeAndIsSilentAfterwards) {
  std::promise<bool> goodbye;
  WebServer server([&](WebConnection& connection) {
    connection.accept_web_socket();
    connection.send_message("one");
    goodbye.set_value(!connection.read_message().has_value());
  });
  IoThread thread("io");
  Diary diary;
  WebSocketClient socket(thread, at(server), "/", diary.handlers(), quick());
  ASSERT_EQ(diary.next(), "opened");
  ASSERT_EQ(diary.next(), "> one");
  socket.close();
  EXPECT_TRUE(goodbye.get_future().get());
  thread.run([] {});
  EXPECT_TRUE(diary.is_empty());
}

TEST(WebSocketClient, EndsThoughTheServerDoesNotAnswerItsGoodbye) {
  WebServer server([](WebConnection& connection) {
    connection.accept_web_socket();
    connection.hang();
  });
  Diary diary;
  {
    IoThread thread("io");
    WebSocketClient socket(thread, at(server), "/", diary.handlers(), quick());
    ASSERT_EQ(diary.next(), "opened");
  }
  EXPECT_TRUE(diary.is_empty());
}

TEST(WebSocketClient, MayBeEndedByItsOwnHandler) {
  WebServer server([](WebConnection& connection) {
    connection.accept_web_socket();
    connection.send_message("one");
    connection.send_message("two");
    connection.hang();
  });
  IoThread thread("io");
  std::unique_ptr<WebSocketClient> socket;
  std::promise<void> ended;
  std::atomic<int> messages{0};
  thread.run([&] {
    socket =
        std::make_unique<WebSocketClient>(thread, at(server), "/",
                                          WebSocketHandlers{nullptr,
                                                            [&](std::string_view, std::int64_t) {
                                                              ++messages;
                                                              socket.reset();
                                                              ended.set_value();
                                                            },
                                                            nullptr},
                                          quick());
  });
  ended.get_future().wait();
  thread.run([] {});
  EXPECT_EQ(messages, 1);
}

TEST(WebSocketClient, OverTlsTrustsOnlyTheHostItWanted) {
  const std::filesystem::path folder = testing::TempDir() + "writ_web_socket_client";
  const auto certificates = test::make_certificates(folder, {"localhost"});
  WebServer server(echo, certificates);
  IoThread thread("io");
  {
    Diary diary;
    WebSocketClient socket(thread, {"localhost", server.port(), true, "", certificates.ca_file},
                           "/", diary.handlers(), quick());
    ASSERT_EQ(diary.next(), "opened");
    thread.run([&] { EXPECT_TRUE(socket.send("hello")); });
    EXPECT_EQ(diary.next(), "> hello");
  }
  {
    Diary diary;
    WebSocketClient socket(thread, {"127.0.0.1", server.port(), true, "", certificates.ca_file},
                           "/", diary.handlers(), quick());
    EXPECT_EQ(diary.next(), "closed");
    EXPECT_EQ(diary.why_.error().code(), Errc::kDenied) << diary.why_.text();
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace writ::venue::net
