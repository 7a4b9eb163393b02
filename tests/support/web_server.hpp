#pragma once

#include "tests/support/certificates.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::test {

struct WebRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Empty if there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// The server's end of one connection, as a script drives it: each call waits for what it names.
/// When the server stops, or the other side is gone, a call throws; the script need not catch it.
class WebConnection {
 public:
  struct State;
  explicit WebConnection(State& state) noexcept : state_(state) {}

  /// Nothing: the client ended the connection.
  [[nodiscard]] std::optional<WebRequest> read_request();
  void reply(int status, const std::string& body,
             const std::vector<std::pair<std::string, std::string>>& headers = {});
  /// Bytes as they are.
  void write(std::string_view bytes);

  /// Grants the WebSocket that the request read last asks for.
  void upgrade();
  /// Reads a request and grants its WebSocket.
  WebRequest accept_web_socket();
  /// Nothing: the client said goodbye.
  [[nodiscard]] std::optional<std::string> read_message();
  void send_message(std::string_view text);
  void send_ping(const std::string& payload);
  /// Of the pongs that came while messages were read.
  [[nodiscard]] const std::vector<std::string>& pongs() const noexcept;
  [[nodiscard]] std::size_t pings() const noexcept;  ///< that came
  void say_goodbye(std::uint16_t code, const std::string& reason);

  /// Does nothing more until the server stops: half-open.
  void hang();
  /// How many connections were accepted before this one.
  [[nodiscard]] std::size_t number() const noexcept;
  /// What the client named in its TLS greeting; empty: nothing.
  [[nodiscard]] std::string server_name() const;

 private:
  State& state_;
};

/// A server on a free port of 127.0.0.1 that runs the same script on each connection, each on a
/// thread of its own. When a script returns its connection is closed.
class WebServer {
 public:
  using Script = std::function<void(WebConnection&)>;

  /// With certificates: under TLS.
  explicit WebServer(Script script, const std::optional<Certificates>& certificates = {});
  /// Ends every connection and waits for the scripts.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Accepted so far.
  [[nodiscard]] std::size_t connections() const noexcept;

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace writ::test
