#pragma once

#include "host/venue/net/web_socket_client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

struct StreamLineOptions {
  net::WebSocketOptions socket = {};
  /// The venue ends a connection after 24 h: after so long another takes its place.
  std::int64_t life_ns = 23 * std::int64_t{3'600'000'000'000};
  std::int64_t overlap_ns = 2'000'000'000;  ///< both are heard for so long
  /// One that said nothing for so long may be dead though it answers pings: another is tried.
  std::int64_t silence_ns = 15'000'000'000;
};

/// The messages of one set of streams, over connections that follow each other. Before one ends its
/// successor is opened and what that says is kept: when it takes over, what it said meanwhile is
/// handed out, so that nothing is lost, and the reader meets again what the one before it said too.
/// Lives on the I/O thread; its handlers run there.
class StreamLine {
 public:
  struct Handlers {
    std::function<void()> up;  ///< of the first connection, or after `down`
    /// `received_ts` does not go back.
    std::function<void(std::string_view message, std::int64_t received_ts)> message;
    std::function<void(const net::Failure& why)> down;  ///< nothing is heard until the next `up`
  };

  /// Begins to connect. Throws base::Failure if the endpoint's CA file cannot be used.
  StreamLine(net::IoThread& thread, net::Endpoint endpoint, std::string target, Handlers handlers,
             StreamLineOptions options = {});
  /// No handler runs any more when it returns. May be called from a handler.
  ~StreamLine();
  StreamLine(const StreamLine&) = delete;
  StreamLine& operator=(const StreamLine&) = delete;

  /// The connection is about to end: its successor is made now.
  void renew();
  [[nodiscard]] bool is_up() const noexcept;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace writ::venue::binance
