#include "host/storage/retention.hpp"

#include "host/base/hex.hpp"
#include "host/storage/archive.hpp"
#include "host/storage/table_catalogue.hpp"
#include "host/storage/table_rows.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <utility>

namespace writ::storage {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::string_view kFramesTrigger = "trg_raw_event_append_only";

// Partitions of agg_trade that hold nothing as late as $1: their upper bound, which is exclusive.
constexpr std::string_view kOldPartitions =
    "SELECT name FROM (SELECT c.relname::text AS name, substring(pg_get_expr(c.relpartbound, "
    "c.oid) "
    "from $re$TO \\('?(-?[0-9]+)'?\\)$re$)::bigint AS upper_ts FROM pg_inherits i "
    "JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent "
    "WHERE p.relname = 'agg_trade' AND p.relnamespace = current_schema()::regnamespace) parts "
    "WHERE upper_ts <= ";

// Ids of the host's records are above 2^40, those of refused records below -2^40.
constexpr std::string_view kNextEventId =
    "SELECT COALESCE(MIN(ops_event_id), 0) - 1 FROM ops_event "
    "WHERE ops_event_id > -1099511627776 AND ops_event_id < 0";

constexpr std::string_view kEvent =
    "INSERT INTO ops_event (ops_event_id, source, ingest_ts, event_ts, run_id, journal_seq, "
    "category, severity, kind, message, detail) "
    "VALUES ($1, 'retention', $2, $2, $3, 0, 'OPS', 'INFO', 'RETENTION', $4, $5)";

// Rows that go to one file.
struct Part {
  std::string table;
  std::string run_id;
  std::string source;  // of agg_trade the partition
  std::string where;
  std::vector<std::string> order;
};

class Retention {
 public:
  Retention(Database& database, journal::Storage& storage, const RetentionOptions& options)
      : database_(database), storage_(storage), options_(options) {}

  Result<std::vector<ArchivedRows>> run() {
    if (auto made = storage_.make_folders(options_.archive); !made) return at_folder(made.error());
    const auto lock = storage_.lock(options_.archive / "lock");
    if (!lock) return at_folder(lock.error());
    if (auto archived = archive_all(); !archived) return archived.error();
    if (archived_.empty()) return archived_;
    if (auto removed = remove_all(); !removed) return removed.error();
    return archived_;
  }

  const std::string& why() const { return why_; }

 private:
  Result<void> archive_all() {
    auto snapshot = ReadSnapshot::begin(database_);
    if (!snapshot) return at_database(snapshot.error());
    auto catalogue = TableCatalogue::load(database_);
    if (!catalogue) return at_database(catalogue.error());
    auto parts = frame_parts();
    if (parts && database_.dialect() == Dialect::kPostgres) {
      auto more = partition_parts();
      if (!more) return at_database(more.error());
      parts->insert(parts->end(), more->begin(), more->end());
    }
    if (!parts) return at_database(parts.error());
    for (const Part& part : *parts) {
      if (auto archived = archive(*catalogue, part); !archived) return archived;
    }
    return {};
  }

  std::string before() const { return std::to_string(options_.before_ts); }

  // Up to the newest row there is now: one that comes later, however old, waits for the next time.
  // The last frame of a source stays: the next one's seq is counted from it.
  Result<std::vector<Part>> frame_parts() {
    auto rows = database_.prepare(
        "SELECT run_id, source, MAX(raw_event_id) FROM raw_event t WHERE event_ts < " + before() +
        " AND seq < (SELECT MAX(l.seq) FROM raw_event l WHERE l.run_id = t.run_id "
        "AND l.source = t.source) GROUP BY run_id, source ORDER BY run_id, source");
    if (!rows) return rows.error();
    std::vector<Part> parts;
    while (true) {
      const auto row = (*rows)->step();
      if (!row) return row.error();
      if (!*row) return parts;
      Part part{"raw_event", std::string((*rows)->text(0)), std::string((*rows)->text(1)), {}, {}};
      part.where = "t.run_id = " + sql_literal(part.run_id) +
                   " AND t.source = " + sql_literal(part.source) + " AND t.event_ts < " + before() +
                   " AND t.raw_event_id <= " + std::to_string((*rows)->integer(2));
      part.order = {"seq"};
      parts.push_back(std::move(part));
    }
  }

