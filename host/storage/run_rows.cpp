// RUN_STARTED, RUN_STOPPED and the tables of a run: run, account, instrument, projection_number.
#include "host/base/hex.hpp"
#include "host/base/run_hash.hpp"
#include "host/base/uuid.hpp"
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/raw_frame.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/words.hpp"

#include <writ/ids.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>

namespace writ::storage {
namespace {

constexpr WriteSql kRun{
    "run",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, run_number, "
    "continues_number, "
    "run_kind, run_mode, status, updated_ts, host, git_sha, config_hash, run_hash, data_hash, "
    "manifest_json, seed_root, bootstrap_seed, origin_run_id",
    ""};

constexpr WriteSql kRunEnded{
    "run", "",
    "UPDATE run SET status = CASE WHEN status = 'KILLED' THEN status ELSE $1 END, "
    "completed_ts = $2, updated_ts = $3 WHERE run_number = $4 AND completed_ts IS NULL"};

constexpr WriteSql kRunAccount{
    "run", "", "UPDATE run SET account_id = $1 WHERE run_id = $2 AND account_id IS NULL"};

constexpr WriteSql kRunConfig{"run", "",
                              "UPDATE run SET config_json = $1, updated_ts = $2 WHERE run_id = $3"};

constexpr WriteSql kAccount{
    "account", "account_id, name, run_mode, base_ccy, initial_cash",
    "ON CONFLICT (name, run_mode) DO UPDATE SET base_ccy = excluded.base_ccy"};

constexpr WriteSql kFirstDeposit{
    "account", "",
    "UPDATE account SET initial_cash = $1 WHERE account_id = $2 AND base_ccy = $3 "
    "AND initial_cash = '0'"};

constexpr WriteSql kInstrument{
    "instrument",
    "instrument_id, venue, market_id, selection_id, symbol, kind, outcome, base_ccy, quote_ccy, "
    "settle_ccy, tick_size, lot_size, min_price, max_price, min_qty, max_qty, min_notional, "
    "max_notional, qty_unit, maker_fee, taker_fee, winners, runners, each_way_divisor, "
    "expiry_ts, complement_id, status, start_ts, updated_ts",
    "ON CONFLICT (venue, market_id, selection_id) DO UPDATE SET symbol = excluded.symbol, "
    "kind = excluded.kind, outcome = excluded.outcome, base_ccy = excluded.base_ccy, "
    "quote_ccy = excluded.quote_ccy, settle_ccy = excluded.settle_ccy, "
    "tick_size = excluded.tick_size, lot_size = excluded.lot_size, "
    "min_price = excluded.min_price, max_price = excluded.max_price, min_qty = excluded.min_qty, "
    "max_qty = excluded.max_qty, min_notional = excluded.min_notional, "
    "max_notional = excluded.max_notional, qty_unit = excluded.qty_unit, "
    "maker_fee = excluded.maker_fee, taker_fee = excluded.taker_fee, "
    "winners = excluded.winners, runners = excluded.runners, "
    "each_way_divisor = excluded.each_way_divisor, "
    "expiry_ts = excluded.expiry_ts, "
    "complement_id = COALESCE(excluded.complement_id, instrument.complement_id), "
    "status = excluded.status, start_ts = excluded.start_ts, updated_ts = excluded.updated_ts"};

constexpr WriteSql kComplement{
    "instrument", "",
    "UPDATE instrument SET complement_id = $1 WHERE instrument_id = $2 AND complement_id IS NULL"};

// Text of a manifest key, or nothing; a number as its digits.
std::string manifest_text(const boost::json::object& manifest, std::string_view key) {
  const auto* value = manifest.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (const auto* text = value->if_string()) return std::string(*text);
  return boost::json::serialize(*value);
}

std::int64_t manifest_seed(const boost::json::object& manifest, std::string_view key) {
  const std::string text = manifest_text(manifest, key);
  std::int64_t seed = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || seed > 4'294'967'295) return 0;
    seed = seed * 10 + (c - '0');
  }
  return seed;
}

bool all_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::string of_length(const std::string& text, std::size_t length) {
  return text.size() == length ? text : std::string();
}

std::string_view run_kind(std::uint32_t mode) {
  if (mode == WRIT_MODE_REPLAY) return "REPLAY";
  return mode == WRIT_MODE_BACKTEST ? "BACKTEST" : "HOST";
}

std::string_view outcome_of(const writ_instrument& record) {
  const auto selection = model::text_of(record.selection);
  if (record.kind != WRIT_KIND_BINARY) return "";
  if (selection == "YES" || selection == "Yes" || selection == "yes") return "YES";
  if (selection == "NO" || selection == "No" || selection == "no") return "NO";
  return "";
}

}  // namespace

