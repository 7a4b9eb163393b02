#include "host/base/file.hpp"

#include "host/base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace writ::base {
namespace {

Error system_error(const char* step) { return error_from_errno(errno, step); }

Result<void> write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return system_error("write file");
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> fill_and_sync(int fd, std::string_view content, mode_t mode) {
  if (const auto written = write_all(fd, content); !written) return written;
  if (::fchmod(fd, mode) != 0) return system_error("set mode of file");
  if (::fsync(fd) != 0) return system_error("sync file");
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return system_error("open file");
  std::string content;
  struct stat status {};
  if (::fstat(fd.get(), &status) == 0 && status.st_size > 0) {
    content.reserve(static_cast<std::size_t>(status.st_size));
  }
  std::array<char, 64 * 1024> block;
  for (;;) {
    const ssize_t size = ::read(fd.get(), block.data(), block.size());
    if (size == 0) return content;
    if (size > 0) {
      content.append(block.data(), static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return system_error("read file");
    }
  }
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content,
                                   mode_t mode) {
  std::string temporary = path.string() + ".tmp-XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.is_open()) return system_error("create file");
  if (const auto filled = fill_and_sync(fd.get(), content, mode); !filled) {
    ::unlink(temporary.c_str());
    return filled;
  }
  fd.reset();
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const Error error = system_error("rename file");
    ::unlink(temporary.c_str());
    return error;
  }
  const auto folder = path.parent_path();
  return sync_folder(folder.empty() ? "." : folder);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open()) return system_error("open folder");
  if (::fsync(fd.get()) != 0) return system_error("sync folder");
  return {};
}

}  // namespace writ::base
