#pragma once

#include <cstdio>
#include <cstdlib>

namespace writ {

/// Ends the process: a value left its range where the caller promised it cannot.
/// The operators of the value types call it rather than wrap; code that handles foreign numbers
/// uses the `checked_*` forms, which return nothing instead.
[[noreturn]] inline void abort_on_overflow(const char* operation) noexcept {
  std::fputs("writ: overflow in ", stderr);
  std::fputs(operation, stderr);
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace writ
