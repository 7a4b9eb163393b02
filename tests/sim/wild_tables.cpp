#include "tests/sim/wild_tables.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/instrument.h>

#include <string>
#include <string_view>

namespace writ::test {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;

std::uint32_t kind_of(std::uint32_t instrument) {
  if (instrument == kSpot) return WRIT_KIND_SPOT;
  if (instrument == kPerp) return WRIT_KIND_PERP;
  return is_runner(instrument) ? WRIT_KIND_RUNNER : WRIT_KIND_BINARY;
}

writ_instrument blank(std::uint32_t number) {
  auto row = model::make_record<writ_instrument>();
  row.instrument = number;
  row.kind = kind_of(number);
  row.quote_asset = row.settle_asset = kUsdt;
  row.status = WRIT_INSTRUMENT_ACTIVE;
  row.ladder = WRIT_LADDER_TICK;
  row.tick = row.price_min = tick_of(number);
  row.price_max = WRIT_NONE;
  row.lot = row.quantity_min = lot_of(number);
  row.quantity_max = number == kPerp ? 8 * kOne : WRIT_NONE;
  row.quantity_unit = kOne;
  row.maker_fee = 200'000;
  row.taker_fee = 500'000;
  row.fee_decimals = 8;
  row.fee_rounding = WRIT_ROUND_CEIL;
  row.start_ts = WRIT_NONE;
  row.expiry_ts = WRIT_NONE;
  return row;
}

void name(writ_instrument& row, std::string_view venue, std::string_view market,
          std::string_view selection) {
  const bool fits = model::set_text(row.venue, venue) && model::set_text(row.market, market) &&
                    model::set_text(row.selection, selection) &&
                    model::set_text(row.symbol, market) && model::set_text(row.quote, "USDT") &&
                    model::set_text(row.settle, "USDT");
  WRIT_ASSERT(fits);
}

model::RecordWords of_bitcoin(std::uint32_t number, std::string_view market) {
  auto row = blank(number);
  name(row, "wild", market, "");
  row.base_asset = kBtc;
  WRIT_ASSERT(model::set_text(row.base, "BTC"));
  return model::words_of(row.header);
}

model::RecordWords token(std::uint32_t season, bool yes) {
  auto row = blank(yes ? yes_of(season) : no_of(season));
  name(row, "wild", "rain" + std::to_string(season), yes ? "yes" : "no");
  row.complement = yes ? no_of(season) : yes_of(season);
  row.market_group = 1 + 2 * season;
  row.price_max = kOne - row.tick;
  return model::words_of(row.header);
}

model::RecordWords runner(std::uint32_t season, std::uint32_t place) {
  auto row = blank(runner_of(season, place));
  name(row, "races", "race" + std::to_string(season), std::to_string(place));
  row.ladder = WRIT_LADDER_FINEST;
  row.price_min = kOne + row.tick;
  row.price_max = 1'000 * kOne;
  row.market_group = 2 + 2 * season;
  row.maker_fee = 0;
  row.taker_fee = 50'000'000;  // the commission
  row.winners = 1;
  row.runners = kRunners;
  return model::words_of(row.header);
}

model::RecordWords asset(std::uint32_t number, std::string_view name) {
  auto row = model::make_record<writ_asset>();
  row.asset = number;
  row.decimals = 8;
  WRIT_ASSERT(model::set_text(row.name, name));
  return model::words_of(row.header);
}

}  // namespace

std::int64_t tick_of(std::uint32_t instrument) {
  return kind_of(instrument) == WRIT_KIND_BINARY ? 1'000'000 : 10'000'000;
}

std::int64_t lot_of(std::uint32_t instrument) {
  return instrument <= kPerp ? 1'000'000 : 100'000'000;
}

std::vector<model::RecordWords> wild_tables() {
  std::vector<model::RecordWords> tables = {asset(kUsdt, "USDT"), asset(kBtc, "BTC"),
                                            of_bitcoin(kSpot, "BTCUSDT"),
                                            of_bitcoin(kPerp, "BTCUSDT-PERP")};
  for (std::uint32_t season = 0; season < kSeasons; ++season) {
    tables.push_back(token(season, true));
    tables.push_back(token(season, false));
    for (std::uint32_t place = 0; place < kRunners; ++place) {
      tables.push_back(runner(season, place));
    }
  }
  for (std::uint32_t number = 1; number <= kInstruments; ++number) {
    auto stream = model::make_record<writ_stream>();
    stream.stream = stream.instrument = number;
    WRIT_ASSERT(model::set_text(stream.source, "wild"));
    tables.push_back(model::words_of(stream.header));
  }
  return tables;
}

}  // namespace writ::test
