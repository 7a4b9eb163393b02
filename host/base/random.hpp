#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace writ::base {

/// One block of Philox4x64-10 (Salmon et al. 2011; C++26 std::philox4x64): four words that depend
/// on counter and key alone.
[[nodiscard]] std::array<std::uint64_t, 4> philox4x64_10(
    const std::array<std::uint64_t, 4>& counter, const std::array<std::uint64_t, 2>& key) noexcept;

/// The key half that a purpose such as `bootstrap` selects: the first 8 bytes of its SHA-256.
[[nodiscard]] std::uint64_t stream_purpose(std::string_view name);

/// A reproducible sequence named by (seed, purpose, trial). More trials extend, never change, the
/// ones before: each has its own counters.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t trial = 0) noexcept
      : key_{seed, purpose}, trial_(trial) {}
  RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t trial = 0)
      : RandomStream(seed, stream_purpose(purpose), trial) {}

  [[nodiscard]] std::uint64_t next_u64() noexcept;
  /// Uniform in [0, n), n > 0, without bias.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) noexcept;
  /// Uniform in [0, 1), a multiple of 2^-53.
  [[nodiscard]] double next_f64() noexcept;

 private:
  std::array<std::uint64_t, 2> key_;
  std::uint64_t trial_;
  std::uint64_t next_block_ = 0;
  std::array<std::uint64_t, 4> words_{};
  std::size_t used_ = 4;  // of words_
};

}  // namespace writ::base
