#pragma once

#include <writ/int128.hpp>
#include <writ/muldiv.hpp>
#include <writ/price.hpp>
#include <writ/rounding.hpp>

#include <compare>
#include <cstdint>
#include <optional>

namespace writ {

/// A number of basis points (1e-4), exact at 1e-9 of one.
struct BasisPoints {
  std::int64_t raw = 0;

  constexpr BasisPoints() noexcept = default;
  explicit constexpr BasisPoints(std::int64_t raw_nano) noexcept : raw(raw_nano) {}

  friend constexpr auto operator<=>(BasisPoints, BasisPoints) noexcept = default;
};

/// (ask - bid) / mid in basis points, kHalfEven. Nothing if a side is none or the mid not positive,
/// or the result out of range.
[[nodiscard]] constexpr std::optional<BasisPoints> spread_bps(Price bid, Price ask) noexcept {
  if (bid.is_none() || ask.is_none()) return std::nullopt;
  const Int128 twice_mid = Int128{bid.raw} + ask.raw;
  if (twice_mid <= 0) return std::nullopt;
  const auto wide = muldiv(Int128{ask.raw} - bid.raw, Int128{20'000} * 1'000'000'000, twice_mid,
                           Rounding::kHalfEven);
  const auto raw = wide ? narrow_to_int64(*wide) : std::nullopt;
  if (!raw) return std::nullopt;
  return BasisPoints{*raw};
}

/// A value of a NUMERIC(12,8) column: null, past the column's range, or units of 1e-8.
struct Numeric12Scale8 {
  enum class State : std::uint8_t { kValue, kNull, kOverflow };
  State state = State::kNull;
  std::int64_t raw = 0;  // units of 1e-8

  friend constexpr bool operator==(Numeric12Scale8, Numeric12Scale8) noexcept = default;
};

/// (ask - bid) / bid in basis points, as the database column of that name is defined: the bid is
/// the denominator, kHalfAway at 1e-8, null without a bid. A wide binary market overflows the
/// column.
[[nodiscard]] constexpr Numeric12Scale8 spread_bps_of_bid(Price bid, Price ask) noexcept {
  using State = Numeric12Scale8::State;
  if (bid.is_none() || ask.is_none() || bid.raw == 0) return {State::kNull, 0};
  const auto wide =
      muldiv(Int128{ask.raw} - bid.raw, Int128{10'000} * 100'000'000, bid.raw, Rounding::kHalfAway);
  constexpr Int128 kLimit = 1'000'000'000'000;  // 12 digits
  if (!wide || *wide >= kLimit || *wide <= -kLimit) return {State::kOverflow, 0};
  return {State::kValue, static_cast<std::int64_t>(*wide)};
}

}  // namespace writ
