// What must hold besides the money: integrity, X-08, X-12 to X-15. Only keys and times are
// compared.
#include "host/storage/checks.hpp"

#include <string>
#include <string_view>

namespace writ::storage {
namespace {

base::Result<Check> check_frames(Database& database) {
  // Retention takes old frames away and says so.
  return check_rows(
      database, {"X-08", "the frames of each source are counted from 0 without a gap"},
      "SELECT count(*) FROM raw_event",
      "SELECT 'run ' || CAST(q.run_id AS TEXT) || ' source ' || q.source || ': ' || q.frames || "
      "' frames, seq ' || q.lowest || ' to ' || q.highest FROM (SELECT run_id, source, "
      "count(*) AS frames, MIN(seq) AS lowest, MAX(seq) AS highest FROM raw_event "
      "GROUP BY run_id, source) q WHERE (q.lowest <> 0 OR q.highest + 1 <> q.frames) "
      "AND NOT EXISTS (SELECT 1 FROM ops_event e WHERE e.run_id = q.run_id "
      "AND e.kind = 'RETENTION') ORDER BY 1");
}

base::Result<Check> check_killed(Database& database) {
  return check_rows(
      database, {"X-12", "a killed run opens nothing after its kill"},
      "SELECT count(*) FROM run WHERE status = 'KILLED'",
      "SELECT 'order ' || o.order_id FROM order_request o JOIN run r ON r.run_id = o.run_id "
      "WHERE r.status = 'KILLED' AND o.intent_id IS NOT NULL AND NOT o.reduce_only "
      "AND EXISTS (SELECT 1 FROM ops_event e WHERE e.run_id = o.run_id "
      "AND e.kind IN ('KILL_SWITCH', 'COMMAND:kill') AND e.journal_seq < o.journal_seq) "
      "ORDER BY o.order_id");
}

base::Result<Check> check_halted(Database& database) {
  return check_rows(
      database, {"X-13", "a halted account opens nothing"},
      "SELECT count(*) FROM risk_hourly_state WHERE halt_active",
      "SELECT 'order ' || o.order_id FROM order_request o JOIN risk_hourly_state h "
      "ON h.account_id = o.account_id AND h.run_mode = o.run_mode AND h.hour_ts = o.hour_ts "
      "WHERE h.halt_active AND CAST(o.requested_notional AS REAL) > 0 "
      "AND o.intent_id IS NOT NULL AND o.event_ts > h.event_ts ORDER BY o.order_id");
}

base::Result<Check> check_lookahead(Database& database) {
  return check_rows(
      database, {"X-14", "no prediction is made by a model trained on what came later"},
      "SELECT count(*) FROM model_prediction",
      "SELECT 'model ' || p.model_name || ' at ' || p.event_ts || ', trained to ' || "
      "m.train_end_ts FROM model_prediction p JOIN model_version m "
      "ON m.model_version_id = p.model_version_id WHERE m.train_end_ts > p.event_ts ORDER BY 1");
}

base::Result<Check> check_ends(Database& database) {
  return check_rows(
      database, {"X-15", "a run that another took over has its end, a dead one an incident"},
      "SELECT count(*) FROM run",
      "SELECT 'run ' || r.run_number || ': ' || r.status FROM run r JOIN run n "
      "ON n.continues_number = r.run_number WHERE r.completed_ts IS NULL "
      "AND n.completed_ts IS NOT NULL "
      "UNION ALL SELECT 'run ' || r.run_number || ': FAILED without an incident' FROM run r "
      "WHERE r.status = 'FAILED' AND NOT EXISTS (SELECT 1 FROM ops_event e JOIN run n "
      "ON n.run_id = e.run_id WHERE (n.run_number = r.run_number "
      "OR n.continues_number = r.run_number) AND e.kind IN ('RUN_FOUND_DEAD', 'RISK_HALT', "
      "'JOURNAL_FAILED')) ORDER BY 1");
}

// A server looks after its own files; of an SQLite file nobody else does.
base::Result<Check> check_file(Database& database) {
  Check made{"integrity", "the file is whole, and every reference leads somewhere"};
  auto pages = database.prepare("PRAGMA integrity_check");
  if (!pages) return pages.error();
  while (true) {
    const auto row = (*pages)->step();
    if (!row) return row.error();
    if (!*row) break;
    ++made.examined;
    if ((*pages)->text(0) != "ok") violate(made, std::string((*pages)->text(0)));
  }
  auto references = database.prepare("PRAGMA foreign_key_check");
  if (!references) return references.error();
  while (true) {
    const auto row = (*references)->step();
    if (!row) return row.error();
    if (!*row) return made;
    violate(made, "row " + std::string((*references)->text(1)) + " of " +
                      std::string((*references)->text(0)) + " refers to none of " +
                      std::string((*references)->text(2)));
  }
}

}  // namespace

base::Result<std::vector<Check>> verify_records(Database& database) {
  std::vector<Check> made;
  if (database.dialect() == Dialect::kSqlite) {
    auto found = check_file(database);
    if (!found) return found.error();
    made.push_back(std::move(*found));
  }
  for (const auto check : {check_frames, check_killed, check_halted, check_lookahead, check_ends}) {
    auto found = check(database);
    if (!found) return found.error();
    made.push_back(std::move(*found));
  }
  return made;
}

}  // namespace writ::storage
