#include "host/journal/storage.hpp"

#include "host/base/file.hpp"
#include "host/base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;
using base::UniqueFd;

Error system_error(const char* step) { return base::error_from_errno(errno, step); }

class PosixMapping final : public Mapping {
 public:
  PosixMapping(void* bytes, std::size_t size)
      : bytes_(static_cast<std::byte*>(bytes)), size_(size) {}
  ~PosixMapping() override { ::munmap(bytes_, size_); }
  PosixMapping(const PosixMapping&) = delete;
  PosixMapping& operator=(const PosixMapping&) = delete;

  std::span<std::byte> bytes() noexcept override { return {bytes_, size_}; }

  void populate(std::size_t offset, std::size_t size) noexcept override {
    // Older kernels do not know it; then the first write of each page takes the fault.
    constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE, Linux 5.14
    if (offset < size_) ::madvise(bytes_ + offset, std::min(size, size_ - offset), kPopulateWrite);
  }

 private:
  std::byte* bytes_;
  std::size_t size_;
};

class PosixFile final : public File {
 public:
  PosixFile(UniqueFd fd, bool writable) : fd_(std::move(fd)), writable_(writable) {}

  Result<std::size_t> read_at(std::span<std::byte> bytes, std::uint64_t offset) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t size = ::pread(fd_.get(), bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
      if (size == 0) break;
      if (size > 0) {
        done += static_cast<std::size_t>(size);
      } else if (errno != EINTR) {
        return system_error("read file");
      }
    }
    return done;
  }

  Result<void> write_at(std::span<const std::byte> bytes, std::uint64_t offset) override {
    while (!bytes.empty()) {
      const ssize_t size =
          ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (size < 0) {
        if (errno == EINTR) continue;
        return system_error("write file");
      }
      bytes = bytes.subspan(static_cast<std::size_t>(size));
      offset += static_cast<std::uint64_t>(size);
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("sync file");
    return {};
  }

  Result<void> preallocate(std::uint64_t size) override {
    int error = 0;
    do {
      error = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(size));
    } while (error == EINTR);
    if (error != 0) return base::error_from_errno(error, "reserve space");
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return system_error("truncate file");
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) return system_error("size of file");
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<std::unique_ptr<Mapping>> map(std::uint64_t size) override {
    const auto length = this->size();
    if (!length) return length.error();
    // A page past the end of the file would be a SIGBUS later.
    if (*length < size || size == 0) {
      return Error(Errc::kTruncated, "map file", static_cast<std::int64_t>(*length));
    }
    const int protection = writable_ ? PROT_READ | PROT_WRITE : PROT_READ;
    void* bytes = ::mmap(nullptr, size, protection, MAP_SHARED, fd_.get(), 0);
    if (bytes == MAP_FAILED) return system_error("map file");
    return std::unique_ptr<Mapping>(std::make_unique<PosixMapping>(bytes, size));
  }

  void begin_write_back() noexcept override {
    (void)::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  }
  void leave_cache() noexcept override {
    (void)::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED);
  }

 private:
  UniqueFd fd_;
  bool writable_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;  // the lock ends with it
};

}  // namespace

Result<std::unique_ptr<File>> PosixStorage::open(const std::filesystem::path& path, OpenMode mode) {
  int flags = O_CLOEXEC;
  if (mode == OpenMode::kRead) flags |= O_RDONLY;
  if (mode == OpenMode::kWrite) flags |= O_RDWR;
  if (mode == OpenMode::kCreateNew) flags |= O_RDWR | O_CREAT | O_EXCL;
  UniqueFd fd(::open(path.c_str(), flags, 0644));
  if (!fd.is_open()) return system_error("open file");
  return std::unique_ptr<File>(std::make_unique<PosixFile>(std::move(fd), mode != OpenMode::kRead));
}

Result<void> PosixStorage::make_folders(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return base::error_from_errno(error.value(), "make folder");
  return {};
}

Result<std::vector<std::string>> PosixStorage::list(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return base::error_from_errno(error.value(), "list folder");
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> PosixStorage::exists(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return system_error("look up file");
}

Result<void> PosixStorage::rename(const std::filesystem::path& from,
                                  const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename file");
  return {};
}

Result<void> PosixStorage::remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0) return system_error("remove file");
  return {};
}

Result<void> PosixStorage::sync_folder(const std::filesystem::path& folder) {
  return base::sync_folder(folder.empty() ? std::filesystem::path(".") : folder);
}

Result<std::unique_ptr<FileLock>> PosixStorage::lock(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.is_open()) return system_error("open lock file");
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Error(Errc::kLocked, "lock folder");
    return system_error("lock folder");
  }
  return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(std::move(fd)));
}

Result<std::vector<std::byte>> read_whole(Storage& storage, const std::filesystem::path& path) {
  const auto file = storage.open(path, OpenMode::kRead);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  std::vector<std::byte> content(*size);
  const auto read = (*file)->read_at(content, 0);
  if (!read) return read.error();
  content.resize(*read);
  return content;
}

}  // namespace writ::journal
