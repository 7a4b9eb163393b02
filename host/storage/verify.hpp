#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace writ::storage {

/// One thing that must hold in a database, and what was found.
struct Check {
  std::string name;  ///< "X-01", "rejects", "rows strategy_intent", ...
  std::string what;  ///< the rule, one line
  std::uint64_t examined = 0;
  std::uint64_t violations = 0;
  bool needs_rows = false;  ///< examined = 0 is a failure too
  std::string first = {};   ///< the first violation, "" if none

  [[nodiscard]] bool passed() const noexcept {
    return violations == 0 && (examined > 0 || !needs_rows);
  }
};

/// per account, asset and book, and that the projection refused nothing. Sums are
/// exact 128-bit integers, never SQL's. Reads only. Errors: the database's.
///
/// X-01 every verdict's journal_seq is above its intent's, and there are intents
/// X-02 no order of an intent without an approved verdict
/// X-03 every fill reaches order, verdict, intent and snapshot, but of orders made by hand
/// X-04 the fills of an order do not exceed it
/// X-05 realised results whose ref is a fill equal those of the executed trades
/// X-06 each cash balance is the sum of its entries; below 0 only on an account with perpetuals,
/// with
///      an incident
/// X-07 equity = cash + marked positions = initial + realised + unrealised - fees + funding +
///      adjustments, and the cash is that of the ledger
[[nodiscard]] base::Result<std::vector<Check>> verify(Database& database);

/// Integrity of an SQLite file, X-08 and. X-11 is the schema's own. Reads only.
/// Errors: the database's.
///
/// X-08 the frames of each source are counted from 0 without a gap, unless retention took some
/// X-12 a killed run opens nothing after its kill
/// X-13 a halted account opens nothing
/// X-14 no prediction is made by a model trained on what came later
/// X-15 a run that another took over has its end, a dead one an incident
[[nodiscard]] base::Result<std::vector<Check>> verify_records(Database& database);

/// That each run of the journal folder has, up to its checkpoint, exactly the rows its records
/// make, table by table, and the raw frames of the journal, byte for byte, unless retention took
/// some. Errors: the database's, or as journal::Reader.
[[nodiscard]] base::Result<std::vector<Check>> verify_against_journal(
    Database& database, journal::Storage& files, const std::filesystem::path& folder);

}  // namespace writ::storage
