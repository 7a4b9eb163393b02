#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace writ::storage {

struct RetentionOptions {
  std::int64_t before_ts = 0;     ///< rows with an earlier event_ts go
  std::int64_t now_ts = 0;        ///< of the ops_event that says so
  std::filesystem::path archive;  ///< folder of the archive files, made if need be
};

/// One archive file, whose rows are no longer in the database.
struct ArchivedRows {
  std::filesystem::path file;
  std::string table;
  std::string run_id;
  std::string source;  ///< of agg_trade the partition
  std::uint64_t rows = 0;
  std::string sha256;
};

/// Moves the rows of `raw_event` older than `before_ts` to archive files, one for each run and
/// source (whose last row stays, because the next is counted from it), and on PostgreSQL the
/// partitions of `agg_trade` that end before it. Rows are deleted only after their file is on disk
/// and was read back and found right: all of them in one transaction with an ops_event of kind
/// RETENTION for each run. A crash at any instant leaves the rows, in the database or in the
/// archive or in both; the next call goes on. Needs the owner of the tables. Errors: the
/// database's, or as Storage; kMismatch where rows changed meanwhile; kLocked, another retention
/// uses the folder. `failed`, if given, gets the line that says where.
[[nodiscard]] base::Result<std::vector<ArchivedRows>> retain(Database& database,
                                                             journal::Storage& storage,
                                                             const RetentionOptions& options,
                                                             std::string* failed = nullptr);

/// The newest event_ts of raw_event, 0 if it is empty. Errors: the database's.
[[nodiscard]] base::Result<std::int64_t> newest_event_ts(Database& database);

}  // namespace writ::storage
