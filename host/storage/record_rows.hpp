#pragma once

#include "host/base/result.hpp"
#include "host/storage/book_ladder.hpp"
#include "host/storage/database.hpp"
#include "host/storage/row_writer.hpp"
#include "host/storage/run_tables.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

/// Finds an earlier record of the run by its seq; valid until the next call, nullptr if the journal
/// has it no more.
using FindRecord = std::function<base::Result<const writ_record*>(std::uint64_t seq)>;

/// Makes the rows of the records of one run: one operation for each kind of record, the same on
/// every backend. Runs inside the caller's transaction. Errors of each: kRejected, the schema
/// refused a row or it could not be made (table() and why() say which and what for; rows of the
/// same record made before it stay until the caller undoes them); any other is the database's own.
/// Not thread-safe.
class RecordRows {
 public:
  RecordRows(Database& database, RunTables tables, FindRecord find);

  /// The payload of a record that came from outside, as raw_event's next of its source.
  base::Result<void> log_raw_event(const writ_record& record);
  base::Result<void> insert_snapshot(const writ_snapshot& record);
  base::Result<void> insert_intent(const writ_intent& record);
  /// A verdict.
  base::Result<void> insert_approval(const writ_verdict& record);
  /// One transition of an order, the first of which makes its row.
  base::Result<void> upsert_order(const writ_order& record);
  /// Nothing, if the order's fill of that trade id is there.
  base::Result<void> insert_fill(const writ_fill& record);
  /// An entry of either ledger.
  base::Result<void> insert_pnl_ledger(const writ_ledger& record);
  base::Result<void> insert_incident(const writ_incident& record);
  base::Result<void> insert_plugin_signal(const writ_signal& record);
  base::Result<void> insert_plugin_signal(const writ_signal_report& record);

  /// Also kExists (the run, its number or its hash is already there).
  base::Result<void> start_run(const writ_run_started& record);
  base::Result<void> end_run(const writ_run_stopped& record);
  base::Result<void> name_asset(const writ_asset& record);
  base::Result<void> upsert_account(const writ_account& record);
  base::Result<void> upsert_instrument(const writ_instrument& record);
  base::Result<void> name_stream(const writ_stream& record);
  base::Result<void> name_instance(const writ_instance& record);
  base::Result<void> set_config(const writ_config_change& record);
  base::Result<void> insert_command(const writ_command& record);
  base::Result<void> set_initial_cash(const writ_deposit& record);
  base::Result<void> insert_adjustment(const writ_adjustment& record);
  base::Result<void> insert_token_change(const writ_token_change& record);
  base::Result<void> insert_reload(const writ_reload& record);
  base::Result<void> insert_veto_mark(const writ_veto_mark& record);
  base::Result<void> insert_plugin_stat(const writ_plugin_stat& record);
  base::Result<void> insert_executed_trade(const writ_executed_trade& record);
  base::Result<void> insert_portfolio(const writ_portfolio& record);

  base::Result<void> insert_book_image(const writ_book_snapshot& record);
  base::Result<void> insert_book_change(const writ_book_delta& record);
  base::Result<void> insert_book_top(const writ_book_top& record);
  base::Result<void> insert_market_status(const writ_market_status& record);
  /// Any other record of a market.
  base::Result<void> insert_market_event(const writ_record& record);

  /// A record the schema refused, and the event that shouts it.
  base::Result<void> insert_reject(const writ_record& record);
  /// Reports a row that could not even be made.
  [[nodiscard]] base::Error refuse(std::string_view table, std::string why) {
    return row_.refuse(table, std::move(why));
  }

  [[nodiscard]] RowWriter& writer() noexcept { return row_; }
  [[nodiscard]] const RunTables& tables() const noexcept { return tables_; }
  /// Of the last error.
  [[nodiscard]] const std::string& why() const noexcept { return row_.why(); }
  /// Rows written since construction.
  [[nodiscard]] std::uint64_t written() const noexcept { return rows_; }
  /// The caller has undone what was written since there were so many.
  void forget_rows_after(std::uint64_t rows);

 private:
  // Rows of one record, by file: run_rows, decision_rows, execution_rows, portfolio_rows,
  // operation_rows, market_rows.
  base::Result<void> check_run_is_new(std::uint64_t number, std::string_view run_hash);
  base::Result<void> name_shadow_account(const writ_account& record);
  base::Result<void> register_features(std::uint32_t version, std::int64_t ts);
  base::Result<void> write_snapshot(const writ_snapshot& record);
  base::Result<void> need_snapshot(const writ_intent& record);
  base::Result<void> insert_order(const writ_order& record, bool from_earlier_run);
  base::Result<bool> only_closes(const writ_order& record);
  base::Result<void> write_kill(std::uint32_t account, std::int64_t ts);
  base::Result<void> write_event(const writ_record& record, std::string_view severity,
                                 std::string_view kind, std::string_view message,
                                 std::string_view detail);
  base::Result<void> insert_depth(const writ_record& record, std::uint32_t number);
  base::Result<BookLadder*> ladder(const writ_record& record, std::uint32_t number);
  base::Result<void> write_levels(const writ_record& record, std::uint32_t number,
                                  const std::vector<BookLadder::Change>& changes);
  base::Result<std::int64_t> next_frame(std::string_view source);

  base::Result<void> name_number(std::string_view kind, std::uint32_t number, std::string_view name,
                                 std::int64_t row_id);
  base::Result<std::int64_t> next_id(std::string_view sql);
  // Begins a row with schema_version, source, ingest_ts, event_ts, run_id, journal_seq.
  RowWriter& envelope(const WriteSql& sql, const writ_record& record);
  base::Result<void> write();

  // The row a number stands for, or a refusal naming what the journal has not introduced.
  base::Result<const RunTables::Account*> account(std::string_view table, std::uint32_t number);
  base::Result<const InstrumentRow*> instrument(std::string_view table, std::uint32_t number);

  // The latest snapshot of an instance: with store_snapshots off it waits for an intent.
  struct LatestSnapshot {
    std::uint64_t seq = 0;
    bool stored = false;
    std::vector<std::uint64_t> record;  // empty: it was stored at once
  };

  struct Judged {
    std::uint64_t decision_id = 0;
    bool adds = false;
  };
  static constexpr std::size_t kVerdictsKept = 256;

  RowWriter row_;
  RunTables tables_;
  FindRecord find_;
  std::string json_;                  // reused
  std::uint32_t feature_schema_ = 0;  // the one known to be stored
  std::map<std::uint32_t, LatestSnapshot> snapshots_;
  std::deque<Judged> verdicts_;                                   // the latest
  std::map<std::string, std::int64_t, std::less<>> next_frames_;  // by source, as far as known
  std::map<std::uint32_t, BookLadder> ladders_;
  std::uint64_t rows_ = 0;
};

}  // namespace writ::storage
