// SNAPSHOT, SIGNAL, INTENT, VERDICT: what was seen, said, wanted and judged.
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/projector.hpp"
#include "host/storage/words.hpp"

#include <writ/money_abi.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace writ::storage {
namespace {

constexpr WriteSql kFeatureSchema{"feature_schema",
                                  "feature_schema_version, created_ts, description, features_json",
                                  "ON CONFLICT (feature_schema_version) DO NOTHING"};

constexpr WriteSql kSnapshot{
    "state_snapshot",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, snapshot_id, account_id, "
    "strategy, as_of_seq, instrument_id, best_bid_px, best_bid_qty, best_ask_px, best_ask_qty, "
    "spread, yes_qty, no_qty, account_qty, cash_left, budget_left, equity, gross_exposure, "
    "net_exposure_usd, can_trade, drawdown_halt, drawdown_tier, open_orders, flags, "
    "crowding_score, "
    "toxicity_score, spread_compression, feature_schema_version, features_json, signals_json",
    ""};

constexpr WriteSql kSignal{
    "plugin_signal",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, plugin_signal_id, plugin, "
    "scope, instrument_id, port, value, warm, seen_seq, payload",
    ""};

constexpr WriteSql kIntent{
    "strategy_intent",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, intent_id, snapshot_id, "
    "strategy, account_id, phase, instrument_id, intent_kind, side, outcome, price, qty, "
    "order_type, tif, post_only, reduce_only, close_position, urgency, ttl_ms, expiry_ts, "
    "target_intent_id, group_id, group_size, group_policy, expected_value, confidence, risk_cost, "
    "tag, seen_seq, tags_json, rationale_json, rationale",
    ""};

constexpr WriteSql kVerdict{
    "arbiter_decision",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, decision_id, intent_id, "
    "account_id, book, approved, reason, detail_code, intent_class, owner_strategy, "
    "approved_price, "
    "approved_qty, checks_json",
    ""};

// Names of the features this build knows, in order: what a schema version is registered as.
std::string feature_names_json() {
  std::string out = "[";
  for (const model::Word& feature : model::kFeatureWords.words) {
    out += out.size() > 1 ? ",\"" : "\"";
    out += feature.text;
    out += '"';
  }
  return out + "]";
}

// Shortest text that reads back to the same double. Not finite is no JSON: the schema refuses it.
void append_number(std::string& out, double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_quoted(std::string& out, std::string_view plain) {
  out += '"';
  out += plain;
  out += '"';
}

std::string features_json(std::span<const writ_feature> features) {
  std::string out = "[";
  for (const writ_feature& feature : features) {
    if (out.size() > 1) out += ',';
    if (feature.known != 0) {
      append_number(out, feature.value);
    } else {
      out += "null";
    }
  }
  return out + "]";
}

double feature_or_zero(std::span<const writ_feature> features, std::uint32_t which) {
  for (const writ_feature& feature : features) {
    if (feature.feature == which && feature.known != 0) return feature.value;
  }
  return 0;
}

void append_check(std::string& out, const writ_check& check) {
  std::array<char, 48> digits;
  const int scale = unit_scale(check.unit);
  out += R"({"check":)";
  append_quoted(out, model::kCheckWords.text(check.check));
  out += R"(,"limit":)";
  append_quoted(out, decimal_text(digits, from_abi(check.limit).raw, scale));
  out += R"(,"result":)";
  append_quoted(out, model::kCheckResultWords.text(check.result));
  out += R"(,"unit":)";
  append_quoted(out, model::kUnitWords.text(check.unit));
  out += R"(,"value":)";
  append_quoted(out, decimal_text(digits, from_abi(check.value).raw, scale));
  out += '}';
}

}  // namespace

base::Result<void> Projector::on_snapshot(const writ_snapshot& record) {
  const auto account = this->account("state_snapshot", record.account);
  if (!account) return account.error();
  const auto instrument = this->instrument("state_snapshot", record.instrument);
  if (!instrument) return instrument.error();
  const auto features = model::tail_array<writ_feature>(record, record.feature_count);
  const auto signals = model::tail_array<writ_signal_value>(
      record, record.signal_count, record.feature_count * sizeof(writ_feature));
  if (features.size() != record.feature_count || signals.size() != record.signal_count) {
    return row_.refuse("state_snapshot", "counts exceed the record");
  }
  if (feature_schema_ != record.feature_schema) {
    const bool known = record.feature_schema == WRIT_FEATURE_SCHEMA_VERSION;
    const std::string version = std::to_string(record.feature_schema);
    const std::string names = known ? feature_names_json() : R"(["version )" + version + "\"]";
    const std::string description = "feature vector " + version;
    row_.begin(kFeatureSchema)
        .integer(record.feature_schema)
        .integer(record.header.ingest_ts)
        .text(description)
        .text(names);
    if (auto written = write(); !written) return written;
    auto stored =
        row_.query("SELECT features_json FROM feature_schema WHERE feature_schema_version = $1");
    if (!stored) return stored.error();
    (*stored)->bind_integer(1, record.feature_schema);
    if (const auto row = (*stored)->step(); !row) return row.error();
    if ((*stored)->text(0) != names) {
      return row_.refuse("feature_schema", "version " + version + " is stored with other names: " +
                                               std::string((*stored)->text(0)));
    }
    feature_schema_ = record.feature_schema;
  }

