#pragma once

#include "host/venue/net/endpoint.hpp"
#include "host/venue/net/failure.hpp"
#include "host/venue/net/io_thread.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A request. `Host`, `Content-Length` and `Connection` are added.
struct HttpAsk {
  std::string method = "GET";
  std::string target;  ///< path and query, below the endpoint's prefix
  HttpHeaders headers = {};
  std::string body = {};
  std::int64_t timeout_ns = 10'000'000'000;  ///< from ask() to the last byte of the answer
};

struct HttpAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  std::int64_t sent_ts = 0;      ///< our clock before the first byte left
  std::int64_t received_ts = 0;  ///< our clock after the last byte came

  /// The value of a header, whatever its case; nothing if there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
};

using HttpResult = boost::system::result<HttpAnswer, Failure>;
using HttpHandler = std::function<void(HttpResult)>;

struct HttpOptions {
  std::size_t connections_max = 8;                  ///< at once; what is asked beyond waits
  std::int64_t connect_timeout_ns = 5'000'000'000;  ///< name, TCP and TLS together
  std::int64_t idle_ns = 30'000'000'000;            ///< an unused connection is closed after
  std::size_t body_bytes_max = std::size_t{64} << 20;
  std::string user_agent = "writ";
};

/// Asks one server, over connections that are kept. A request is written once; only a GET whose
/// kept connection turns out closed before a byte of the answer is written again, on a new one.
class HttpClient {
 public:
  /// Connects when it is asked. Throws base::Failure if the endpoint's CA file cannot be used.
  HttpClient(IoThread& thread, Endpoint endpoint, HttpOptions options = {});
  /// No handler runs any more when it returns; those still due never do. [any thread]
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// The handler is called once, on the thread, and never from within ask(). An answer of any
  /// status is an answer. [any thread]
  void ask(HttpAsk ask, HttpHandler handler);
  /// The same, waited for. [any thread but the I/O thread]
  [[nodiscard]] HttpResult ask_and_wait(HttpAsk ask);

  [[nodiscard]] const Endpoint& endpoint() const noexcept;

 private:
  class Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace writ::venue::net
