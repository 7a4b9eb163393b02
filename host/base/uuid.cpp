#include "host/base/uuid.hpp"

#include "host/base/assert.hpp"
#include "host/base/hex.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>

namespace writ::base {
namespace {

constexpr std::array<std::size_t, 4> kDashes = {8, 13, 18, 23};

Uuid stamped(std::array<std::uint8_t, 16> bytes, unsigned version) noexcept {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | (version << 4U));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  return Uuid{bytes};
}

}  // namespace

std::string to_string(const Uuid& uuid) {
  std::string text = to_hex(uuid.bytes);
  for (const std::size_t at : kDashes) text.insert(at, 1, '-');
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (std::find(kDashes.begin(), kDashes.end(), at) == kDashes.end()) {
      digits += text[at];
    } else if (text[at] != '-') {
      return std::nullopt;
    }
  }
  const auto bytes = from_hex(digits);
  if (!bytes) return std::nullopt;
  Uuid uuid;
  std::copy(bytes->begin(), bytes->end(), uuid.bytes.begin());
  return uuid;
}

Uuid uuid4_from(std::array<std::uint8_t, 16> random_bytes) noexcept {
  return stamped(random_bytes, 4);
}

Uuid uuid5(const Uuid& name_space, std::string_view name) {
  std::string input(name_space.bytes.begin(), name_space.bytes.end());
  input += name;
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  WRIT_ASSERT(EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr) ==
              1);
  WRIT_ASSERT(size >= 16);
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return stamped(bytes, 5);
}

}  // namespace writ::base
