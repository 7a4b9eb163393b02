#pragma once

#include <cstdint>

namespace writ::sandbox {

enum class Stage : std::uint8_t {
  kLoading,  ///< files may be opened for reading and mapped
  kWorking   ///< memory, waiting for the host, an end: nothing else
};

/// Allows this process the system calls of a stage and no others; every other is a SIGSYS. A later
/// filter narrows an earlier one. False: the kernel has no filters. [worker]
[[nodiscard]] bool install_syscall_filter(Stage stage);

}  // namespace writ::sandbox
