#pragma once

#include <writ/abi/scalar.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>

#include <cstdint>

namespace writ {

/// The two's complement halves of an amount, as records carry it.
[[nodiscard]] constexpr writ_money to_abi(Money amount) noexcept {
  writ_money halves{};
  halves.lo = static_cast<std::uint64_t>(static_cast<UInt128>(amount.raw));
  halves.hi = static_cast<std::int64_t>(amount.raw >> 64);
  return halves;
}

/// The amount of a record, bit for bit. A foreign record may hold one past the limit:
/// test `in_bounds()` before adding it.
[[nodiscard]] constexpr Money from_abi(writ_money halves) noexcept {
  const UInt128 high = static_cast<std::uint64_t>(halves.hi);
  return Money{static_cast<Int128>((high << 64U) | halves.lo)};
}

}  // namespace writ
