#pragma once

#include "host/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace writ::journal {

/// A part of a file in memory, shared with every other mapping of it: what is written here survives
/// the death of the process, not that of the machine. Unmapped when destroyed.
class Mapping {
 public:
  virtual ~Mapping() = default;
  [[nodiscard]] virtual std::span<std::byte> bytes() noexcept = 0;
  /// Makes the pages of this part, whole ones, present and writable, without changing them, so that
  /// the next writer does not wait for them. Best effort. [any thread]
  virtual void populate(std::size_t offset, std::size_t size) noexcept = 0;
};

/// An open file. Closed when destroyed. One thread at a time, but for reads. Errors: as
/// `base::error_from_errno`.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to `bytes.size()`; fewer only at the end of the file.
  virtual base::Result<std::size_t> read_at(std::span<std::byte> bytes, std::uint64_t offset) = 0;
  /// Writes all of it, or fails.
  virtual base::Result<void> write_at(std::span<const std::byte> bytes, std::uint64_t offset) = 0;
  /// On return everything written is on disk (fdatasync). A failure is final: what was written
  /// since the last success may or may not be there, and no later call can tell.
  virtual base::Result<void> sync() = 0;
  /// Reserves disk space up to `size` and makes the file at least that long (posix_fallocate).
  virtual base::Result<void> preallocate(std::uint64_t size) = 0;
  virtual base::Result<void> truncate(std::uint64_t size) = 0;
  [[nodiscard]] virtual base::Result<std::uint64_t> size() = 0;
  /// Maps the first `size` bytes, readable and, if the file was opened for writing, writable.
  [[nodiscard]] virtual base::Result<std::unique_ptr<Mapping>> map(std::uint64_t size) = 0;
  /// What was written begins its way to the disk, and nobody waits for it. Best effort.
  virtual void begin_write_back() noexcept = 0;
  /// What is on the disk leaves the page cache. Best effort.
  virtual void leave_cache() noexcept = 0;
};

/// Held by one owner at a time, across processes; given back when destroyed or by death.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode : std::uint8_t {
  kRead,       ///< must exist
  kWrite,      ///< must exist; read and write
  kCreateNew,  ///< must not exist; read and write
};

/// All access of the journal to files goes through here, so that disk faults are a fake in tests.
/// Usable from any thread. Errors: as `base::error_from_errno`.
class Storage {
 public:
  virtual ~Storage() = default;
  [[nodiscard]] virtual base::Result<std::unique_ptr<File>> open(const std::filesystem::path& path,
                                                                 OpenMode mode) = 0;
  /// Makes the folder and those above it; fine if it exists.
  virtual base::Result<void> make_folders(const std::filesystem::path& path) = 0;
  /// Names of the entries of a folder, sorted.
  [[nodiscard]] virtual base::Result<std::vector<std::string>> list(
      const std::filesystem::path& folder) = 0;
  [[nodiscard]] virtual base::Result<bool> exists(const std::filesystem::path& path) = 0;
  virtual base::Result<void> rename(const std::filesystem::path& from,
                                    const std::filesystem::path& to) = 0;
  virtual base::Result<void> remove(const std::filesystem::path& path) = 0;
  /// Makes files made, renamed and removed in the folder durable.
  virtual base::Result<void> sync_folder(const std::filesystem::path& folder) = 0;
  /// Errors: kLocked if another owner holds it.
  [[nodiscard]] virtual base::Result<std::unique_ptr<FileLock>> lock(
      const std::filesystem::path& path) = 0;
};

/// The operating system's files.
class PosixStorage final : public Storage {
 public:
  [[nodiscard]] base::Result<std::unique_ptr<File>> open(const std::filesystem::path& path,
                                                         OpenMode mode) override;
  base::Result<void> make_folders(const std::filesystem::path& path) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(
      const std::filesystem::path& folder) override;
  [[nodiscard]] base::Result<bool> exists(const std::filesystem::path& path) override;
  base::Result<void> rename(const std::filesystem::path& from,
                            const std::filesystem::path& to) override;
  base::Result<void> remove(const std::filesystem::path& path) override;
  base::Result<void> sync_folder(const std::filesystem::path& folder) override;
  [[nodiscard]] base::Result<std::unique_ptr<FileLock>> lock(
      const std::filesystem::path& path) override;
};

/// The whole content of a file. Errors: as File.
[[nodiscard]] base::Result<std::vector<std::byte>> read_whole(Storage& storage,
                                                              const std::filesystem::path& path);

}  // namespace writ::journal