  const std::string values = options_.store_features ? features_json(features) : "[]";
  json_ = "[";
  for (const writ_signal_value& signal : signals) {
    if (json_.size() > 1) json_ += ',';
    json_ += R"({"instance":)";
    append_quoted(json_, tables_.strategy(signal.instance));
    json_ += R"(,"port":)" + std::to_string(signal.port) + R"(,"ts":)";
    json_ += std::to_string(signal.ingest_ts) + R"(,"value":)";
    append_number(json_, signal.value);
    json_ += '}';
  }
  json_ += ']';

  const bool no_token = (*instrument)->outcome == "NO";
  const bool two_sided = record.bid_price != WRIT_NONE && record.ask_price != WRIT_NONE;
  envelope(kSnapshot, record.header)
      .id(tables_.id(record.header.seq))
      .integer((*account)->row_id)
      .text(tables_.strategy(record.instance))
      .id(record.as_of_seq)
      .integer((*instrument)->row_id)
      .nano(record.bid_price)
      .nano(record.bid_quantity)
      .nano(record.ask_price)
      .nano(record.ask_quantity);
  two_sided ? row_.decimal(Int128{record.ask_price} - record.bid_price, 9) : row_.null();
  row_.nano_or_zero(no_token ? 0 : record.position)
      .nano_or_zero(no_token ? record.position : 0)
      .nano_or_zero(record.account_position)
      .money(record.cash_left)
      .money(record.budget_left)
      .money(record.equity)
      .money(record.gross_exposure)
      .money(record.net_exposure)
      .boolean((record.flags & WRIT_SNAPSHOT_CAN_TRADE) != 0)
      .boolean((record.flags & WRIT_SNAPSHOT_DRAWDOWN_HALT) != 0)
      .text(model::kTierWords.text(record.tier))
      .integer(record.open_orders)
      .integer(record.flags)
      .real(feature_or_zero(features, WRIT_FEATURE_CROWDING))
      .real(feature_or_zero(features, WRIT_FEATURE_TOXICITY))
      .real(feature_or_zero(features, WRIT_FEATURE_SPREAD_COMPRESSION))
      .integer(record.feature_schema)
      .text(values)
      .text(json_);
  return write();
}

base::Result<void> Projector::on_signal(const writ_signal& record) {
  const auto* instrument = tables_.instrument(record.instrument);
  const bool warm = (record.flags & WRIT_SIGNAL_WARM) != 0;
  json_ = R"({"value":)";
  append_number(json_, record.value);
  json_ += warm ? R"(,"warm":true})" : R"(,"warm":false})";
  envelope(kSignal, record.header)
      .id(tables_.id(record.header.seq))
      .text(tables_.strategy(record.instance))
      .text("all");
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.integer(record.signal).real(record.value).boolean(warm).id(record.seen_seq).text(json_);
  return write();
}

base::Result<void> Projector::on_signal_report(const writ_signal_report& record) {
  const auto* instrument = tables_.instrument(record.instrument);
  const auto scope = model::text_of(record.scope);
  envelope(kSignal, record.header)
      .id(tables_.id(record.header.seq))
      .text(tables_.strategy(record.instance))
      .text(scope.empty() ? std::string_view("all") : scope);
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.integer(record.signal)
      .real(record.value)
      .boolean((record.flags & WRIT_SIGNAL_WARM) != 0)
      .id(record.seen_seq)
      .text(model::tail_text(record, record.payload_size));
  return write();
}

