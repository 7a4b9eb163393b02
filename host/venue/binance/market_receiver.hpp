#pragma once

#include "host/venue/binance/address_budget.hpp"
#include "host/venue/binance/market_streams.hpp"
#include "host/venue/binance/stream_line.hpp"
#include "host/venue/net/http_client.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

struct MarketReceiverOptions {
  Market market = Market::kSpot;
  net::Endpoint rest;     ///< https://api.binance.com, https://fapi.binance.com
  net::Endpoint streams;  ///< wss://stream.binance.com:9443, wss://fstream.binance.com
  std::vector<Subscription> subscriptions;
  StreamLineOptions line = {};
  /// Of all that ask this market from here; nullptr: nobody else does.
  std::shared_ptr<AddressBudget> address = nullptr;
};

/// The market data of one market, live: connects, keeps the books' images coming, connects again.
/// Lives on the I/O thread; its handlers run there.
class MarketReceiver {
 public:
  struct Handlers {
    /// Market records, and MARKET_STATUS of the whole source (instrument 0, the stream of the first
    /// subscription): CONNECTED when every connection is up, DISCONNECTED when one is lost. Between
    /// the two comes an image of each book, and then what follows it. ingest_ts does not go back.
    std::function<void(const writ_record&)> record;
    /// What was said, as received, right after its record; an image under the name of its stream.
    /// May be empty.
    std::function<void(std::string_view message, std::int64_t received_ts)> capture;
    /// One line for people about a connection or an answer. May be empty.
    std::function<void(std::string_view line)> trouble;
  };

  /// Begins to connect. Needs a subscription. Throws base::Failure if a CA file cannot be used.
  MarketReceiver(net::IoThread& thread, MarketReceiverOptions options, Handlers handlers);
  /// No handler runs any more when it returns. Not from a handler.
  ~MarketReceiver();
  MarketReceiver(const MarketReceiver&) = delete;
  MarketReceiver& operator=(const MarketReceiver&) = delete;

  /// Begins anew with DISCONNECTED, CONNECTED and images, on the connections there are, once the
  /// handler now running has returned: records got lost on their way.
  void resync();
  [[nodiscard]] const MarketStreams& streams() const noexcept;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace writ::venue::binance
