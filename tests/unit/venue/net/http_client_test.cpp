#include "host/venue/net/http_client.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/web_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

namespace writ::venue::net {
namespace {

using base::Errc;
using test::WebConnection;
using test::WebServer;

constexpr std::int64_t kMs = 1'000'000;

Endpoint at(const WebServer& server) { return {"127.0.0.1", server.port(), false, "", ""}; }

HttpAsk get(std::string target, std::int64_t timeout_ns = 20'000 * kMs) {
  return {"GET", std::move(target), {}, {}, timeout_ns};
}
HttpAsk post(std::string target, std::int64_t timeout_ns = 20'000 * kMs) {
  return {"POST", std::move(target), {}, {}, timeout_ns};
}

// Answers each request with its own method and target.
void echo(WebConnection& connection) {
  while (const auto request = connection.read_request()) {
    connection.reply(200, request->method + ' ' + request->target);
  }
}

TEST(HttpClient, SendsWhatIsAskedAndHandsOutWhatIsAnswered) {
  std::promise<test::WebRequest> seen;
  WebServer server([&](WebConnection& connection) {
    seen.set_value(*connection.read_request());
    connection.reply(429, "slow down", {{"Retry-After", "7"}});
  });
  IoThread thread("io");
  Endpoint endpoint = at(server);
  endpoint.prefix = "/prefix";
  HttpClient client(thread, endpoint);

  const std::int64_t before = wall_clock_ns();
  const auto answer = client.ask_and_wait({"POST", "/order?a=1", {{"X-KEY", "k"}}, "b=2"});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->body, "slow down");
  EXPECT_EQ(answer->header("retry-AFTER"), "7");
  EXPECT_EQ(answer->header("X-None"), std::nullopt);
  EXPECT_LE(before, answer->sent_ts);
  EXPECT_LE(answer->sent_ts, answer->received_ts);
  EXPECT_LE(answer->received_ts, wall_clock_ns());

  const auto request = seen.get_future().get();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/prefix/order?a=1");
  EXPECT_EQ(request.body, "b=2");
  EXPECT_EQ(request.header("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(request.header("X-KEY"), "k");
}

TEST(HttpClient, KeepsItsConnection) {
  WebServer server(echo);
  IoThread thread("io");
  HttpClient client(thread, at(server));
  for (int i = 0; i < 20; ++i) {
    const auto answer = client.ask_and_wait(get("/" + std::to_string(i)));
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, "GET /" + std::to_string(i));
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClient, MakesAnotherWhereTheServerKeepsNone) {
  WebServer server([](WebConnection& connection) {
    (void)connection.read_request();
    connection.reply(200, "bye", {{"Connection", "close"}});
  });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.ask_and_wait(post("/")));
  EXPECT_EQ(server.connections(), 3u);
}

// The server ends a kept connection without a word, sooner or later than it is used again.
TEST(HttpClient, AGetOutlivesItsKeptConnection) {
  WebServer server([](WebConnection& connection) {
    (void)connection.read_request();
    connection.reply(200, "one");
  });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  for (int i = 0; i < 20; ++i) {
    const auto answer = client.ask_and_wait(get("/"));
    ASSERT_TRUE(answer) << answer.error().text();
  }
  EXPECT_EQ(server.connections(), 20u);
}

TEST(HttpClient, AnswersMayComeInAnyOrder) {
  std::promise<void> second_answered;
  auto wait = second_answered.get_future().share();
  WebServer server([&](WebConnection& connection) {
    const auto request = connection.read_request();
    if (request->target == "/first") wait.wait();
    connection.reply(200, request->target);
  });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  std::promise<std::string> first;
  client.ask(get("/first"), [&](HttpResult result) { first.set_value(result->body); });
  client.ask(get("/second"), [&](HttpResult result) {
    EXPECT_EQ(result->body, "/second");
    second_answered.set_value();
  });
  EXPECT_EQ(first.get_future().get(), "/first");
}

TEST(HttpClient, WhatIsAskedBeyondTheConnectionsWaits) {
  WebServer server(echo);
  IoThread thread("io");
  HttpClient client(thread, at(server), {.connections_max = 2});
  std::promise<void> done;
  std::atomic<int> left{50};
  for (int i = 0; i < 50; ++i) {
    client.ask(get("/" + std::to_string(i)), [&, i](HttpResult result) {
      EXPECT_EQ(result->body, "GET /" + std::to_string(i));
      if (left.fetch_sub(1) == 1) done.set_value();
    });
  }
  done.get_future().wait();
  EXPECT_EQ(server.connections(), 2u);
}

TEST(HttpClient, AHalfOpenServerIsATimeOutOfUnknownOutcome) {
  WebServer server([](WebConnection& connection) { connection.hang(); });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  const auto answer = client.ask_and_wait(post("/order", 50 * kMs));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error().code(), Errc::kTimeout);
  EXPECT_EQ(answer.error().reach(), Failure::kUnknown);
}

TEST(HttpClient, WhatWaitsTooLongForAConnectionWasNotSent) {
  WebServer server([](WebConnection& connection) { connection.hang(); });
  IoThread thread("io");
  HttpClient client(thread, at(server), {.connections_max = 1});
  client.ask(post("/first"), [](HttpResult) {});
  const auto answer = client.ask_and_wait(post("/second", 50 * kMs));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error().code(), Errc::kTimeout);
  EXPECT_EQ(answer.error().reach(), Failure::kNotSent);
}