  Result<std::vector<Part>> partition_parts() {
    std::vector<std::string> names;
    auto found = database_.prepare(std::string(kOldPartitions) + before() + " ORDER BY name");
    if (!found) return found.error();
    while (true) {
      const auto row = (*found)->step();
      if (!row) return row.error();
      if (!*row) break;
      names.emplace_back((*found)->text(0));
    }
    std::vector<Part> parts;
    for (const auto& name : names) {
      auto runs = database_.prepare("SELECT DISTINCT run_id::text FROM " + name + " ORDER BY 1");
      if (!runs) return runs.error();
      while (true) {
        const auto row = (*runs)->step();
        if (!row) return row.error();
        if (!*row) break;
        if (partitions_.empty() || partitions_.back() != name) partitions_.push_back(name);
        Part part{"agg_trade", std::string((*runs)->text(0)), name, {}, {}};
        part.where = "t.run_id = " + sql_literal(part.run_id) +
                     " AND t.tableoid = " + sql_literal(name) + "::regclass";
        part.order = {"event_ts", "instrument_id", "agg_id"};
        parts.push_back(std::move(part));
      }
    }
    return parts;
  }

  Result<void> archive(const TableCatalogue& catalogue, const Part& part) {
    const Table& table = *catalogue.table(part.table);
    RowQuery query;
    ArchiveInfo info{part.table, part.run_id, part.source, {}, 0, {}};
    for (const Column& column : table.columns) {
      query.columns.push_back(column.name);
      info.columns.push_back(column);
      // An archive outlives the numbers of this database.
      if (catalogue.numbered_by(table, column.name) != nullptr) {
        info.columns.back().kind = ColumnKind::kText;
      }
    }
    query.where = part.where;
    query.order = part.order;
    query.numbers_as_names = true;
    auto rows = TableRows::open(database_, catalogue, table, query);
    if (!rows) return at_database(rows.error());
    auto writer = ArchiveWriter::create(storage_, options_.archive, std::move(info));
    if (!writer) return at_folder(writer.error());
    while (true) {
      const auto row = rows->next();
      if (!row) return at_database(row.error());
      if (!*row) break;
      if (auto written = (*writer)->append(rows->values()); !written) {
        return at_folder(written.error());
      }
    }
    const auto file = (*writer)->finish();
    if (!file) return at_folder(file.error());
    return confirm(part, *file, (*writer)->info());
  }

  // What is on disk, not what was meant to be.
  Result<void> confirm(const Part& part, const std::filesystem::path& file,
                       const ArchiveInfo& written) {
    const auto read = verify_archive(storage_, file);
    if (!read) return at_file(file, read.error());
    if (read->rows != written.rows || read->sha256 != written.sha256) {
      return at_file(file, Error(Errc::kMismatch, "archive read back"));
    }
    parts_.push_back(part);
    archived_.push_back(
        {file, part.table, part.run_id, part.source, read->rows, base::to_hex(read->sha256)});
    return {};
  }

  Result<void> remove_all() {
    auto transaction = Transaction::begin(database_);
    if (!transaction) return at_database(transaction.error());
    if (auto removed = remove_frames(); !removed) return removed;
    for (const auto& name : partitions_) {
      if (auto removed = remove_partition(name); !removed) return removed;
    }
    if (auto told = tell(); !told) return told;
    if (auto committed = transaction->commit(); !committed) return at_database(committed.error());
    return {};
  }

