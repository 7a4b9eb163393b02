#pragma once

#include "host/venue/binance/clock_offset.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/error_codes.hpp"
#include "host/venue/binance/rate_budget.hpp"
#include "host/venue/binance/requests.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::binance {

/// How a request travels.
enum class Way : std::uint8_t { kRest, kSocket };

/// A request whose bytes are ready: to be written once, at once, and never again.
struct WrittenRequest {
  std::string id;  ///< by which what comes of it is told
  Way way = Way::kRest;
  HttpRequest http;     ///< kRest
  std::string message;  ///< kSocket
  std::int64_t timeout_ns = 0;
  std::uint64_t order_seq = 0;  ///< as VenueRequest
};

/// What came of a request. Views are valid for the call.
struct VenueAnswer {
  enum class Kind : std::uint8_t {
    kAnswered,
    kNotSent,  ///< not a byte of it reached the venue
    kUnknown   ///< no answer came: it may have been carried out
  };
  Kind kind = Kind::kUnknown;
  Way way = Way::kRest;
  int status = 0;         ///< HTTP status, or that of the WebSocket API answer
  std::string_view body;  ///< of REST; the whole message of the socket
  std::int64_t sent = 0;
  std::int64_t received = 0;
};

/// Why a request does not leave. Nothing was counted for it.
struct LineRefusal {
  std::uint16_t reason;  ///< WRIT_REPORT_REASON_*
  std::string why;       ///< one line
};

struct LineOptions {
  std::int64_t recv_window_ns = 5'000'000'000;
  std::int64_t timeout_ns = 10'000'000'000;  ///< of an answer: as long as the venue itself waits
  /// Ours and the venue's clock may be so far apart; beyond it no order leaves. Cancels do.
  std::int64_t clock_apart_max_ns = 1'000'000'000;
  /// Of all that ask this market from here; nullptr: nobody else does.
  std::shared_ptr<AddressBudget> address = nullptr;
  /// Of futures: so long after the last word from here the venue cancels what is open.
  std::int64_t countdown_ns = 120'000'000'000;
};

/// All that leaves for one account at one market: spends the one budget, stamps with the venue's
/// clock, signs, and finds the request an answer belongs to. No request is ever written twice; one
/// the socket did not take goes by REST. Moves no byte itself: what is to be written is taken, and
/// what came is told, with our clock in ns. [one thread]
/// Source: Binance Spot API, rest-api.md and web-socket-api.md; USDS-M futures, "General Info".
class VenueLine {
 public:
  using OnAnswer = std::function<void(const VenueAnswer&)>;

  /// `credentials` outlive it.
  VenueLine(Market market, const Credentials& credentials, const LineOptions& options = {});
  VenueLine(const VenueLine&) = delete;
  VenueLine& operator=(const VenueLine&) = delete;

  /// Makes the request ready and calls `on_answer` once, later, unless it is refused. It goes by
  /// the socket where `by_socket` and one is open and the venue has it there.
  std::optional<LineRefusal> ask(const VenueRequest& request, std::uint32_t strategy,
                                 bool by_socket, std::int64_t now, OnAnswer on_answer);
  /// What is to be written now, in order.
  [[nodiscard]] std::vector<WrittenRequest> take_requests();

  void socket_opened() noexcept { socket_open_ = true; }
  /// What was written there and has no answer is unknown.
  void socket_closed(std::int64_t now);
  [[nodiscard]] bool socket_open() const noexcept { return socket_open_; }
  /// The socket did not take it: it goes by REST.
  void not_written(const std::string& id, std::int64_t now);
  /// False: it is no answer to a request, so it is an event.
  bool on_message(std::string_view message, std::int64_t now);
  void on_http(const std::string& id, int status,
               const std::vector<std::pair<std::string, std::string>>& headers,
               std::string_view body, std::int64_t sent, std::int64_t now);
  /// No answer to a REST request.
  void on_http_failure(const std::string& id, bool not_sent, std::int64_t now);

  /// When on_time has something to do; INT64_MAX: never.
  [[nodiscard]] std::int64_t next_due() const noexcept;
  /// What had no answer in time is unknown.
  void on_time(std::int64_t now);

  [[nodiscard]] RateBudget& budget() noexcept { return budget_; }
  [[nodiscard]] ClockOffset& clock() noexcept { return clock_; }
  [[nodiscard]] Market market() const noexcept { return market_; }
  [[nodiscard]] const LineOptions& options() const noexcept { return options_; }
  /// Why nothing signed can leave for now; nothing: it can.
  [[nodiscard]] std::optional<LineRefusal> refusal_of_signed() const;
  /// Why no order can.
  [[nodiscard]] std::optional<LineRefusal> refusal_of_orders() const;
  /// A request on the socket got no answer in time: it may be dead; asking ends it.
  [[nodiscard]] bool take_socket_silent() noexcept { return std::exchange(socket_silent_, false); }
  /// Requests without an answer yet.
  [[nodiscard]] std::size_t pending() const noexcept { return pending_.size(); }
  /// What a person must learn of, one line each, once for each episode; asking ends it.
  [[nodiscard]] std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

 private:
  struct Pending {
    VenueRequest request;
    Way way;
    std::int64_t sent;
    std::int64_t deadline;
    OnAnswer on_answer;
  };

  void write(std::string id, Pending pending, std::int64_t now);
  [[nodiscard]] std::int64_t venue_time(std::int64_t now) const noexcept;
  void finish(std::map<std::string, Pending, std::less<>>::iterator at, VenueAnswer answer);
  void heed(const ErrorMeaning& meaning, int status, std::int64_t code, std::string_view words,
            std::optional<std::int64_t> retry_after_ns, std::int64_t now);

  Market market_;
  const Credentials& credentials_;
  LineOptions options_;
  RateBudget budget_;
  ClockOffset clock_;
  bool socket_open_ = false;
  bool socket_silent_ = false;
  std::uint64_t asked_ = 0;
  std::map<std::string, Pending, std::less<>> pending_;
  std::vector<WrittenRequest> ready_;
  std::string stopped_;  ///< why nothing can succeed any more; empty: it can
  std::int64_t warned_until_ = INT64_MIN;
  std::vector<std::string> warnings_;
};

}  // namespace writ::venue::binance
