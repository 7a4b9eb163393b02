#include "host/cli/venue_connection.hpp"

#include "host/base/assert.hpp"
#include "host/base/duration_text.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/model/record_view.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

using venue::binance::Market;

constexpr int kClockQuestions = 5;

Market market_of(const config::VenueConfig& config) {
  return config.market == config::VenueMarket::kSpot ? Market::kSpot : Market::kUsdm;
}

// What an account pays that has no discount. Source: Binance, "Trading Fees" and "Futures Fees",
// regular user; `instruments` of the configuration knows better.
void put_usual_fees(Market market, writ_instrument& instrument) {
  constexpr std::int64_t kBasisPoint = 100'000;  // a rate at 1e-9
  instrument.maker_fee = market == Market::kSpot ? 10 * kBasisPoint : 2 * kBasisPoint;
  instrument.taker_fee = market == Market::kSpot ? 10 * kBasisPoint : 5 * kBasisPoint;
}

std::optional<venue::binance::Credentials> keys_of(const config::VenueConfig& config,
                                                   VenueKeys keys) {
  if (keys == VenueKeys::kNone) return std::nullopt;
  const auto& where = config.credentials;
  return where.file ? venue::binance::read_credentials(where.file->string())
                    : venue::binance::take_credentials(where.env);
}

venue::net::Endpoint endpoint_of(const config::VenueConfig& config, const std::string& url) {
  auto endpoint = venue::net::parse_endpoint(url);
  if (!endpoint) throw base::InputError("", url + ": " + to_string(endpoint.error()));
  if (config.ca_file) endpoint->ca_file = config.ca_file->string();
  return *endpoint;
}

// A member cannot be made in a try block of its own otherwise.
venue::net::HttpClient open_rest(venue::net::IoThread& io, const config::Document& document,
                                 const std::string& name, const config::VenueConfig& config) {
  try {
    return venue::net::HttpClient(io, endpoint_of(config, config.rest));
  } catch (const base::Failure& failure) {
    const std::string path = "venues." + name + ".ca_file";
    const auto& place = document.place(path);
    throw base::InputError(place.file, place.line, place.column, path + ": " + failure.what());
  }
}

}  // namespace

VenueConnection::VenueConnection(const config::Loaded& loaded, const std::string& name,
                                 VenueKeys keys, VenueAddresses& addresses)
    : name_(name),
      document_(loaded.document),
      config_(loaded.config.venues.at(name)),
      credentials_(keys_of(config_, keys)),
      io_("writ-" + name, loaded.config.host.wait == config::HostWait::kSpin
                              ? venue::net::ThreadWait::kSpin
                              : venue::net::ThreadWait::kSleep),
      rest_(open_rest(io_, document_, name_, config_)),
      address_(addresses.at(market(), rest_.endpoint())),
      questions_(rest_, {name_, market(), address_, credentials_ ? &*credentials_ : nullptr,
                         config_.recv_window_ns}) {}

Market VenueConnection::market() const noexcept { return market_of(config_); }

const venue::binance::Credentials& VenueConnection::credentials() const {
  WRIT_ASSERT(credentials_.has_value());
  return *credentials_;
}

venue::net::Endpoint VenueConnection::endpoint(const std::string& url) const {
  return endpoint_of(config_, url);
}

void VenueConnection::check_clock() {
  const auto estimate = questions_.clock(kClockQuestions);
  const auto apart = std::abs(estimate.offset_ns);
  if (apart - estimate.uncertainty_ns <= config_.clock_offset_max_ns) return;
  const std::string path = "venues." + name_;
  const auto& place = document_.key_place(path);
  throw base::InputError(place.file, place.line, place.column,
                         path + ": this machine's clock is " +
                             base::duration_text(apart / 1'000'000 * 1'000'000) +
                             (estimate.offset_ns > 0 ? " behind" : " ahead of") +
                             " the venue's: set it (NTP), or raise clock_offset_max, " +
                             base::duration_text(config_.clock_offset_max_ns));
}

const venue::binance::ExchangeInfo& VenueConnection::listing() {
  return listing_ ? *listing_ : listing_.emplace(questions_.listing());
}

venue::binance::ListedSymbol VenueConnection::listed(const std::string& symbol,
                                                     const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    const auto& place = document_.place(path);
    throw base::InputError(place.file, place.line, place.column,
                           path + ": " + name_ + " " + why + " \"" + symbol + "\"");
  };
  const auto* found = listing().find(symbol);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : listing_->symbols) {
      known.emplace_back(model::text_of(one.instrument.symbol));
    }
    const auto& place = document_.place(path);
    throw base::InputError(
        place.file, place.line, place.column,
        path + ": " + name_ + " lists no \"" + symbol + "\"" + base::near_name(symbol, known));
  }
  auto listed = *found;
  if (listed.instrument.status != WRIT_INSTRUMENT_ACTIVE) refuse("does not trade now:");
  if (!credentials_) {
    put_usual_fees(market(), listed.instrument);
    return listed;
  }
  const auto request = venue::binance::commission_request(market(), symbol);
  const auto answer = ask(request);
  const auto read = venue::binance::read_commission(market(), answer, listed.instrument);
  if (!read) questions_.fail(request, to_string(read.error()));
  if (market() == Market::kSpot) {
    const auto discount = venue::binance::read_discount_asset(answer);
    if (!discount) questions_.fail(request, to_string(discount.error()));
    if (!discount->empty()) discount_asset_ = *discount;
  }
  return listed;
}

void VenueConnection::check_fee_asset(const model::InstrumentTable& tables) const {
  if (discount_asset_.empty() || tables.find_asset(discount_asset_)) return;
  const std::string path = "venues." + name_;
  const auto& place = document_.key_place(path);
  throw base::InputError(place.file, place.line, place.column,
                         path + ": the account pays fees in " + discount_asset_ +
                             ", which this run does not know: add a symbol of it, such as " +
                             discount_asset_ + "USDT, to `symbols` of a feed there");
}

std::string VenueConnection::ask(const venue::binance::VenueRequest& request) {
  return questions_.answer_to(request).body;
}

}  // namespace writ::cli