base::Result<void> RecordRows::start_run(const writ_run_started& record) {
  boost::system::error_code bad;
  const auto text = model::tail_text(record, record.manifest_size);
  const auto parsed = boost::json::parse(text.empty() ? std::string_view("{}") : text, bad);
  if (bad || !parsed.is_object()) return row_.refuse("run", "the manifest is not a JSON object");
  const auto& manifest = parsed.get_object();

  base::Uuid uuid;
  std::copy(std::begin(record.run_id), std::end(record.run_id), uuid.bytes.begin());
  tables_ = {};
  tables_.run_id = base::to_string(uuid);
  tables_.run_number = record.run_number;
  tables_.mode = record.mode;

  const std::string config_hash =
      all_zero(record.config_hash) ? std::string() : base::to_hex(record.config_hash);
  const std::string data_hash = of_length(manifest_text(manifest, "data_hash"), 64);
  std::string run_hash = of_length(manifest_text(manifest, "run_hash"), 64);
  std::string code_version = manifest_text(manifest, "git_sha");
  if (code_version.empty()) code_version = manifest_text(manifest, "code_version");
  if (run_hash.empty() && !data_hash.empty()) {
    auto computed = base::run_hash({code_version, config_hash, data_hash});
    if (computed) run_hash = std::move(*computed);
  }
  if (record.mode == WRIT_MODE_BACKTEST || record.mode == WRIT_MODE_REPLAY) {
    if (data_hash.empty()) return row_.refuse("run", "the manifest has no data_hash of 64 digits");
  }
  if (auto free = check_run_is_new(record.run_number, run_hash); !free) return free;
  const std::string git_sha = of_length(code_version, 40);
  const std::string host = manifest_text(manifest, "host");
  const std::string origin = manifest_text(manifest, "origin_run_id");

  row_.begin(kRun)
      .integer(1)
      .text(kHostSource)
      .integer(record.header.ingest_ts)
      .integer(record.header.ingest_ts)  // a run begins by the host's clock
      .text(tables_.run_id)
      .id(record.header.seq)
      .id(record.run_number)
      .id(record.continues)
      .text(run_kind(record.mode))
      .text(mode_word(record.mode))
      .text("STARTED")
      .integer(record.header.ingest_ts)
      .text(host)
      .text_or_null(git_sha)
      .text_or_null(config_hash)
      .text_or_null(run_hash)
      .text_or_null(data_hash)
      .text(text.empty() ? std::string_view("{}") : text)
      .integer(manifest_seed(manifest, "seed_root"))
      .integer(manifest_seed(manifest, "bootstrap_seed"))
      .text_or_null(origin);
  return write();
}

// Ids of two runs with one number would be the same; the same backtest twice is one run.
base::Result<void> RecordRows::check_run_is_new(std::uint64_t number, std::string_view run_hash) {
  auto query = row_.query(
      "SELECT run_id, run_number FROM run WHERE run_number = $1 OR run_id = $2 "
      "OR (run_kind = 'BACKTEST' AND run_hash = $3 AND $4 = 'BACKTEST')");
  if (!query) return query.error();
  (*query)->bind_integer(1, static_cast<std::int64_t>(number));
  (*query)->bind_text(2, tables_.run_id);
  (*query)->bind_text(3, run_hash);
  (*query)->bind_text(4, run_kind(tables_.mode));
  const auto found = (*query)->step();
  if (!found) return found.error();
  if (!*found) return {};
  static_cast<void>(row_.refuse("run", "run " + tables_.run_id + " (number " +
                                           std::to_string(number) + ") meets run " +
                                           std::string((*query)->text(0)) + " (number " +
                                           std::string((*query)->text(1)) + ")"));
  return base::Error(base::Errc::kExists, "run row", static_cast<std::int64_t>(number));
}

