#include "host/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace writ::base {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "writ: %s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace writ::base
