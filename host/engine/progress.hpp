#pragma once

#include <atomic>
#include <cstdint>

namespace writ::engine {

/// How far the core is, for one who watches from another thread whether a plugin ever comes back.
/// Nothing in the core reads it. [written: sequencer-thread; read: any thread]
struct Progress {
  std::atomic<std::uint64_t> calls{0};      ///< into plugins, begun
  std::atomic<std::uint32_t> instance{0};   ///< being called; 0 = none
  std::atomic<std::uint64_t> input_seq{0};  ///< of the input it is called for
};

/// Told of each call into a plugin that is tried before or after it took another's place. What it
/// makes of the time between comes back as an input only. [sequencer-thread]
class CallWatch {
 public:
  virtual ~CallWatch() = default;
  virtual void call_begins() = 0;
  virtual void call_ends(std::uint32_t instance) = 0;
};

}  // namespace writ::engine