base::Result<void> RecordRows::end_run(const writ_run_stopped& record) {
  std::string_view status = "COMPLETED";
  if (record.reason == WRIT_STOP_KILL) status = "KILLED";
  if (record.reason == WRIT_STOP_HALT || record.reason == WRIT_STOP_FOUND_DEAD) status = "FAILED";
  row_.begin(kRunEnded)
      .text(status)
      .integer(record.header.ingest_ts)
      .integer(record.header.ingest_ts)
      .id(record.run_number);
  return write();
}

base::Result<void> RecordRows::name_asset(const writ_asset& record) {
  const auto name = model::text_of(record.name);
  auto named = name_number("ASSET", record.asset, name, 0);
  if (named) tables_.assets[record.asset] = name;
  return named;
}

// No account of its own: the book tells its rows from those of the account it stands beside.
base::Result<void> RecordRows::name_shadow_account(const writ_account& record) {
  const auto shadowed = this->account("account", record.shadow_of);
  if (!shadowed) return shadowed.error();
  const auto row_id = (*shadowed)->row_id;
  auto name = (*shadowed)->name + std::string(RunTables::kShadowSuffix);
  auto named = name_number("ACCOUNT", record.account, name, row_id);
  if (named) tables_.accounts[record.account] = {row_id, std::move(name)};
  return named;
}

base::Result<void> RecordRows::upsert_account(const writ_account& record) {
  if (record.book == WRIT_BOOK_SHADOW) return name_shadow_account(record);
  std::string name(model::text_of(record.name));
  // Every backtest has accounts of its own: its money is not the next one's.
  if (run_kind(tables_.mode) != "HOST") name += '@' + tables_.run_id;
  const auto fresh = next_id("SELECT COALESCE(MAX(account_id), 0) + 1 FROM account");
  if (!fresh) return fresh.error();
  row_.begin(kAccount)
      .integer(*fresh)
      .text(name)
      .text(mode_word(tables_.mode))
      .text(tables_.asset(record.reporting_asset))
      .text("0");
  if (auto written = write(); !written) return written;

  auto lookup = row_.query("SELECT account_id FROM account WHERE name = $1 AND run_mode = $2");
  if (!lookup) return lookup.error();
  (*lookup)->bind_text(1, name);
  (*lookup)->bind_text(2, mode_word(tables_.mode));
  const auto found = (*lookup)->step();
  if (!found) return found.error();
  const std::int64_t row_id = (*lookup)->integer(0);
  if (!tables_.has_account) {
    row_.begin(kRunAccount).integer(row_id).text(tables_.run_id);
    if (auto written = write(); !written) return written;
  }
  auto named = name_number("ACCOUNT", record.account, name, row_id);
  if (!named) return named;
  tables_.has_account = true;
  tables_.accounts[record.account] = {row_id, std::move(name)};
  return {};
}

