#include "host/venue/binance/venue_names.hpp"

#include "host/model/record_view.hpp"

namespace writ::venue::binance {

void VenueNames::add(const writ_instrument& instrument) {
  if (model::text_of(instrument.venue) != venue_name(market_)) return;
  const std::string symbol(model::text_of(instrument.symbol));
  instruments_[symbol] = instrument;
  symbols_[instrument.instrument] = symbol;
}

void VenueNames::add(const writ_asset& asset) {
  assets_[std::string(model::text_of(asset.name))] = asset.asset;
}

const writ_instrument* VenueNames::instrument(std::string_view symbol) const noexcept {
  const auto found = instruments_.find(symbol);
  return found == instruments_.end() ? nullptr : &found->second;
}

const writ_instrument* VenueNames::instrument(std::uint32_t number) const noexcept {
  const auto found = symbols_.find(number);
  return found == symbols_.end() ? nullptr : instrument(found->second);
}

std::uint32_t VenueNames::asset(std::string_view name) const noexcept {
  const auto found = assets_.find(name);
  return found == assets_.end() ? 0 : found->second;
}

}  // namespace writ::venue::binance
