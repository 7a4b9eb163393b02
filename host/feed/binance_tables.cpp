#include "host/feed/binance_tables.hpp"

#include "host/base/input_error.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/market.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

namespace writ::feed {
namespace {

using base::InputError;

struct VenueFacts {
  const char* name;
  const char* source;
  std::uint32_t kind;
  std::int64_t maker_fee;  // rate at 1e-9
  std::int64_t taker_fee;
  std::uint32_t flags;
};

// Default schedules: spot 0.1 % both sides, in the asset received; USDT-M 0.02 % and 0.05 %.
constexpr VenueFacts kSpot{"binance_spot", "binance_spot_ws", WRIT_KIND_SPOT,
                           1'000'000,      1'000'000,         WRIT_INSTRUMENT_FEE_IN_RECEIVED};
constexpr VenueFacts kUsdm{"binance_usdm", "binance_usdm_ws", WRIT_KIND_PERP, 200'000, 500'000, 0};

void note(std::uint64_t& divisor, std::int64_t value) noexcept {
  if (value == WRIT_NONE || value <= 0) return;
  divisor = std::gcd(divisor, static_cast<std::uint64_t>(value));
}

template <class Record>
void note_levels(const Record& record, BinanceTables::Symbol& symbol) noexcept {
  for (const writ_level& level :
       model::tail_array<writ_level>(record, std::size_t{record.bid_count} + record.ask_count)) {
    note(symbol.tick, level.price);
    note(symbol.lot, level.quantity);
  }
}

const InstrumentSpec* spec_of(const ImportOptions& options, std::string_view symbol) noexcept {
  for (const InstrumentSpec& spec : options.instruments) {
    if (spec.symbol == symbol) return &spec;
  }
  return nullptr;
}

template <std::size_t N>
void set_name(char (&field)[N], std::string_view text, const std::string& file) {
  if (!model::set_text(field, text)) {
    throw InputError(file, "the name `" + std::string(text) + "` is longer than " +
                               std::to_string(N - 1) + " bytes");
  }
}

}  // namespace

SymbolAssets split_symbol(std::string_view symbol) noexcept {
  // Longest first, where one ends with another.
  static constexpr std::array<std::string_view, 24> kQuotes = {
      "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "BIDR", "IDRT", "BTC", "ETH", "BNB", "EUR",
      "GBP",   "TRY",  "AUD",  "BRL",  "RUB",  "DAI",  "UAH",  "XRP",  "TRX", "USD", "JPY", "DOGE"};
  const std::string_view pair = symbol.substr(0, symbol.find('_'));  // a dated contract's date off
  for (const std::string_view quote : kQuotes) {
    if (pair.size() > quote.size() && pair.substr(pair.size() - quote.size()) == quote) {
      return {pair.substr(0, pair.size() - quote.size()), quote};
    }
  }
  return {};
}

BinanceTables::Symbol& BinanceTables::at(std::string_view name) {
  const auto found = symbols_.find(name);
  if (found != symbols_.end()) return found->second;
  return symbols_.emplace(std::string(name), Symbol{}).first->second;
}

void BinanceTables::Symbol::add(const Symbol& other) noexcept {
  tick = std::gcd(tick, other.tick);
  lot = std::gcd(lot, other.lot);
}

BinanceTables::Symbol* BinanceTables::sole() noexcept {
  return symbols_.size() == 1 ? &symbols_.begin()->second : nullptr;
}

void BinanceTables::note_steps(const writ_record& record, Symbol& symbol) {
  if (const auto* delta = model::as<writ_book_delta>(record)) {
    note_levels(*delta, symbol);
  } else if (const auto* image = model::as<writ_book_snapshot>(record)) {
    note_levels(*image, symbol);
  } else if (const auto* top = model::as<writ_book_top>(record)) {
    note(symbol.tick, top->bid_price);
    note(symbol.tick, top->ask_price);
    note(symbol.lot, top->bid_quantity);
    note(symbol.lot, top->ask_quantity);
  } else if (const auto* trade = model::as<writ_trade>(record)) {
    note(symbol.tick, trade->price);
    note(symbol.lot, trade->quantity);
  } else if (const auto* bar = model::as<writ_bar>(record)) {
    for (const std::int64_t price : {bar->open, bar->high, bar->low, bar->close}) {
      note(symbol.tick, price);
    }
    note(symbol.lot, bar->volume);
  }
  // Mark prices and liquidations are averages: off the grid.
}

void BinanceTables::write(const ImportOptions& options, BinanceVenue venue, const std::string& file,
                          std::int64_t first_ts, const RecordConsumer& consumer,
                          ImportReport& report) {
  const VenueFacts& facts = venue == BinanceVenue::kUsdm ? kUsdm : kSpot;
  const auto emit = [&](auto& record) {
    record.header.event_ts = first_ts;
    record.header.ingest_ts = first_ts;
    ++report.records[record.header.type];
    consumer(record.header);
  };

  for (const InstrumentSpec& spec : options.instruments) {
    if (symbols_.find(spec.symbol) == symbols_.end()) {
      throw InputError(file, "an instrument is specified that no message names: " + spec.symbol);
    }
  }

  std::vector<writ_instrument> instruments;
  std::vector<std::string> assets;
  const auto asset_id = [&assets](std::string_view name) {
    auto found = std::find(assets.begin(), assets.end(), name);
    if (found == assets.end()) found = assets.emplace(assets.end(), name);
    return static_cast<std::uint32_t>(found - assets.begin() + 1);
  };
  for (auto& [name, symbol] : symbols_) {
    const InstrumentSpec* spec = spec_of(options, name);
    SymbolAssets pair = split_symbol(name);
    if (spec != nullptr && !spec->base.empty()) pair = {spec->base, spec->quote};
    if (pair.base.empty() || pair.quote.empty()) {
      throw InputError(file, "base and quote of " + name + " cannot be told: specify them");
    }
    auto instrument = model::make_record<writ_instrument>();
    symbol.instrument = static_cast<std::uint32_t>(instruments.size() + 1);
    instrument.instrument = symbol.instrument;
    instrument.kind = facts.kind;
    instrument.base_asset = asset_id(pair.base);
    instrument.quote_asset = asset_id(pair.quote);
    instrument.settle_asset = instrument.quote_asset;
    instrument.status = WRIT_INSTRUMENT_ACTIVE;
    instrument.flags = facts.flags;
    instrument.ladder = WRIT_LADDER_TICK;
    // A grid that no number showed is the finest there is.
    const auto found = [](std::uint64_t divisor) {
      return static_cast<std::int64_t>(std::max<std::uint64_t>(divisor, 1));
    };
    const bool stated = spec != nullptr && spec->tick && spec->lot;
    instrument.tick = spec != nullptr && spec->tick ? *spec->tick : found(symbol.tick);
    instrument.lot = spec != nullptr && spec->lot ? *spec->lot : found(symbol.lot);
    if (instrument.tick <= 0 || instrument.lot <= 0) {
      throw InputError(file, "tick and lot of " + name + " must be positive");
    }
    if (!stated) instrument.flags |= WRIT_INSTRUMENT_TICK_INFERRED;
    for (std::int64_t* bound : {&instrument.price_min, &instrument.price_max,
                                &instrument.quantity_min, &instrument.quantity_max}) {
      *bound = WRIT_NONE;
    }
    instrument.quantity_unit = 1'000'000'000;
    instrument.maker_fee = spec != nullptr && spec->maker_fee ? *spec->maker_fee : facts.maker_fee;
    instrument.taker_fee = spec != nullptr && spec->taker_fee ? *spec->taker_fee : facts.taker_fee;
    instrument.fee_decimals = 8;
    instrument.fee_rounding = WRIT_ROUND_CEIL;
    instrument.start_ts = WRIT_NONE;
    instrument.expiry_ts = WRIT_NONE;
    set_name(instrument.venue, facts.name, file);
    set_name(instrument.market, name, file);
    set_name(instrument.symbol, name, file);
    set_name(instrument.base, pair.base, file);
    set_name(instrument.quote, pair.quote, file);
    set_name(instrument.settle, pair.quote, file);
    instruments.push_back(instrument);
    report.instruments.push_back(std::string(facts.name) + "/" + name);
  }

  for (std::size_t i = 0; i < assets.size(); ++i) {
    auto asset = model::make_record<writ_asset>();
    asset.asset = static_cast<std::uint32_t>(i + 1);
    asset.decimals = 8;
    set_name(asset.name, assets[i], file);
    emit(asset);
  }
  for (writ_instrument& instrument : instruments) emit(instrument);
  for (const writ_instrument& instrument : instruments) {
    auto stream = model::make_record<writ_stream>();
    stream.stream = instrument.instrument;
    stream.instrument = instrument.instrument;
    set_name(stream.source, facts.source, file);
    emit(stream);
  }
}

}  // namespace writ::feed