  Result<void> remove_frames() {
    auto guard = frames_guard();
    if (!guard) return at_database(guard.error());
    if (auto off = database_.execute(guard->first); !off) return at_database(off.error());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].table != "raw_event") continue;
      auto gone = database_.prepare("DELETE FROM raw_event AS t WHERE " + parts_[i].where);
      if (!gone) return at_database(gone.error());
      if (auto done = (*gone)->step(); !done) return at_database(done.error());
      if (static_cast<std::uint64_t>(database_.changes()) != archived_[i].rows) {
        return at_database(Error(Errc::kMismatch, "rows changed while they were archived"));
      }
    }
    if (auto on = database_.execute(guard->second); !on) return at_database(on.error());
    return {};
  }

  // How to let rows go, and how to guard them again.
  Result<std::pair<std::string, std::string>> frames_guard() {
    const std::string trigger(kFramesTrigger);
    if (database_.dialect() == Dialect::kPostgres) {
      return std::pair("ALTER TABLE raw_event DISABLE TRIGGER " + trigger,
                       "ALTER TABLE raw_event ENABLE TRIGGER " + trigger);
    }
    auto text =
        database_.prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = " +
                          sql_literal(trigger + "_delete"));
    if (!text) return text.error();
    const auto found = (*text)->step();
    if (!found) return found.error();
    if (!*found) return Error(Errc::kNotFound, "trigger that guards raw_event");
    return std::pair("DROP TRIGGER " + trigger + "_delete", std::string((*text)->text(0)));
  }

  Result<void> remove_partition(const std::string& name) {
    std::uint64_t archived = 0;
    for (const auto& part : archived_) {
      if (part.table == "agg_trade" && part.source == name) archived += part.rows;
    }
    // The lock first: what is counted is what goes.
    auto locked = database_.execute("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE");
    if (!locked) return at_database(locked.error());
    const auto rows = query_integer(database_, "SELECT count(*) FROM " + name);
    if (!rows) return at_database(rows.error());
    if (static_cast<std::uint64_t>(*rows) != archived) {
      return at_database(Error(Errc::kMismatch, "rows changed while they were archived"));
    }
    if (auto gone = database_.execute("DROP TABLE " + name); !gone) {
      return at_database(gone.error());
    }
    return {};
  }

  // One event for each run that lost rows.
  Result<void> tell() {
    std::map<std::string, boost::json::array> files;
    std::map<std::string, std::uint64_t> rows;
    for (const auto& part : archived_) {
      files[part.run_id].push_back({{"file", part.file.filename().string()},
                                    {"table", part.table},
                                    {"source", part.source},
                                    {"rows", part.rows},
                                    {"sha256", part.sha256}});
      rows[part.run_id] += part.rows;
    }
    auto event = database_.prepare(kEvent);
    if (!event) return at_database(event.error());
    for (const auto& [run_id, list] : files) {
      const auto id = query_integer(database_, kNextEventId);
      if (!id) return at_database(id.error());
      const std::string message = std::to_string(rows[run_id]) + " rows archived";
      const std::string detail = boost::json::serialize(boost::json::value{
          {"before_ts", options_.before_ts}, {"rows", rows[run_id]}, {"files", list}});
      (*event)->bind_integer(1, *id);
      (*event)->bind_integer(2, options_.now_ts);
      (*event)->bind_text(3, run_id);
      (*event)->bind_text(4, message);
      (*event)->bind_text(5, detail);
      if (auto done = (*event)->step(); !done) return at_database(done.error());
      (*event)->reset();
    }
    return {};
  }

  Error at_database(const Error& error) {
    const bool own = error.code() == Errc::kMismatch || error.code() == Errc::kNotFound ||
                     error.code() == Errc::kInvalid;
    why_ = database_.url() + ": " + (own ? base::to_string(error) : database_.last_error());
    return error;
  }
  Error at_folder(const Error& error) { return at_file(options_.archive, error); }
  Error at_file(const std::filesystem::path& file, const Error& error) {
    why_ = file.string() + ": " + base::to_string(error);
    return error;
  }

  Database& database_;
  journal::Storage& storage_;
  const RetentionOptions& options_;
  std::vector<Part> parts_;  // with the same index as archived_
  std::vector<ArchivedRows> archived_;
  std::vector<std::string> partitions_;  // to be dropped
  std::string why_;
};

}  // namespace

Result<std::vector<ArchivedRows>> retain(Database& database, journal::Storage& storage,
                                         const RetentionOptions& options, std::string* failed) {
  Retention retention(database, storage, options);
  auto archived = retention.run();
  if (!archived && failed != nullptr) *failed = retention.why();
  return archived;
}

Result<std::int64_t> newest_event_ts(Database& database) {
  return query_integer(database, "SELECT COALESCE(MAX(event_ts), 0) FROM raw_event");
}

}  // namespace writ::storage
