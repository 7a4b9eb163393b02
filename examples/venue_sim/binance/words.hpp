#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace writ::venue_sim {

/// Each has its own port, paths, account model and error codes.
enum class Market : std::uint8_t { kSpot, kUsdm };

enum class Side : std::uint8_t { kBuy, kSell };
enum class OrderType : std::uint8_t { kLimit, kMarket, kLimitMaker };
enum class TimeInForce : std::uint8_t { kGtc, kIoc, kFok, kGtx, kGtd };
enum class SelfTrade : std::uint8_t { kNone, kExpireTaker, kExpireMaker, kExpireBoth };
enum class Status : std::uint8_t {
  kNew,
  kPartiallyFilled,
  kFilled,
  kCanceled,
  kExpired,
  kExpiredInMatch
};
/// What happened to an order, the `x` of the user streams.
enum class Execution : std::uint8_t { kNew, kTrade, kCanceled, kExpired, kPrevented, kAmended };

[[nodiscard]] constexpr Side opposite(Side side) noexcept {
  return side == Side::kBuy ? Side::kSell : Side::kBuy;
}
/// +1 for a buy, -1 for a sell.
[[nodiscard]] constexpr int sign_of(Side side) noexcept { return side == Side::kBuy ? 1 : -1; }
[[nodiscard]] constexpr bool is_open(Status status) noexcept {
  return status == Status::kNew || status == Status::kPartiallyFilled;
}

/// The venue's words.
[[nodiscard]] std::string_view to_word(Side side) noexcept;
[[nodiscard]] std::string_view to_word(OrderType type) noexcept;
[[nodiscard]] std::string_view to_word(TimeInForce time_in_force) noexcept;
[[nodiscard]] std::string_view to_word(SelfTrade mode) noexcept;
[[nodiscard]] std::string_view to_word(Status status) noexcept;

/// Nothing for a word this venue does not know.
[[nodiscard]] std::optional<Side> side_of(std::string_view word) noexcept;
[[nodiscard]] std::optional<OrderType> order_type_of(std::string_view word) noexcept;
[[nodiscard]] std::optional<TimeInForce> time_in_force_of(std::string_view word) noexcept;
[[nodiscard]] std::optional<SelfTrade> self_trade_of(std::string_view word) noexcept;

}  // namespace writ::venue_sim
