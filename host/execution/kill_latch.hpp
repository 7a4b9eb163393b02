#pragma once

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace writ::execution {

/// Which accounts are killed, as a gateway knows it: set by whoever kills, read before each send,
/// without a lock and without the core. It only ever closes: a later run begins with a new one.
/// [any thread]
class KillLatch {
 public:
  /// Account 0 = all.
  void set(std::uint32_t account) noexcept {
    // More accounts than anyone has: rather all of them than not the one.
    const std::uint32_t bit = account < kAccounts ? account : 0;
    words_[bit / 64].fetch_or(std::uint64_t{1} << (bit % 64), std::memory_order_seq_cst);
  }

  [[nodiscard]] bool is_set(std::uint32_t account) const noexcept {
    return has(0) || (account < kAccounts && has(account));
  }

  /// Whether an order's command may still leave: a cancel always, an order only if it is marked to
  /// close. Risk never blocks an exit.
  [[nodiscard]] bool admits(const writ_order& order) const noexcept {
    constexpr std::uint32_t kCloses = WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION;
    return order.command == WRIT_COMMAND_CANCEL || (order.flags & kCloses) != 0 ||
           !is_set(order.account);
  }

 private:
  static constexpr std::uint32_t kAccounts = 1024;

  [[nodiscard]] bool has(std::uint32_t bit) const noexcept {
    return (words_[bit / 64].load(std::memory_order_seq_cst) >> (bit % 64) & 1U) != 0;
  }

  std::array<std::atomic<std::uint64_t>, kAccounts / 64> words_{};
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace writ::execution
