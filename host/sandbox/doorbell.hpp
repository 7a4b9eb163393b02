#pragma once

#include "host/sandbox/channel.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>

namespace writ::sandbox {

/// Spinning rounds before a hybrid waiter sleeps: some ten microseconds.
inline constexpr int kSpinRounds = 400;

inline void pause_processor() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Wakes whoever sleeps at the bell; next to nothing when nobody does.
inline void ring(Doorbell& door) noexcept {
  // Both sides change `sleeping`, so one comes after the other: either the waiter's last look sees
  // what was written before, or it is seen sleeping here.
  if (door.sleeping.fetch_add(0, std::memory_order_acq_rel) == 0) return;
  door.sleeping.store(0, std::memory_order_relaxed);
  door.bell.fetch_add(1, std::memory_order_release);
  ::syscall(SYS_futex, &door.bell, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// Sleeps until the bell is rung, the time is over (nullptr = never), or for no reason; not at all
/// if `ready` says there is something already.
template <class Ready>
void sleep_at(Doorbell& door, const timespec* limit, Ready&& ready) {
  const auto heard = door.bell.load(std::memory_order_acquire);
  door.sleeping.exchange(1, std::memory_order_acq_rel);
  if (!ready()) ::syscall(SYS_futex, &door.bell, FUTEX_WAIT, heard, limit, nullptr, 0);
  door.sleeping.store(0, std::memory_order_relaxed);
}

}  // namespace writ::sandbox
