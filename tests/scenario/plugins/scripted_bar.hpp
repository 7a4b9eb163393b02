#pragma once

#include <writ/abi/intent.h>

#include <cstdint>

// How a scenario tells its strategies what to do: whole writ_intent records behind a bar. Of each,
// `instance` is the parameter `number` of the one that is to submit it.

namespace writ::test {

/// writ_intent.kind: fails instead.
inline constexpr std::uint16_t kScriptedThrow = 0;

}  // namespace writ::test
