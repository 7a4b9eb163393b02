#pragma once

#include "host/base/result.hpp"

#include <cstdint>
#include <span>

namespace writ::base {

/// Fills `bytes` from the operating system's random source. For names (run ids) and secrets only:
/// nothing that a replay must repeat may come from here. Errors: kIo.
[[nodiscard]] Result<void> fill_with_entropy(std::span<std::uint8_t> bytes) noexcept;

}  // namespace writ::base
