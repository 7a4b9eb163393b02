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

}  // namespace writ::engine
