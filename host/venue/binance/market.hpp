#pragma once

#include <cstdint>
#include <string_view>

namespace writ::venue::binance {

/// Binance's two markets this host trades; each has its own endpoints, streams and error codes.
enum class Market : std::uint8_t { kSpot, kUsdm };

/// The venue in an instrument's canonical name.
[[nodiscard]] constexpr std::string_view venue_name(Market market) noexcept {
  return market == Market::kSpot ? "binance_spot" : "binance_usdm";
}

}  // namespace writ::venue::binance
