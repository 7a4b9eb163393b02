#include "host/ops/control_server.hpp"

#include "host/ops/control_client.hpp"
#include "host/ops/control_socket.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace writ::ops {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;

// A server whose requests a thread answers as a run would: each with what it was asked.
class Control : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "writ_control_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    start();
  }
  void start() {
    const auto urgent = [](const boost::json::object& asked) -> std::optional<boost::json::object> {
      if (asked.at("command") != "now") return std::nullopt;
      boost::json::object answer;
      answer["at"] = "once";
      return answer;
    };
    auto server = ControlServer::start(folder_, queue_, urgent);
    ASSERT_TRUE(server.has_value()) << to_string(server.error());
    server_ = std::move(*server);
    answering_ = std::thread([this] {
      while (!stop_.load()) {
        static_cast<void>(attention_.wait(5'000'000));
        while (const auto request = queue_.poll()) {
          boost::json::object answer;
          answer["was"] = request->asked();
          request->reply(std::move(answer));
        }
      }
    });
  }
  void TearDown() override {
    stop_.store(true);
    if (answering_.joinable()) answering_.join();
    server_.reset();
    fs::remove_all(folder_);
  }

  [[nodiscard]] fs::path socket_path() const { return folder_ / kControlSocketName; }

  // Sends bytes on a connection of its own and returns what comes back until it is closed or quiet.
  [[nodiscard]] std::string raw(const std::string& bytes, bool end_sending = true) const {
    const auto address = control_address(folder_);
    const base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address->address),
                  sizeof address->address) != 0) {
      return "no connection";
    }
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto now = ::send(socket.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (now <= 0) break;
      sent += static_cast<std::size_t>(now);
    }
    if (end_sending) ::shutdown(socket.get(), SHUT_WR);
    std::string result;
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return result;
      result.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  fs::path folder_;
  Attention attention_;
  ControlQueue queue_{attention_};
  std::unique_ptr<ControlServer> server_;
  std::atomic<bool> stop_{false};
  std::thread answering_;
};

TEST_F(Control, AnswersARequest) {
  auto client = ControlClient::connect(folder_);
  ASSERT_TRUE(client.has_value()) << to_string(client.error());
  boost::json::object request;
  request["command"] = "pause";
  request["instance"] = "mm";
  const auto answer = client->ask(request);
  ASSERT_TRUE(answer.has_value()) << to_string(answer.error());
  EXPECT_EQ(answer->at("ok"), true);
  EXPECT_EQ(answer->at("was"), boost::json::value(request));
}

TEST_F(Control, AnswersWhatIsUrgentWhileNobodyComesToTheQueue) {
  stop_.store(true);
  answering_.join();
  EXPECT_EQ(raw("{\"command\":\"now\"}\n"), "{\"at\":\"once\"}\n");
  EXPECT_EQ(queue_.poll(), nullptr);
}

