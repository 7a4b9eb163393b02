#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/run_tables.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace writ::storage {

/// Turns the records of one run into rows, one record at a time, inside the caller's transaction.
/// A record is stored whole or, if the schema refuses one of its rows, not at all but for its raw
/// frame: it then goes to projection_reject with a CRITICAL ops_event, and the projection goes on.
/// Which rows there are besides those that always are, the run's CONFIG records say.
/// Of the manifest in RUN_STARTED it reads, all optional but where said: `git_sha` or
/// `code_version`, `data_hash` (needed by a backtest and a replay), `run_hash` (else computed from
/// code version, config and data hash), `seed_root`, `bootstrap_seed`, `host`, and `origin_run_id`
/// (needed by a replay).
class Projector {
 public:
  /// `find` gives the snapshot of an intent that a projection resumed between the two has not seen;
  /// without it such an intent is refused. It is called only where store_snapshots is off.
  Projector(Database& database, RunTables tables, FindRecord find = nullptr);

  /// Errors are the database's own (kDiskFull, kLocked, ...), never about the record; or, for
  /// RUN_STARTED only, kExists (the run, its number or its hash is already there) and kInvalid (no
  /// valid manifest, no data hash in a backtest's): without its row nothing of the run could be
  /// stored. The tables are not to be used after an error.
  [[nodiscard]] base::Result<void> apply(const writ_record& record);

  /// Lets rows wait for flush() or exchange(); before the database is used for anything else,
  /// `open` is called. From then on kRejected, from any, means that the schema refused something:
  /// roll back and begin again without.
  void collect(RowWriter::Open open) { rows_.writer().collect(std::move(open)); }
  [[nodiscard]] base::Result<void> flush() { return rows_.writer().flush(); }
  /// As RowWriter::exchange.
  void exchange(std::unique_ptr<RowBatch>& batch) noexcept { rows_.writer().exchange(batch); }

  /// Rows written and records refused since construction.
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_.written(); }
  [[nodiscard]] std::uint64_t rejected() const noexcept { return rejected_; }
  [[nodiscard]] const RunTables& tables() const noexcept { return rows_.tables(); }
  /// What the last error was about.
  [[nodiscard]] const std::string& why() const noexcept { return rows_.why(); }

 private:
  struct Handler;
  static const Handler* handler_of(std::uint16_t type);
  base::Result<void> make_rows(const Handler& handler, const writ_record& record);

  RecordRows rows_;
  std::uint64_t rejected_ = 0;
};

}  // namespace writ::storage
