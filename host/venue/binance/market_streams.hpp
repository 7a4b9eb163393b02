#pragma once

#include "host/feed/binance_codec.hpp"
#include "host/venue/binance/depth_sync.hpp"
#include "host/venue/binance/market.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

/// A symbol whose market is wanted, and what its records are to say.
struct Subscription {
  std::string symbol;  ///< upper case, as the venue lists it
  std::uint32_t instrument = 0;
  std::uint16_t stream = 0;
};

/// Paths and queries of the connections that carry all that is read of these symbols: depth every
/// 100 ms, trades, best bid and ask; of futures also mark prices every second and forced orders,
/// which the venue serves under another path. Source: venue documents, "WebSocket Market Streams".
[[nodiscard]] std::vector<std::string> stream_targets(
    Market market, const std::vector<Subscription>& subscriptions);

/// Turns what the connections of one market say into records: once each, whichever connection says
/// it first, and with an image wherever a book needs one. Told the time; no I/O.
class MarketStreams {
 public:
  /// A record is valid for the call; its instrument, stream and times are set.
  using Consumer = std::function<void(const writ_record&)>;

  enum class Heard : std::uint8_t {
    kRecord,
    kRepeated,  ///< said before
    kNothing,   ///< changes no market: a reply, an event type or a symbol not asked for
    kBad,       ///< not a message of this venue; the connection goes on
    kShutdown   ///< the server will end the connection
  };

  struct Counters {
    std::uint64_t records = 0;
    std::uint64_t repeated = 0;
    std::uint64_t bad = 0;
    std::uint64_t other_symbols = 0;
    std::uint64_t images_too_old = 0;
    std::map<std::string, std::uint64_t> unknown_events;
  };

  MarketStreams(Market market, std::vector<Subscription> subscriptions);

  /// All connections are new: nothing follows from what came before.
  void restart(std::int64_t now);
  /// One message. `received_ts` does not go back.
  Heard on_message(std::string_view json, std::int64_t received_ts, const Consumer& consumer);

  /// The symbol whose image is to be asked for now, which then counts as asked.
  [[nodiscard]] std::optional<std::size_t> take_image_due(std::int64_t now);
  /// The answer to the depth request of a symbol.
  Heard on_image(std::size_t subscription, std::string_view json, std::int64_t received_ts,
                 const Consumer& consumer);
  /// There was none; it is asked for again not before `again`.
  void on_image_failed(std::size_t subscription, std::int64_t again);

  [[nodiscard]] Market market() const noexcept { return market_; }
  [[nodiscard]] const std::vector<Subscription>& subscriptions() const noexcept {
    return subscriptions_;
  }
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
  [[nodiscard]] const std::string& last_bad() const noexcept { return last_bad_; }
  [[nodiscard]] bool in_sync(std::size_t subscription) const noexcept {
    return states_[subscription].depth.in_sync();
  }

 private:
  // What was last said of a symbol.
  struct State {
    DepthSync depth;
    std::int64_t image_after = 0;  // not asked for earlier ...
    std::int64_t quiet_until = 0;  // ... and till then only if a change waits for it
    bool image_asked = false;
    std::uint64_t trade_id = 0;
    std::uint64_t top_id = 0;
    std::int64_t mark_ts = WRIT_NONE;
    std::int64_t liquidation_ts = WRIT_NONE;
    std::int64_t event_ts = WRIT_NONE;
  };

  [[nodiscard]] static bool is_new(const writ_record& record, State& state);
  void complete(writ_record& record, std::size_t subscription, std::int64_t received_ts);
  Heard bad(const base::Error& error);

  Market market_;
  std::vector<Subscription> subscriptions_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<State> states_;
  feed::BinanceCodec codec_;
  Counters counters_;
  std::string last_bad_;
};

}  // namespace writ::venue::binance
