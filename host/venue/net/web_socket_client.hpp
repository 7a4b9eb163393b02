#pragma once

#include "host/venue/net/backoff.hpp"
#include "host/venue/net/endpoint.hpp"
#include "host/venue/net/failure.hpp"
#include "host/venue/net/http_client.hpp"
#include "host/venue/net/io_thread.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace writ::venue::net {

/// What becomes of a WebSocket; all run on the I/O thread.
struct WebSocketHandlers {
  /// Connected, anew each time: nothing of an earlier connection is known to the server.
  std::function<void()> opened;
  /// One whole message; valid for the call. `received_ts`: our clock when its last byte had come.
  std::function<void(std::string_view message, std::int64_t received_ts)> message;
  /// The connection ended, or could not be made; the next attempt is already planned.
  std::function<void(const Failure& why)> closed;
  /// A message begins to be written, each once and in order. `ts`: our clock right before its first
  /// byte, under TLS already encrypted, was handed to the socket; 0 where another had to go first.
  /// Empty: nobody wants to know.
  std::function<void(std::int64_t ts)> leaving = {};
};

struct WebSocketOptions {
  HttpHeaders headers = {};
  std::int64_t connect_timeout_ns = 10'000'000'000;  ///< name, TCP, TLS and upgrade together
  /// Nothing came for so long, pings and their answers included: closed with kTimeout. A ping is
  /// sent after half of it.
  std::int64_t idle_timeout_ns = 30'000'000'000;
  std::size_t message_bytes_max = std::size_t{16} << 20;
  std::size_t queue_messages_max = 1'024;  ///< waiting to be written
  BackoffOptions backoff = {};
  std::uint64_t seed = 0;  ///< of the jitter
};

/// One WebSocket, made again whenever it ends. Pings are answered with their payload; no
/// compression.
class WebSocketClient {
 public:
  /// Begins to connect. `target`: path and query below the endpoint's prefix. Throws base::Failure
  /// if the endpoint's CA file cannot be used.
  WebSocketClient(IoThread& thread, Endpoint endpoint, std::string target,
                  WebSocketHandlers handlers, WebSocketOptions options = {});
  /// Closes. No handler runs any more when it returns. May be called from a handler. [any thread]
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// Writes a text message after those before it. False: not connected, or too many wait; it is
  /// then not sent. What was accepted is lost with its connection. [I/O thread]
  bool send(std::string message);
  /// Ends this connection, for the next after the usual wait. [I/O thread]
  void drop();
  /// Ends for good: a closing handshake is begun and not waited for longer than a second. No
  /// handler runs any more when it returns. [any thread]
  void close();
  [[nodiscard]] bool is_open() const noexcept;  ///< [I/O thread]

 private:
  class Session;
  std::shared_ptr<Session> session_;
};

}  // namespace writ::venue::net
