#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace writ::base {

/// CRC-32C (Castagnoli) of `bytes`, continued from the checksum of what came before.
/// Uses the processor's instruction where there is one.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes,
                                   std::uint32_t before = 0) noexcept;

/// The same by tables, on any processor.
[[nodiscard]] std::uint32_t crc32c_by_tables(std::span<const std::byte> bytes,
                                             std::uint32_t before = 0) noexcept;

/// Whether `crc32c` uses the processor's instruction here.
[[nodiscard]] bool crc32c_has_instruction() noexcept;

}  // namespace writ::base
