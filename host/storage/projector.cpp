#include "host/storage/projector.hpp"

#include "host/model/record_view.hpp"
#include "host/storage/raw_frame.hpp"

#include <array>
#include <utility>

namespace writ::storage {
namespace {

// A statement undoes itself when it is refused; a record of several must be undone by a savepoint.
enum class Makes : std::uint8_t {
  kOneRow,
  kRows,
  kIntent,  // its snapshot's too, where snapshots wait for an intent
};

using MakeRows = base::Result<void> (*)(RecordRows&, const writ_record&);

// Whichever of its type numbers the record carries.
template <class T, base::Result<void> (RecordRows::*Operation)(const T&)>
base::Result<void> make(RecordRows& rows, const writ_record& record) {
  if (record.size < sizeof(T)) return rows.refuse("", "record shorter than its type");
  return (rows.*Operation)(reinterpret_cast<const T&>(record));
}

template <class T>
base::Result<void> make_market_event(RecordRows& rows, const writ_record& record) {
  if (record.size < sizeof(T)) return rows.refuse("", "record shorter than its type");
  return rows.insert_market_event(record);
}

}  // namespace

struct Projector::Handler {
  std::uint16_t type;
  Makes makes;
  MakeRows make;
};

// What a program that knows fewer types than the journal does is not an error: its reader says so.
const Projector::Handler* Projector::handler_of(std::uint16_t type) {
  using R = RecordRows;
  static constexpr std::array kHandlers = std::to_array<Handler>({
      {WRIT_RECORD_BOOK_DELTA, Makes::kRows, make<writ_book_delta, &R::insert_book_change>},
      {WRIT_RECORD_BOOK_TOP, Makes::kRows, make<writ_book_top, &R::insert_book_top>},
      {WRIT_RECORD_TRADE, Makes::kOneRow, make_market_event<writ_trade>},
      {WRIT_RECORD_SNAPSHOT, Makes::kRows, make<writ_snapshot, &R::insert_snapshot>},
      {WRIT_RECORD_SIGNAL, Makes::kOneRow, make<writ_signal, &R::insert_plugin_signal>},
      {WRIT_RECORD_INTENT, Makes::kIntent, make<writ_intent, &R::insert_intent>},
      {WRIT_RECORD_VERDICT, Makes::kOneRow, make<writ_verdict, &R::insert_approval>},
      {WRIT_RECORD_ORDER, Makes::kRows, make<writ_order, &R::upsert_order>},
      {WRIT_RECORD_FILL, Makes::kOneRow, make<writ_fill, &R::insert_fill>},
      {WRIT_RECORD_LEDGER, Makes::kOneRow, make<writ_ledger, &R::insert_pnl_ledger>},
      {WRIT_RECORD_EXECUTED_TRADE, Makes::kOneRow,
       make<writ_executed_trade, &R::insert_executed_trade>},
      {WRIT_RECORD_PORTFOLIO, Makes::kRows, make<writ_portfolio, &R::insert_portfolio>},
      {WRIT_RECORD_VETO_MARK, Makes::kOneRow, make<writ_veto_mark, &R::insert_veto_mark>},
      {WRIT_RECORD_INCIDENT, Makes::kRows, make<writ_incident, &R::insert_incident>},
      {WRIT_RECORD_SIGNAL_REPORT, Makes::kOneRow,
       make<writ_signal_report, &R::insert_plugin_signal>},
      {WRIT_RECORD_SIGNAL_INPUT, Makes::kOneRow, make<writ_signal, &R::insert_plugin_signal>},
      {WRIT_RECORD_SIGNAL_REPORT_INPUT, Makes::kOneRow,
       make<writ_signal_report, &R::insert_plugin_signal>},
      {WRIT_RECORD_PLUGIN_STAT, Makes::kOneRow, make<writ_plugin_stat, &R::insert_plugin_stat>},
      {WRIT_RECORD_RUN_STARTED, Makes::kRows, make<writ_run_started, &R::start_run>},
      {WRIT_RECORD_RUN_STOPPED, Makes::kRows, make<writ_run_stopped, &R::end_run>},
      {WRIT_RECORD_ASSET, Makes::kRows, make<writ_asset, &R::name_asset>},
      {WRIT_RECORD_ACCOUNT, Makes::kRows, make<writ_account, &R::upsert_account>},
      {WRIT_RECORD_INSTRUMENT, Makes::kRows, make<writ_instrument, &R::upsert_instrument>},
      {WRIT_RECORD_STREAM, Makes::kRows, make<writ_stream, &R::name_stream>},
      {WRIT_RECORD_INSTANCE, Makes::kRows, make<writ_instance, &R::name_instance>},
      {WRIT_RECORD_CONFIG, Makes::kRows, make<writ_config_change, &R::set_config>},
      {WRIT_RECORD_COMMAND, Makes::kRows, make<writ_command, &R::insert_command>},
      {WRIT_RECORD_DEPOSIT, Makes::kRows, make<writ_deposit, &R::set_initial_cash>},
      {WRIT_RECORD_ADJUSTMENT, Makes::kRows, make<writ_adjustment, &R::insert_adjustment>},
      {WRIT_RECORD_TOKENS, Makes::kRows, make<writ_token_change, &R::insert_token_change>},
      {WRIT_RECORD_RELOAD, Makes::kRows, make<writ_reload, &R::insert_reload>},
      {WRIT_RECORD_BOOK_SNAPSHOT, Makes::kRows, make<writ_book_snapshot, &R::insert_book_image>},
      {WRIT_RECORD_MARKET_STATUS, Makes::kRows, make<writ_market_status, &R::insert_market_status>},
      {WRIT_RECORD_MARK_PRICE, Makes::kOneRow, make_market_event<writ_mark_price>},
      {WRIT_RECORD_BAR, Makes::kOneRow, make_market_event<writ_bar>},
      {WRIT_RECORD_FUNDING, Makes::kOneRow, make_market_event<writ_funding>},
      {WRIT_RECORD_LIQUIDATION, Makes::kOneRow, make_market_event<writ_liquidation>},
      {WRIT_RECORD_SETTLEMENT, Makes::kOneRow, make_market_event<writ_settlement>},
      {WRIT_RECORD_TICK_CHANGE, Makes::kOneRow, make_market_event<writ_tick_change>},
      {WRIT_RECORD_REDUCTION, Makes::kOneRow, make_market_event<writ_reduction>},
  });
  for (const Handler& handler : kHandlers) {
    if (handler.type == type) return &handler;
  }
  return nullptr;
}

Projector::Projector(Database& database, RunTables tables, FindRecord find)
    : rows_(database, std::move(tables), std::move(find)) {}

base::Result<void> Projector::apply(const writ_record& record) {
  const RowOptions& options = tables().options;
  if (is_price_data(record.type) && !options.log_l2_full) return {};
  base::Result<void> done;
  if (is_raw_frame(record.type, options)) done = rows_.log_raw_event(record);
  if (done) {
    const Handler* handler = handler_of(record.type);
    if (handler == nullptr) return {};
    done = make_rows(*handler, record);
  }
  const bool refused = !done && done.error().code() == base::Errc::kRejected;
  if (!refused || rows_.writer().collects()) return done;
  if (record.type == WRIT_RECORD_RUN_STARTED) return base::Error(base::Errc::kInvalid, "run row");
  ++rejected_;
  return rows_.insert_reject(record);
}

// All of them or, if one is refused, none.
base::Result<void> Projector::make_rows(const Handler& handler, const writ_record& record) {
  const bool one_row = handler.makes == Makes::kOneRow ||
                       (handler.makes == Makes::kIntent && tables().options.store_snapshots);
  if (one_row) return handler.make(rows_, record);
  RowWriter& writer = rows_.writer();
  if (auto saved = writer.save(); !saved) return saved;
  const std::uint64_t rows_before = rows_.written();
  auto done = handler.make(rows_, record);
  if (done) return writer.release();
  if (done.error().code() == base::Errc::kRejected && !writer.collects()) {
    rows_.forget_rows_after(rows_before);
    if (auto undone = writer.undo(); !undone) return undone;
  }
  return done;
}

}  // namespace writ::storage
