#pragma once

#include "host/venue/binance/market.hpp"

#include <cstdint>
#include <string_view>

namespace writ::venue::binance {

/// What an answer proves about what was asked.
enum class Fate : std::uint8_t {
  kDone,
  kRefused,  ///< nothing was done
  kUnknown,  ///< it may have been done: to be looked up, never sent again blindly
  kNotFound  ///< the venue does not know the order, or no longer
};

/// What must follow besides the answer.
enum class Consequence : std::uint8_t {
  kNone,
  kBackOff,       ///< a limit or an overload: no request before Retry-After
  kMeasureClock,  ///< our timestamp was outside the window
  kStopVenue      ///< our key is not accepted: nothing else can succeed
};

struct ErrorMeaning {
  Fate fate = Fate::kUnknown;
  std::uint16_t reason = 0;  ///< WRIT_REPORT_REASON_*
  Consequence consequence = Consequence::kNone;

  friend bool operator==(const ErrorMeaning&, const ErrorMeaning&) = default;
};

/// What an error reply means. `status` is the HTTP status, or the one in a WebSocket API reply;
/// `code` is 0 where the body has none. What is not in the table is refused with a status of 4xx
/// other than 408 and 409, and unknown with any other.
/// Source: Binance Spot API, errors.md; USDS-M futures, "Error Codes" and "General Info".
[[nodiscard]] ErrorMeaning meaning_of_error(Market market, int status, std::int64_t code,
                                            std::string_view message) noexcept;

}  // namespace writ::venue::binance
