#include "tests/support/web_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace writ::test {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

namespace {

// Plain or TLS, blocking.
class ServerStream {
 public:
  using executor_type = asio::io_context::executor_type;
  using next_layer_type = Socket;

  ServerStream(Socket socket, asio::ssl::context* tls) {
    if (tls != nullptr) {
      tls_ = std::make_unique<asio::ssl::stream<Socket>>(std::move(socket), *tls);
    } else {
      plain_ = std::make_unique<Socket>(std::move(socket));
    }
  }
  void handshake() {
    if (tls_) tls_->handshake(asio::ssl::stream_base::server);
  }
  [[nodiscard]] std::string server_name() const {
    const char* name =
        tls_ ? SSL_get_servername(const_cast<asio::ssl::stream<Socket>&>(*tls_).native_handle(),
                                  TLSEXT_NAMETYPE_host_name)
             : nullptr;
    return name == nullptr ? "" : name;
  }

  [[nodiscard]] executor_type get_executor() { return next_layer().get_executor(); }
  [[nodiscard]] Socket& next_layer() { return tls_ ? tls_->next_layer() : *plain_; }
  [[nodiscard]] const Socket& next_layer() const { return tls_ ? tls_->next_layer() : *plain_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return tls_ ? tls_->read_some(buffers) : plain_->read_some(buffers);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& error) {
    return tls_ ? tls_->read_some(buffers, error) : plain_->read_some(buffers, error);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return tls_ ? tls_->write_some(buffers) : plain_->write_some(buffers);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& error) {
    return tls_ ? tls_->write_some(buffers, error) : plain_->write_some(buffers, error);
  }

 private:
  std::unique_ptr<Socket> plain_;
  std::unique_ptr<asio::ssl::stream<Socket>> tls_;
};

void teardown(boost::beast::role_type, ServerStream& stream, error_code& error) {
  stream.next_layer().shutdown(tcp::socket::shutdown_both, error);
  error = {};
}

WebRequest to_request(const http::request<http::string_body>& request) {
  WebRequest read{
      std::string(request.method_string()), std::string(request.target()), {}, request.body()};
  for (const auto& field : request) {
    read.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return read;
}

}  // namespace

std::string WebRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (boost::beast::iequals(key, name)) return value;
  }
  return "";
}

struct WebConnection::State {
  State(Socket socket, asio::ssl::context* tls, std::size_t its_number)
      : web_socket(std::move(socket), tls), number(its_number) {
    web_socket.control_callback([this](websocket::frame_type kind, auto payload) {
      if (kind == websocket::frame_type::pong) pongs.emplace_back(payload);
      if (kind == websocket::frame_type::ping) ++pings;
    });
  }
  [[nodiscard]] ServerStream& stream() { return web_socket.next_layer(); }

  // [any thread]
  void end() {
    error_code ignored;
    stream().next_layer().shutdown(tcp::socket::shutdown_both, ignored);
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }

  websocket::stream<ServerStream, false> web_socket;
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;  // read last
  std::vector<std::string> pongs;
  std::size_t pings = 0;
  std::size_t number;
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
};

std::optional<WebRequest> WebConnection::read_request() {
  state_.request = {};
  error_code error;
  http::read(state_.stream(), state_.buffer, state_.request, error);
  if (error == http::error::end_of_stream) return std::nullopt;
  if (error) throw boost::system::system_error(error);
  return to_request(state_.request);
}

void WebConnection::reply(int status, const std::string& body,
                          const std::vector<std::pair<std::string, std::string>>& headers) {
  http::response<http::string_body> response;
  response.result(static_cast<unsigned>(status));
  response.version(11);
  for (const auto& [name, value] : headers) response.set(name, value);
  response.body() = body;
  response.prepare_payload();
  http::write(state_.stream(), response);
}

void WebConnection::write(std::string_view bytes) {
  asio::write(state_.stream(), asio::buffer(bytes));
}

