#pragma once

#include <cstdint>

namespace writ::sandbox {

/// How often memory was asked for in this process so far. [worker]
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace writ::sandbox
