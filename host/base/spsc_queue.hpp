#pragma once

#include "host/base/assert.hpp"

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace writ::base {

/// A bounded first-in-first-out queue between one producing and one consuming thread, without
/// locks. A full queue refuses: what to do then is the producer's decision, never the queue's.
template <class T>
class SpscQueue {
  static_assert(std::is_nothrow_move_constructible_v<T>);

 public:
  /// Holds at least `capacity` (> 0) elements: the next power of two.
  explicit SpscQueue(std::size_t capacity)
      : mask_(std::bit_ceil(capacity) - 1), slots_(std::allocator<T>{}.allocate(mask_ + 1)) {
    WRIT_ASSERT(capacity > 0);
  }
  ~SpscQueue() {
    while (try_pop()) {
    }
    std::allocator<T>{}.deallocate(slots_, mask_ + 1);
  }
  SpscQueue(const SpscQueue&) = delete;
  SpscQueue& operator=(const SpscQueue&) = delete;

  /// Appends the element, or returns false and leaves it untouched if the queue is full. [producer]
  [[nodiscard]] bool try_push(T&& element) noexcept { return emplace(std::move(element)); }
  [[nodiscard]] bool try_push(const T& element) noexcept(std::is_nothrow_copy_constructible_v<T>) {
    return emplace(element);
  }

  /// Removes the oldest element; nothing if the queue is empty. [consumer]
  [[nodiscard]] std::optional<T> try_pop() noexcept {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == seen_tail_) {
      seen_tail_ = tail_.load(std::memory_order_acquire);
      if (head == seen_tail_) return std::nullopt;
    }
    T* slot = slots_ + (head & mask_);
    std::optional<T> element(std::move(*slot));
    std::destroy_at(slot);
    head_.store(head + 1, std::memory_order_release);
    return element;
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }
  /// At one moment of the recent past. [any thread]
  [[nodiscard]] std::size_t size() const noexcept {
    const std::size_t head = head_.load(std::memory_order_acquire);
    const std::size_t tail = tail_.load(std::memory_order_acquire);
    return tail - head > capacity() ? capacity() : tail - head;
  }

 private:
  template <class U>
  [[nodiscard]] bool emplace(U&& element) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - seen_head_ > mask_) {
      seen_head_ = head_.load(std::memory_order_acquire);
      if (tail - seen_head_ > mask_) return false;
    }
    std::construct_at(slots_ + (tail & mask_), std::forward<U>(element));
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Each side's own counters on a line of their own: the other core is not disturbed by them.
  static constexpr std::size_t kLine = 64;
  const std::size_t mask_;
  T* const slots_;
  alignas(kLine) std::atomic<std::size_t> tail_{0};  // written by the producer
  std::size_t seen_head_ = 0;                        // the producer's last look at head_
  alignas(kLine) std::atomic<std::size_t> head_{0};  // written by the consumer
  std::size_t seen_tail_ = 0;                        // the consumer's last look at tail_
};

}  // namespace writ::base
