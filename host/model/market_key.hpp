#pragma once

#include <writ/abi/instrument.h>

#include <cstdint>

namespace writ::model {

/// Equal for the instruments of one market, of which one without a group is the only one.
[[nodiscard]] inline std::uint64_t market_key(const writ_instrument& instrument) noexcept {
  constexpr std::uint64_t kGroupBit = std::uint64_t{1} << 32U;
  return instrument.market_group == 0 ? std::uint64_t{instrument.instrument}
                                      : kGroupBit + instrument.market_group;
}

}  // namespace writ::model
