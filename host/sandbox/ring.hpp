#pragma once

#include "host/sandbox/channel.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace writ::sandbox {

/// Before each message of a ring.
struct MessageHead {
  std::uint32_t size;  ///< of the message, head included; a multiple of 8
  std::uint32_t kind;  ///< 0 = room skipped at the end of the ring
};

inline constexpr std::uint32_t kSkip = 0;

/// The writing end: a bounded ring of messages in shared memory. Its own position is private; what
/// the reader says of itself is checked. One thread.
class RingWriter {
 public:
  RingWriter(RingPositions& positions, std::byte* bytes, std::size_t capacity)
      : positions_(positions), bytes_(bytes), capacity_(capacity) {}

  /// Room for a payload, aligned to 8, to be filled before commit; nullptr: the ring is full, or
  /// the reader claims to have read what was never written.
  [[nodiscard]] std::byte* reserve(std::uint32_t kind, std::size_t payload) {
    const std::size_t need = sizeof(MessageHead) + (payload + 7) / 8 * 8;
    const std::size_t used = written_ - positions_.read.load(std::memory_order_acquire);
    if (used > capacity_) return nullptr;
    std::size_t at = written_ % capacity_;
    const std::size_t rest = capacity_ - at;
    const std::size_t skipped = rest < need ? rest : 0;
    if (skipped + need > capacity_ - used) return nullptr;
    if (skipped != 0) {
      put(at, {static_cast<std::uint32_t>(skipped), kSkip});
      at = 0;
    }
    put(at, {static_cast<std::uint32_t>(need), kind});
    reserved_ = skipped + need;
    return bytes_ + at + sizeof(MessageHead);
  }
  void commit() {
    written_ += reserved_;
    positions_.written.store(written_, std::memory_order_release);
  }

 private:
  void put(std::size_t at, MessageHead head) { std::memcpy(bytes_ + at, &head, sizeof head); }

  RingPositions& positions_;
  std::byte* bytes_;
  std::size_t capacity_;
  std::uint64_t written_ = 0;
  std::size_t reserved_ = 0;
};

/// The reading end. It believes nothing: a writer that breaks the rules is found out, whatever it
/// writes while it is read. One thread.
class RingReader {
 public:
  enum class State { kEmpty, kMessage, kBroken };

  /// One message, in place: a writer that keeps no rules may change the payload while it is read.
  struct Message {
    std::uint32_t kind = 0;
    const std::byte* payload = nullptr;
    std::uint32_t size = 0;  ///< of the payload, padding included
  };

  RingReader(RingPositions& positions, const std::byte* bytes, std::size_t capacity)
      : positions_(positions), bytes_(bytes), capacity_(capacity) {}

  [[nodiscard]] bool empty() const {
    return positions_.written.load(std::memory_order_acquire) == read_;
  }

  [[nodiscard]] State next(Message& message) {
    for (;;) {
      const std::size_t there = positions_.written.load(std::memory_order_acquire) - read_;
      if (there == 0) return State::kEmpty;
      const std::size_t at = read_ % capacity_;
      MessageHead head{};
      if (there > capacity_ || there < sizeof head) return State::kBroken;
      std::memcpy(&head, bytes_ + at, sizeof head);
      if (head.size < sizeof head || head.size % 8 != 0 || head.size > there ||
          head.size > capacity_ - at) {
        return State::kBroken;
      }
      taken_ = head.size;
      if (head.kind == kSkip) {
        release();
        continue;
      }
      if (head.size - sizeof head > kMessageMax) return State::kBroken;
      message = {head.kind, bytes_ + at + sizeof head,
                 head.size - static_cast<std::uint32_t>(sizeof head)};
      return State::kMessage;
    }
  }
  /// The message given last is done with.
  void release() {
    read_ += taken_;
    taken_ = 0;
    positions_.read.store(read_, std::memory_order_release);
  }

 private:
  RingPositions& positions_;
  const std::byte* bytes_;
  std::size_t capacity_;
  std::uint64_t read_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace writ::sandbox
