#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::storage {

struct ImportedRun {
  std::string run_id;
  std::int64_t run_number = 0;
  std::uint64_t rows = 0;
};

/// Copies runs from one database into another, of whichever dialects, one transaction for each run,
/// by rising number; both have this program's schema. `runs` are ids; empty means all. Whatever
/// rows the schema hangs on a run come along, and of instruments, accounts and the like those they
/// name. Such a row that the target has under another number keeps the target's number and values.
/// Errors: kExists, one of the runs is in the target (by id, number, or as the same backtest):
/// nothing is copied then; kMismatch, the two disagree about what a number means; the databases'. A
/// run is there whole or not at all. `failed`, if given, gets the line that says where.
[[nodiscard]] base::Result<std::vector<ImportedRun>> import_runs(
    Database& from, Database& to, const std::vector<std::string>& runs,
    std::string* failed = nullptr);

}  // namespace writ::storage
