// That the database holds a row for each record that makes one.
#include "host/base/uuid.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/checks.hpp"
#include "host/storage/frames.hpp"
#include "host/storage/journal_frames.hpp"
#include "host/storage/raw_frame.hpp"
#include "host/storage/table_rows.hpp"
#include "host/storage/verify.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>

#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace writ::storage {
namespace {

// Rows the records of a run make, by table; tables that several kinds of record write are left to
// compare_content with a rebuilt database.
using Counts = std::map<std::string, std::int64_t>;

// A fill told twice is one row: that of the first time, which may be in an earlier run.
using ToldFills = std::set<std::pair<std::uint64_t, std::string>>;

constexpr std::string_view kTables[] = {"raw_event",          "state_snapshot",   "plugin_signal",
                                        "strategy_intent",    "arbiter_decision", "order_request",
                                        "order_fill",         "executed_trade",   "ledger_event",
                                        "portfolio_snapshot", "veto_mark",        "plugin_stat"};

base::Result<Counts> count_records(journal::Reader& reader, std::uint64_t last_seq,
                                   const std::set<std::uint64_t>& refused, ToldFills& fills) {
  Counts counts;
  std::set<std::uint64_t> wanted_snapshots;  // where only those of intents are stored
  RowOptions options;
  const auto run = std::uint64_t{reader.identity().run_number.raw()} << kSeqBits;
  while (true) {
    const auto next = reader.next();
    if (!next) return next.error();
    const writ_record* record = *next;
    if (record == nullptr || record->seq > last_seq) break;
    if (const auto* config = model::as<writ_config_change>(*record)) {
      options = row_options(model::tail_text(*config, config->text_size));
    }
    if (is_raw_frame(record->type, options)) ++counts["raw_event"];
    if (refused.contains(record->seq)) continue;
    switch (record->type) {
      case WRIT_RECORD_SNAPSHOT:
        if (options.store_snapshots) ++counts["state_snapshot"];
        break;
      case WRIT_RECORD_SIGNAL:
      case WRIT_RECORD_SIGNAL_REPORT:
      case WRIT_RECORD_SIGNAL_INPUT:
      case WRIT_RECORD_SIGNAL_REPORT_INPUT:
        ++counts["plugin_signal"];
        break;
      case WRIT_RECORD_INTENT:
        ++counts["strategy_intent"];
        if (!options.store_snapshots && record->size >= sizeof(writ_intent)) {
          const auto seq = reinterpret_cast<const writ_intent*>(record)->snapshot_seq;
          if (seq != 0) wanted_snapshots.insert(seq);
        }
        break;
      case WRIT_RECORD_VERDICT:
        ++counts["arbiter_decision"];
        break;
      case WRIT_RECORD_ORDER:
        ++counts["ledger_event"];
        if (const auto* order = model::as<writ_order>(*record)) {
          if (order->order_id == (run | record->seq)) ++counts["order_request"];
        }
        break;
      case WRIT_RECORD_FILL:
        if (const auto* fill = model::as<writ_fill>(*record)) {
          const bool first =
              fills.emplace(fill->order_id, model::text_of(fill->exchange_trade_id)).second;
          if (first) ++counts["order_fill"];
        }
        break;
      case WRIT_RECORD_EXECUTED_TRADE:
        ++counts["executed_trade"];
        break;
      case WRIT_RECORD_LEDGER:
        ++counts["ledger_event"];
        break;
      case WRIT_RECORD_PORTFOLIO:
        ++counts["portfolio_snapshot"];
        break;
      case WRIT_RECORD_VETO_MARK:
        ++counts["veto_mark"];
        break;
      case WRIT_RECORD_PLUGIN_STAT:
        ++counts["plugin_stat"];
        break;
      default:
        break;
    }
  }
  counts["state_snapshot"] += static_cast<std::int64_t>(wanted_snapshots.size());
  return counts;
}

base::Result<std::set<std::uint64_t>> refused_records(Database& database,
                                                      const std::string& run_id) {
  auto rows = database.prepare("SELECT journal_seq FROM projection_reject WHERE run_id = $1");
  if (!rows) return rows.error();
  (*rows)->bind_text(1, run_id);
  std::set<std::uint64_t> refused;
  while (true) {
    const auto row = (*rows)->step();
    if (!row) return row.error();
    if (!*row) return refused;
    refused.insert(static_cast<std::uint64_t>((*rows)->integer(0)));
  }
}

// Whether retention took frames of the run away.
base::Result<bool> lost_frames(Database& database, const std::string& run_id) {
  auto event = database.prepare("SELECT 1 FROM ops_event WHERE run_id = $1 AND kind = 'RETENTION'");
  if (!event) return event.error();
  (*event)->bind_text(1, run_id);
  return (*event)->step();
}

// The replay hash of the frames here against that of the journal's.
base::Result<void> compare_frames(Check& check, Database& database, journal::Storage& files,
                                  const std::filesystem::path& folder, const std::string& run_id,
                                  std::uint64_t last_seq) {
  const auto recorded = journal_frames(files, folder, last_seq);
  if (!recorded) return recorded.error();
  const auto wanted = replay_hash_of(**recorded);
  if (!wanted) return wanted.error();
  const auto snapshot = ReadSnapshot::begin(database);
  if (!snapshot) return snapshot.error();
  const auto stored = stored_frames(database, run_id);
  if (!stored) return stored.error();
  const auto found = replay_hash_of(**stored);
  if (!found) return found.error();
  ++check.examined;
  if (*found != *wanted) {
    violate(check, "run " + run_id + ": " + *found + " here, " + *wanted + " of the journal");
  }
  return {};
}

base::Result<std::int64_t> count_rows(Database& database, std::string_view table,
                                      const std::string& run_id) {
  std::string sql =
      "SELECT count(*) FROM " + std::string(table) + " WHERE run_id = '" + run_id + "'";
  // An order of an earlier run that is not in this database has no first record here.
  if (table == "order_request") {
    sql += " AND order_id >> 40 = (SELECT run_number FROM run r WHERE r.run_id = '" + run_id + "')";
  }
  return query_integer(database, sql);
}

}  // namespace

