#pragma once

#include "host/model/record_view.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

namespace writ::venue::binance::test {

inline writ_asset asset(std::uint32_t id, std::string_view name) {
  auto made = model::make_record<writ_asset>();
  made.asset = id;
  EXPECT_TRUE(model::set_text(made.name, name));
  return made;
}

inline writ_instrument instrument(Market market, std::uint32_t id, std::string_view symbol,
                                  std::uint32_t base, std::uint32_t quote) {
  auto made = model::make_record<writ_instrument>();
  made.instrument = id;
  made.kind = market == Market::kSpot ? WRIT_KIND_SPOT : WRIT_KIND_PERP;
  made.base_asset = base;
  made.quote_asset = quote;
  made.settle_asset = quote;
  EXPECT_TRUE(model::set_text(made.venue, venue_name(market)));
  EXPECT_TRUE(model::set_text(made.symbol, symbol));
  return made;
}

enum Asset : std::uint32_t { kUsdt = 1, kBtc, kEth, kBnb, kLtc };
enum Instrument : std::uint32_t { kEthUsdt = 11, kBtcUsdt, kEthBtc, kLtcBtc, kBnbBtc };
constexpr std::uint32_t kAccount = 3;

/// What the samples name.
inline VenueNames names(Market market) {
  VenueNames names(market, kAccount);
  for (const auto& made : {asset(kUsdt, "USDT"), asset(kBtc, "BTC"), asset(kEth, "ETH"),
                           asset(kBnb, "BNB"), asset(kLtc, "LTC")}) {
    names.add(made);
  }
  names.add(instrument(market, kEthUsdt, "ETHUSDT", kEth, kUsdt));
  names.add(instrument(market, kBtcUsdt, "BTCUSDT", kBtc, kUsdt));
  if (market == Market::kSpot) {
    names.add(instrument(market, kEthBtc, "ETHBTC", kEth, kBtc));
    names.add(instrument(market, kLtcBtc, "LTCBTC", kLtc, kBtc));
    names.add(instrument(market, kBnbBtc, "BNBBTC", kBnb, kBtc));
  }
  return names;
}

}  // namespace writ::venue::binance::test
