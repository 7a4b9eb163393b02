#include "host/venue/net/http_client.hpp"

#include "host/base/assert.hpp"
#include "host/base/monotonic_clock.hpp"
#include "host/venue/net/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <future>

namespace writ::venue::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using base::Errc;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kHeaderBytesMax = 64 * 1'024;

// Something asked and not answered yet.
struct Asked {
  HttpAsk ask;
  HttpHandler handler;
  std::int64_t deadline_ns = 0;  // monotonic
};

http::request<http::string_body> to_request(const HttpAsk& ask, const Endpoint& endpoint,
                                            const std::string& user_agent) {
  http::request<http::string_body> request;
  request.method_string(ask.method);
  request.target(endpoint.prefix + ask.target);
  request.version(11);
  request.set(http::field::host, authority(endpoint));
  request.set(http::field::user_agent, user_agent);
  for (const auto& [name, value] : ask.headers) request.set(name, value);
  request.body() = ask.body;
  request.prepare_payload();
  return request;
}

HttpAnswer to_answer(http::response<http::string_body>&& response, std::int64_t sent_ts,
                     std::int64_t received_ts) {
  HttpAnswer answer{static_cast<int>(response.result_int()), {}, {}, sent_ts, received_ts};
  for (const auto& field : response) {
    answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  answer.body = std::move(response.body());
  return answer;
}

}  // namespace

std::optional<std::string_view> HttpAnswer::header(std::string_view name) const noexcept {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& header) {
    return boost::beast::iequals(header.first, name);
  });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

// All connections to the server, and what waits for one. On the I/O thread, but for its making.
class HttpClient::Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(IoThread& thread, Endpoint endpoint, HttpOptions options)
      : thread_(thread),
        endpoint_(std::move(endpoint)),
        options_(std::move(options)),
        tls_(make_tls_context(endpoint_)) {}

  [[nodiscard]] const Endpoint& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] IoThread& thread() noexcept { return thread_; }

  void submit(Asked asked);
  void close();

 private:
  class Connection;

  void start(Asked asked);
  void give_up_waiting();
  // Done with what it was asked; reusable if it still stands.
  void release(const std::shared_ptr<Connection>& connection);
  void remove(const Connection* connection);

  IoThread& thread_;
  Endpoint endpoint_;
  HttpOptions options_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::deque<Asked> waiting_;
  std::vector<std::shared_ptr<Connection>> connections_;
  bool closed_ = false;
};

// One connection and what it was asked last. A handler of a connection that has been ended finds it
// so and does nothing.
class HttpClient::Pool::Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(std::shared_ptr<Pool> pool)
      : pool_(std::move(pool)),
        stream_(pool_->thread_.context(), pool_->tls_),
        timer_(pool_->thread_.context()) {}

  [[nodiscard]] bool is_idle() const noexcept { return connected_ && !asked_; }
  [[nodiscard]] bool is_stale() noexcept { return stream_.is_stale(); }

  void connect(Asked asked) {
    asked_ = std::move(asked);
    const std::int64_t deadline =
        std::min(base::monotonic_ns() + pool_->options_.connect_timeout_ns, asked_->deadline_ns);
    expire_at(deadline, "connect");
    stream_.connect(pool_->endpoint_,
                    [self = shared_from_this()](error_code error, const Failure& failure) {
                      if (self->ended_) return;
                      if (error) return self->fail(failure);
                      self->connected_ = true;
                      self->write();
                    });
  }

  void ask(Asked asked) {
    asked_ = std::move(asked);
    is_reused_ = true;
    write();
  }

  // Waits unused, not longer than the pool says.
  void rest() {
    timer_.expires_after(std::chrono::nanoseconds(pool_->options_.idle_ns));
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error || self->ended_ || !self->is_idle()) return;
      self->end();
    });
  }

  // Nothing more comes of it, and nobody is told.
  void end() {
    if (ended_) return;
    ended_ = true;
    timer_.cancel();
    stream_.close();
    asked_.reset();
    pool_->remove(this);
  }

 private:
  void write() {
    expire_at(asked_->deadline_ns, "wait for the answer");
    request_ = to_request(asked_->ask, pool_->endpoint_, pool_->options_.user_agent);
    parser_.reset();
    sent_ts_ = wall_clock_ns();
    reach_ = Failure::kUnknown;
    http::async_write(stream_, request_,
                      [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                        if (self->ended_) return;
                        if (bytes == 0) self->reach_ = Failure::kNotSent;
                        if (error) return self->fail(error, "send the request");
                        self->read();
                      });
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(pool_->options_.body_bytes_max);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (self->ended_) return;
                       if (error) return self->fail(error, "read the answer");
                       self->answer();
                     });
  }

  void answer() {
    const std::int64_t received_ts = wall_clock_ns();
    timer_.cancel();
    const bool stays = parser_->keep_alive() && buffer_.size() == 0;
    HttpAnswer answer = to_answer(parser_->release(), sent_ts_, received_ts);
    const Asked asked = std::move(*asked_);
    const auto self = shared_from_this();
    if (stays) {
      asked_.reset();
      pool_->release(self);
    } else {
      end_and_go_on();
    }
    asked.handler(std::move(answer));
  }

  void fail(const error_code& error, const char* step) {
    // A server may end a kept connection just as it is used again.
    const bool again = is_reused_ && asked_->ask.method == "GET" &&
                       (!parser_ || !parser_->got_some()) &&
                       failure_of(error, step, reach_).error().code() == Errc::kClosed;
    if (!again) return fail(failure_of(error, step, reach_));
    Asked asked = std::move(*asked_);
    const auto pool = pool_;
    end();
    pool->submit(std::move(asked));
  }

  void fail(const Failure& failure) {
    const Asked asked = std::move(*asked_);
    const auto self = shared_from_this();
    end_and_go_on();
    asked.handler(failure);
  }

  void end_and_go_on() {
    const auto pool = pool_;
    end();
    pool->release(nullptr);
  }

  void expire_at(std::int64_t deadline_ns, const char* step) {
    timer_.expires_after(std::chrono::nanoseconds(deadline_ns - base::monotonic_ns()));
    timer_.async_wait([self = shared_from_this(), step](const error_code& error) {
      // A timer that went off before it was set anew has no error either.
      if (error || self->ended_ || !self->asked_) return;
      if (self->timer_.expiry() > std::chrono::steady_clock::now()) return;
      self->fail({self->connected_ ? Failure::kUnknown : Failure::kNotSent,
                  base::Error(Errc::kTimeout, step)});
    });
  }

  std::shared_ptr<Pool> pool_;
  Stream stream_;
  asio::steady_timer timer_;
  std::optional<Asked> asked_;
  http::request<http::string_body> request_;
  std::optional<http::response_parser<http::string_body>> parser_;
  boost::beast::flat_buffer buffer_;
  Failure::Reach reach_ = Failure::kNotSent;
  std::int64_t sent_ts_ = 0;
  bool connected_ = false;
  bool is_reused_ = false;
  bool ended_ = false;
};

