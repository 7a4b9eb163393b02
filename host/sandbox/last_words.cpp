// What a worker's last words mean.
#include "host/sandbox/process.hpp"

#include <signal.h>

#include <cstdint>

namespace writ::sandbox {

plugin::Fault fault_of(const Control& control, std::uint64_t memory_max) {
  using plugin::FaultReason;
  // Copied: the worker may still write.
  const Last& last = control.last;
  const Reason reason = last.reason;
  const std::uint32_t signal = last.signal & 255U;
  const bool null = signal == SIGSEGV && last.code == SEGV_MAPERR && last.address < 4096;
  switch (reason) {
    case Reason::kSignal:
      return {FaultReason::kSignal, signal + (null ? 256U : 0U)};
    case Reason::kSyscall:
      return {FaultReason::kSyscall, last.syscall};
    case Reason::kClock:
      return {FaultReason::kClock, 0};
    case Reason::kMemory:
      return {FaultReason::kMemory, memory_max >> 20U};
    case Reason::kLoad:
      return {FaultReason::kLoad, 0};
    case Reason::kNone:
      break;
  }
  return {FaultReason::kRing, 0};
}

}  // namespace writ::sandbox
