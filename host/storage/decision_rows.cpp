// SNAPSHOT, SIGNAL, INTENT, VERDICT, VETO_MARK: what was seen, said, wanted and judged.
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/words.hpp"

#include <writ/money_abi.hpp>

#include <array>
#include <cstring>
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

constexpr WriteSql kVetoMark{
    "veto_mark",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, decision_id, horizon_ms, "
    "reference_price, mark_price, filled, pnl, asset",
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

void append_quoted(std::string& out, std::string_view plain) {
  out += '"';
  out += plain;
  out += '"';
}

// A value that is not finite is no JSON: the schema refuses it.
std::string features_json(std::span<const writ_feature> features) {
  std::string out = "[";
  for (const writ_feature& feature : features) {
    if (out.size() > 1) out += ',';
    if (feature.known != 0) {
      append_real(out, feature.value);
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

base::Result<void> RecordRows::insert_snapshot(const writ_snapshot& record) {
  LatestSnapshot& latest = snapshots_[record.instance];
  latest.seq = record.header.seq;
  latest.stored = tables_.options.store_snapshots;
  latest.record.clear();
  if (latest.stored) return write_snapshot(record);
  latest.record.resize(record.header.size / sizeof latest.record[0]);
  std::memcpy(latest.record.data(), &record, record.header.size);
  return {};
}

// The snapshot an intent was made on has its row before the intent has.
base::Result<void> RecordRows::need_snapshot(const writ_intent& record) {
  LatestSnapshot& latest = snapshots_[record.instance];
  const bool is_latest = latest.seq == record.snapshot_seq;
  if (record.snapshot_seq == 0 || (is_latest && latest.stored)) return {};
  if (is_latest) {
    latest.stored = true;
    return write_snapshot(*reinterpret_cast<const writ_snapshot*>(latest.record.data()));
  }
  auto stored = row_.query("SELECT 1 FROM state_snapshot WHERE snapshot_id = $1");
  if (!stored) return stored.error();
  (*stored)->bind_integer(1, static_cast<std::int64_t>(tables_.id(record.snapshot_seq)));
  const auto row = (*stored)->step();
  if (!row) return row.error();
  if (*row) return {};
  const std::string missing = "snapshot " + std::to_string(record.snapshot_seq) + " is not at hand";
  if (!find_) return row_.refuse("state_snapshot", missing);
  const auto found = find_(record.snapshot_seq);
  if (!found) return found.error();
  const auto* snapshot = *found == nullptr ? nullptr : model::as<writ_snapshot>(**found);
  if (snapshot == nullptr) return row_.refuse("state_snapshot", missing);
  return write_snapshot(*snapshot);
}

base::Result<void> RecordRows::register_features(std::uint32_t version, std::int64_t ts) {
  if (feature_schema_ == version) return {};
  const bool known = version == WRIT_FEATURE_SCHEMA_VERSION;
  const std::string number = std::to_string(version);
  const std::string names = known ? feature_names_json() : R"(["version )" + number + "\"]";
  const std::string description = "feature vector " + number;
  row_.begin(kFeatureSchema).integer(version).integer(ts).text(description).text(names);
  if (auto written = write(); !written) return written;
  auto stored =
      row_.query("SELECT features_json FROM feature_schema WHERE feature_schema_version = $1");
  if (!stored) return stored.error();
  (*stored)->bind_integer(1, version);
  if (const auto row = (*stored)->step(); !row) return row.error();
  if ((*stored)->text(0) != names) {
    return row_.refuse("feature_schema", "version " + number + " is stored with other names: " +
                                             std::string((*stored)->text(0)));
  }
  return {};
}

base::Result<void> RecordRows::write_snapshot(const writ_snapshot& record) {
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
  if (auto known = register_features(record.feature_schema, record.header.ingest_ts); !known) {
    return known;
  }

  const std::string values = tables_.options.store_features ? features_json(features) : "[]";
  json_ = "[";
  for (const writ_signal_value& signal : signals) {
    if (json_.size() > 1) json_ += ',';
    json_ += R"({"instance":)";
    json_ += quoted(tables_.strategy(signal.instance));
    json_ += R"(,"port":)" + std::to_string(signal.port) + R"(,"ts":)";
    json_ += std::to_string(signal.ingest_ts) + R"(,"value":)";
    append_real(json_, signal.value);
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
  auto written = write();
  if (written) feature_schema_ = record.feature_schema;
  return written;
}

base::Result<void> RecordRows::insert_plugin_signal(const writ_signal& record) {
  const auto* instrument = tables_.instrument(record.instrument);
  const bool warm = (record.flags & WRIT_SIGNAL_WARM) != 0;
  json_ = R"({"value":)";
  append_real(json_, record.value);
  json_ += warm ? R"(,"warm":true})" : R"(,"warm":false})";
  envelope(kSignal, record.header)
      .id(tables_.id(record.header.seq))
      .text(tables_.strategy(record.instance))
      .text("all");
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.integer(record.signal).real(record.value).boolean(warm).id(record.seen_seq).text(json_);
  return write();
}

base::Result<void> RecordRows::insert_plugin_signal(const writ_signal_report& record) {
  const auto* instrument = tables_.instrument(record.instrument);
  const auto scope = model::text_of(record.scope);
  json_ = queryable_json(model::tail_text(record, record.payload_size));
  envelope(kSignal, record.header)
      .id(tables_.id(record.header.seq))
      .text(tables_.strategy(record.instance))
      .text(scope.empty() ? std::string_view("all") : scope);
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.integer(record.signal)
      .real(record.value)
      .boolean((record.flags & WRIT_SIGNAL_WARM) != 0)
      .id(record.seen_seq)
      .text(json_);
  return write();
}

base::Result<void> RecordRows::insert_intent(const writ_intent& record) {
  std::uint32_t account_number = record.account;
  if (const auto found = tables_.instances.find(record.instance);
      account_number == 0 && found != tables_.instances.end()) {
    account_number = found->second.account;
  }
  const auto account = this->account("strategy_intent", account_number);
  if (!account) return account.error();
  const auto instrument = this->instrument("strategy_intent", record.instrument);
  if (!instrument) return instrument.error();
  if (!tables_.options.store_snapshots) {
    if (auto stored = need_snapshot(record); !stored) return stored;
  }
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

base::Result<void> RecordRows::insert_approval(const writ_verdict& record) {
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
  if (verdicts_.size() == kVerdictsKept) verdicts_.pop_front();
  verdicts_.push_back({tables_.id(record.header.seq), record.effect == WRIT_EFFECT_ADDS});
  return write();
}

base::Result<void> RecordRows::insert_veto_mark(const writ_veto_mark& record) {
  envelope(kVetoMark, record.header)
      .id(record.verdict_id)
      .integer(record.horizon_ns / 1'000'000)
      .nano_or_zero(record.reference_price)
      .nano_or_zero(record.mark_price)
      .boolean(record.filled != 0)
      .money(record.pnl)
      .text(tables_.asset(record.asset));
  return write();
}

}  // namespace writ::storage
