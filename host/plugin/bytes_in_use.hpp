#pragma once

#include <malloc.h>

#include <cstddef>

#if defined(WRIT_SANITIZED)
// Every sanitizer's runtime has it; g++ comes without the header that declares it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace writ::plugin {

/// Of this process's heap.
[[nodiscard]] inline std::size_t bytes_in_use() {
#if defined(WRIT_SANITIZED)
  return ::__sanitizer_get_current_allocated_bytes();
#else
  return ::mallinfo2().uordblks;
#endif
}

}  // namespace writ::plugin