TEST_F(Control, SocketIsForItsOwnerOnly) {
  struct stat status {};
  ASSERT_EQ(::stat(socket_path().c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Control, MalformedRequestsAreRefusedAndTheNextIsAnswered) {
  EXPECT_EQ(raw("hello\n[1]\n{}\n{\"command\":5}\n{\"command\":\"status\"}\n"),
            "{\"ok\":false,\"error\":\"a request is one line with a JSON object\"}\n"
            "{\"ok\":false,\"error\":\"a request is one line with a JSON object\"}\n"
            "{\"ok\":false,\"error\":\"a request names its \\\"command\\\"\"}\n"
            "{\"ok\":false,\"error\":\"a request names its \\\"command\\\"\"}\n"
            "{\"ok\":true,\"was\":{\"command\":\"status\"}}\n");
}

TEST_F(Control, BytesThatAreNoTextAreRefused) {
  EXPECT_EQ(raw(std::string("\0\xff\xfe\n", 4)),
            "{\"ok\":false,\"error\":\"a request is one line with a JSON object\"}\n");
  EXPECT_EQ(raw(std::string(100'000, '[') + "\n"),
            "{\"ok\":false,\"error\":\"a request is one line with a JSON object\"}\n");
}

TEST_F(Control, ARequestWithoutEndIsCutOff) {
  const std::string endless(kControlLineMax + 4096, 'x');
  EXPECT_EQ(raw(endless, false), "{\"ok\":false,\"error\":\"a request is at most 1 MiB\"}\n");
}

TEST_F(Control, ARequestCutShortIsNone) { EXPECT_EQ(raw("{\"command\":\"stop\"}"), ""); }

TEST_F(Control, SeveralRequestsInOneWriteAreAnsweredInOrder) {
  EXPECT_EQ(
      raw("{\"command\":\"a\"}\n{\"command\":\"b\"}\n"),
      "{\"ok\":true,\"was\":{\"command\":\"a\"}}\n{\"ok\":true,\"was\":{\"command\":\"b\"}}\n");
}

TEST_F(Control, ManyClientsAtOnceEachGetTheirOwnAnswers) {
  constexpr int kClients = 16;
  constexpr int kRequests = 100;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c) {
    threads.emplace_back([&, c] {
      auto client = ControlClient::connect(folder_);
      if (!client) return;
      for (int i = 0; i < kRequests; ++i) {
        boost::json::object request;
        request["command"] = "status";
        request["number"] = c * 1000 + i;
        const auto answer = client->ask(request);
        if (answer && answer->at("was").at("number") == c * 1000 + i) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right.load(), kClients * kRequests);
}

TEST_F(Control, AClientThatLeavesBeforeItsAnswerHarmsNobody) {
  for (int i = 0; i < 50; ++i) {
    const auto address = control_address(folder_);
    const base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address->address),
                        sizeof address->address),
              0);
    const std::string line = "{\"command\":\"status\"}\n";
    ASSERT_EQ(::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(line.size()));
  }
  EXPECT_EQ(raw("{\"command\":\"a\"}\n"), "{\"ok\":true,\"was\":{\"command\":\"a\"}}\n");
}

TEST_F(Control, WorksHoweverLongThePathIs) {
  fs::path deep = folder_;
  for (int i = 0; i < 10; ++i) deep /= std::string(50, 'd');
  fs::create_directories(deep);
  ASSERT_GT(deep.string().size(), sizeof(sockaddr_un::sun_path));
  auto server = ControlServer::start(deep, queue_);
  ASSERT_TRUE(server.has_value()) << to_string(server.error());
  auto client = ControlClient::connect(deep);
  ASSERT_TRUE(client.has_value()) << to_string(client.error());
  boost::json::object request;
  request["command"] = "status";
  EXPECT_TRUE(client->ask(request).has_value());
}

TEST_F(Control, ASocketADeadHostLeftIsReplaced) {
  server_.reset();
  ASSERT_FALSE(fs::exists(socket_path()));
  {
    const base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    const auto address = control_address(folder_);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address->address),
                     sizeof address->address),
              0);
  }
  const auto nobody = ControlClient::connect(folder_);
  ASSERT_FALSE(nobody.has_value());
  EXPECT_EQ(nobody.error().code(), base::Errc::kNotFound);
  auto server = ControlServer::start(folder_, queue_);
  ASSERT_TRUE(server.has_value());
  EXPECT_TRUE(ControlClient::connect(folder_).has_value());
}

TEST_F(Control, TheConnectionEndsWithTheServer) {
  auto client = ControlClient::connect(folder_);
  ASSERT_TRUE(client.has_value());
  EXPECT_FALSE(client->wait_closed(std::chrono::milliseconds(10)));
  server_.reset();
  EXPECT_TRUE(client->wait_closed(std::chrono::seconds(5)));
}

// What the child of another user saw: 0 refused by the file's mode, 1 told it is denied, 2 served.
int seen_by_nobody(const fs::path& folder) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(9);
    auto client = ControlClient::connect(folder);
    if (!client) ::_exit(client.error().code() == base::Errc::kDenied ? 0 : 8);
    boost::json::object request;
    request["command"] = "status";
    const auto answer = client->ask(request);
    if (!answer) ::_exit(7);
    ::_exit(answer->at("ok") == true ? 2 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Control, AnotherUserIsKeptOutByModeAndByCredentials) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can act as another user";
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  EXPECT_EQ(seen_by_nobody(folder_), 0);
  // Even if somebody opened the file's mode.
  ASSERT_EQ(::chmod(socket_path().c_str(), 0666), 0);
  EXPECT_EQ(seen_by_nobody(folder_), 1);
}

}  // namespace
}  // namespace writ::ops
