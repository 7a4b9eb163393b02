#include "host/storage/projector.hpp"

#include "host/base/assert.hpp"
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

// What a program that knows fewer types than the journal does is not an error: its reader says so.
bool is_projected(std::uint16_t type) {
  switch (type) {
    case WRIT_RECORD_RUN_STARTED:
    case WRIT_RECORD_RUN_STOPPED:
    case WRIT_RECORD_ASSET:
    case WRIT_RECORD_ACCOUNT:
    case WRIT_RECORD_INSTRUMENT:
    case WRIT_RECORD_STREAM:
    case WRIT_RECORD_INSTANCE:
    case WRIT_RECORD_CONFIG:
    case WRIT_RECORD_COMMAND:
    case WRIT_RECORD_DEPOSIT:
    case WRIT_RECORD_MARKET_STATUS:
    case WRIT_RECORD_SIGNAL_INPUT:
    case WRIT_RECORD_SIGNAL_REPORT_INPUT:
    case WRIT_RECORD_INTENT_INPUT:
    case WRIT_RECORD_FILL:
    case WRIT_RECORD_SNAPSHOT:
    case WRIT_RECORD_SIGNAL:
    case WRIT_RECORD_SIGNAL_REPORT:
    case WRIT_RECORD_INTENT:
    case WRIT_RECORD_VERDICT:
    case WRIT_RECORD_ORDER:
    case WRIT_RECORD_LEDGER:
    case WRIT_RECORD_PORTFOLIO:
    case WRIT_RECORD_EXECUTED_TRADE:
    case WRIT_RECORD_INCIDENT:
      return true;
    default:
      return false;
  }
}

// A statement undoes itself when it is refused; a record of several must be undone by a savepoint.
bool makes_one_row(std::uint16_t type) {
  switch (type) {
    case WRIT_RECORD_SIGNAL_INPUT:
    case WRIT_RECORD_SIGNAL_REPORT_INPUT:
    case WRIT_RECORD_INTENT_INPUT:
    case WRIT_RECORD_FILL:
    case WRIT_RECORD_SIGNAL:
    case WRIT_RECORD_SIGNAL_REPORT:
    case WRIT_RECORD_INTENT:
    case WRIT_RECORD_VERDICT:
    case WRIT_RECORD_LEDGER:
    case WRIT_RECORD_EXECUTED_TRADE:
      return true;
    default:
      return false;
  }
}

// The record's fixed part, whichever of its type numbers it carries; nullptr if it is too short.
template <class T>
const T* fixed(const writ_record& record) {
  return record.size >= sizeof(T) ? reinterpret_cast<const T*>(&record) : nullptr;
}

}  // namespace

Projector::Projector(Database& database, RunTables tables, RowOptions options)
    : row_(database), tables_(std::move(tables)), options_(options) {}

base::Result<void> Projector::apply(const writ_record& record) {
  if (!is_projected(record.type)) return {};
  const bool saves = !makes_one_row(record.type);
  if (saves) {
    if (auto saved = row_.save(); !saved) return saved;
  }
  const std::uint64_t rows_before = rows_;
  const auto done = dispatch(record);
  if (done) {
    if (saves) {
      if (auto released = row_.release(); !released) return released;
    }
    return {};
  }
  if (done.error().code() != base::Errc::kRejected || row_.collects()) return done;
  rows_ = rows_before;
  if (saves) {
    if (auto undone = row_.undo(); !undone) return undone;
  }
  if (record.type == WRIT_RECORD_RUN_STARTED) return base::Error(base::Errc::kInvalid, "run row");
  return reject(record);
}

