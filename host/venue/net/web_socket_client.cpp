#include "host/venue/net/web_socket_client.hpp"

#include "host/base/assert.hpp"
#include "host/base/monotonic_clock.hpp"
#include "host/venue/net/stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace writ::venue::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using base::Errc;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds kGoodbye{1};

}  // namespace

// The socket through all its connections. On the I/O thread, but for its making.
class WebSocketClient::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(IoThread& thread, Endpoint endpoint, std::string target, WebSocketHandlers handlers,
          WebSocketOptions options)
      : thread_(thread),
        endpoint_(std::move(endpoint)),
        target_(std::move(target)),
        handlers_(std::move(handlers)),
        options_(std::move(options)),
        tls_(make_tls_context(endpoint_)),
        backoff_(options_.backoff, options_.seed) {}

  [[nodiscard]] IoThread& thread() noexcept { return thread_; }
  [[nodiscard]] bool is_open() const noexcept { return link_ && link_->opened_at.has_value(); }

  void connect();
  bool send(std::string message);
  void drop();
  void close();

 private:
  // One connection. Its handlers hold it; they do nothing once the session has let it go.
  struct Link {
    Link(asio::io_context& context, const std::shared_ptr<asio::ssl::context>& tls)
        : socket(context, tls), timer(context) {}

    websocket::stream<Stream, false> socket;
    asio::steady_timer timer;
    websocket::response_type response;
    boost::beast::flat_buffer buffer;
    std::deque<std::string> outbox;  // the first is being written
    std::optional<std::int64_t> opened_at;
  };
  using LinkPtr = std::shared_ptr<Link>;

  [[nodiscard]] bool is_current(const LinkPtr& link) const noexcept { return link_ == link; }
  void upgrade(const LinkPtr& link);
  void open(const LinkPtr& link);
  void read(const LinkPtr& link);
  void write(const LinkPtr& link);
  void fail(const LinkPtr& link, const error_code& error, const char* step);
  void fail(const LinkPtr& link, const Failure& why);

  IoThread& thread_;
  Endpoint endpoint_;
  std::string target_;
  WebSocketHandlers handlers_;
  WebSocketOptions options_;
  std::shared_ptr<asio::ssl::context> tls_;
  Backoff backoff_;
  LinkPtr link_;
  bool closed_ = false;
};

void WebSocketClient::Session::connect() {
  if (closed_) return;
  const auto link = link_ = std::make_shared<Link>(thread_.context(), tls_);
  const auto self = shared_from_this();
  if (handlers_.leaving) link->socket.next_layer().next_layer().time_writes();
  link->timer.expires_after(std::chrono::nanoseconds(options_.connect_timeout_ns));
  link->timer.async_wait([self, link](const error_code& error) {
    if (error || link->opened_at) return;
    self->fail(link, {Failure::kNotSent, base::Error(Errc::kTimeout, "open the WebSocket")});
  });
  link->socket.next_layer().connect(endpoint_,
                                    [self, link](const error_code& error, const Failure& failure) {
                                      if (!self->is_current(link)) return;
                                      if (error) return self->fail(link, failure);
                                      self->upgrade(link);
                                    });
}

void WebSocketClient::Session::upgrade(const LinkPtr& link) {
  websocket::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = kGoodbye;  // of the closing one: opening has the timer of the link
  timeouts.idle_timeout = std::chrono::nanoseconds(options_.idle_timeout_ns);
  timeouts.keep_alive_pings = true;
  link->socket.set_option(timeouts);
  link->socket.set_option(websocket::stream_base::decorator(
      [headers = options_.headers](websocket::request_type& request) {
        request.set(http::field::user_agent, "writ");
        for (const auto& [name, value] : headers) request.set(name, value);
      }));
  link->socket.read_message_max(options_.message_bytes_max);
  link->socket.auto_fragment(false);
  link->socket.text(true);
  link->socket.async_handshake(
      link->response, authority(endpoint_), endpoint_.prefix + target_,
      [self = shared_from_this(), link](const error_code& error) {
        if (!self->is_current(link)) return;
        if (error == websocket::error::upgrade_declined) {
          return self->fail(link,
                            {Failure::kNotSent, base::Error(Errc::kRejected, "open the WebSocket",
                                                            link->response.result_int())});
        }
        if (error) return self->fail(link, error, "open the WebSocket");
        self->open(link);
      });
}

