#include "server.hpp"

#include "host/base/input_error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue_sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using Code = beast::error_code;
using Steady = std::chrono::steady_clock;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// A market this machine is too slow for goes slower, so that clients are answered all the same.
constexpr std::int64_t kMarketLate = 500'000'000;
constexpr auto kRound = std::chrono::milliseconds(5);
constexpr auto kPongPatience = std::chrono::seconds(60);

}  // namespace

struct Server::Io {
  /// What of a WebSocket connection the others see.
  class Peer {
   public:
    virtual ~Peer() = default;
    virtual void deliver(Output output) = 0;
  };

  struct Served {
    Venue& venue;
    tcp::acceptor acceptor;
    std::unique_ptr<asio::ssl::context> tls;
    std::map<ConnectionId, std::weak_ptr<Peer>> peers;
  };

  explicit Io(const ClockOptions& options) : clock(options), manual_ts(options.start_ts) {}

  [[nodiscard]] std::int64_t now() const {
    if (clock.speed == 0) return manual_ts;
    const auto passed = std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - begin);
    return clock.start_ts + passed.count() * clock.speed;
  }

  /// Time passes for everyone, and what was said is sent.
  void round() {
    const std::int64_t until = now();
    for (Served& one : served) {
      if (clock.speed != 0) one.venue.postpone_market(until - kMarketLate * clock.speed);
      one.venue.advance(until);
      drain(one);
    }
  }

  static void drain(Served& one) {
    for (Output& output : one.venue.take_output()) {
      const auto found = one.peers.find(output.connection);
      if (found == one.peers.end()) continue;
      if (const auto peer = found->second.lock()) peer->deliver(std::move(output));
    }
  }

  void next_round() {
    timer.expires_after(kRound);
    timer.async_wait([this](Code error) {
      if (error) return;
      if (clock.speed != 0) round();
      next_round();
    });
  }

  [[nodiscard]] std::optional<RestAnswer> ask(Served& one, const RestAsk& asked) {
    if (asked.method == "POST" && asked.target == "/sim/time") return set_time(asked.body);
    round();
    std::optional<RestAnswer> answer = one.venue.rest(asked);
    drain(one);
    return answer;
  }

  RestAnswer set_time(const std::string& body) {
    Code error;
    const boost::json::value asked = boost::json::parse(body, error);
    const boost::json::value* ms =
        error || !asked.is_object() ? nullptr : asked.get_object().if_contains("advance_ms");
    if (clock.speed != 0 || ms == nullptr || !ms->is_int64() || ms->get_int64() < 0) {
      return {400, {}, R"({"code":-1102,"msg":"wants {\"advance_ms\": N} and a manual clock"})"};
    }
    manual_ts += ms->get_int64() * 1'000'000;
    round();
    return {200, {}, "{\"now_ns\":" + std::to_string(manual_ts) + "}"};
  }

  void accept(Served& one);

  bool ending = false;  // before the context, whose last handlers ask for it
  asio::io_context context{1};
  ClockOptions clock;
  std::int64_t manual_ts;
  Steady::time_point begin = Steady::now();
  asio::steady_timer timer{context};
  ConnectionId next_id = 1;
  std::list<Served> served;
  std::vector<std::shared_ptr<Peer>> frozen;
};

namespace {

/// One WebSocket connection: bytes, and the pings the venue keeps it alive with.
template <class Stream>
class WebSocketPeer final : public Server::Io::Peer,
                            public std::enable_shared_from_this<WebSocketPeer<Stream>> {
 public:
  WebSocketPeer(Server::Io& io, Server::Io::Served& served, ConnectionId id, Stream&& stream)
      : io_(io), served_(served), id_(id), socket_(std::move(stream)), ping_timer_(io.context) {}

  ~WebSocketPeer() override {
    if (io_.ending) return;
    served_.venue.closed(id_);
    served_.peers.erase(id_);
  }

  void begin(const http::request<http::string_body>& request) {
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout{std::chrono::seconds(30),
                                                       websocket::stream_base::none(), false});
    socket_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::pong) heard_ = Steady::now();
    });
    socket_.async_accept(request, [self = this->shared_from_this()](Code error) {
      if (error) return;
      self->accepted_ = true;
      self->read();
      self->write();
      self->ping();
    });
  }

  void deliver(Output output) override {
    if (frozen_) return;
    switch (output.kind) {
      case Output::Kind::kText:
        waiting_.push_back(std::move(output.text));
        write();
        break;
      case Output::Kind::kClose:
        closing_ = true;
        write();
        break;
      case Output::Kind::kCut:
        cut();
        break;
      case Output::Kind::kFreeze:
        frozen_ = true;
        io_.frozen.push_back(this->shared_from_this());  // whose reading kept it alive
        break;
    }
  }

 private:
  void read() {
    socket_.async_read(buffer_, [self = this->shared_from_this()](Code error, std::size_t) {
      if (error) return self->ping_timer_.cancel(), void();
      const std::string text = beast::buffers_to_string(self->buffer_.data());
      self->buffer_.consume(self->buffer_.size());
      if (self->frozen_) return;
      self->io_.round();
      self->served_.venue.received(self->id_, text);
      Server::Io::drain(self->served_);
      self->read();
    });
  }

  void write() {
    if (!accepted_ || writing_ || frozen_) return;
    if (waiting_.empty()) {
      if (closing_) close();
      return;
    }
    writing_ = true;
    socket_.text(true);
    socket_.async_write(asio::buffer(waiting_.front()),
                        [self = this->shared_from_this()](Code error, std::size_t) {
                          self->writing_ = false;
                          if (error) return;
                          self->waiting_.pop_front();
                          self->write();
                        });
  }

  void ping() {
    const bool spot = served_.venue.exchange().market() == Market::kSpot;
    ping_timer_.expires_after(spot ? std::chrono::seconds(20) : std::chrono::seconds(180));
    ping_timer_.async_wait([self = this->shared_from_this()](Code error) {
      if (error || self->frozen_) return;
      if (Steady::now() - self->heard_ > kPongPatience + std::chrono::seconds(180)) {
        return self->cut();
      }
      const std::string payload = std::to_string(self->io_.now() / 1'000'000);
      self->socket_.async_ping(websocket::ping_data(payload.data(), payload.size()),
                               [self](Code failed) {
                                 if (!failed) self->ping();
                               });
    });
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    socket_.async_close(websocket::close_code::going_away,
                        [self = this->shared_from_this()](Code) { self->cut(); });
  }

  void cut() {
    Code ignored;
    ping_timer_.cancel();
    auto& socket = beast::get_lowest_layer(socket_).socket();
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
  }

  Server::Io& io_;
  Server::Io::Served& served_;
  ConnectionId id_;
  websocket::stream<Stream> socket_;
  asio::steady_timer ping_timer_;
  beast::flat_buffer buffer_;
  std::deque<std::string> waiting_;
  Steady::time_point heard_ = Steady::now();
  bool accepted_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool closed_ = false;
  bool frozen_ = false;
};

