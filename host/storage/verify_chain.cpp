// the golden chain. Only keys are compared, so SQL can do it.
#include "host/storage/checks.hpp"

#include <string>
#include <string_view>

namespace writ::storage {
base::Result<Check> check_rows(Database& database, Check made, std::string_view examined,
                               std::string_view violations) {
  const auto count = query_integer(database, examined);
  if (!count) return count.error();
  made.examined = static_cast<std::uint64_t>(*count);
  auto rows = database.prepare(violations);
  if (!rows) return rows.error();
  while (true) {
    const auto row = (*rows)->step();
    if (!row) return row.error();
    if (!*row) return made;
    violate(made, std::string((*rows)->text(0)));
  }
}

void violate(Check& check, const std::string& line) {
  if (check.violations++ == 0) check.first = line;
}

base::Result<Check> check_rejects(Database& database) {
  return check_rows(
      database, {"rejects", "the projection refused no record"},
      "SELECT COALESCE(SUM(records), 0) FROM projection_checkpoint",
      "SELECT 'run ' || run_id || ' record ' || journal_seq || ' into ' || table_name || "
      "': ' || error FROM projection_reject ORDER BY run_id, journal_seq");
}

base::Result<Check> check_verdict_after_intent(Database& database) {
  Check made{"X-01", "every verdict comes after its intent"};
  made.needs_rows = true;
  // A verdict of a later run (the host died in between) has a larger id, whatever its journal_seq.
  return check_rows(
      database, made, "SELECT count(*) FROM strategy_intent",
      "SELECT 'decision ' || d.decision_id || ' at ' || d.journal_seq || ', intent ' || "
      "i.intent_id || ' at ' || i.journal_seq FROM arbiter_decision d "
      "JOIN strategy_intent i ON i.intent_id = d.intent_id "
      "WHERE (d.run_id = i.run_id AND d.journal_seq <= i.journal_seq) "
      "OR (d.run_id <> i.run_id AND d.decision_id <= i.intent_id) ORDER BY d.decision_id");
}

base::Result<Check> check_order_approved(Database& database) {
  return check_rows(
      database, {"X-02", "no order of an intent without an approved verdict"},
      "SELECT count(*) FROM order_request WHERE intent_id IS NOT NULL",
      "SELECT 'order ' || o.order_id || ': verdict ' || COALESCE(CAST(o.decision_id AS "
      "TEXT), 'none') || "
      "CASE WHEN d.approved IS NULL THEN ' missing' ELSE ' not approved' END "
      "FROM order_request o LEFT JOIN arbiter_decision d ON d.decision_id = o.decision_id "
      "WHERE o.intent_id IS NOT NULL AND (d.approved IS NULL OR NOT d.approved) ORDER BY "
      "o.order_id");
}

base::Result<Check> check_chain(Database& database) {
  // By hand: made at the venue, or by the operator, whose intents are made on no snapshot.
  return check_rows(
      database, {"X-03", "every fill reaches order, verdict, intent and snapshot"},
      "SELECT count(*) FROM order_fill",
      "SELECT 'fill ' || f.fill_id || ': ' || CASE WHEN o.order_id IS NULL THEN 'no order' "
      "WHEN o.client_order_id <> f.client_order_id THEN 'another client order id' "
      "WHEN d.decision_id IS NULL THEN 'no verdict' "
      "WHEN i.intent_id IS NULL OR i.intent_id <> d.intent_id THEN 'no intent' "
      "ELSE 'no snapshot' END FROM order_fill f "
      "LEFT JOIN order_request o ON o.order_id = f.order_id "
      "LEFT JOIN arbiter_decision d ON d.decision_id = o.decision_id "
      "LEFT JOIN strategy_intent i ON i.intent_id = o.intent_id "
      "LEFT JOIN state_snapshot s ON s.snapshot_id = i.snapshot_id "
      "WHERE o.order_id IS NULL OR o.client_order_id <> f.client_order_id "
      "OR (o.intent_id IS NOT NULL AND (d.decision_id IS NULL OR i.intent_id IS NULL "
      "OR i.intent_id <> d.intent_id OR (s.snapshot_id IS NULL AND i.strategy <> 'operator'))) "
      "ORDER BY f.fill_id");
}

}  // namespace writ::storage
