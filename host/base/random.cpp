#include "host/base/random.hpp"

#include "host/base/assert.hpp"
#include "host/base/sha256.hpp"

#include <writ/int128.hpp>

namespace writ::base {

std::array<std::uint64_t, 4> philox4x64_10(const std::array<std::uint64_t, 4>& counter,
                                           const std::array<std::uint64_t, 2>& key) noexcept {
  constexpr std::uint64_t kMultiplier0 = 0xd2e7470ee14c6c93U;
  constexpr std::uint64_t kMultiplier1 = 0xca5a826395121157U;
  constexpr std::uint64_t kWeyl0 = 0x9e3779b97f4a7c15U;
  constexpr std::uint64_t kWeyl1 = 0xbb67ae8584caa73bU;
  auto x = counter;
  auto k = key;
  for (int round = 0; round < 10; ++round) {
    const UInt128 product0 = UInt128{kMultiplier0} * x[0];
    const UInt128 product1 = UInt128{kMultiplier1} * x[2];
    x = {static_cast<std::uint64_t>(product1 >> 64U) ^ x[1] ^ k[0],
         static_cast<std::uint64_t>(product1),
         static_cast<std::uint64_t>(product0 >> 64U) ^ x[3] ^ k[1],
         static_cast<std::uint64_t>(product0)};
    k[0] += kWeyl0;
    k[1] += kWeyl1;
  }
  return x;
}

std::uint64_t stream_purpose(std::string_view name) {
  const Sha256Digest digest = sha256(name);
  std::uint64_t purpose = 0;
  for (std::size_t i = 8; i-- > 0;) purpose = (purpose << 8U) | digest[i];
  return purpose;
}

std::uint64_t RandomStream::next_u64() noexcept {
  if (used_ == words_.size()) {
    words_ = philox4x64_10({next_block_++, trial_, 0, 0}, key_);
    used_ = 0;
  }
  return words_[used_++];
}

// Lemire's multiply-shift: the product's high word is the result; low words below 2^64 mod n would
// favour some results and are drawn again.
std::uint64_t RandomStream::below(std::uint64_t n) noexcept {
  WRIT_ASSERT(n > 0);
  UInt128 product = UInt128{next_u64()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t rejected_below = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < rejected_below) {
      product = UInt128{next_u64()} * n;
    }
  }
  return static_cast<std::uint64_t>(product >> 64U);
}

double RandomStream::next_f64() noexcept {
  return static_cast<double>(next_u64() >> 11U) * 0x1p-53;
}

}  // namespace writ::base
