// ORDER, FILL, EXECUTED_TRADE: the only mutable link of the chain, and what it brought.
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/words.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace writ::storage {
namespace {

constexpr WriteSql kOrder{
    "order_request",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, order_id, client_order_id, "
    "venue_order_id, run_mode, hour_ts, account_id, book, decision_id, intent_id, leg, attempt, "
    "strategy, venue, instrument_id, side, outcome, order_type, tif, post_only, reduce_only, "
    "expiry_ts, status, limit_price, qty, requested_notional, pre_order_cash_available, acked_ts, "
    "final_ts, notes",
    ""};

constexpr MergeColumn kTransitionColumns[] = {{"venue_order_id", Merge::kSetUnlessNull},
                                              {"status", Merge::kSet},
                                              {"limit_price", Merge::kSet},
                                              {"qty", Merge::kSet},
                                              {"acked_ts", Merge::kSetOnce},
                                              {"final_ts", Merge::kSet},
                                              {"notes", Merge::kSetUnlessEmpty},
                                              {"order_id", Merge::kKey}};
constexpr WriteSql kTransition{"order_request", "", "", kTransitionColumns};

// The history of transitions; amounts are those of the CASH and PNL entries.
constexpr WriteSql kOrderEntry{
    "ledger_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, ledger_seq, event_id, book, "
    "chain_book, event_type, account_id, instrument_id, strategy, client_order_id, ref, amount, "
    "notes",
    ""};

constexpr WriteSql kFill{
    "order_fill",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, fill_id, order_id, "
    "client_order_id, exchange_trade_id, venue_order_id, venue, account_id, book, instrument_id, "
    "strategy, side, outcome, price, qty, asset, fee, fee_asset, fee_asset_qty, liquidity",
    // A venue may report a fill twice: the core drops the second with an incident, and so does
    // this.
    "ON CONFLICT (order_id, exchange_trade_id) DO NOTHING"};

constexpr WriteSql kTrade{
    "executed_trade",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, trade_id, fill_id, leg, "
    "account_id, book, instrument_id, strategy, side, outcome, qty, entry_price, is_closed, "
    "exit_price, asset, fee, cost_bps, realized_pnl, position_after",
    ""};

constexpr std::int64_t kHourNs = 3'600'000'000'000;

// A fee in basis points of the notional: a statistic, hence a double.
double cost_bps(writ_money fee, std::int64_t quantity, std::int64_t price) {
  const Int128 notional = Int128{quantity} * price;
  if (notional == 0) return 0;
  return static_cast<double>(from_abi(fee).raw) / static_cast<double>(notional) * 10'000;
}

std::int64_t floor_hour(std::int64_t ts) {
  const std::int64_t rest = ts % kHourNs;
  return ts - (rest < 0 ? rest + kHourNs : rest);
}

}  // namespace

base::Result<void> RecordRows::upsert_order(const writ_order& record) {
  const auto account = this->account("order_request", record.account);
  if (!account) return account.error();
  const auto instrument = this->instrument("order_request", record.instrument);
  if (!instrument) return instrument.error();

  const std::int64_t ts = record.header.ingest_ts;
  const auto why = model::kReportReasonWords.text(record.reason);
  if (record.order_id == tables_.id(record.header.seq)) {
    if (auto made = insert_order(record, false); !made) return made;
  } else {
    row_.begin(kTransition)
        .text_or_null(model::text_of(record.venue_order_id))
        .text(model::kOrderStateWords.text(record.state))
        .nano_or_zero(record.price)
        .nano_or_zero(record.quantity);
    is_acknowledged(record.state) ? row_.integer(ts) : row_.null();
    is_final(record.state) ? row_.integer(ts) : row_.null();
    row_.text(why).id(record.order_id);
    const auto changed = row_.write();
    if (!changed) return changed.error();
    rows_ += static_cast<std::uint64_t>(*changed);
    if (*changed == 0) {
      if (auto made = insert_order(record, true); !made) return made;
    }
  }

  const std::uint64_t id = tables_.id(record.header.seq);
  const std::string event_id = "order:" + std::to_string(id);
  const std::string ref = std::to_string(record.order_id);
  envelope(kOrderEntry, record.header)
      .id(id)
      .text(event_id)
      .text("ORDER")
      .text(model::kBookWords.text(record.book))
      .text(model::kOrderStateWords.text(record.state))
      .integer((*account)->row_id)
      .integer((*instrument)->row_id)
      .text(tables_.strategy(record.instance))
      .text(model::text_of(record.client_order_id))
      .text(ref)
      .text("0")
      .text_or_null(why);
  return write();
}

// What reduces the worst-case loss opens nothing: its verdict never asked for free cash.
base::Result<bool> RecordRows::only_closes(const writ_order& record) {
  if (record.verdict_id == 0 || from_abi(record.requested) <= Money{}) return false;
  // An order follows its verdict; a query would send what waits.
  const auto known = std::find_if(
      verdicts_.rbegin(), verdicts_.rend(),
      [&record](const Judged& judged) { return judged.decision_id == record.verdict_id; });
  if (known != verdicts_.rend()) return !known->adds;
  auto verdict = row_.query(
      "SELECT 1 FROM arbiter_decision WHERE decision_id = $1 AND intent_class <> 'adds'");
  if (!verdict) return verdict.error();
  (*verdict)->bind_integer(1, static_cast<std::int64_t>(record.verdict_id));
  return (*verdict)->step();
}

base::Result<void> RecordRows::insert_order(const writ_order& record, bool from_earlier_run) {
  const auto* instrument = tables_.instrument(record.instrument);
  const std::int64_t ts = record.header.ingest_ts;
  // An order opened by a run that is not in this database: its verdict is not here either.
  const bool has_intent = record.intent_id != 0 && !from_earlier_run;
  const auto closes = only_closes(record);
  if (!closes) return closes.error();
  // Submitted by the host's clock: its latencies are never differences of two clocks.
  writ_record submitted = record.header;
  submitted.event_ts = ts;
  envelope(kOrder, submitted)
      .id(record.order_id)
      .text(model::text_of(record.client_order_id))
      .text_or_null(model::text_of(record.venue_order_id))
      .text(mode_word(tables_.mode))
      .integer(floor_hour(ts))
      .integer(tables_.account(record.account)->row_id)
      .text(model::kBookWords.text(record.book));
  has_intent&& record.verdict_id != 0 ? row_.id(record.verdict_id) : row_.null();
  has_intent ? row_.id(record.intent_id) : row_.null();
  row_.integer(record.leg)
      .integer(record.attempt)
      .text(tables_.strategy(record.instance))
      .text(instrument->venue)
      .integer(instrument->row_id)
      .text(side_word(record.side))
      .text(instrument->outcome)
      .text(model::kOrderTypeWords.text(record.order_type))
      .text_or_null(model::kTimeInForceWords.text(record.time_in_force))
      .boolean((record.flags & WRIT_INTENT_POST_ONLY) != 0)
      .boolean((record.flags & WRIT_INTENT_REDUCE_ONLY) != 0)
      .time(record.expire_ts)
      .text(model::kOrderStateWords.text(record.state))
      .nano_or_zero(record.price)
      .nano_or_zero(record.quantity)
      .money(*closes ? writ_money{} : record.requested)
      .money(record.cash_before);
  is_acknowledged(record.state) ? row_.integer(ts) : row_.null();
  is_final(record.state) ? row_.integer(ts) : row_.null();
  row_.text(from_earlier_run ? std::string_view("opened by a run that is not in this database")
                             : model::kReportReasonWords.text(record.reason));
  return write();
}

base::Result<void> RecordRows::insert_fill(const writ_fill& record) {
  const auto account = this->account("order_fill", record.account);
  if (!account) return account.error();
  const auto instrument = this->instrument("order_fill", record.instrument);
  if (!instrument) return instrument.error();
  envelope(kFill, record.header)
      .id(tables_.id(record.header.seq))
      .id(record.order_id)
      .text(model::text_of(record.client_order_id))
      .text(model::text_of(record.exchange_trade_id))
      .text_or_null(model::text_of(record.venue_order_id))
      .text((*instrument)->venue)
      .integer((*account)->row_id)
      .text(model::kBookWords.text(record.book))
      .integer((*instrument)->row_id)
      .text(tables_.strategy(record.instance))
      .text(side_word(record.side))
      .text((*instrument)->outcome)
      .nano(record.price)
      .nano(record.quantity)
      .text((*instrument)->cash_asset)
      .money(record.fee)
      .text(tables_.asset(record.fee_asset))
      .money(record.fee_asset_quantity)
      .text(model::kLiquidityWords.text(record.liquidity));
  return write();
}

base::Result<void> RecordRows::insert_executed_trade(const writ_executed_trade& record) {
  const auto account = this->account("executed_trade", record.account);
  if (!account) return account.error();
  const auto instrument = this->instrument("executed_trade", record.instrument);
  if (!instrument) return instrument.error();
  const bool closes = record.closes != 0;
  const std::int64_t price = closes ? record.exit_price : record.entry_price;
  envelope(kTrade, record.header)
      .id(tables_.id(record.header.seq))
      .id(record.fill_id)
      .integer(record.leg)
      .integer((*account)->row_id)
      .text(model::kBookWords.text(record.book))
      .integer((*instrument)->row_id)
      .text(tables_.strategy(record.instance))
      .text(side_word(record.side))
      .text((*instrument)->outcome)
      .nano(record.quantity)
      .nano(record.entry_price)
      .boolean(closes)
      .nano_or_zero(closes ? record.exit_price : 0)
      .text((*instrument)->cash_asset)
      .money(record.fee)
      .real(cost_bps(record.fee, record.quantity, price))
      .money(record.realized)
      .nano_or_zero(record.position_after);
  return write();
}

}  // namespace writ::storage
