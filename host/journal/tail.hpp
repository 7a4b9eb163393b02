#pragma once

#include "host/journal/run_identity.hpp"
#include "host/journal/segment.hpp"

#include <writ/ids.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>

// The mapping between the sequencer thread and the journal thread: docs/JOURNAL_FORMAT.md.

namespace writ::journal {

inline constexpr std::size_t kTailHeaderBytes = 4096;
inline constexpr std::uint32_t kTailVersion = 1;

/// First block of the mapping; the ring of frames follows. The writer and the readers of all
/// processes see the same counters: each alone on its line, read and written atomically.
struct TailHeader {
  std::array<char, 8> magic;  // "WRITTAIL"
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint64_t ring_bytes;
  std::uint64_t run_number;
  std::array<std::uint8_t, 16> run_id;
  std::array<std::uint8_t, 16> reserved;
  // Written by the sequencer thread.
  alignas(64) std::uint64_t head;  // position after the last appended frame
  // Written by the journal thread.
  alignas(64) std::uint64_t moved;  // frames before this position are in segments
  std::uint64_t durable;            // and before this one on disk
  std::uint64_t durable_seq;
  alignas(64) std::uint64_t closed;  // 1: everything is in sealed segments
};
static_assert(sizeof(TailHeader) <= kTailHeaderBytes);
inline constexpr std::array<char, 8> kTailMagic = {'W', 'R', 'I', 'T', 'T', 'A', 'I', 'L'};

[[nodiscard]] inline std::uint64_t load(const std::uint64_t& counter) noexcept {
  // atomic_ref has no form for const in C++20; a load writes nothing.
  return std::atomic_ref(const_cast<std::uint64_t&>(counter)).load(std::memory_order_acquire);
}
inline void store(std::uint64_t& counter, std::uint64_t value) noexcept {
  std::atomic_ref(counter).store(value, std::memory_order_release);
}

/// Copies into and out of the ring at a position of the run's stream of frames; what passes the end
/// goes on at the beginning.
class Ring {
 public:
  Ring() = default;
  explicit Ring(std::span<std::byte> bytes) noexcept
      : bytes_(bytes), mask_(std::has_single_bit(bytes.size()) ? bytes.size() - 1 : 0) {}

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

  void write(std::uint64_t position, const void* from, std::size_t size) noexcept {
    const std::size_t at = place(position);
    const std::size_t first = std::min(size, bytes_.size() - at);
    std::memcpy(bytes_.data() + at, from, first);
    if (first < size) {
      std::memcpy(bytes_.data(), static_cast<const std::byte*>(from) + first, size - first);
    }
  }
  void read(std::uint64_t position, void* to, std::size_t size) const noexcept {
    const std::size_t at = place(position);
    const std::size_t first = std::min(size, bytes_.size() - at);
    std::memcpy(to, bytes_.data() + at, first);
    if (first < size) {
      std::memcpy(static_cast<std::byte*>(to) + first, bytes_.data(), size - first);
    }
  }
  /// Fetches the memory from `position` on for writing: the reader's core has it still, and a write
  /// would wait for it.
  void prepare(std::uint64_t position, std::size_t size) const noexcept {
#if defined(__x86_64__)
    constexpr std::size_t kLine = 64;
    for (std::size_t done = 0; done < size; done += kLine) {
      const std::byte* line = bytes_.data() + place(position + done);
      // Not __builtin_prefetch: for the baseline processor it would fetch for reading.
      __asm__ volatile("prefetchw %0" : : "m"(*line));
    }
#else
    (void)position, (void)size;
#endif
  }
  /// The part from `position` that lies in one piece, at most `size` bytes.
  [[nodiscard]] std::span<const std::byte> piece(std::uint64_t position,
                                                 std::uint64_t size) const noexcept {
    const std::size_t at = place(position);
    return bytes_.subspan(at, std::min<std::uint64_t>(size, bytes_.size() - at));
  }

 private:
  [[nodiscard]] std::size_t place(std::uint64_t position) const noexcept {
    return mask_ != 0 ? position & mask_ : position % bytes_.size();
  }

  std::span<std::byte> bytes_;
  std::size_t mask_ = 0;  // of a size that is a power of two; else 0
};

/// Begins the header of a new mapping.
void begin_tail(TailHeader& header, const RunIdentity& identity, std::size_t ring_bytes) noexcept;

/// Whether the mapping is one of this run that this build can read.
[[nodiscard]] base::Result<void> check_tail(std::span<const std::byte> mapping,
                                            const RunIdentity& identity);

/// Opens `tail.map` of a run folder and maps it whole; nothing if there is none.
[[nodiscard]] base::Result<std::unique_ptr<Mapping>> map_tail(
    Storage& storage, const std::filesystem::path& run_folder, OpenMode mode);

}  // namespace writ::journal
