#include "host/base/tick_clock.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace writ::base {
namespace {

bool is_constant() noexcept {
#if defined(__x86_64__)
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kPower = 0x80000007;
  constexpr unsigned kInvariantCounter = 1U << 8U;
  return __get_cpuid(kPower, &a, &b, &c, &d) != 0 && (d & kInvariantCounter) != 0;
#elif defined(__aarch64__)
  return true;
#else
  return false;
#endif
}

}  // namespace

TickClock::TickClock() : counts_(is_constant()), rate_(std::uint64_t{1} << kShift) {
  static const std::uint64_t kRate = [this] {
    if (!counts_) return rate_;
    constexpr std::int64_t kLongEnoughNs = 1'000'000;
    const auto begun_ns = monotonic_ns();
    const auto begun = now();
    std::int64_t took_ns = 0;
    while (took_ns < kLongEnoughNs) took_ns = monotonic_ns() - begun_ns;
    const auto ticks = now() - begun;
    return ticks == 0 ? rate_ : (static_cast<std::uint64_t>(took_ns) << kShift) / ticks;
  }();
  rate_ = kRate;
}

}  // namespace writ::base
