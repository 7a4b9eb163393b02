#pragma once

#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/table_catalogue.hpp"
#include "host/storage/table_rows.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace writ::storage {

/// What an archive file holds: rows of one table, of one run and source.
struct ArchiveInfo {
  std::string table;
  std::string run_id;
  std::string source;  ///< of raw_event the source, of agg_trade the partition
  std::vector<Column> columns;
  std::uint64_t rows = 0;
  base::Sha256Digest sha256{};  ///< of everything above and of every row

  /// Where a column is in a row; -1 if there is none.
  [[nodiscard]] int index_of(std::string_view column) const;
};

inline constexpr std::string_view kArchiveSuffix = ".wra";

/// Writes one archive file. One thread at a time.
class ArchiveWriter {
 public:
  /// Begins a file in `folder`, which is there; an unfinished one left by a crash is removed.
  /// Errors: as Storage.
  [[nodiscard]] static base::Result<std::unique_ptr<ArchiveWriter>> create(
      journal::Storage& storage, const std::filesystem::path& folder, ArchiveInfo info);
  /// Removes what was not finished.
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  /// One value for each column, in their order.
  base::Result<void> append(const std::vector<Value>& row);
  /// Gives the file a name made of what it holds, so that the same rows make the same file. On
  /// return it is on disk. Nothing may follow.
  base::Result<std::filesystem::path> finish();
  [[nodiscard]] const ArchiveInfo& info() const noexcept;

 private:
  class Core;
  explicit ArchiveWriter(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

/// Reads an archive file row by row. One thread at a time.
class ArchiveReader {
 public:
  /// Errors: kCorrupt and kTruncated with the offset as detail, kUnsupported (a later format), or
  /// as Storage.
  [[nodiscard]] static base::Result<ArchiveReader> open(journal::Storage& storage,
                                                        const std::filesystem::path& file);
  ~ArchiveReader();
  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) noexcept;

  [[nodiscard]] const ArchiveInfo& info() const noexcept;
  [[nodiscard]] const std::filesystem::path& file() const noexcept;
  /// Moves to the next row, or past the last: false; then the count and the hash were right too.
  /// Errors: kCorrupt, kTruncated.
  [[nodiscard]] base::Result<bool> next();
  /// Of the row, valid until next().
  [[nodiscard]] const std::vector<Value>& values() const noexcept;

 private:
  class Core;
  explicit ArchiveReader(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

/// Reads a whole archive: what it holds, if all of it is right.
[[nodiscard]] base::Result<ArchiveInfo> verify_archive(journal::Storage& storage,
                                                       const std::filesystem::path& file);

/// The archive files of a folder by name, or the one file that is given. Errors: as Storage.
[[nodiscard]] base::Result<std::vector<std::filesystem::path>> archive_files(
    journal::Storage& storage, const std::filesystem::path& place);

/// The description of an archive as its file has it, JSON text; and back. Errors: kCorrupt.
[[nodiscard]] std::string describe_archive(const ArchiveInfo& info);
[[nodiscard]] base::Result<ArchiveInfo> parse_archive_description(std::string_view json);

}  // namespace writ::storage
