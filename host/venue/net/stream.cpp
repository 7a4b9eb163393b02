#include "host/venue/net/stream.hpp"

#include "host/base/result.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/error.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <poll.h>

#include <string>

namespace writ::venue::net {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using base::Errc;
using boost::system::error_code;

std::shared_ptr<ssl::context> make_tls_context(const Endpoint& endpoint) {
  if (!endpoint.tls) return nullptr;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer);
  error_code error;
  if (endpoint.ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(endpoint.ca_file, error);
  }
  if (error) {
    throw base::Failure({Errc::kInvalid, "the CA file holds no certificates that can be read"});
  }
  return context;
}

namespace {

Errc kind_of(const error_code& error) noexcept {
  namespace http = boost::beast::http;
  namespace websocket = boost::beast::websocket;
  if (error == boost::beast::error::timeout || error == asio::error::timed_out) {
    return Errc::kTimeout;
  }
  if (error == asio::error::host_not_found || error == asio::error::no_data ||
      error == asio::error::host_not_found_try_again) {
    return Errc::kNotFound;
  }
  if (error == asio::error::eof || error == asio::error::connection_reset ||
      error == asio::error::broken_pipe || error == asio::error::operation_aborted ||
      error == asio::error::bad_descriptor || error == ssl::error::stream_truncated ||
      error == http::error::end_of_stream || error == http::error::partial_message ||
      error == websocket::error::closed) {
    return Errc::kClosed;
  }
  if (error == http::error::body_limit || error == http::error::header_limit ||
      error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return Errc::kFull;
  }
  if (error.category() == make_error_code(http::error::bad_version).category() ||
      error.category() == make_error_code(websocket::error::bad_opcode).category() ||
      error.category() == asio::error::get_ssl_category()) {
    return Errc::kCorrupt;
  }
  return Errc::kIo;
}

}  // namespace

Failure failure_of(const error_code& error, const char* step, Failure::Reach reach) {
  const Errc kind = kind_of(error);
  const bool is_errno = kind == Errc::kIo && error.category() == boost::system::system_category();
  return {reach, base::Error(kind, step, is_errno ? error.value() : 0), error.message()};
}

struct Stream::Connecting {
  explicit Connecting(asio::io_context& context) : resolver(context.get_executor()) {}

  asio::ip::basic_resolver<tcp, executor_type> resolver;
  std::string host;
  Connected handler;

  void fail(const error_code& error, const char* step) const {
    handler(error, failure_of(error, step, Failure::kNotSent));
  }
};

Stream::Stream(asio::io_context& context, std::shared_ptr<ssl::context> tls)
    : context_(context), tls_context_(std::move(tls)) {
  Socket socket(context.get_executor());
  if (tls_context_) {
    tls_ = std::make_unique<ssl::stream<Socket>>(std::move(socket), *tls_context_);
  } else {
    plain_ = std::make_unique<Socket>(std::move(socket));
  }
}

void Stream::connect(const Endpoint& endpoint, Connected handler) {
  auto connecting = std::make_shared<Connecting>(context_);
  connecting->host = endpoint.host;
  connecting->handler = std::move(handler);
  connecting->resolver.async_resolve(
      endpoint.host, std::to_string(endpoint.port),
      [this, connecting](const error_code& error, const auto& addresses) {
        if (error) return connecting->fail(error, "find the host");
        asio::async_connect(next_layer(), addresses,
                            [this, connecting](const error_code& refused, const tcp::endpoint&) {
                              if (refused) return connecting->fail(refused, "connect");
                              error_code ignored;
                              next_layer().set_option(tcp::no_delay(true), ignored);
                              start_tls(connecting);
                            });
      });
}

void Stream::start_tls(const std::shared_ptr<Connecting>& connecting) {
  if (!tls_) return connecting->handler({}, {});
  SSL* const session = tls_->native_handle();
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(session);
  const char* const host = connecting->host.c_str();
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host) != 1) {  // a name, not an address
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(wanted, host, 0);
    SSL_set_tlsext_host_name(session, host);
  }
  tls_->async_handshake(ssl::stream_base::client, [this, connecting](const error_code& error) {
    const long verdict = SSL_get_verify_result(tls_->native_handle());
    if (!error || verdict == X509_V_OK) {
      return error ? connecting->fail(error, "TLS handshake") : connecting->handler({}, {});
    }
    connecting->handler(error, {Failure::kNotSent,
                                base::Error(Errc::kDenied, "TLS: the server is not to be trusted"),
                                X509_verify_cert_error_string(verdict)});
  });
}

void Stream::close() noexcept {
  error_code ignored;
  next_layer().shutdown(tcp::socket::shutdown_both, ignored);
  next_layer().close(ignored);
}

bool Stream::is_stale() noexcept {
  pollfd state{next_layer().native_handle(), POLLIN | POLLRDHUP, 0};
  if (::poll(&state, 1, 0) < 0) return true;
  if ((state.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0) return true;
  return !tls_ && (state.revents & POLLIN) != 0;  // TLS has messages of its own
}

}  // namespace writ::venue::net
