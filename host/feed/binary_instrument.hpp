#pragma once

#include "host/feed/import_tables.hpp"
#include "host/model/record_view.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace writ::feed {

/// The token of one outcome of a market: pays 1 or 0 USDC, its grid to be inferred. Nothing if a
/// name is empty or too long.
[[nodiscard]] inline std::optional<writ_instrument> binary_instrument(std::string_view venue,
                                                                      std::string_view market,
                                                                      std::string_view outcome,
                                                                      std::int64_t ts) {
  writ_instrument instrument = blank_instrument();
  instrument.header.ingest_ts = ts;
  instrument.header.event_ts = ts;
  instrument.kind = WRIT_KIND_BINARY;
  instrument.lot = 10'000'000;  // 0.01
  instrument.fee_decimals = 5;
  instrument.fee_rounding = WRIT_ROUND_HALF_EVEN;
  const bool fits =
      !venue.empty() && !market.empty() && !outcome.empty() &&
      model::set_text(instrument.venue, venue) && model::set_text(instrument.market, market) &&
      model::set_text(instrument.selection, outcome) && model::set_text(instrument.quote, "USDC") &&
      model::set_text(instrument.settle, "USDC");
  if (!fits) return std::nullopt;
  return instrument;
}

}  // namespace writ::feed
