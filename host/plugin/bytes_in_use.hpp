#pragma once

#include <malloc.h>

#include <cstddef>

namespace writ::plugin {

/// Of this process's heap. 0 under a sanitizer, whose allocator does not account here and finds
/// leaks by itself.
[[nodiscard]] inline std::size_t bytes_in_use() {
#if defined(WRIT_SANITIZED)
  return 0;
#else
  return ::mallinfo2().uordblks;
#endif
}

}  // namespace writ::plugin
