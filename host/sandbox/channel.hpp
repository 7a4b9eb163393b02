#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace writ::sandbox {

/// How the two sides wait for each other: asleep, asleep after a moment of spinning, or spinning.
enum class Wait : std::uint32_t { kFutex, kHybrid, kSpin };

inline constexpr std::size_t kInboxBytes = std::size_t{4} << 20U;
inline constexpr std::size_t kOutboxBytes = std::size_t{4} << 20U;
inline constexpr std::size_t kReplyBytes = std::size_t{1} << 20U;
/// Payload of one message; what is longer travels in pieces.
inline constexpr std::uint32_t kMessageMax = 1U << 20U;
inline constexpr std::size_t kStateMax = std::size_t{64} << 20U;

/// A protection the worker may have put around itself, as bits of Control::guards.
enum Guard : std::uint32_t {
  kGuardLimits = 1,       ///< memory, processor time, files, processes, core dumps
  kGuardPrivileges = 2,   ///< no new privileges, no capabilities
  kGuardLandlock = 4,     ///< files
  kGuardSeccomp = 8,      ///< system calls
  kGuardTimestamp = 16,   ///< reading the processor's time stamp faults
  kGuardClockPages = 32,  ///< the kernel's clock pages are unmapped
  kGuardAll = 63
};

/// Why a worker ends, told by its signal handler before it does.
enum class Reason : std::uint32_t {
  kNone = 0,
  kSignal,   ///< a signal it has no answer to
  kSyscall,  ///< a system call it may not make
  kClock,    ///< it read a clock
  kMemory,   ///< its memory is used up
  kLoad      ///< the shared object could not be loaded
};

struct Doorbell {
  alignas(64) std::atomic<std::uint32_t> bell;
  std::atomic<std::uint32_t> sleeping;  ///< the side that waits here asks to be woken
};

/// Bytes ever written to and read from a ring.
struct RingPositions {
  alignas(64) std::atomic<std::uint64_t> written;
  alignas(64) std::atomic<std::uint64_t> read;
};

struct Last {
  std::atomic<std::uint32_t> told;  ///< 1 once the rest stands
  Reason reason;
  std::uint32_t signal;
  std::uint32_t code;     ///< si_code
  std::uint32_t syscall;  ///< its number
  std::uint32_t reserved;
  std::uint64_t address;
};

struct Control {
  // By the host, before the worker starts.
  char object[4096];  ///< path of the shared object
  std::uint64_t memory_max;
  std::uint64_t cpu_seconds_max;  ///< 0 = no limit
  Wait wait;
  std::uint32_t host_pid;

  // By the worker.
  std::uint32_t guards;
  Last last;

  Doorbell to_worker;
  Doorbell to_host;
  RingPositions inbox;
  RingPositions outbox;
  alignas(64) std::atomic<std::uint64_t> reply;  ///< the number of the call answered last
};

/// The memory both sides see. The worker may write anything anywhere in it at any time: what the
/// host reads here it copies first and judges then, and it keeps its own positions.
struct Channel {
  Control control;
  alignas(4096) std::byte inbox[kInboxBytes];
  std::byte outbox[kOutboxBytes];
  std::byte reply[kReplyBytes];
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// The descriptor a worker finds the channel under.
inline constexpr int kChannelDescriptor = 3;

/// With this status alone a worker may end itself: its handler has told why.
inline constexpr int kToldStatus = 87;

}  // namespace writ::sandbox
