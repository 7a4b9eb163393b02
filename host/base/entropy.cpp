#include "host/base/entropy.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstddef>

namespace writ::base {

Result<void> fill_with_entropy(std::span<std::uint8_t> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return Error(Errc::kIo, "read random bytes", errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace writ::base
