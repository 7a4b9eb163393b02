#pragma once

#include "host/venue/net/endpoint.hpp"
#include "host/venue/net/failure.hpp"
#include "host/venue/net/io_thread.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace writ::venue::net {

/// What connections to an endpoint need for TLS; nullptr for one without. Throws base::Failure if
/// its CA file cannot be used.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_tls_context(const Endpoint& endpoint);

/// What went wrong while connecting or moving bytes, in the words of Failure::error().
[[nodiscard]] Failure failure_of(const boost::system::error_code& error, const char* step,
                                 Failure::Reach reach);

/// A TCP socket that notes when bytes are handed to it, if it is asked to.
class TimedSocket
    : public boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                              boost::asio::io_context::executor_type> {
 public:
  using basic_stream_socket::basic_stream_socket;

  void time_writes() noexcept { timed_ = true; }
  void forget_write() noexcept { write_ts_ = 0; }
  /// Our clock right before the last write; 0: none since forget_write().
  [[nodiscard]] std::int64_t write_ts() const noexcept { return write_ts_; }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    if (timed_) write_ts_ = wall_clock_ns();
    return basic_stream_socket::async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  bool timed_ = false;
  std::int64_t write_ts_ = 0;
};

/// One connection, plain or under TLS as it is made: the asynchronous stream HTTP and WebSocket
/// stand on, so that they are compiled for one type. Lives on the I/O thread.
class Stream {
 public:
  using executor_type = boost::asio::io_context::executor_type;
  using Socket = TimedSocket;
  using next_layer_type = Socket;
  using Connected = std::function<void(boost::system::error_code, const Failure&)>;

  Stream(boost::asio::io_context& context, std::shared_ptr<boost::asio::ssl::context> tls);

  /// Finds the host, connects without delaying small writes, and under TLS proves that the other
  /// side is the host. The handler is called once; the stream outlives it.
  void connect(const Endpoint& endpoint, Connected handler);
  /// At once; what is under way ends with an error.
  void close() noexcept;
  /// Whether a connection not read from is of no more use: the other side has ended it, or said
  /// what nobody asked.
  [[nodiscard]] bool is_stale() noexcept;

  [[nodiscard]] executor_type get_executor() noexcept { return context_.get_executor(); }
  [[nodiscard]] Socket& next_layer() noexcept { return tls_ ? tls_->next_layer() : *plain_; }
  [[nodiscard]] const Socket& next_layer() const noexcept {
    return tls_ ? tls_->next_layer() : *plain_;
  }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) {
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    } else {
      plain_->async_read_some(buffers, std::forward<Handler>(handler));
    }
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) {
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    } else {
      plain_->async_write_some(buffers, std::forward<Handler>(handler));
    }
  }

 private:
  struct Connecting;

  void start_tls(const std::shared_ptr<Connecting>& connecting);

  boost::asio::io_context& context_;
  std::shared_ptr<boost::asio::ssl::context> tls_context_;
  std::unique_ptr<Socket> plain_;
  std::unique_ptr<boost::asio::ssl::stream<Socket>> tls_;
};

// How a WebSocket over it ends, found by argument-dependent lookup: both sides have said goodbye in
// the WebSocket's own words, so the TCP connection is just let go.
inline void teardown(boost::beast::role_type, Stream& stream, boost::system::error_code& error) {
  stream.close();
  error = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler) {
  stream.close();
  boost::asio::post(stream.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                     boost::system::error_code{}));
}

}  // namespace writ::venue::net
