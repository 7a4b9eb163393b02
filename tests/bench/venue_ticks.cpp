#include "tests/bench/venue_ticks.hpp"

#include "host/venue/net/endpoint.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <stdexcept>
#include <thread>
#include <utility>

namespace writ::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("venue ticks: " + what);
}

struct Listed {
  const char* symbol;
  const char* bid;
  const char* ask;
};
constexpr Listed kListed[] = {{"BTCUSDT", "49999.00", "50001.00"},
                              {"ETHUSDT", "2999.00", "3001.00"},
                              {"BNBUSDT", "599.00", "601.00"}};

const char* ask_of(const std::string& symbol) {
  for (const auto& listed : kListed) {
    if (symbol == listed.symbol) return listed.ask;
  }
  fail("no symbol " + symbol);
}

std::string market_order(const std::string& symbol, const char* side, const char* price,
                         const char* quantity, bool takes) {
  return R"({"symbol":")" + symbol + R"(","side":")" + side + R"(","price":")" + price +
         R"(","quantity":")" + quantity + (takes ? R"(","take":true})" : R"("})");
}

}  // namespace

/// One connection, each request written and its answer read when it is asked for.
class VenueTicks::Line {
 public:
  Line(const venue::net::Endpoint& endpoint, const std::string& ca_file)
      : host_(endpoint.host), socket_(context_, tls_) {
    tcp::resolver resolver(context_);
    asio::connect(socket_.next_layer(),
                  resolver.resolve(endpoint.host, std::to_string(endpoint.port)));
    socket_.next_layer().set_option(tcp::no_delay(true));
    is_tls_ = !ca_file.empty();
    if (!is_tls_) return;
    tls_.load_verify_file(ca_file);
    socket_.handshake(asio::ssl::stream_base::client);
  }

  void write(const std::string& path, const std::string& body) {
    http::request<http::string_body> request(http::verb::post, path, 11, body);
    request.set(http::field::host, host_);
    request.set(http::field::content_type, "application/json");
    request.prepare_payload();
    is_tls_ ? http::write(socket_, request) : http::write(socket_.next_layer(), request);
  }
  void read() {
    http::response<http::string_body> answer;
    is_tls_ ? http::read(socket_, buffer_, answer)
            : http::read(socket_.next_layer(), buffer_, answer);
    if (answer.result_int() != 200) fail(answer.body());
  }

 private:
  std::string host_;
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> socket_;
  bool is_tls_ = false;
  boost::beast::flat_buffer buffer_;
};

VenueTicks::VenueTicks(const test::VenueSim& venue, const std::string& ca_file)
    : line_(
          std::make_unique<Line>(venue::net::parse_endpoint(venue.spot().rest).value(), ca_file)) {
  ask("/sim/limits", R"({"weight":1000000000,"orders":1000000000})");
  for (const auto& listed : kListed) {
    ask("/sim/market", market_order(listed.symbol, "BUY", listed.bid, "9000", false));
    ask("/sim/market", market_order(listed.symbol, "SELL", listed.ask, "9000", false));
  }
}

VenueTicks::~VenueTicks() = default;

void VenueTicks::ask(const std::string& path, const std::string& body) {
  line_->write(path, body);
  line_->read();
}

void VenueTicks::run(const std::string& symbol, std::uint64_t count, std::chrono::nanoseconds apart,
                     const std::function<std::uint64_t()>& answered) {
  using Clock = std::chrono::steady_clock;
  const auto body = market_order(symbol, "BUY", ask_of(symbol), "0.01", true);
  for (std::uint64_t done = answered(), end = done + count; done < end; ++done) {
    const auto begun = Clock::now();
    line_->write("/sim/market", body);
    std::this_thread::sleep_for(apart);
    while (answered() <= done) {
      if (Clock::now() - begun > std::chrono::seconds(5)) fail("a trade got no answer");
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    line_->read();
  }
}

}  // namespace writ::bench
