#pragma once

#include "host/sandbox/channel.hpp"

#include <cstdint>
#include <string>

namespace writ::sandbox {

/// What a worker denies itself before a plugin's code runs, in two steps: loading still opens
/// files, working opens none. Each returns the bits of the guards that hold; the kernel may lack
/// some. [worker, single-threaded]

/// Limits, privileges, Landlock, the clocks, and the system calls that loading needs.
[[nodiscard]] std::uint32_t guard_loading(const Control& control);
/// From now on only what computing needs. `before` are the guards that hold.
[[nodiscard]] std::uint32_t guard_working(std::uint32_t before);

/// Whether the address lies where the kernel's clock pages were.
[[nodiscard]] bool in_clock_pages(std::uint64_t address) noexcept;

}  // namespace writ::sandbox
