#include "host/cli/venue_accounts.hpp"

#include "host/base/input_error.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/market.hpp"

#include <map>
#include <string>

namespace writ::cli {

std::string_view instrument_venue(config::VenueMarket market) {
  return venue::binance::venue_name(market == config::VenueMarket::kSpot
                                        ? venue::binance::Market::kSpot
                                        : venue::binance::Market::kUsdm);
}

void refuse_foreign_instruments(const config::Loaded& loaded,
                                const std::vector<engine::InstanceSetup>& instances,
                                const model::InstrumentTable& tables) {
  const auto& config = loaded.config;
  if (config.mode != config::Mode::kLive) return;
  std::map<std::string, std::string_view> traded_at;  // by account
  for (const auto& account : config.accounts) {
    traded_at[account.name] = instrument_venue(config.venues.at(account.venue).market);
  }
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const auto& instance = config.instances[i];
    if (!instance.strategy || instance.shadow) continue;
    for (const auto number : instances[i].instruments) {
      if (model::text_of(tables.instrument(number)->venue) == traded_at.at(instance.account)) {
        continue;
      }
      const std::string path = instance.path + ".instruments";
      const auto& place = loaded.document.place(path);
      throw base::InputError(place.file, place.line, place.column,
                             path + ": account \"" + instance.account + "\" trades " +
                                 std::string(traded_at.at(instance.account)) + ", not " +
                                 std::string(tables.instrument_name(number)));
    }
  }
}

}  // namespace writ::cli
