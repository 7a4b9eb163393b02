#include "host/storage/named_queries.hpp"

#include "host/base/input_error.hpp"
#include "host/storage/canonical_dump.hpp"
#include "host/storage/query_folds.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace writ::storage {
namespace {

constexpr auto kDecimal = ColumnKind::kDecimal;
constexpr auto kInteger = ColumnKind::kInteger;
constexpr auto kId = ColumnKind::kId;
constexpr auto kTime = ColumnKind::kTime;

constexpr std::string_view kDailyPnl =
    "SELECT l.event_ts, l.strategy, l.chain_book, l.asset, l.event_type, l.amount "
    "FROM ledger_event l JOIN run r ON r.run_id = l.run_id "
    "WHERE r.run_number BETWEEN $1 AND $2 AND l.book = 'PNL'";
constexpr auto kDailyPnlColumns = std::to_array<QueryColumn>({{"day"},
                                                              {"strategy"},
                                                              {"book"},
                                                              {"asset"},
                                                              {"realized", kDecimal},
                                                              {"mtm", kDecimal},
                                                              {"fee", kDecimal},
                                                              {"funding", kDecimal},
                                                              {"adjustment", kDecimal},
                                                              {"total", kDecimal}});

// From the intent down, and from the orders and fills that have none.
constexpr std::string_view kTrace =
    "SELECT i.snapshot_id, i.intent_id, COALESCE(i.strategy, o.strategy), i.intent_kind, "
    "COALESCE(CAST(o.side AS TEXT), CAST(i.side AS TEXT)), i.price, i.qty, s.best_bid_px, "
    "s.best_ask_px, d.decision_id, d.reason, d.detail_code, o.order_id, o.client_order_id, "
    "o.status, f.fill_id, f.ingest_ts, f.price, f.qty, f.fee, t.realized_pnl, t.asset, "
    "i.rationale_json "
    "FROM (SELECT i.intent_id, o.order_id FROM strategy_intent i LEFT JOIN order_request o "
    "ON o.intent_id = i.intent_id UNION ALL SELECT NULL, o.order_id FROM order_request o "
    "WHERE o.intent_id IS NULL) k "
    "LEFT JOIN strategy_intent i ON i.intent_id = k.intent_id "
    "LEFT JOIN state_snapshot s ON s.snapshot_id = i.snapshot_id "
    "LEFT JOIN arbiter_decision d ON d.intent_id = i.intent_id "
    "LEFT JOIN order_request o ON o.order_id = k.order_id "
    "LEFT JOIN order_fill f ON f.order_id = o.order_id "
    "LEFT JOIN executed_trade t ON t.fill_id = f.fill_id "
    "JOIN run r ON r.run_id = COALESCE(i.run_id, o.run_id) "
    "WHERE r.run_number BETWEEN $1 AND $2 AND (CAST(i.intent_id AS TEXT) = $3 "
    "OR CAST(d.decision_id AS TEXT) = $3 OR CAST(o.order_id AS TEXT) = $3 "
    "OR o.client_order_id = $3 OR CAST(f.fill_id AS TEXT) = $3) "
    "ORDER BY o.order_id, f.fill_id, t.leg";
constexpr auto kTraceColumns = std::to_array<QueryColumn>({{"snapshot_id", kId},
                                                           {"intent_id", kId},
                                                           {"strategy"},
                                                           {"intent_kind"},
                                                           {"side"},
                                                           {"asked_price", kDecimal},
                                                           {"asked_qty", kDecimal},
                                                           {"best_bid_px", kDecimal},
                                                           {"best_ask_px", kDecimal},
                                                           {"decision_id", kId},
                                                           {"reason"},
                                                           {"detail_code"},
                                                           {"order_id", kId},
                                                           {"client_order_id"},
                                                           {"status"},
                                                           {"fill_id", kId},
                                                           {"fill_ts", kTime},
                                                           {"fill_price", kDecimal},
                                                           {"fill_qty", kDecimal},
                                                           {"fee", kDecimal},
                                                           {"realized_pnl", kDecimal},
                                                           {"asset"},
                                                           {"rationale_json"}});
constexpr auto kTraceParameters = std::to_array<QueryParameter>(
    {{"id", "", "of an intent, verdict, order or fill, or a client order id"}});

// Times of orders and fills on the host's clock.
constexpr std::string_view kOrders =
    "SELECT o.strategy, o.event_ts, o.acked_ts, o.status, o.qty, f.ingest_ts, f.qty, o.order_id "
    "FROM order_request o JOIN run r ON r.run_id = o.run_id "
    "LEFT JOIN order_fill f ON f.order_id = o.order_id "
    "WHERE r.run_number BETWEEN $1 AND $2 AND o.book = 'MAIN' ORDER BY o.order_id, f.fill_id";
constexpr auto kLatencyColumns = std::to_array<QueryColumn>({{"strategy"},
                                                             {"step"},
                                                             {"count", kInteger},
                                                             {"p50_ns", kInteger},
                                                             {"p90_ns", kInteger},
                                                             {"p99_ns", kInteger},
                                                             {"max_ns", kInteger}});
constexpr auto kFillRateColumns = std::to_array<QueryColumn>({{"strategy"},
                                                              {"submitted", kInteger},
                                                              {"filled", kInteger},
                                                              {"fill_rate", kDecimal},
                                                              {"fill_rate_qty", kDecimal},
                                                              {"partial_fill_rate", kDecimal},
                                                              {"partial_fill_rate_ever", kDecimal},
                                                              {"cancel_rate", kDecimal},
                                                              {"reject_rate", kDecimal}});

// Parameters are numbered by their first use. Each fill with the last two-sided snapshot at or
// before it, and so many ns later.
constexpr std::string_view kFillMids =
    "SELECT f.fill_id, f.strategy, i.symbol, f.side, f.event_ts, f.price, f.qty, "
    "a.event_ts, a.best_bid_px, a.best_ask_px, b.event_ts, b.best_bid_px, b.best_ask_px "
    "FROM order_fill f "
    "JOIN run r ON r.run_id = f.run_id AND r.run_number BETWEEN $1 AND $2 "
    "JOIN instrument i ON i.instrument_id = f.instrument_id "
    "LEFT JOIN state_snapshot a ON a.snapshot_id = (SELECT s.snapshot_id FROM state_snapshot s "
    "WHERE s.run_id = f.run_id AND s.instrument_id = f.instrument_id "
    "AND s.event_ts <= f.event_ts AND s.best_bid_px IS NOT NULL AND s.best_ask_px IS NOT NULL "
    "ORDER BY s.event_ts DESC, s.snapshot_id DESC LIMIT 1) "
    "LEFT JOIN state_snapshot b ON b.snapshot_id = (SELECT s.snapshot_id FROM state_snapshot s "
    "WHERE s.run_id = f.run_id AND s.instrument_id = f.instrument_id "
    "AND s.event_ts <= f.event_ts + CAST($3 AS BIGINT) * 1000000000 "
    "AND s.best_bid_px IS NOT NULL AND s.best_ask_px IS NOT NULL "
    "ORDER BY s.event_ts DESC, s.snapshot_id DESC LIMIT 1) "
    "WHERE f.book = 'MAIN' ORDER BY f.fill_id";
constexpr auto kToxicParameters = std::to_array<QueryParameter>(
    {{"seconds", "5", "how long after the fill the mid is looked at", 86'400},
     {"bps", "5", "how far it must have moved against the fill", 10'000}});
constexpr auto kToxicFillColumns = std::to_array<QueryColumn>({{"fill_id", kId},
                                                               {"strategy"},
                                                               {"symbol"},
                                                               {"side"},
                                                               {"fill_ts", kTime},
                                                               {"price", kDecimal},
                                                               {"qty", kDecimal},
                                                               {"adverse_bps", kDecimal}});
constexpr auto kToxicRateColumns = std::to_array<QueryColumn>({{"strategy"},
                                                               {"fills", kInteger},
                                                               {"measured", kInteger},
                                                               {"toxic", kInteger},
                                                               {"toxic_fill_rate", kDecimal}});

constexpr std::string_view kVetoCounts =
    "SELECT i.strategy, d.reason, d.detail_code, count(*) FROM arbiter_decision d "
    "JOIN strategy_intent i ON i.intent_id = d.intent_id JOIN run r ON r.run_id = d.run_id "
    "WHERE r.run_number BETWEEN $1 AND $2 AND d.book = 'MAIN' AND d.reason <> 'ok' "
    "GROUP BY i.strategy, d.reason, d.detail_code "
    "ORDER BY i.strategy, count(*) DESC, d.reason, d.detail_code";
constexpr auto kVetoColumns =
    std::to_array<QueryColumn>({{"strategy"}, {"reason"}, {"check"}, {"vetoes", kInteger}});

// What each rule saved (results it spared) and cost (those it gave away).
constexpr std::string_view kVetoValue =
    "SELECT i.strategy, d.reason, d.detail_code, m.horizon_ms, m.asset, "
    "CASE WHEN m.filled THEN 1 ELSE 0 END, m.pnl "
    "FROM veto_mark m JOIN arbiter_decision d ON d.decision_id = m.decision_id "
    "JOIN strategy_intent i ON i.intent_id = d.intent_id JOIN run r ON r.run_id = m.run_id "
    "WHERE r.run_number BETWEEN $1 AND $2 AND d.book = 'MAIN'";
constexpr auto kVetoValueColumns = std::to_array<QueryColumn>({{"strategy"},
                                                               {"reason"},
                                                               {"check"},
                                                               {"horizon_ms", kInteger},
                                                               {"asset"},
                                                               {"marked", kInteger},
                                                               {"filled", kInteger},
                                                               {"saved", kDecimal},
                                                               {"cost", kDecimal},
                                                               {"value", kDecimal}});

constexpr std::span<const QueryParameter> kNone;

constexpr auto kQueries = std::to_array<NamedQuery>({
    {"daily_pnl", "results by day (UTC), strategy, book and asset", kNone, kDailyPnlColumns,
     kDailyPnl, fold_daily_pnl},
    {"trace", "an intent end to end: snapshot, verdict, order, fills, result", kTraceParameters,
     kTraceColumns, kTrace, fold_rows},
    {"latency", "submit to acknowledgement to fill, on the host's clock", kNone, kLatencyColumns,
     kOrders, fold_latency},
    {"time_to_fill", "submit to the first and, of filled orders, to the last fill", kNone,
     kLatencyColumns, kOrders, fold_time_to_fill},
    {"fill_rates", "orders filled, partly filled, cancelled, rejected, of those submitted", kNone,
     kFillRateColumns, kOrders, fold_fill_rates},
    {"toxic_fills", "fills after which the mid moved against them", kToxicParameters,
     kToxicFillColumns, kFillMids, fold_toxic_fills},
    {"toxic_rates", "toxic fills of those with a mid before and after", kToxicParameters,
     kToxicRateColumns, kFillMids, fold_toxic_rates},
    {"veto_counts", "vetoes by strategy, reason and check", kNone, kVetoColumns, kVetoCounts,
     fold_rows},
    {"veto_value", "what vetoed orders would have lost (saved) or made (cost), by check", kNone,
     kVetoValueColumns, kVetoValue, fold_veto_value},
});

std::int64_t checked_number(const NamedQuery& query, const QueryParameter& parameter,
                            const std::string& text) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (bad != std::errc() || end != text.data() + text.size() || number < 1 ||
      number > parameter.most) {
    throw base::InputError("", "query " + std::string(query.name) + ": " +
                                   std::string(parameter.name) + " is an integer from 1 to " +
                                   std::to_string(parameter.most) + ", not \"" + text + "\"");
  }
  return number;
}

QueryValues values_of(const NamedQuery& query,
                      const std::map<std::string, std::string>& arguments) {
  QueryValues values;
  for (const QueryParameter& parameter : query.parameters) {
    const auto given = arguments.find(std::string(parameter.name));
    values.emplace_back(given == arguments.end() ? std::string(parameter.preset) : given->second);
    if (values.back().empty()) {
      throw base::InputError("", "query " + std::string(query.name) + " needs " +
                                     std::string(parameter.name) + "=" +
                                     (parameter.most == 0 ? "TEXT" : "N"));
    }
    if (parameter.most != 0) checked_number(query, parameter, values.back());
  }
  for (const auto& [name, value] : arguments) {
    bool known = false;
    for (const QueryParameter& parameter : query.parameters) known |= parameter.name == name;
    if (known) continue;
    throw base::InputError("", "query " + std::string(query.name) + " has no parameter " + name);
  }
  return values;
}

struct RunRange {
  std::int64_t first = 0;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
};

base::Result<RunRange> runs_asked(Database& database, const std::string& run) {
  if (run.empty()) return RunRange{};
  const auto id = find_run_id(database, run);
  if (!id) return id.error();
  if (id->empty()) throw base::InputError(database.url(), "holds no run " + run);
  auto number = database.prepare("SELECT run_number FROM run WHERE run_id = $1");
  if (!number) return number.error();
  (*number)->bind_text(1, *id);
  if (const auto row = (*number)->step(); !row) return row.error();
  return RunRange{(*number)->integer(0), (*number)->integer(0)};
}

}  // namespace

std::span<const NamedQuery> named_queries() { return kQueries; }

const NamedQuery* named_query(std::string_view name) {
  for (const NamedQuery& query : kQueries) {
    if (query.name == name) return &query;
  }
  return nullptr;
}

base::Result<std::vector<QueryRow>> ask(Database& database, const NamedQuery& query,
                                        const std::string& run,
                                        const std::map<std::string, std::string>& arguments) {
  const auto values = values_of(query, arguments);
  const auto asked = runs_asked(database, run);
  if (!asked) return asked.error();
  auto rows = database.prepare(query.sql);
  if (!rows) return rows.error();
  (*rows)->bind_integer(1, asked->first);
  (*rows)->bind_integer(2, asked->last);
  const auto used = static_cast<std::size_t>(parameter_count(query.sql)) - 2;
  for (std::size_t i = 0; i < used; ++i) {
    const QueryParameter& parameter = query.parameters[i];
    const int place = static_cast<int>(i) + 3;
    if (parameter.most == 0) {
      (*rows)->bind_text(place, values[i]);
    } else {
      (*rows)->bind_integer(place, checked_number(query, parameter, values[i]));
    }
  }
  return query.fold(**rows, values);
}

}  // namespace writ::storage
