#include "host/storage/run_tables.hpp"

#include "host/storage/raw_frame.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>

#include <utility>

namespace writ::storage {
namespace {

template <class Map>
const typename Map::mapped_type* find(const Map& map, std::uint32_t number) {
  const auto found = map.find(number);
  return found == map.end() ? nullptr : &found->second;
}

std::string_view text_or_empty(const std::string* text) {
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::uint32_t mode_of(std::string_view kind, std::string_view mode) {
  if (kind == "REPLAY") return WRIT_MODE_REPLAY;
  if (mode == "BACKTEST") return WRIT_MODE_BACKTEST;
  return mode == "LIVE" ? WRIT_MODE_LIVE : WRIT_MODE_PAPER;
}

}  // namespace

const RunTables::Account* RunTables::account(std::uint32_t number) const {
  return find(accounts, number);
}

const InstrumentRow* RunTables::instrument(std::uint32_t number) const {
  return find(instruments, number);
}

std::string_view RunTables::asset(std::uint32_t number) const {
  return text_or_empty(find(assets, number));
}

std::string_view RunTables::source(std::uint16_t stream) const {
  const auto* name = find(streams, stream);
  return name != nullptr ? std::string_view(*name) : kHostSource;
}

std::string_view RunTables::strategy(std::uint32_t instance) const {
  const auto* found = find(instances, instance);
  return found != nullptr ? std::string_view(found->name) : std::string_view();
}

std::uint64_t RunTables::id(std::uint64_t seq) const noexcept {
  return (run_number << kSeqBits) | seq;
}

base::Result<RunTables> load_run_tables(Database& database, const std::string& run_id) {
  RunTables tables;
  auto run = database.prepare(
      "SELECT run_number, run_kind, run_mode, account_id, config_json FROM run WHERE run_id = $1");
  if (!run) return run.error();
  (*run)->bind_text(1, run_id);
  auto row = (*run)->step();
  if (!row) return row.error();
  if (!*row) return tables;
  tables.run_id = run_id;
  tables.run_number = static_cast<std::uint64_t>((*run)->integer(0));
  tables.mode = mode_of((*run)->text(1), std::string((*run)->text(2)));
  tables.has_account = !(*run)->is_null(3);
  tables.options = row_options((*run)->text(4));

  auto numbers = database.prepare(
      "SELECT p.kind, p.number, p.name, p.row_id, i.venue, i.market_id, i.outcome, "
      "CASE WHEN i.kind = 'PERP' AND i.settle_ccy <> '' THEN i.settle_ccy ELSE i.quote_ccy END "
      "FROM projection_number p LEFT JOIN instrument i "
      "ON p.kind = 'INSTRUMENT' AND i.instrument_id = p.row_id WHERE p.run_id = $1");
  if (!numbers) return numbers.error();
  Statement& from = **numbers;
  from.bind_text(1, run_id);
  while (true) {
    row = from.step();
    if (!row) return row.error();
    if (!*row) return tables;
    const std::string kind(from.text(0));
    const auto number = static_cast<std::uint32_t>(from.integer(1));
    std::string name(from.text(2));
    const std::int64_t row_id = from.integer(3);
    if (kind == "ASSET") {
      tables.assets[number] = std::move(name);
    } else if (kind == "ACCOUNT") {
      tables.accounts[number] = {row_id, std::move(name)};
    } else if (kind == "STREAM") {
      tables.streams[number] = std::move(name);
    } else if (kind == "INSTANCE") {
      tables.instances[number] = {std::move(name), static_cast<std::uint32_t>(row_id)};
    } else {
      InstrumentRow instrument{row_id, std::string(from.text(4)), std::string(from.text(5)),
                               std::string(from.text(6)), std::string(from.text(7))};
      tables.instruments[number] = std::move(instrument);
    }
  }
}

}  // namespace writ::storage
