#pragma once

#include "host/plugin/module.hpp"
#include "host/sandbox/process.hpp"

namespace writ::sandbox {

/// Reads what shared objects say of themselves in helper processes with these options, each in one
/// of its own that is gone afterwards: their static constructors run there and nowhere else.
[[nodiscard]] plugin::Describe describe(const SandboxOptions& options);

}  // namespace writ::sandbox
