#pragma once

#include "host/cli/live_capture.hpp"
#include "host/cli/numbering.hpp"
#include "host/cli/venue_addresses.hpp"
#include "host/cli/venue_connection.hpp"
#include "host/config/config.hpp"
#include "host/feed/feed_source.hpp"
#include "host/venue/account_router.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// The real venues of a run: those its feeds listen to and, in mode live, those its accounts trade
/// at. Outlives the feeds and routes it gave.
class LiveVenues {
 public:
  /// In mode live the keys are read first, before a plugin could look for them, and the clock is
  /// compared. `wake` is called when something came for the sequencer. [any thread] `timed`: the
  /// gateways say when an order left. Throws as VenueConnection.
  LiveVenues(const config::Loaded& loaded, std::function<void()> wake, bool timed);

  /// Enters what the feed's symbols are and begins to listen. Throws base::InputError with the
  /// place for a symbol, or a capture's folder, that is not there.
  [[nodiscard]] std::unique_ptr<feed::FeedSource> open_feed(
      const config::Loaded& loaded, std::size_t index, Numbering& numbering,
      std::vector<std::uint32_t>& instruments);
  /// Connects each account to its venue. In mode live, when all feeds are open.
  [[nodiscard]] std::unique_ptr<execution::OrderGateway> open_gateway(const config::Config& config,
                                                                      const Numbering& numbering);

 private:
  [[nodiscard]] LiveCapture& open_capture(const config::Loaded& loaded, std::size_t index,
                                          std::function<void(std::string_view)> tell);
  [[nodiscard]] VenueConnection& at(const config::Loaded& loaded, const std::string& name);

  std::function<void()> wake_;
  bool timed_;
  VenueAddresses addresses_;
  std::vector<std::unique_ptr<LiveCapture>> captures_;
  std::map<std::string, std::unique_ptr<VenueConnection>> connections_;
  std::vector<std::unique_ptr<execution::OrderGateway>> gateways_;
};

}  // namespace writ::cli
