#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace writ::venue::binance {

/// One request of `countdownCancelAll` to be sent now.
struct CountdownRequest {
  std::string symbol;
  std::int64_t countdown_ms;  ///< 0 = disarm

  friend bool operator==(const CountdownRequest&, const CountdownRequest&) = default;
};

/// Keeps the venue's countdown armed in every symbol we may have orders in: when the host or its
/// line dies, the venue cancels them itself. Futures only; spot has none. Told the time, in ns of
/// our clock; a countdown is armed again when a quarter of it is over, after a failure every
/// second. Source: USDS-M futures, "Auto-Cancel All Open Orders".
class DeadManSwitch {
 public:
  static constexpr std::int64_t kCountdownMin = 4'000'000'000;

  /// `countdown_ns` is at least kCountdownMin.
  explicit DeadManSwitch(std::int64_t countdown_ns = 120'000'000'000);

  /// From now on the symbol is kept armed; no order may be sent there before is_armed.
  void arm(const std::string& symbol);
  /// Orders there are gone: the countdown is to be stopped, once.
  void disarm(const std::string& symbol);

  /// When take_due has something; INT64_MAX for never.
  [[nodiscard]] std::int64_t next_due() const noexcept;
  /// The requests due, each to be sent now; in order of symbol.
  [[nodiscard]] std::vector<CountdownRequest> take_due(std::int64_t now);

  /// The request that was taken at `sent` was done. Requests travel in the order they were taken.
  void on_done(const CountdownRequest& request, std::int64_t sent);
  /// It was refused, or nothing is known of it.
  void on_failed(const CountdownRequest& request, std::int64_t now);

  /// Whether the venue counts, and will not be through before `now`.
  [[nodiscard]] bool is_armed(const std::string& symbol, std::int64_t now) const noexcept;
  /// Symbols whose countdown may be through: the venue may have cancelled everything there, which
  /// its user stream tells or a reconciliation. Each is told once.
  [[nodiscard]] std::vector<std::string> take_fired(std::int64_t now);

 private:
  struct Symbol {
    bool wanted = true;
    std::int64_t due = INT64_MIN;             ///< of the next request
    std::int64_t runs_out_first = INT64_MIN;  ///< the venue began to count no earlier than we sent
    bool counting = false;
    std::int64_t stop_sent = INT64_MIN;  ///< what was sent before says nothing any more
  };

  std::int64_t countdown_ns_;
  std::int64_t arm_again_ns_;
  std::map<std::string, Symbol, std::less<>> symbols_;
};

}  // namespace writ::venue::binance