void WebConnection::upgrade() {
  if (!websocket::is_upgrade(state_.request)) {
    throw std::runtime_error("not a request for a WebSocket");
  }
  state_.web_socket.accept(state_.request);
}

WebRequest WebConnection::accept_web_socket() {
  const auto request = read_request();
  if (!request) throw std::runtime_error("no request");
  upgrade();
  return *request;
}

std::optional<std::string> WebConnection::read_message() {
  boost::beast::flat_buffer message;
  error_code error;
  state_.web_socket.read(message, error);
  if (error == websocket::error::closed) return std::nullopt;
  if (error) throw boost::system::system_error(error);
  return std::string(static_cast<const char*>(message.cdata().data()), message.size());
}

void WebConnection::send_message(std::string_view text) {
  state_.web_socket.text(true);
  state_.web_socket.write(asio::buffer(text));
}

void WebConnection::send_ping(const std::string& payload) {
  websocket::ping_data data;
  data.assign(payload.data(), payload.size());
  state_.web_socket.ping(data);
}

const std::vector<std::string>& WebConnection::pongs() const noexcept { return state_.pongs; }
std::size_t WebConnection::pings() const noexcept { return state_.pings; }

void WebConnection::say_goodbye(std::uint16_t code, const std::string& reason) {
  websocket::close_reason why;
  why.code = code;
  why.reason.assign(reason.data(), reason.size());
  state_.web_socket.close(why);
}

void WebConnection::hang() {
  std::unique_lock lock(state_.mutex);
  state_.changed.wait(lock, [this] { return state_.ended; });
}

std::size_t WebConnection::number() const noexcept { return state_.number; }
std::string WebConnection::server_name() const { return state_.stream().server_name(); }

struct WebServer::Listener {
  asio::io_context context;
  std::optional<asio::ssl::context> tls;
  tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  Script script;
  std::mutex mutex;
  std::vector<std::shared_ptr<WebConnection::State>> states;
  std::vector<std::thread> threads;  // the first accepts
  std::atomic<std::size_t> accepted{0};
  bool stopping = false;

  void accept() {
    for (;;) {
      Socket socket(context.get_executor());
      error_code error;
      acceptor.accept(socket, error);
      const std::lock_guard lock(mutex);
      if (stopping) return;
      if (error) continue;
      const auto state = std::make_shared<WebConnection::State>(
          std::move(socket), tls ? &*tls : nullptr, accepted.fetch_add(1));
      states.push_back(state);
      threads.emplace_back([this, state] { serve(*state); });
    }
  }

  void serve(WebConnection::State& state) {
    try {
      state.stream().handshake();
      WebConnection connection(state);
      script(connection);
    } catch (const std::exception&) {  // the other side is gone, or the server stops
    }
    state.end();
  }
};

WebServer::WebServer(Script script, const std::optional<Certificates>& certificates)
    : listener_(std::make_unique<Listener>()) {
  listener_->script = std::move(script);
  if (certificates) {
    listener_->tls.emplace(asio::ssl::context::tls_server);
    listener_->tls->use_certificate_chain_file(certificates->certificate_file.string());
    listener_->tls->use_private_key_file(certificates->key_file.string(), asio::ssl::context::pem);
  }
  listener_->threads.emplace_back([this] { listener_->accept(); });
}

WebServer::~WebServer() {
  {
    const std::lock_guard lock(listener_->mutex);
    listener_->stopping = true;
    for (const auto& state : listener_->states) state->end();
  }
  // A connection of our own ends the wait of the acceptor.
  asio::io_context context;
  tcp::socket last(context);
  error_code ignored;
  last.connect({asio::ip::address_v4::loopback(), port()}, ignored);
  for (std::thread& thread : listener_->threads) thread.join();
}

std::uint16_t WebServer::port() const noexcept {
  return listener_->acceptor.local_endpoint().port();
}
std::size_t WebServer::connections() const noexcept { return listener_->accepted; }

}  // namespace writ::test
