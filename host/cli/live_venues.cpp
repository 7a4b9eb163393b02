#include "host/cli/live_venues.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/tape_source.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/gateway.hpp"
#include "host/venue/binance/market_feed.hpp"

#include <filesystem>
#include <iostream>
#include <string_view>
#include <utility>

namespace writ::cli {
namespace {

namespace binance = venue::binance;

const char* word_of(config::SelfTrade prevention) {
  switch (prevention) {
    case config::SelfTrade::kExpireTaker:
      break;
    case config::SelfTrade::kExpireMaker:
      return "EXPIRE_MAKER";
    case config::SelfTrade::kExpireBoth:
      return "EXPIRE_BOTH";
    case config::SelfTrade::kDecrement:
      return "DECREMENT";
  }
  return "EXPIRE_TAKER";
}

// The instrument of a listing as this run knows it.
std::uint32_t enter(writ_instrument instrument,
                    const std::map<std::string, config::InstrumentConfig>& overrides,
                    Numbering& numbering) {
  const auto asset = [&numbering](const auto& name) {
    return model::text_of(name).empty() ? 0 : numbering.asset(model::text_of(name));
  };
  instrument.base_asset = asset(instrument.base);
  instrument.quote_asset = asset(instrument.quote);
  instrument.settle_asset = asset(instrument.settle);
  instrument.market_group = numbering.market_group(instrument);
  override_instrument(overrides, instrument);
  return numbering.instrument(instrument);
}

}  // namespace

LiveVenues::LiveVenues(const config::Loaded& loaded, std::function<void()> wake, bool timed)
    : wake_(std::move(wake)), timed_(timed) {
  if (loaded.config.mode != config::Mode::kLive) return;
  for (const auto& account : loaded.config.accounts) {
    auto& connection = connections_[account.venue];
    connection =
        std::make_unique<VenueConnection>(loaded, account.venue, VenueKeys::kNeeded, addresses_);
  }
  for (const auto& [name, connection] : connections_) connection->check_clock();
}

VenueConnection& LiveVenues::at(const config::Loaded& loaded, const std::string& name) {
  auto& connection = connections_[name];
  if (!connection) {
    connection = std::make_unique<VenueConnection>(loaded, name, VenueKeys::kNone, addresses_);
  }
  return *connection;
}

LiveCapture& LiveVenues::open_capture(const config::Loaded& loaded, std::size_t index,
                                      std::function<void(std::string_view)> tell) {
  const auto& file = *loaded.config.feeds[index].capture;
  if (!std::filesystem::is_directory(file.parent_path())) {
    const std::string path = "feeds[" + std::to_string(index) + "].capture";
    const auto& place = loaded.document.place(path);
    throw base::InputError(place.file, place.line, place.column,
                           path + ": no folder " + file.parent_path().string());
  }
  return *captures_.emplace_back(std::make_unique<LiveCapture>(file, std::move(tell)));
}

std::unique_ptr<feed::FeedSource> LiveVenues::open_feed(const config::Loaded& loaded,
                                                        std::size_t index, Numbering& numbering,
                                                        std::vector<std::uint32_t>& instruments) {
  const auto& feed = loaded.config.feeds[index];
  auto& connection = at(loaded, feed.venue);
  binance::MarketFeedOptions options;
  options.wake = wake_;
  options.trouble = [name = feed.name](std::string_view line) {
    // One write, whole among those of other threads.
    std::cerr << "writ: WARN: feed " + name + ": " + std::string(line) + "\n";
  };
  if (feed.capture) {
    auto& capture = open_capture(loaded, index, options.trouble);
    options.capture = [&capture](std::string_view message, std::int64_t received_ts) {
      capture.put(message, received_ts);
    };
  }
  options.receiver.market = connection.market();
  options.receiver.address = connection.address();
  options.receiver.rest = connection.endpoint(connection.config().rest);
  options.receiver.streams = connection.endpoint(connection.config().websocket);
  for (std::size_t i = 0; i < feed.symbols.size(); ++i) {
    const std::string path =
        "feeds[" + std::to_string(index) + "].symbols[" + std::to_string(i) + "]";
    const auto listed = connection.listed(feed.symbols[i], path);
    const auto number = enter(listed.instrument, loaded.config.instruments, numbering);
    const auto stream = numbering.stream(binance::venue_name(connection.market()), number);
    options.receiver.subscriptions.push_back(
        {feed.symbols[i], number, static_cast<std::uint16_t>(stream)});
    instruments.push_back(number);
  }
  return std::make_unique<binance::MarketFeed>(connection.io(), std::move(options));
}

std::unique_ptr<execution::OrderGateway> LiveVenues::open_gateway(const config::Config& config,
                                                                  const Numbering& numbering) {
  std::vector<venue::AccountRouter::Route> routes;
  for (const auto& account : config.accounts) {
    auto& connection = *connections_.at(account.venue);
    connection.check_fee_asset(numbering.tables());
    const auto& known = connection.config();
    binance::GatewaySetup setup;
    setup.market = connection.market();
    setup.account = numbering.tables().find_account(account.name).value();
    setup.rest = connection.endpoint(known.rest);
    setup.socket_api = connection.endpoint(known.websocket_api);
    setup.stream = connection.endpoint(known.websocket);
    setup.listing = connection.listing();
    setup.timed = timed_;
    setup.line.recv_window_ns = known.recv_window_ns;
    setup.line.clock_apart_max_ns = known.clock_offset_max_ns;
    setup.line.address = connection.address();
    setup.line.countdown_ns = known.countdown_ns;
    setup.orders.self_trade_prevention = word_of(known.self_trade_prevention);
    gateways_.push_back(std::make_unique<binance::Gateway>(connection.io(), std::move(setup),
                                                           connection.credentials(), wake_));
    routes.push_back({*numbering.tables().find_account(account.name), gateways_.back().get()});
  }
  return std::make_unique<venue::AccountRouter>(paper_options(config), std::move(routes));
}

}  // namespace writ::cli
