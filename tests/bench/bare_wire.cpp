#include "tests/bench/bare_wire.hpp"

#include "host/base/spsc_queue.hpp"
#include "host/base/unique_fd.hpp"
#include "host/ops/attention.hpp"
#include "host/venue/binance/signer.hpp"
#include "host/venue/net/endpoint.hpp"
#include "host/venue/net/web_socket_client.hpp"

#include <simdjson.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace writ::bench {
namespace {

namespace net = venue::net;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bare wire: %s\n", what.c_str());
  std::exit(1);
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

net::Endpoint endpoint(const std::string& url, const std::string& ca_file) {
  auto parsed = net::parse_endpoint(url).value();
  parsed.ca_file = ca_file;
  return parsed;
}

}  // namespace

class BareWire::Client {
 public:
  Client(net::IoThread& thread, const test::VenueSim::At& at, const Options& options)
      : thread_(thread), options_(options) {
    if (!options_.sync_file.empty()) {
      file_ = base::UniqueFd(::open(options_.sync_file.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600));
      if (!file_.is_open() || ::posix_fallocate(file_.get(), 0, kFileBytes) != 0) {
        fail("no file to sync");
      }
    }
    if (options_.hops) second_ = std::thread([this] { visit(); });
    const auto api = endpoint(at.websocket_api, options_.ca_file);
    orders_.emplace(thread_, api, api.prefix.empty() ? "/ws-api/v3" : "",
                    net::WebSocketHandlers{[this] { ++open_; },
                                           [](std::string_view answer, std::int64_t) {
                                             if (answer.find(R"("status":200)") == answer.npos) {
                                               fail(std::string(answer));
                                             }
                                           },
                                           [](const net::Failure& why) { fail(why.text()); },
                                           [this](std::int64_t ts) { on_leaving(ts); }});
    market_.emplace(thread_, endpoint(at.websocket, options_.ca_file),
                    "/stream?streams=" + lower(options_.symbol) + "@trade",
                    net::WebSocketHandlers{
                        [this] { ++open_; },
                        [this](std::string_view text, std::int64_t ts) { on_message(text, ts); },
                        [](const net::Failure& why) { fail(why.text()); }});
    while (open_ < 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ~Client() {
    market_.reset();
    orders_.reset();
    if (!second_.joinable()) return;
    ending_ = true;
    attention_.raise();
    second_.join();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::atomic<std::uint64_t> left = 0;
  std::vector<double> times;

 private:
  static constexpr std::int64_t kFileBytes = std::int64_t{64} << 20U;

  void on_message(std::string_view text, std::int64_t read_ts) {
    std::memcpy(padded_.data(), text.data(), text.size());
    auto document =
        parser_.iterate(simdjson::padded_string_view(padded_.data(), text.size(), padded_.size()));
    const std::string_view price = document["data"]["p"].get_string().value();
    if (price.empty()) fail("a trade without a price");
    read_ts_ = read_ts;
    if (!options_.hops) return send();
    if (!there_.try_push(read_ts)) fail("the second thread does not follow");
    attention_.raise();
  }

  void visit() {
    while (!ending_) {
      while (there_.try_pop()) thread_.post([this] { send(); });
      static_cast<void>(attention_.wait(2'000'000));
    }
  }

  void send() {
    const std::string payload =
        "apiKey=writ-sim-key&price=" + price_ +
        "&quantity=1&recvWindow=5000&side=BUY&symbol=" + options_.symbol +
        "&timeInForce=IOC&timestamp=" + std::to_string(net::wall_clock_ns() / 1'000'000) +
        "&type=LIMIT";
    const std::string_view timestamp =
        std::string_view(payload).substr(payload.find("timestamp=") + 10, 13);
    std::string order = R"({"id":"b","method":"order.place","params":{"apiKey":"writ-sim-key",)"
                        R"("price":")" +
                        price_ +
                        R"(","quantity":"1","recvWindow":5000,)"
                        R"("side":"BUY","symbol":")" +
                        options_.symbol + R"(","timeInForce":"IOC","timestamp":)";
    order.append(timestamp).append(R"(,"type":"LIMIT","signature":")");
    order.append(signer_.sign(payload)).append("\"}}");
    if (file_.is_open()) sync(order);
    if (!orders_->send(std::move(order))) fail("an order is not taken");
  }

  void sync(std::string_view order) {
    const auto size = static_cast<std::int64_t>(order.size());
    if (written_ + size > kFileBytes) written_ = 0;
    if (::pwrite(file_.get(), order.data(), order.size(), written_) != size ||
        ::fdatasync(file_.get()) != 0) {
      fail("the file is not written");
    }
    written_ += size;
  }

  void on_leaving(std::int64_t ts) {
    times.push_back(static_cast<double>(ts - read_ts_));
    left.fetch_add(1, std::memory_order_release);
  }

  net::IoThread& thread_;
  const Options options_;
  const std::string price_ = options_.symbol == "ETHUSDT" ? "2950.00" : "590.00";
  venue::binance::Signer signer_ = venue::binance::Signer::hmac("writ-sim-secret");
  base::UniqueFd file_;
  std::int64_t written_ = 0;
  std::atomic<int> open_ = 0;
  std::array<char, 4'096> padded_{};
  simdjson::ondemand::parser parser_;
  std::int64_t read_ts_ = 0;

  base::SpscQueue<std::int64_t> there_{64};
  ops::Attention attention_;
  std::atomic<bool> ending_ = false;
  std::thread second_;

  std::optional<net::WebSocketClient> orders_;
  std::optional<net::WebSocketClient> market_;
};

BareWire::BareWire(const test::VenueSim& venue, const Options& options)
    : thread_(std::make_unique<net::IoThread>(
          "bare", options.spins ? net::ThreadWait::kSpin : net::ThreadWait::kSleep)),
      client_(std::make_unique<Client>(*thread_, venue.spot(), options)) {}

BareWire::~BareWire() = default;

std::uint64_t BareWire::left() const noexcept { return client_->left; }
std::vector<double> BareWire::take_times() { return std::exchange(client_->times, {}); }

}  // namespace writ::bench