void WebSocketClient::Session::open(const LinkPtr& link) {
  link->opened_at = base::monotonic_ns();
  link->timer.cancel();
  read(link);
  if (handlers_.opened) handlers_.opened();
}

void WebSocketClient::Session::read(const LinkPtr& link) {
  link->socket.async_read(
      link->buffer, [self = shared_from_this(), link](const error_code& error, std::size_t bytes) {
        if (!self->is_current(link)) return;
        if (error) return self->fail(link, error, "read a message");
        const std::int64_t received_ts = wall_clock_ns();
        const auto data = link->buffer.cdata();
        self->handlers_.message({static_cast<const char*>(data.data()), bytes}, received_ts);
        if (!self->is_current(link)) return;
        link->buffer.consume(bytes);
        self->read(link);
      });
}

bool WebSocketClient::Session::send(std::string message) {
  if (!is_open() || link_->outbox.size() >= options_.queue_messages_max) return false;
  link_->outbox.push_back(std::move(message));
  if (link_->outbox.size() == 1) write(link_);
  return true;
}

void WebSocketClient::Session::write(const LinkPtr& link) {
  auto& bytes = link->socket.next_layer().next_layer();
  bytes.forget_write();
  link->socket.async_write(asio::buffer(link->outbox.front()),
                           [self = shared_from_this(), link](const error_code& error, std::size_t) {
                             if (!self->is_current(link)) return;
                             if (error) return self->fail(link, error, "send a message");
                             link->outbox.pop_front();
                             if (!link->outbox.empty()) self->write(link);
                           });
  if (handlers_.leaving) handlers_.leaving(bytes.write_ts());
}

void WebSocketClient::Session::fail(const LinkPtr& link, const error_code& error,
                                    const char* step) {
  const bool is_open = link->opened_at.has_value();
  Failure why = failure_of(error, step, is_open ? Failure::kUnknown : Failure::kNotSent);
  if (error == websocket::error::closed) {
    const auto& reason = link->socket.reason();
    why = {Failure::kUnknown, base::Error(Errc::kClosed, "the server closed", reason.code),
           std::string(reason.reason.data(), reason.reason.size())};
  }
  fail(link, why);
}

void WebSocketClient::Session::fail(const LinkPtr& link, const Failure& why) {
  if (!is_current(link)) return;
  const std::int64_t held_ns =
      link->opened_at ? std::max<std::int64_t>(base::monotonic_ns() - *link->opened_at, 1) : 0;
  link_.reset();
  link->timer.cancel();
  link->socket.next_layer().close();
  thread_.after(backoff_.next_ns(held_ns), [session = weak_from_this()] {
    if (const auto self = session.lock()) self->connect();
  });
  if (handlers_.closed) handlers_.closed(why);
}

void WebSocketClient::Session::drop() {
  const auto link = link_;
  if (link) fail(link, {Failure::kUnknown, base::Error(Errc::kClosed, "dropped")});
}

void WebSocketClient::Session::close() {
  closed_ = true;
  const auto link = std::exchange(link_, nullptr);
  if (!link) return;
  link->timer.cancel();
  if (!link->opened_at) return link->socket.next_layer().close();
  // Beast bounds the closing handshake by kGoodbye and then closes the connection.
  link->socket.async_close(websocket::close_code::normal,
                           [link](const error_code&) { link->socket.next_layer().close(); });
}

WebSocketClient::WebSocketClient(IoThread& thread, Endpoint endpoint, std::string target,
                                 WebSocketHandlers handlers, WebSocketOptions options)
    : session_(std::make_shared<Session>(thread, std::move(endpoint), std::move(target),
                                         std::move(handlers), std::move(options))) {
  thread.post([session = session_] { session->connect(); });
}

WebSocketClient::~WebSocketClient() { close(); }

bool WebSocketClient::send(std::string message) { return session_->send(std::move(message)); }
void WebSocketClient::drop() { session_->drop(); }
void WebSocketClient::close() {
  session_->thread().run([this] { session_->close(); });
}
bool WebSocketClient::is_open() const noexcept { return session_->is_open(); }

}  // namespace writ::venue::net
