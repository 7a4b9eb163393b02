#pragma once

namespace writ::base {

/// Prints the broken condition and its place to standard error, then aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace writ::base

/// Holds unless the program has a bug; checked in every build. What was appended to the journal is
/// in a shared mapping and survives the abort.
#define WRIT_ASSERT(condition)                         \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::writ::base::assertion_failed(#condition, __FILE__, __LINE__))
