#include "host/storage/record_rows.hpp"

#include "host/model/record_view.hpp"

#include <utility>

namespace writ::storage {
namespace {

constexpr WriteSql kReject{"projection_reject",
                           "run_id, journal_seq, record_type, table_name, error, ingest_ts, bytes",
                           ""};

// Its id is the refused record's, negated: no record has one below 0.
constexpr WriteSql kRejectEvent{
    "ops_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, ops_event_id, category, "
    "severity, kind, message",
    ""};

constexpr WriteSql kNumber{"projection_number", "run_id, kind, number, name, row_id",
                           "ON CONFLICT (run_id, kind, number) DO UPDATE SET name = excluded.name, "
                           "row_id = excluded.row_id"};

}  // namespace

RecordRows::RecordRows(Database& database, RunTables tables, FindRecord find)
    : row_(database), tables_(std::move(tables)), find_(std::move(find)) {}

void RecordRows::forget_rows_after(std::uint64_t rows) {
  rows_ = rows;
  feature_schema_ = 0;
  for (auto& [instance, latest] : snapshots_) latest.stored = latest.record.empty();
}

base::Result<void> RecordRows::insert_reject(const writ_record& record) {
  const std::string table(row_.table());
  const std::string why = row_.why();
  row_.begin(kReject)
      .text(tables_.run_id)
      .id(record.seq)
      .integer(record.type)
      .text(table)
      .text(why)
      .integer(record.ingest_ts)
      .bytes(model::bytes_of(record));
  if (auto written = write(); !written) return written;
  const std::string message = "record " + std::to_string(record.seq) + " of type " +
                              std::to_string(record.type) + " refused by " +
                              (table.empty() ? "the projection" : table) + ": " + why;
  envelope(kRejectEvent, record)
      .integer(-static_cast<std::int64_t>(tables_.id(record.seq)))
      .text("OPS")
      .text("CRITICAL")
      .text("PROJECTION_REJECT")
      .text(message);
  return write();
}

RowWriter& RecordRows::envelope(const WriteSql& sql, const writ_record& record) {
  return row_.begin(sql)
      .integer(1)
      .text(tables_.source(record.stream))
      .integer(record.ingest_ts)
      .integer(record.event_ts)
      .text(tables_.run_id)
      .id(record.seq);
}

base::Result<void> RecordRows::write() {
  const auto written = row_.write();
  if (!written) return written.error();
  rows_ += static_cast<std::uint64_t>(*written);
  return {};
}

base::Result<void> RecordRows::name_number(std::string_view kind, std::uint32_t number,
                                           std::string_view name, std::int64_t row_id) {
  row_.begin(kNumber).text(tables_.run_id).text(kind).integer(number).text(name).integer(row_id);
  return write();
}

base::Result<std::int64_t> RecordRows::next_id(std::string_view sql) {
  auto query = row_.query(sql);
  if (!query) return query.error();
  const auto found = (*query)->step();
  if (!found) return found.error();
  return *found ? (*query)->integer(0) : 0;
}

base::Result<const RunTables::Account*> RecordRows::account(std::string_view table,
                                                            std::uint32_t number) {
  if (const auto* found = tables_.account(number)) return found;
  return row_.refuse(table, "account " + std::to_string(number) + " is not in the journal");
}

base::Result<const InstrumentRow*> RecordRows::instrument(std::string_view table,
                                                          std::uint32_t number) {
  if (const auto* found = tables_.instrument(number)) return found;
  return row_.refuse(table, "instrument " + std::to_string(number) + " is not in the journal");
}

}  // namespace writ::storage
