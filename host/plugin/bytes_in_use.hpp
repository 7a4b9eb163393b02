#pragma once

#if defined(WRIT_SANITIZED)
#include <sanitizer/allocator_interface.h>
#else
#include <malloc.h>
#endif

#include <cstddef>

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
