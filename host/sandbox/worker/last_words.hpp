#pragma once

#include "host/sandbox/channel.hpp"

namespace writ::sandbox {

/// From now on the worker tells the host why it ends: signals, refused system calls, memory used
/// up. Once. [worker, single-threaded]
void install_last_words(Control& control);

/// Tells why and ends the process.
[[noreturn]] void end_worker(Reason reason) noexcept;

}  // namespace writ::sandbox
