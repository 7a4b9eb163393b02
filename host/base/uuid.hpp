#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::base {

/// A universally unique identifier (RFC 4122), 16 bytes in network order.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) noexcept = default;
};

/// The namespace of names that are URLs or URNs.
inline constexpr Uuid kUuidNamespaceUrl{{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
                                         0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};

/// Lower case, `8-4-4-4-12` digits.
[[nodiscard]] std::string to_string(const Uuid& uuid);

/// Reads that form, either case; nothing for any other.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

/// Version 4 from 16 bytes the caller has drawn at random.
[[nodiscard]] Uuid uuid4_from(std::array<std::uint8_t, 16> random_bytes) noexcept;

/// Version 5: a function of namespace and name.
[[nodiscard]] Uuid uuid5(const Uuid& name_space, std::string_view name);

}  // namespace writ::base
