#include "host/feed/import_tables.hpp"

#include "host/base/input_error.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/market.h>

#include <algorithm>
#include <array>
#include <limits>
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

void note_step(std::uint64_t& divisor, std::int64_t value) noexcept {
  if (value == WRIT_NONE || value <= 0) return;
  divisor = std::gcd(divisor, static_cast<std::uint64_t>(value));
}

template <class Record>
void note_levels(const Record& record, ImportTables::Symbol& symbol) noexcept {
  for (const writ_level& level :
       model::tail_array<writ_level>(record, std::size_t{record.bid_count} + record.ask_count)) {
    note_step(symbol.tick, level.price);
    note_step(symbol.lot, level.quantity);
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

writ_instrument binance_instrument(const std::string& name, const InstrumentSpec* spec,
                                   const VenueFacts& facts, const std::string& file) {
  SymbolAssets pair = split_symbol(name);
  if (spec != nullptr && !spec->base.empty()) pair = {spec->base, spec->quote};
  if (pair.base.empty() || pair.quote.empty()) {
    throw InputError(file, "base and quote of " + name + " cannot be told: specify them");
  }
  writ_instrument instrument = blank_instrument();
  instrument.kind = facts.kind;
  instrument.flags = facts.flags;
  instrument.maker_fee = facts.maker_fee;
  instrument.taker_fee = facts.taker_fee;
  instrument.fee_decimals = 8;
  instrument.fee_rounding = WRIT_ROUND_CEIL;
  set_name(instrument.venue, facts.name, file);
  set_name(instrument.market, name, file);
  set_name(instrument.symbol, name, file);
  set_name(instrument.base, pair.base, file);
  set_name(instrument.quote, pair.quote, file);
  set_name(instrument.settle, pair.quote, file);
  return instrument;
}

// What nobody states is the greatest common divisor of the numbers seen; a grid that no number
// showed is the finest there is.
void set_steps(writ_instrument& instrument, const ImportTables::Symbol& symbol,
               const InstrumentSpec* spec, const std::string& name, const std::string& file) {
  if (spec != nullptr && spec->tick) instrument.tick = *spec->tick;
  if (spec != nullptr && spec->lot) instrument.lot = *spec->lot;
  const bool stated = instrument.tick != 0 && instrument.lot != 0;
  const auto found = [](std::uint64_t divisor) {
    return static_cast<std::int64_t>(std::max<std::uint64_t>(divisor, 1));
  };
  // Few prices of a prediction show less than its grid.
  if (instrument.tick == 0 && instrument.kind == WRIT_KIND_BINARY) {
    instrument.tick = found(std::gcd(symbol.tick, std::uint64_t{10'000'000}));
  }
  if (instrument.tick == 0) instrument.tick = found(symbol.tick);
  if (instrument.lot == 0) instrument.lot = found(symbol.lot);
  if (instrument.tick < 0 || instrument.lot < 0) {
    throw InputError(file, "tick and lot of " + name + " must be positive");
  }
  if (!stated) instrument.flags |= WRIT_INSTRUMENT_TICK_INFERRED;
  if (instrument.kind == WRIT_KIND_BINARY) {
    instrument.price_min = instrument.tick;
    instrument.price_max = 1'000'000'000 - instrument.tick;
  }
}

}  // namespace

writ_instrument blank_instrument() {
  auto instrument = model::make_record<writ_instrument>();
  instrument.status = WRIT_INSTRUMENT_ACTIVE;
  instrument.ladder = WRIT_LADDER_TICK;
  for (std::int64_t* bound : {&instrument.price_min, &instrument.price_max,
                              &instrument.quantity_min, &instrument.quantity_max}) {
    *bound = WRIT_NONE;
  }
  instrument.quantity_unit = 1'000'000'000;
  instrument.start_ts = WRIT_NONE;
  instrument.expiry_ts = WRIT_NONE;
  return instrument;
}

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

ImportTables::Symbol& ImportTables::at(std::string_view name) {
  const auto found = symbols_.find(name);
  if (found != symbols_.end()) return found->second;
  return symbols_.emplace(std::string(name), Symbol{}).first->second;
}

void ImportTables::Symbol::add(const Symbol& other) {
  tick = std::gcd(tick, other.tick);
  lot = std::gcd(lot, other.lot);
  if (!definition) definition = other.definition;
}

ImportTables::Symbol* ImportTables::sole() noexcept {
  return symbols_.size() == 1 ? &symbols_.begin()->second : nullptr;
}

void ImportTables::Symbol::note(const writ_record& record) {
  if (const auto* said = model::as<writ_instrument>(record)) {
    if (!definition) definition = *said;
  } else if (const auto* delta = model::as<writ_book_delta>(record)) {
    note_levels(*delta, *this);
  } else if (const auto* image = model::as<writ_book_snapshot>(record)) {
    note_levels(*image, *this);
  } else if (const auto* top = model::as<writ_book_top>(record)) {
    note_step(tick, top->bid_price);
    note_step(tick, top->ask_price);
    note_step(lot, top->bid_quantity);
    note_step(lot, top->ask_quantity);
  } else if (const auto* trade = model::as<writ_trade>(record)) {
    note_step(tick, trade->price);
    note_step(lot, trade->quantity);
  } else if (const auto* bar = model::as<writ_bar>(record)) {
    for (const std::int64_t price : {bar->open, bar->high, bar->low, bar->close}) {
      note_step(tick, price);
    }
    note_step(lot, bar->volume);
  }
  // Mark prices and liquidations are averages: off the grid.
}

void ImportTables::group_markets(std::vector<writ_instrument>& instruments) {
  std::map<std::string, std::vector<writ_instrument*>> markets;
  for (writ_instrument& instrument : instruments) {
    if (instrument.selection[0] == '\0') continue;
    markets[std::string(model::text_of(instrument.venue)) + '/' +
            std::string(model::text_of(instrument.market))]
        .push_back(&instrument);
  }
  std::uint32_t group = 0;
  for (auto& [name, of_market] : markets) {
    ++group;
    for (writ_instrument* instrument : of_market) instrument->market_group = group;
    if (of_market.size() == 2 && of_market[0]->kind == WRIT_KIND_BINARY) {
      of_market[0]->complement = of_market[1]->instrument;
      of_market[1]->complement = of_market[0]->instrument;
    }
  }
  for (auto& [name, symbol] : symbols_) {
    symbol.market_group = instruments[symbol.instrument - 1].market_group;
  }
}

void ImportTables::write(const ImportOptions& options, BinanceVenue venue, const std::string& file,
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
  if (symbols_.size() > std::numeric_limits<std::uint16_t>::max()) {
    throw InputError(file,
                     std::to_string(symbols_.size()) + " instruments, at most 65535 fit a tape");
  }

  std::vector<writ_instrument> instruments;
  std::vector<std::string> assets;
  const auto asset_id = [&assets](std::string_view name) -> std::uint32_t {
    if (name.empty()) return 0;
    auto found = std::find(assets.begin(), assets.end(), name);
    if (found == assets.end()) found = assets.emplace(assets.end(), name);
    return static_cast<std::uint32_t>(found - assets.begin() + 1);
  };
  for (auto& [name, symbol] : symbols_) {
    const InstrumentSpec* spec = spec_of(options, name);
    const bool stated_binance =
        options.venue != BinanceVenue::kUnknown || (spec != nullptr && !spec->base.empty());
    if (symbol.definition && stated_binance) {
      throw InputError(file, "says itself what " + name + " is: no venue, base or quote is taken");
    }
    writ_instrument instrument =
        symbol.definition ? *symbol.definition : binance_instrument(name, spec, facts, file);
    symbol.instrument = static_cast<std::uint32_t>(instruments.size() + 1);
    instrument.instrument = symbol.instrument;
    instrument.base_asset = asset_id(model::text_of(instrument.base));
    instrument.quote_asset = asset_id(model::text_of(instrument.quote));
    instrument.settle_asset = asset_id(model::text_of(instrument.settle));
    set_steps(instrument, symbol, spec, name, file);
    if (spec != nullptr) instrument.quantity_unit *= spec->multiplier;
    if (spec != nullptr && spec->maker_fee) instrument.maker_fee = *spec->maker_fee;
    if (spec != nullptr && spec->taker_fee) instrument.taker_fee = *spec->taker_fee;
    report.instruments.push_back(model::canonical_name(instrument));
    instruments.push_back(instrument);
  }
  group_markets(instruments);

  for (std::size_t i = 0; i < assets.size(); ++i) {
    auto asset = model::make_record<writ_asset>();
    asset.asset = static_cast<std::uint32_t>(i + 1);
    asset.decimals = 8;
    set_name(asset.name, assets[i], file);
    emit(asset);
  }
  for (writ_instrument& instrument : instruments) emit(instrument);
  for (const auto& [name, symbol] : symbols_) {
    auto stream = model::make_record<writ_stream>();
    stream.stream = symbol.instrument;
    stream.instrument = symbol.instrument;
    set_name(stream.source,
             symbol.definition ? model::text_of(symbol.definition->venue) : facts.source, file);
    emit(stream);
  }
}

}  // namespace writ::feed
