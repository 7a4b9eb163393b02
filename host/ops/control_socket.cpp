#include "host/ops/control_socket.hpp"

#include "host/base/assert.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace writ::ops {

base::Result<ControlAddress> control_address(const std::filesystem::path& folder) {
  ControlAddress result;
  result.folder.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!result.folder.is_open()) return base::error_from_errno(errno, "open run folder");
  // A path in sun_path has 107 bytes; this one is always short.
  const std::string path =
      "/proc/self/fd/" + std::to_string(result.folder.get()) + "/" + kControlSocketName;
  WRIT_ASSERT(path.size() < sizeof result.address.sun_path);
  result.address.sun_family = AF_UNIX;
  std::memcpy(result.address.sun_path, path.c_str(), path.size() + 1);
  return result;
}

}  // namespace writ::ops
