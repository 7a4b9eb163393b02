#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/row_writer.hpp"
#include "host/storage/run_tables.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::storage {

/// What of the record stream becomes rows.
struct RowOptions {
  bool store_features = true;  ///< off: state_snapshot.features_json is []
};

/// Turns the records of one run into rows, one record at a time, inside the caller's transaction.
/// A record is stored whole or, if the schema refuses one of its rows, not at all: it then goes to
/// projection_reject with a CRITICAL ops_event, and the projection goes on.
/// Of the manifest in RUN_STARTED it reads, all optional but where said: `git_sha` or
/// `code_version`, `data_hash` (needed by a backtest and a replay), `run_hash` (else computed from
/// code version, config and data hash), `seed_root`, `bootstrap_seed`, `host`, and `origin_run_id`
/// (needed by a replay).
class Projector {
 public:
  Projector(Database& database, RunTables tables, RowOptions options);

  /// Errors are the database's own (kDiskFull, kLocked, ...), never about the record; or, for
  /// RUN_STARTED only, kExists (the run, its number or its hash is already there) and kInvalid (no
  /// valid manifest, no data hash in a backtest's): without its row nothing of the run could be
  /// stored. The tables are not to be used after an error.
  [[nodiscard]] base::Result<void> apply(const writ_record& record);

  /// Lets rows wait for flush(), where the database takes them in bulk. From then on kRejected,
  /// from either, means that the schema refused something: roll back and begin again without.
  void collect() noexcept { row_.collect(); }
  [[nodiscard]] base::Result<void> flush() { return row_.flush(); }

  /// Rows written and records refused since construction.
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t rejected() const noexcept { return rejected_; }
  [[nodiscard]] const RunTables& tables() const noexcept { return tables_; }
  /// What the last error was about.
  [[nodiscard]] const std::string& why() const noexcept { return row_.why(); }

 private:
  // Each makes the rows of one type; kRejected if one is refused. By file: run_rows, decision_rows,
  // execution_rows, portfolio_rows, operation_rows.
  base::Result<void> on_run_started(const writ_run_started& record);
  base::Result<void> check_run_is_new(std::uint64_t number, std::string_view run_hash);
  base::Result<void> on_run_stopped(const writ_run_stopped& record);
  base::Result<void> on_asset(const writ_asset& record);
  base::Result<void> on_account(const writ_account& record);
  base::Result<void> on_instrument(const writ_instrument& record);
  base::Result<void> on_stream(const writ_stream& record);
  base::Result<void> on_instance(const writ_instance& record);
  base::Result<void> on_config(const writ_config_change& record);
  base::Result<void> on_deposit(const writ_deposit& record);
  base::Result<void> on_market_status(const writ_market_status& record);

  base::Result<void> on_snapshot(const writ_snapshot& record);
  base::Result<void> on_signal(const writ_signal& record);
  base::Result<void> on_signal_report(const writ_signal_report& record);
  base::Result<void> on_intent(const writ_intent& record);
  base::Result<void> on_verdict(const writ_verdict& record);

  base::Result<void> on_order(const writ_order& record);
  base::Result<void> insert_order(const writ_order& record, bool from_earlier_run);
  base::Result<void> on_fill(const writ_fill& record);
  base::Result<void> on_executed_trade(const writ_executed_trade& record);

  base::Result<void> on_ledger(const writ_ledger& record);
  base::Result<void> on_portfolio(const writ_portfolio& record);

  base::Result<void> on_incident(const writ_incident& record);
  base::Result<void> on_command(const writ_command& record);
  base::Result<void> write_kill(std::uint32_t account, std::int64_t ts);
  base::Result<void> write_event(const writ_record& record, std::string_view severity,
                                 std::string_view kind, std::string_view message,
                                 std::string_view detail);

  base::Result<void> dispatch(const writ_record& record);
  base::Result<void> reject(const writ_record& record);
  base::Result<void> name_number(std::string_view kind, std::uint32_t number, std::string_view name,
                                 std::int64_t row_id);
  base::Result<std::int64_t> next_id(std::string_view sql);
  // Begins a row with schema_version, source, ingest_ts, event_ts, run_id, journal_seq.
  RowWriter& envelope(const WriteSql& sql, const writ_record& record);
  base::Result<void> write();

  // The row an id stands for, or a refusal naming what the journal has not introduced.
  base::Result<const RunTables::Account*> account(std::string_view table, std::uint32_t number);
  base::Result<const InstrumentRow*> instrument(std::string_view table, std::uint32_t number);

  RowWriter row_;
  RunTables tables_;
  RowOptions options_;
  std::string json_;                  // reused
  std::uint32_t feature_schema_ = 0;  // the one known to be stored
  std::uint64_t rows_ = 0;
  std::uint64_t rejected_ = 0;
};

}  // namespace writ::storage