base::Result<void> Projector::dispatch(const writ_record& record) {
  const auto to = [&]<class T>(base::Result<void> (Projector::*handler)(const T&)) {
    const T* typed = fixed<T>(record);
    if (typed == nullptr)
      return base::Result<void>(row_.refuse("", "record shorter than its type"));
    return (this->*handler)(*typed);
  };
  switch (record.type) {
    case WRIT_RECORD_RUN_STARTED:
      return to(&Projector::on_run_started);
    case WRIT_RECORD_RUN_STOPPED:
      return to(&Projector::on_run_stopped);
    case WRIT_RECORD_ASSET:
      return to(&Projector::on_asset);
    case WRIT_RECORD_ACCOUNT:
      return to(&Projector::on_account);
    case WRIT_RECORD_INSTRUMENT:
      return to(&Projector::on_instrument);
    case WRIT_RECORD_STREAM:
      return to(&Projector::on_stream);
    case WRIT_RECORD_INSTANCE:
      return to(&Projector::on_instance);
    case WRIT_RECORD_CONFIG:
      return to(&Projector::on_config);
    case WRIT_RECORD_COMMAND:
      return to(&Projector::on_command);
    case WRIT_RECORD_DEPOSIT:
      return to(&Projector::on_deposit);
    case WRIT_RECORD_MARKET_STATUS:
      return to(&Projector::on_market_status);
    case WRIT_RECORD_SIGNAL:
    case WRIT_RECORD_SIGNAL_INPUT:
      return to(&Projector::on_signal);
    case WRIT_RECORD_SIGNAL_REPORT:
    case WRIT_RECORD_SIGNAL_REPORT_INPUT:
      return to(&Projector::on_signal_report);
    case WRIT_RECORD_SNAPSHOT:
      return to(&Projector::on_snapshot);
    case WRIT_RECORD_INTENT:
    case WRIT_RECORD_INTENT_INPUT:
      return to(&Projector::on_intent);
    case WRIT_RECORD_VERDICT:
      return to(&Projector::on_verdict);
    case WRIT_RECORD_ORDER:
      return to(&Projector::on_order);
    case WRIT_RECORD_FILL:
      return to(&Projector::on_fill);
    case WRIT_RECORD_EXECUTED_TRADE:
      return to(&Projector::on_executed_trade);
    case WRIT_RECORD_LEDGER:
      return to(&Projector::on_ledger);
    case WRIT_RECORD_PORTFOLIO:
      return to(&Projector::on_portfolio);
    case WRIT_RECORD_INCIDENT:
      return to(&Projector::on_incident);
    default:
      return {};
  }
}

base::Result<void> Projector::reject(const writ_record& record) {
  ++rejected_;
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

RowWriter& Projector::envelope(const WriteSql& sql, const writ_record& record) {
  return row_.begin(sql)
      .integer(1)
      .text(tables_.source(record.stream))
      .integer(record.ingest_ts)
      .integer(record.event_ts)
      .text(tables_.run_id)
      .id(record.seq);
}

base::Result<void> Projector::write() {
  const auto written = row_.write();
  if (!written) return written.error();
  rows_ += static_cast<std::uint64_t>(*written);
  return {};
}

base::Result<void> Projector::name_number(std::string_view kind, std::uint32_t number,
                                          std::string_view name, std::int64_t row_id) {
  row_.begin(kNumber).text(tables_.run_id).text(kind).integer(number).text(name).integer(row_id);
  return write();
}

base::Result<std::int64_t> Projector::next_id(std::string_view sql) {
  auto query = row_.query(sql);
  if (!query) return query.error();
  const auto row = (*query)->step();
  if (!row) return row.error();
  return *row ? (*query)->integer(0) : 0;
}

base::Result<const RunTables::Account*> Projector::account(std::string_view table,
                                                           std::uint32_t number) {
  if (const auto* found = tables_.account(number)) return found;
  return row_.refuse(table, "account " + std::to_string(number) + " is not in the journal");
}

base::Result<const InstrumentRow*> Projector::instrument(std::string_view table,
                                                         std::uint32_t number) {
  if (const auto* found = tables_.instrument(number)) return found;
  return row_.refuse(table, "instrument " + std::to_string(number) + " is not in the journal");
}

}  // namespace writ::storage
