// INCIDENT, COMMAND and whatever else a person must find in ops_event; PLUGIN_STAT.
#include "host/model/names.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/words.hpp"

#include <writ/money_abi.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>

namespace writ::storage {
namespace {

constexpr WriteSql kEvent{
    "ops_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, ops_event_id, category, "
    "severity, kind, message, account_id, instrument_id, metric_value, threshold_value, detail",
    ""};

// A risk event shows the tier its account was in: that of the latest portfolio snapshot.
constexpr WriteSql kRiskEvent{
    "ops_event", "",
    "INSERT INTO ops_event (schema_version, source, ingest_ts, event_ts, run_id, journal_seq, "
    "ops_event_id, category, severity, kind, message, account_id, instrument_id, metric_value, "
    "threshold_value, detail, drawdown_tier) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
    "$12, $13, $14, $15, $16, COALESCE((SELECT drawdown_tier FROM portfolio_snapshot "
    "WHERE account_id = $12 AND book = $17 ORDER BY portfolio_snapshot_id DESC LIMIT 1), "
    "'NORMAL'))"};

constexpr WriteSql kPlainEvent{
    "ops_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, ops_event_id, category, "
    "severity, kind, message, detail",
    ""};

constexpr WriteSql kPluginStat{
    "plugin_stat",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, plugin_stat_id, instance, "
    "calls, errors, intents, published, conflated, time_ns, time_ns_p50, time_ns_p99, "
    "time_ns_p999, time_ns_max",
    ""};

constexpr WriteSql kKill{"run", "",
                         "UPDATE run SET status = 'KILLED', updated_ts = $1 WHERE run_id = $2"};

bool is_risk(std::uint16_t code) {
  return code == WRIT_INCIDENT_KILL || code == WRIT_INCIDENT_HALT ||
         code == WRIT_INCIDENT_NEGATIVE_CASH || code == WRIT_INCIDENT_DRAWDOWN_HALT ||
         code == WRIT_INCIDENT_DRAWDOWN_RESET;
}

bool is_trade(std::uint16_t code) {
  return code == WRIT_INCIDENT_DUPLICATE_FILL || code == WRIT_INCIDENT_ORDER_UNKNOWN ||
         code == WRIT_INCIDENT_ORDER_REJECTED;
}

}  // namespace

base::Result<void> RecordRows::insert_incident(const writ_incident& record) {
  const auto* account = tables_.account(record.account);
  const auto* instrument = tables_.instrument(record.instrument);
  const bool risk = is_risk(record.code) && account != nullptr;
  const int scale = unit_scale(record.unit);
  json_ = R"({"cause_seq":")" + std::to_string(record.cause_seq) + R"(","instance":)" +
          quoted(tables_.strategy(record.instance)) + R"(,"unit":")" +
          std::string(model::kUnitWords.text(record.unit)) + "\"}";
  envelope(risk ? kRiskEvent : kEvent, record.header)
      .id(tables_.id(record.header.seq))
      .text(risk                    ? "RISK"
            : is_trade(record.code) ? "TRADE"
                                    : "OPS")
      .text(model::kSeverityWords.text(record.severity))
      .text(incident_word(record.code))
      .text(model::tail_text(record, record.text_size));
  account != nullptr ? row_.integer(account->row_id) : row_.null();
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.decimal(from_abi(record.value).raw, scale)
      .decimal(from_abi(record.threshold).raw, scale)
      .text(json_);
  if (risk) row_.text(account->is_shadow() ? "SHADOW" : "MAIN");
  if (auto written = write(); !written) return written;
  if (record.code != WRIT_INCIDENT_KILL) return {};
  return write_kill(record.account, record.header.ingest_ts);
}

base::Result<void> RecordRows::insert_command(const writ_command& record) {
  const std::string detail = R"({"account":)" + std::to_string(record.account) + R"(,"instance":)" +
                             std::to_string(record.instance) + R"(,"instrument":)" +
                             std::to_string(record.instrument) + "}";
  const bool kill = record.command == WRIT_OPERATOR_KILL;
  const std::string kind =
      "COMMAND:" + std::string(model::kOperatorCommandWords.text(record.command));
  auto written = write_event(record.header, kill ? "CRITICAL" : "INFO", kind,
                             model::tail_text(record, record.text_size), detail);
  if (!written || !kill) return written;
  return write_kill(record.account, record.header.ingest_ts);
}

base::Result<void> RecordRows::insert_adjustment(const writ_adjustment& record) {
  const std::string kind = "ADJUSTMENT:" + std::string(model::kAdjustmentWords.text(record.kind));
  return write_event(record.header, "WARN", kind, model::tail_text(record, record.text_size),
                     boost::json::serialize(model::record_to_json(record.header)));
}

base::Result<void> RecordRows::insert_token_change(const writ_token_change& record) {
  const std::string kind = "TOKENS:" + std::string(model::kTokenChangeWords.text(record.kind));
  return write_event(record.header, "INFO", kind, kind,
                     boost::json::serialize(model::record_to_json(record.header)));
}

base::Result<void> RecordRows::insert_reload(const writ_reload& record) {
  const std::string kind = "RELOAD:" + std::string(model::kReloadStepWords.text(record.step));
  const bool trouble = record.step == WRIT_RELOAD_GIVEN_UP ||
                       record.step == WRIT_RELOAD_ROLLED_BACK ||
                       record.step == WRIT_RELOAD_STILL_LOADED;
  return write_event(record.header, trouble ? "WARN" : "INFO", kind,
                     tables_.strategy(record.instance),
                     boost::json::serialize(model::record_to_json(record.header)));
}

base::Result<void> RecordRows::insert_plugin_stat(const writ_plugin_stat& record) {
  const auto count = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  envelope(kPluginStat, record.header)
      .id(tables_.id(record.header.seq))
      .text(tables_.strategy(record.instance))
      .integer(count(record.calls))
      .integer(count(record.errors))
      .integer(count(record.intents))
      .integer(count(record.published))
      .integer(count(record.conflated))
      .integer(record.total_ns)
      .integer(record.p50_ns)
      .integer(record.p99_ns)
      .integer(record.p999_ns)
      .integer(record.max_ns);
  return write();
}

// A run is killed when all its accounts are: the trigger then refuses every later order of it.
base::Result<void> RecordRows::write_kill(std::uint32_t account, std::int64_t ts) {
  const auto others = std::count_if(
      tables_.accounts.begin(), tables_.accounts.end(),
      [account](const auto& one) { return one.first != account && !one.second.is_shadow(); });
  if (account != 0 && others > 0) return {};
  row_.begin(kKill).integer(ts).text(tables_.run_id);
  return write();
}

base::Result<void> RecordRows::write_event(const writ_record& record, std::string_view severity,
                                           std::string_view kind, std::string_view message,
                                           std::string_view detail) {
  envelope(kPlainEvent, record)
      .id(tables_.id(record.seq))
      .text("OPS")
      .text(severity)
      .text(kind)
      .text(message)
      .text(detail);
  return write();
}

}  // namespace writ::storage
