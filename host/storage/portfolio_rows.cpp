// LEDGER and PORTFOLIO: cash, results, equity.
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/words.hpp"

#include <writ/money_abi.hpp>

#include <string>

namespace writ::storage {
namespace {

constexpr WriteSql kEntry{
    "ledger_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, ledger_seq, event_id, book, "
    "chain_book, event_type, account_id, instrument_id, strategy, ref, asset, amount, "
    "balance_after",
    ""};

constexpr WriteSql kPortfolio{
    "portfolio_snapshot",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, portfolio_snapshot_id, "
    "account_id, book, asset, cash, position_value, equity, initial_value, realized_pnl, "
    "unrealized_pnl, fees, funding, adjustments, gross_exposure, net_exposure, max_loss, "
    "peak_equity, "
    "drawdown, drawdown_pct, drawdown_tier, cost_drag, open_orders_count",
    ""};

constexpr WriteSql kBalance{"portfolio_balance",
                            "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, "
                            "portfolio_snapshot_id, asset, "
                            "amount, value",
                            ""};

constexpr WriteSql kPosition{
    "portfolio_position",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, portfolio_snapshot_id, "
    "instrument_id, qty, mark_price, stale, value, exposure",
    ""};

constexpr std::uint32_t kStaleMark = 1;  // writ_position.flags

// Sums of figures the core has bounded; out of range only in a foreign record.
bool add(Int128& sum, writ_money value) {
  return !__builtin_add_overflow(sum, from_abi(value).raw, &sum);
}

}  // namespace

base::Result<void> RecordRows::insert_pnl_ledger(const writ_ledger& record) {
  const auto account = this->account("ledger_event", record.account);
  if (!account) return account.error();
  const auto* instrument = tables_.instrument(record.instrument);
  const bool cash = record.ledger == WRIT_LEDGER_CASH;
  const std::uint64_t id = tables_.id(record.header.seq);
  const std::string event_id = (cash ? "cash:" : "pnl:") + std::to_string(id);
  std::string ref = std::to_string(record.ref);  // of a fill or a portfolio snapshot: its id
  if (record.ref_kind == WRIT_REF_SETTLEMENT) {
    ref = "settlement:" + (instrument != nullptr ? instrument->market : ref);
  } else if (record.ref_kind == 0) {
    ref.clear();
  } else if (record.ref_kind != WRIT_REF_FILL && record.ref_kind != WRIT_REF_SNAPSHOT) {
    ref.insert(0, std::string(model::kRefWords.text(record.ref_kind)) + ":");
  }
  envelope(kEntry, record.header)
      .id(id)
      .text(event_id)
      .text(cash                               ? "CASH"
            : record.ledger == WRIT_LEDGER_PNL ? "PNL"
                                               : "")
      .text(model::kBookWords.text(record.book))
      .text(entry_word(record.ledger, record.kind))
      .integer((*account)->row_id);
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.text_or_null(tables_.strategy(record.instance))
      .text_or_null(ref)
      .text(tables_.asset(record.asset))
      .money(record.amount);
  cash ? row_.money(record.balance_after) : row_.text("0");
  return write();
}

base::Result<void> RecordRows::insert_portfolio(const writ_portfolio& record) {
  const auto account = this->account("portfolio_snapshot", record.account);
  if (!account) return account.error();
  const auto balances = model::tail_array<writ_balance>(record, record.balance_count);
  const auto positions = model::tail_array<writ_position>(
      record, record.position_count, record.balance_count * sizeof(writ_balance));
  if (balances.size() != record.balance_count || positions.size() != record.position_count) {
    return row_.refuse("portfolio_snapshot", "counts exceed the record");
  }
  Int128 cash = 0;
  Int128 held = 0;
  bool fits = true;
  for (const writ_balance& balance : balances) fits = fits && add(cash, balance.value);
  for (const writ_position& position : positions) fits = fits && add(held, position.value);
  if (!fits) return row_.refuse("portfolio_snapshot", "a sum of values exceeds 128 bits");

  const std::uint64_t id = tables_.id(record.header.seq);
  envelope(kPortfolio, record.header)
      .id(id)
      .integer((*account)->row_id)
      .text(model::kBookWords.text(record.book))
      .text(tables_.asset(record.reporting_asset))
      .decimal(cash, 18)
      .decimal(held, 18)
      .money(record.equity)
      .money(record.initial)
      .money(record.realized)
      .money(record.unrealized)
      .money(record.fees)
      .money(record.funding)
      .money(record.adjustments)
      .money(record.gross_exposure)
      .money(record.net_exposure)
      .money(record.max_loss)
      .money(record.peak)
      .money(record.drawdown)
      .nano_or_zero(record.drawdown_fraction)
      .text(model::kTierWords.text(record.tier))
      .money(record.fees)
      .integer(record.open_orders);
  if (auto written = write(); !written) return written;

  for (const writ_balance& balance : balances) {
    envelope(kBalance, record.header)
        .id(id)
        .text(tables_.asset(balance.asset))
        .money(balance.amount)
        .money(balance.value);
    if (auto written = write(); !written) return written;
  }
  for (const writ_position& position : positions) {
    const auto instrument = this->instrument("portfolio_position", position.instrument);
    if (!instrument) return instrument.error();
    envelope(kPosition, record.header)
        .id(id)
        .integer((*instrument)->row_id)
        .nano_or_zero(position.quantity)
        .nano(position.mark)
        .boolean((position.flags & kStaleMark) != 0)
        .money(position.value)
        .money(position.exposure);
    if (auto written = write(); !written) return written;
  }
  return {};
}

}  // namespace writ::storage
