#pragma once

#include "host/sandbox/ring.hpp"

#include <sys/types.h>

#include <cstddef>

namespace writ::bench {

/// The least that answers from another process: a forked child that takes each message from one
/// ring and answers 8 bytes on another, and nothing else.
class EchoProcess {
 public:
  enum class Waits { kSpinning, kAsleep };
  explicit EchoProcess(Waits waits);
  ~EchoProcess();
  EchoProcess(const EchoProcess&) = delete;
  EchoProcess& operator=(const EchoProcess&) = delete;

  /// `size` bytes there, 8 back.
  void round_trip(const void* bytes, std::size_t size);

 private:
  struct Shared {
    sandbox::Doorbell at_child;
    sandbox::Doorbell at_parent;
    sandbox::RingPositions there;
    sandbox::RingPositions back;
    alignas(64) std::byte there_bytes[1U << 20U];
    std::byte back_bytes[1U << 20U];
  };

  [[noreturn]] void serve();
  void wait(const sandbox::RingReader& reader, sandbox::Doorbell& door) const;

  Waits waits_;
  Shared* shared_;
  sandbox::RingWriter out_;
  sandbox::RingReader in_;
  pid_t pid_ = -1;
};

}  // namespace writ::bench