base::Result<void> RecordRows::upsert_instrument(const writ_instrument& record) {
  const auto fresh = next_id("SELECT COALESCE(MAX(instrument_id), 0) + 1 FROM instrument");
  if (!fresh) return fresh.error();
  const auto venue = model::text_of(record.venue);
  const auto market = model::text_of(record.market);
  const auto selection = model::text_of(record.selection);
  const auto asset = [this](std::uint32_t number, std::string_view text) {
    const auto name = tables_.asset(number);
    return std::string(name.empty() ? text : name);
  };
  const std::string base = asset(record.base_asset, model::text_of(record.base));
  const std::string quote = asset(record.quote_asset, model::text_of(record.quote));
  const std::string settle = asset(record.settle_asset, model::text_of(record.settle));
  // As the ledger books it: a perpetual settles in its settle asset, all else in the quote asset.
  const bool by_settle = record.kind == WRIT_KIND_PERP && !settle.empty();
  const auto* complement = tables_.instrument(record.complement);
  const auto limit = [this](writ_money bound) -> RowWriter& {
    return bound.lo == 0 && bound.hi == 0 ? row_.null() : row_.money(bound);
  };
  row_.begin(kInstrument)
      .integer(*fresh)
      .text(venue)
      .text(market)
      .text(selection)
      .text(model::text_of(record.symbol))
      .text(model::kInstrumentKindWords.text(record.kind))
      .text(outcome_of(record))
      .text(base)
      .text(quote)
      .text(settle)
      .nano_or_zero(record.tick)
      .nano_or_zero(record.lot)
      .nano(record.price_min)
      .nano(record.price_max)
      .nano(record.quantity_min)
      .nano(record.quantity_max);
  limit(record.notional_min);
  limit(record.notional_max);
  row_.nano(record.quantity_unit)
      .nano(record.maker_fee)
      .nano(record.taker_fee)
      .integer(record.winners)
      .integer(record.runners)
      .nano(record.each_way_divisor)
      .time(record.expiry_ts);
  complement != nullptr ? row_.integer(complement->row_id) : row_.null();
  row_.text(model::kInstrumentStatusWords.text(record.status))
      .time(record.start_ts)
      .integer(record.header.ingest_ts);
  if (auto written = write(); !written) return written;

  auto lookup = row_.query(
      "SELECT instrument_id FROM instrument WHERE venue = $1 AND market_id = $2 "
      "AND selection_id = $3");
  if (!lookup) return lookup.error();
  (*lookup)->bind_text(1, venue);
  (*lookup)->bind_text(2, market);
  (*lookup)->bind_text(3, selection);
  const auto found = (*lookup)->step();
  if (!found) return found.error();
  const std::int64_t row_id = (*lookup)->integer(0);
  if (complement != nullptr) {  // the first of the two could not name the second
    row_.begin(kComplement).integer(row_id).integer(complement->row_id);
    if (auto written = write(); !written) return written;
  }
  auto named = name_number("INSTRUMENT", record.instrument, model::text_of(record.symbol), row_id);
  if (!named) return named;
  tables_.instruments[record.instrument] = {row_id, std::string(venue), std::string(market),
                                            std::string(outcome_of(record)),
                                            by_settle ? settle : quote};
  return {};
}

base::Result<void> RecordRows::name_stream(const writ_stream& record) {
  const auto source = model::text_of(record.source);
  auto named = name_number("STREAM", record.stream, source, 0);
  if (named) tables_.streams[record.stream] = source;
  return named;
}

base::Result<void> RecordRows::name_instance(const writ_instance& record) {
  const auto name = model::text_of(record.name);
  auto named = name_number("INSTANCE", record.instance, name, record.account);
  if (!named) return named;
  tables_.instances[record.instance] = {std::string(name), record.account};
  if (record.kind == 0) return {};  // the operator is no plugin

  boost::json::object detail;
  detail["instance"] = std::string(name);
  detail["plugin"] = std::string(model::text_of(record.plugin));
  detail["version"] = std::string(model::text_of(record.version));
  detail["sha256"] = base::to_hex(record.object_hash);
  const std::string_view kind = record.state == 1   ? "PLUGIN_LOADED"
                                : record.state == 2 ? "PLUGIN_STOPPED"
                                                    : "PLUGIN_REMOVED";
  return write_event(record.header, "INFO", kind, name, boost::json::serialize(detail));
}

base::Result<void> RecordRows::set_config(const writ_config_change& record) {
  const auto text = model::tail_text(record, record.text_size);
  row_.begin(kRunConfig).text(text).integer(record.header.ingest_ts).text(tables_.run_id);
  if (auto written = write(); !written) return written;
  tables_.options = row_options(text);
  const std::string detail = R"({"config_hash":")" + base::to_hex(record.config_hash) + "\"}";
  return write_event(record.header, "INFO", "CONFIG", "configuration in force", detail);
}

base::Result<void> RecordRows::set_initial_cash(const writ_deposit& record) {
  const auto account = this->account("account", record.account);
  if (!account) return account.error();
  if (record.amount.hi < 0 || (*account)->is_shadow()) return {};
  row_.begin(kFirstDeposit)
      .money(record.amount)
      .integer((*account)->row_id)
      .text(tables_.asset(record.asset));
  return write();
}

}  // namespace writ::storage