/// One HTTP connection, until it is closed or becomes a WebSocket.
template <class Stream>
class HttpPeer final : public std::enable_shared_from_this<HttpPeer<Stream>> {
 public:
  HttpPeer(Server::Io& io, Server::Io::Served& served, Stream&& stream)
      : io_(io), served_(served), stream_(std::move(stream)) {}

  void begin() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](Code error) {
                                if (!error) self->read();
                              });
    } else {
      read();
    }
  }

 private:
  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_,
                     [self = this->shared_from_this()](Code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

  void answer() {
    if (websocket::is_upgrade(request_)) return upgrade();
    const auto field = request_.find("X-MBX-APIKEY");
    const RestAsk asked{std::string(request_.method_string()), std::string(request_.target()),
                        request_.body(),
                        field == request_.end() ? std::string() : std::string(field->value())};
    const std::optional<RestAnswer> answer = io_.ask(served_, asked);
    if (!answer) return cut();
    response_ = http::response<http::string_body>(static_cast<http::status>(answer->status),
                                                  request_.version());
    response_.set(http::field::content_type, "application/json;charset=UTF-8");
    for (const auto& [name, value] : answer->headers) response_.set(name, value);
    response_.body() = answer->body;
    send(request_.keep_alive());
  }

  void upgrade() {
    const ConnectionId id = io_.next_id++;
    io_.round();
    if (!served_.venue.opened(id, request_.target())) {
      response_ = http::response<http::string_body>(http::status::not_found, request_.version());
      return send(false);
    }
    const auto peer = std::make_shared<WebSocketPeer<Stream>>(io_, served_, id, std::move(stream_));
    served_.peers[id] = peer;
    peer->begin(request_);
  }

  void send(bool keep_alive) {
    response_.keep_alive(keep_alive);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = this->shared_from_this(), keep_alive](Code error, std::size_t) {
                        if (error) return;
                        if (keep_alive) return self->read();
                        Code ignored;
                        beast::get_lowest_layer(self->stream_)
                            .socket()
                            .shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  void cut() {
    Code ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
  }

  Server::Io& io_;
  Server::Io::Served& served_;
  Stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

}  // namespace

void Server::Io::accept(Served& one) {
  one.acceptor.async_accept([this, &one](Code error, tcp::socket socket) {
    if (error) return;
    socket.set_option(tcp::no_delay(true), error);
    if (one.tls) {
      std::make_shared<HttpPeer<TlsStream>>(
          *this, one, TlsStream(beast::tcp_stream(std::move(socket)), *one.tls))
          ->begin();
    } else {
      std::make_shared<HttpPeer<beast::tcp_stream>>(*this, one,
                                                    beast::tcp_stream(std::move(socket)))
          ->begin();
    }
    accept(one);
  });
}

Server::Server(const ClockOptions& clock) : io_(std::make_unique<Io>(clock)) {}

Server::~Server() { io_->ending = true; }

std::uint16_t Server::serve(Venue& venue, const ServerOptions& options) {
  Io::Served& one =
      io_->served.emplace_back(Io::Served{venue, tcp::acceptor(io_->context), nullptr, {}});
  if (!options.certificate_file.empty()) {
    one.tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    one.tls->use_certificate_chain_file(options.certificate_file);
    one.tls->use_private_key_file(options.key_file, asio::ssl::context::pem);
  }
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), options.port);
  Code error;
  one.acceptor.open(endpoint.protocol(), error);
  one.acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  one.acceptor.bind(endpoint, error);
  if (error) {
    throw base::InputError("", "port " + std::to_string(options.port) + ": " + error.message());
  }
  one.acceptor.listen();
  io_->accept(one);
  return one.acceptor.local_endpoint().port();
}

void Server::run() {
  asio::signal_set signals(io_->context, SIGINT, SIGTERM);
  signals.async_wait([this](Code error, int) {
    if (!error) io_->context.stop();
  });
  io_->next_round();
  io_->context.run();
}

void Server::stop() { io_->context.stop(); }

}  // namespace writ::venue_sim