base::Result<std::vector<Check>> verify_against_journal(Database& database, journal::Storage& files,
                                                        const std::filesystem::path& folder) {
  const auto runs = journal::list_runs(files, folder);
  if (!runs) return runs.error();
  std::vector<Check> checks;
  for (const std::string_view table : kTables) {
    checks.push_back({"rows " + std::string(table), "as many rows as the journal's records make"});
  }
  ToldFills fills;
  Check hashes{"replay hash", "the raw frames are those of the journal, byte for byte"};
  for (const auto& entry : *runs) {
    auto reader = journal::Reader::open(files, entry.folder);
    if (!reader) return reader.error();
    const std::string run_id = base::to_string(reader->identity().run_id);
    const auto last = query_integer(
        database, "SELECT journal_seq FROM projection_checkpoint WHERE run_id = '" + run_id + "'");
    if (!last) return last.error();
    const auto refused = refused_records(database, run_id);
    if (!refused) return refused.error();
    auto wanted = count_records(*reader, static_cast<std::uint64_t>(*last), *refused, fills);
    if (!wanted) return wanted.error();
    const auto lost = lost_frames(database, run_id);
    if (!lost) return lost.error();
    if (!*lost && *last > 0) {
      auto compared = compare_frames(hashes, database, files, entry.folder, run_id,
                                     static_cast<std::uint64_t>(*last));
      if (!compared) return compared.error();
    }
    for (std::size_t i = *lost ? 1 : 0; i < checks.size(); ++i) {  // the first is raw_event
      const std::string table(kTables[i]);
      const auto rows = count_rows(database, table, run_id);
      if (!rows) return rows.error();
      checks[i].examined += static_cast<std::uint64_t>(*rows);
      if (*rows != (*wanted)[table]) {
        violate(checks[i], "run " + run_id + ": " + std::to_string(*rows) + " rows, " +
                               std::to_string((*wanted)[table]) + " records");
      }
    }
  }
  checks.push_back(std::move(hashes));
  return checks;
}

}  // namespace writ::storage