TEST(HttpClient, NobodyListeningMeansNotSent) {
  std::uint16_t port = 0;
  {
    WebServer server(echo);
    port = server.port();
  }
  IoThread thread("io");
  HttpClient client(thread, {"127.0.0.1", port, false, "", ""});
  const auto answer = client.ask_and_wait(post("/order"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reach(), Failure::kNotSent);
  EXPECT_NE(answer.error().text().find("connect"), std::string::npos) << answer.error().text();
}

TEST(HttpClient, AnAnswerCutInTheMiddleIsOfUnknownOutcomeAndNotAskedAgain) {
  WebServer server([](WebConnection& connection) {
    (void)connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  for (const auto& ask : {get("/"), post("/")}) {
    const auto answer = client.ask_and_wait(ask);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error().code(), Errc::kClosed) << answer.error().text();
    EXPECT_EQ(answer.error().reach(), Failure::kUnknown);
  }
  EXPECT_EQ(server.connections(), 2u);
}

TEST(HttpClient, AConnectionClosedBeforeTheAnswerIsOfUnknownOutcome) {
  WebServer server([](WebConnection& connection) { (void)connection.read_request(); });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  const auto answer = client.ask_and_wait(post("/order"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error().code(), Errc::kClosed) << answer.error().text();
  EXPECT_EQ(answer.error().reach(), Failure::kUnknown);
}

TEST(HttpClient, WhatIsNotHttpIsCorrupt) {
  WebServer server([](WebConnection& connection) {
    (void)connection.read_request();
    connection.write("hello, this is not what you think it is\r\n\r\n");
  });
  IoThread thread("io");
  HttpClient client(thread, at(server));
  const auto answer = client.ask_and_wait(get("/"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error().code(), Errc::kCorrupt) << answer.error().text();
}

TEST(HttpClient, TakesABigAnswerAndRefusesOneBeyondTheLimit) {
  WebServer server([](WebConnection& connection) {
    while (const auto request = connection.read_request()) {
      connection.reply(200, std::string(request->target == "/big" ? 4'000'000 : 4'000'001, 'x'));
    }
  });
  IoThread thread("io");
  HttpClient client(thread, at(server), {.body_bytes_max = 4'000'000});
  const auto big = client.ask_and_wait(get("/big"));
  ASSERT_TRUE(big) << big.error().text();
  EXPECT_EQ(big->body.size(), 4'000'000u);
  const auto too_big = client.ask_and_wait(get("/bigger"));
  ASSERT_FALSE(too_big);
  EXPECT_EQ(too_big.error().error().code(), Errc::kFull) << too_big.error().text();
}

TEST(HttpClient, EndsWithRequestsUnderWayWithoutAnsweringThem) {
  WebServer server([](WebConnection& connection) { connection.hang(); });
  IoThread thread("io");
  std::atomic<int> answered{0};
  {
    HttpClient client(thread, at(server), {.connections_max = 2});
    for (int i = 0; i < 5; ++i) client.ask(post("/"), [&](HttpResult) { ++answered; });
  }
  thread.run([] {});
  EXPECT_EQ(answered, 0);
}

TEST(HttpClient, MayBeEndedByItsOwnHandler) {
  WebServer server(echo);
  IoThread thread("io");
  std::promise<std::string> body;
  auto client = std::make_unique<HttpClient>(thread, at(server));
  client->ask(get("/"), [&](HttpResult result) {
    client.reset();
    body.set_value(result->body);
  });
  EXPECT_EQ(body.get_future().get(), "GET /");
}

class HttpsClient : public testing::Test {
 protected:
  std::filesystem::path folder_ = testing::TempDir() + "writ_https_client";
  test::Certificates certificates_ = test::make_certificates(folder_, {"localhost"});
  IoThread thread_{"io"};

  ~HttpsClient() override { std::filesystem::remove_all(folder_); }
};

TEST_F(HttpsClient, TrustsTheHostThatTheAuthorityVouchesFor) {
  std::promise<std::string> name;
  WebServer server(
      [&](WebConnection& connection) {
        name.set_value(connection.server_name());
        echo(connection);
      },
      certificates_);
  HttpClient client(thread_, {"localhost", server.port(), true, "", certificates_.ca_file});
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask_and_wait(get("/"));
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, "GET /");
  }
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(name.get_future().get(), "localhost");
}

TEST_F(HttpsClient, RefusesAServerOfAnotherName) {
  WebServer server(echo, certificates_);
  HttpClient client(thread_, {"127.0.0.1", server.port(), true, "", certificates_.ca_file});
  const auto answer = client.ask_and_wait(get("/"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error().code(), Errc::kDenied) << answer.error().text();
  EXPECT_EQ(answer.error().reach(), Failure::kNotSent);
  EXPECT_NE(answer.error().text().find("mismatch"), std::string::npos) << answer.error().text();
}

TEST_F(HttpsClient, RefusesAServerOfAnotherAuthority) {
  const auto other = test::make_certificates(folder_ / "other", {"localhost"});
  WebServer server(echo, certificates_);
  for (const std::string& ca_file : {other.ca_file.string(), std::string()}) {
    HttpClient client(thread_, {"localhost", server.port(), true, "", ca_file});
    const auto answer = client.ask_and_wait(get("/"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error().code(), Errc::kDenied) << answer.error().text();
    EXPECT_EQ(answer.error().reach(), Failure::kNotSent);
  }
}

TEST_F(HttpsClient, RefusesAServerWithoutTls) {
  WebServer server([](WebConnection& connection) { connection.write("HTTP/1.1 400 No\r\n\r\n"); });
  HttpClient client(thread_, {"localhost", server.port(), true, "", certificates_.ca_file});
  const auto answer = client.ask_and_wait(get("/"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reach(), Failure::kNotSent);
}

TEST_F(HttpsClient, AGetOutlivesItsKeptConnection) {
  WebServer server(
      [](WebConnection& connection) {
        (void)connection.read_request();
        connection.reply(200, "one");
      },
      certificates_);
  HttpClient client(thread_, {"localhost", server.port(), true, "", certificates_.ca_file});
  for (int i = 0; i < 5; ++i) {
    const auto answer = client.ask_and_wait(get("/"));
    ASSERT_TRUE(answer) << answer.error().text();
  }
}

TEST_F(HttpsClient, SaysThatACaFileCannotBeUsed) {
  EXPECT_THROW(HttpClient(thread_, {"localhost", 1, true, "", (folder_ / "none.pem").string()}),
               base::Failure);
}

}  // namespace
}  // namespace writ::venue::net
