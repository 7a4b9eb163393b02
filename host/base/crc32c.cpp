#include "host/base/crc32c.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#endif

namespace writ::base {
namespace {

// tables[k][b]: the checksum of byte b followed by k zero bytes, so eight bytes go in one step.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() noexcept {
  constexpr std::uint32_t kReversedPolynomial = 0x82f63b78U;
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kReversedPolynomial : 0U);
    }
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t previous = tables[k - 1][byte];
      tables[k][byte] = (previous >> 8U) ^ tables[0][previous & 0xffU];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

std::uint32_t byte_at(std::span<const std::byte> bytes, std::size_t at) noexcept {
  return std::to_integer<std::uint32_t>(bytes[at]);
}

#if defined(__x86_64__)
// An instruction takes three cycles, and one can begin in each: three lanes of a block at a time,
// put together by what so many zero bytes behind them make of the first two.
constexpr std::size_t kLaneMin = 4;  // words
constexpr std::size_t kLaneMax = 64;

/// By the number of words w: x^(64 w - 33) modulo the polynomial, bits reversed. Multiplied by it
/// without carry and taken modulo the polynomial once more, a checksum is as if w words of zeroes
/// had followed.
constexpr auto kZeroWords = [] {
  std::array<std::uint32_t, 2 * kLaneMax + 1> powers{};
  std::uint32_t power = 0x80000000U;  // x^0
  for (std::size_t exponent = 1; exponent <= 64 * 2 * kLaneMax - 33; ++exponent) {
    power = (power >> 1U) ^ ((power & 1U) != 0 ? 0x82f63b78U : 0U);
    if ((exponent + 33) % 64 == 0) powers[(exponent + 33) / 64] = power;
  }
  return powers;
}();

__attribute__((target("sse4.2,pclmul"))) std::uint64_t before_zero_words(
    std::uint64_t crc, std::size_t words) noexcept {
  const auto product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<std::int64_t>(crc)),
                           _mm_cvtsi32_si128(static_cast<int>(kZeroWords[words])), 0);
  return _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)));
}

__attribute__((target("sse4.2"))) inline std::uint64_t add_word(std::uint64_t crc,
                                                                const std::byte* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return _mm_crc32_u64(crc, word);
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t crc32c_by_instruction(
    std::span<const std::byte> bytes, std::uint32_t before) noexcept {
  std::uint64_t crc = static_cast<std::uint32_t>(~before);
  std::size_t at = 0;
  while (bytes.size() - at >= 3 * 8 * kLaneMin) {
    const std::size_t lane = std::min((bytes.size() - at) / (3 * 8), kLaneMax);
    const std::byte* first = bytes.data() + at;
    std::uint64_t second_crc = 0;
    std::uint64_t third_crc = 0;
    for (std::size_t word = 0; word < lane; ++word, first += 8) {
      crc = add_word(crc, first);
      second_crc = add_word(second_crc, first + 8 * lane);
      third_crc = add_word(third_crc, first + 16 * lane);
    }
    crc = before_zero_words(crc, 2 * lane) ^ before_zero_words(second_crc, lane) ^ third_crc;
    at += 3 * 8 * lane;
  }
  for (; at + 8 <= bytes.size(); at += 8) crc = add_word(crc, bytes.data() + at);
  auto crc32 = static_cast<std::uint32_t>(crc);
  for (; at < bytes.size(); ++at) {
    crc32 = _mm_crc32_u8(crc32, std::to_integer<std::uint8_t>(bytes[at]));
  }
  return ~crc32;
}
#endif

}  // namespace

std::uint32_t crc32c_by_tables(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
  std::uint32_t crc = ~before;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    crc ^= byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2) << 16U |
           byte_at(bytes, at + 3) << 24U;
    crc = kTables[7][crc & 0xffU] ^ kTables[6][(crc >> 8U) & 0xffU] ^
          kTables[5][(crc >> 16U) & 0xffU] ^ kTables[4][crc >> 24U] ^
          kTables[3][byte_at(bytes, at + 4)] ^ kTables[2][byte_at(bytes, at + 5)] ^
          kTables[1][byte_at(bytes, at + 6)] ^ kTables[0][byte_at(bytes, at + 7)];
  }
  for (; at < bytes.size(); ++at) {
    crc = (crc >> 8U) ^ kTables[0][(crc ^ byte_at(bytes, at)) & 0xffU];
  }
  return ~crc;
}

bool crc32c_has_instruction() noexcept {
#if defined(__x86_64__)
  static const bool kHas =
      __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;
  return kHas;
#else
  return false;
#endif
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
#if defined(__x86_64__)
  if (crc32c_has_instruction()) return crc32c_by_instruction(bytes, before);
#endif
  return crc32c_by_tables(bytes, before);
}

}  // namespace writ::base
