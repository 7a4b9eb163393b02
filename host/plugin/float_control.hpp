#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace writ::plugin {

/// The control bits of the floating-point unit: rounding, flush-to-zero, denormals, exception
/// masks. A plugin that changes them would change the host's numbers, so they are compared and put
/// back.
class FloatControl {
 public:
  [[nodiscard]] static FloatControl current() noexcept {
#if defined(__x86_64__)
    return FloatControl(_mm_getcsr() & ~kSticky);
#else
    std::uint64_t value = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return FloatControl(value);
#endif
  }
  void restore() const noexcept {
#if defined(__x86_64__)
    _mm_setcsr(static_cast<std::uint32_t>(bits_) | (_mm_getcsr() & kSticky));
#else
    __asm__ volatile("msr fpcr, %0" : : "r"(bits_));
#endif
  }
  friend bool operator==(FloatControl, FloatControl) noexcept = default;

 private:
  explicit FloatControl(std::uint64_t bits) noexcept : bits_(bits) {}

  static constexpr std::uint32_t kSticky = 0x3f;  // exceptions seen: any arithmetic sets them
  std::uint64_t bits_;
};

}  // namespace writ::plugin