void HttpClient::Pool::submit(Asked asked) {
  if (closed_) return;
  const auto idle = std::find_if(connections_.rbegin(), connections_.rend(),
                                 [](const auto& connection) { return connection->is_idle(); });
  if (idle != connections_.rend()) {
    const auto connection = *idle;
    if (!connection->is_stale()) return connection->ask(std::move(asked));
    connection->end();
    return submit(std::move(asked));
  }
  if (connections_.size() < options_.connections_max) {
    connections_.push_back(std::make_shared<Connection>(shared_from_this()));
    return connections_.back()->connect(std::move(asked));
  }
  const std::int64_t wait_ns = asked.deadline_ns - base::monotonic_ns();
  waiting_.push_back(std::move(asked));
  thread_.after(wait_ns, [pool = weak_from_this()] {
    if (const auto self = pool.lock()) self->give_up_waiting();
  });
}

void HttpClient::Pool::give_up_waiting() {
  const std::int64_t now = base::monotonic_ns();
  std::deque<Asked> late;
  for (auto asked = waiting_.begin(); asked != waiting_.end();) {
    const bool is_late = asked->deadline_ns <= now;
    if (is_late) late.push_back(std::move(*asked));
    asked = is_late ? waiting_.erase(asked) : asked + 1;
  }
  for (const Asked& asked : late) {
    if (closed_) return;
    asked.handler(
        Failure{Failure::kNotSent, base::Error(Errc::kTimeout, "wait for a free connection")});
  }
}

void HttpClient::Pool::release(const std::shared_ptr<Connection>& connection) {
  if (connection) connection->rest();
  if (waiting_.empty()) return;
  Asked next = std::move(waiting_.front());
  waiting_.pop_front();
  submit(std::move(next));
}

void HttpClient::Pool::remove(const Connection* connection) {
  std::erase_if(connections_,
                [connection](const auto& other) { return other.get() == connection; });
}

void HttpClient::Pool::close() {
  closed_ = true;
  waiting_.clear();
  while (!connections_.empty()) {
    const auto connection = connections_.back();
    connection->end();
  }
}

HttpClient::HttpClient(IoThread& thread, Endpoint endpoint, HttpOptions options)
    : pool_(std::make_shared<Pool>(thread, std::move(endpoint), std::move(options))) {}

HttpClient::~HttpClient() {
  pool_->thread().run([this] { pool_->close(); });
}

void HttpClient::ask(HttpAsk ask, HttpHandler handler) {
  const std::int64_t deadline_ns = base::monotonic_ns() + ask.timeout_ns;
  Asked asked{std::move(ask), std::move(handler), deadline_ns};
  pool_->thread().post(
      [pool = pool_, asked = std::move(asked)]() mutable { pool->submit(std::move(asked)); });
}

HttpResult HttpClient::ask_and_wait(HttpAsk ask) {
  WRIT_ASSERT(!pool_->thread().is_current());
  std::promise<HttpResult> answered;
  this->ask(std::move(ask),
            [&answered](HttpResult result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

const Endpoint& HttpClient::endpoint() const noexcept { return pool_->endpoint(); }

}  // namespace writ::venue::net