base::Result<void> Projector::on_intent(const writ_intent& record) {
  std::uint32_t account_number = record.account;
  if (const auto found = tables_.instances.find(record.instance);
      account_number == 0 && found != tables_.instances.end()) {
    account_number = found->second.account;
  }
  const auto account = this->account("strategy_intent", account_number);
  if (!account) return account.error();
  const auto instrument = this->instrument("strategy_intent", record.instrument);
  if (!instrument) return instrument.error();
  const auto tags = model::tail_text(record, record.tags_size);
  const auto rationale = model::tail_array<char>(record, record.rationale_size, record.tags_size);
  if (tags.size() != record.tags_size || rationale.size() != record.rationale_size) {
    return row_.refuse("strategy_intent", "sizes exceed the record");
  }
  const bool opaque = (record.flags & WRIT_INTENT_OPAQUE_RATIONALE) != 0;
  const auto flag = [&record](std::uint32_t which) { return (record.flags & which) != 0; };

  envelope(kIntent, record.header).id(tables_.id(record.header.seq));
  record.snapshot_seq != 0 ? row_.id(tables_.id(record.snapshot_seq)) : row_.null();
  row_.text(tables_.strategy(record.instance))
      .integer((*account)->row_id)
      .text(flag(WRIT_INTENT_WARMUP) ? "WARMUP" : "LIVE")
      .integer((*instrument)->row_id)
      .text(model::kIntentKindWords.text(record.kind))
      .text_or_null(side_word(record.side))
      .text((*instrument)->outcome)
      .nano(record.price)
      .nano(record.quantity)
      .text_or_null(model::kOrderTypeWords.text(record.order_type))
      .text_or_null(model::kTimeInForceWords.text(record.time_in_force))
      .boolean(flag(WRIT_INTENT_POST_ONLY))
      .boolean(flag(WRIT_INTENT_REDUCE_ONLY))
      .boolean(flag(WRIT_INTENT_CLOSE_POSITION))
      .text(urgency_word(record.urgency))
      .integer(record.ttl_ns / 1'000'000)
      .time(record.expire_ts);
  record.target_intent != 0 ? row_.id(record.target_intent) : row_.null();
  const bool grouped = record.group_id != 0;
  grouped ? row_.id(record.group_id) : row_.null();
  grouped ? row_.integer(record.group_size) : row_.null();
  row_.text_or_null(model::kGroupPolicyWords.text(record.group_policy))
      .money(record.expected_value)
      .nano_or_zero(record.confidence)
      .money(record.risk_cost)
      .id(record.tag)
      .id(record.seen_seq)
      .text(tags.empty() ? std::string_view("[]") : tags);
  const std::string_view reason(rationale.data(), rationale.size());
  opaque ? row_.null() : row_.text_or_null(reason);
  opaque ? row_.bytes(std::as_bytes(rationale)) : row_.null();
  return write();
}

base::Result<void> Projector::on_verdict(const writ_verdict& record) {
  const auto account = this->account("arbiter_decision", record.account);
  if (!account) return account.error();
  const auto checks = model::tail_array<writ_check>(record, record.check_count);
  if (checks.size() != record.check_count) {
    return row_.refuse("arbiter_decision", "check_count exceeds the record");
  }
  json_ = "[";
  for (const writ_check& check : checks) {
    if (json_.size() > 1) json_ += ',';
    append_check(json_, check);
  }
  json_ += ']';
  envelope(kVerdict, record.header)
      .id(tables_.id(record.header.seq))
      .id(record.intent_id)
      .integer((*account)->row_id)
      .text(model::kBookWords.text(record.book))
      .boolean(record.approved != 0)
      .text(model::kReasonWords.text(record.reason))
      .text(model::kCheckWords.text(record.detail))
      .text(model::kEffectWords.text(record.effect))
      .text_or_null(tables_.strategy(record.owner))
      .nano(record.price)
      .nano_or_zero(record.approved != 0 ? record.quantity : 0)
      .text(json_);
  return write();
}

}  // namespace writ::storage
