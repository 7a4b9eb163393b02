#pragma once

#include <writ/abi/instrument.h>
#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace writ::testing {

/// Exact numbers from text, for tests: throws std::invalid_argument for what is none.
[[nodiscard]] inline std::int64_t nano(std::string_view text) {
  const auto parsed = parse_nano(text);
  if (!parsed) throw std::invalid_argument("not a number: " + std::string(text));
  return parsed.value;
}
[[nodiscard]] inline Price price(std::string_view text) { return Price{nano(text)}; }
[[nodiscard]] inline Quantity quantity(std::string_view text) { return Quantity{nano(text)}; }

/// An instrument of a simulated venue without bounds and fees; change what the test is about.
[[nodiscard]] inline writ_instrument make_instrument(std::uint32_t id, std::uint32_t kind,
                                                     std::string_view tick, std::string_view lot,
                                                     std::string_view market = "BASEQUOTE") {
  writ_instrument instrument{};
  instrument.header.size = sizeof instrument;
  instrument.header.type = WRIT_RECORD_INSTRUMENT;
  instrument.instrument = id;
  instrument.kind = kind;
  instrument.base_asset = 1;
  instrument.quote_asset = 2;
  instrument.settle_asset = 2;
  instrument.status = WRIT_INSTRUMENT_ACTIVE;
  instrument.ladder = WRIT_LADDER_TICK;
  instrument.tick = nano(tick);
  instrument.lot = nano(lot);
  instrument.price_min = WRIT_NONE;
  instrument.price_max = WRIT_NONE;
  instrument.quantity_min = WRIT_NONE;
  instrument.quantity_max = WRIT_NONE;
  instrument.quantity_unit = 1'000'000'000;
  instrument.fee_decimals = 8;
  instrument.fee_rounding = WRIT_ROUND_CEIL;
  instrument.start_ts = WRIT_NONE;
  instrument.expiry_ts = WRIT_NONE;
  const auto copy = [](auto& field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), sizeof field - 1), field);
  };
  copy(instrument.venue, "test");
  copy(instrument.market, market);
  copy(instrument.symbol, market);
  copy(instrument.base, "BASE");
  copy(instrument.quote, "QUOTE");
  copy(instrument.settle, "QUOTE");
  return instrument;
}

}  // namespace writ::testing
