#pragma once

#include "host/base/result.hpp"
#include "host/base/unique_fd.hpp"
#include "host/plugin/fault_words.hpp"
#include "host/sandbox/channel.hpp"
#include "host/sandbox/ring.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace writ::sandbox {

struct SandboxOptions {
  std::filesystem::path worker;  ///< the program writ-sandbox
  Wait wait = Wait::kHybrid;
  std::uint64_t memory_max = std::uint64_t{256} << 20U;  ///< bytes, libraries included
  std::uint64_t cpu_seconds_max = 0;                     ///< of its whole life; 0 = no limit
  std::int64_t deadline_ns = 1'000'000'000;              ///< of one call
  std::int64_t start_deadline_ns = 10'000'000'000;       ///< of loading
};

/// A helper process and the memory shared with it. It dies with the host, and with this object.
class Process {
 public:
  /// Starts one for a shared object; not yet loaded. Errors: kIo and the like, of the system call.
  [[nodiscard]] static base::Result<std::unique_ptr<Process>> start(
      const SandboxOptions& options, const std::filesystem::path& object);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] Channel& channel() noexcept { return *channel_; }

  /// What a wait for the worker ended with.
  enum class Woken { kMessage, kLastWords, kDead, kDeadline };
  /// Waits for the next message in `from`, at most `limit_ns`.
  [[nodiscard]] Woken wait(const RingReader& from, std::int64_t limit_ns);

  /// What waitpid says of its end; nothing while it lives.
  [[nodiscard]] std::optional<int> ended();
  /// Ends it, whatever it does, and does not wait for that.
  void kill() noexcept;

 private:
  Process() = default;

  Channel* channel_ = nullptr;
  Wait wait_ = Wait::kHybrid;
  pid_t pid_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

/// What a worker said of its end.
[[nodiscard]] plugin::Fault fault_of(const Control& control, std::uint64_t memory_max);

}  // namespace writ::sandbox
