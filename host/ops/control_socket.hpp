#pragma once

#include "host/base/result.hpp"
#include "host/base/unique_fd.hpp"

#include <sys/un.h>

#include <cstddef>
#include <filesystem>

namespace writ::ops {

/// Name of a running host's socket in its run folder.
inline constexpr const char* kControlSocketName = "control.sock";
/// No request and no answer is longer.
inline constexpr std::size_t kControlLineMax = std::size_t{1} << 20U;

/// The address of a folder's control socket however long its path is: it leads through a descriptor
/// of the folder, which must stay open while the address is used.
struct ControlAddress {
  base::UniqueFd folder;
  sockaddr_un address{};
};
[[nodiscard]] base::Result<ControlAddress> control_address(const std::filesystem::path& folder);

}  // namespace writ::ops
