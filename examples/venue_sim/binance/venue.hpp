#pragma once

#include "api.hpp"
#include "exchange.hpp"
#include "faults.hpp"
#include "market_source.hpp"
#include "streams.hpp"
#include "truth.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue_sim {

/// One account of the venue, with what it begins with.
struct AccountOption {
  std::string name;
  std::vector<Key> keys;
  std::map<std::string, Money> balances;
  bool fees_in_bnb = false;
};

/// How one market is set up.
struct VenueOptions {
  Market market = Market::kSpot;
  std::vector<Listing> listings;
  Fees fees;
  std::vector<AccountOption> accounts;
  std::vector<std::string> recordings;  ///< empty: the seeded market
  std::int64_t recording_speed = 1;     ///< recorded seconds in one of the venue's
  std::uint64_t seed = 1;
  bool quiet = false;  ///< no rest of the market but what POST /sim/market says
  std::int64_t start_ts = 0;
  std::int64_t speed = 1;  ///< of the venue's clock, as a multiple of the world's
  std::string truth_file;
};

/// One market of the simulator, without bytes and clocks: requests, messages and time come in,
/// answers and messages go out. [one thread]
class Venue {
 public:
  /// Throws InputError.
  explicit Venue(const VenueOptions& options);

  /// Everything that happens until `now`, at its time. Earlier than before: nothing.
  void advance(std::int64_t now);
  /// The rest of the market does not catch up with what was due before `ts`.
  void postpone_market(std::int64_t ts) {
    if (source_) source_->postpone(ts);
  }

  /// nullopt: the connection is cut instead of an answer.
  [[nodiscard]] std::optional<RestAnswer> rest(const RestAsk& ask);
  bool opened(ConnectionId id, std::string_view target) { return streams_.opened(id, target); }
  void received(ConnectionId id, std::string_view text);
  void closed(ConnectionId id) { streams_.closed(id); }
  [[nodiscard]] std::vector<Output> take_output() { return streams_.take_output(); }

  [[nodiscard]] Exchange& exchange() noexcept { return exchange_; }
  [[nodiscard]] Faults& faults() noexcept { return faults_; }
  [[nodiscard]] const Truth& truth() const noexcept { return truth_; }

 private:
  void settle();
  void step_to(std::int64_t now);
  [[nodiscard]] RestAnswer control(const RestAsk& ask);
  void control(std::string_view what, const boost::json::object& asked);
  [[nodiscard]] std::uint32_t account_named(const boost::json::object& asked) const;

  Exchange exchange_;
  Faults faults_;
  Api api_;
  Streams streams_;
  Truth truth_;
  std::unique_ptr<MarketSource> source_;
};

}  // namespace writ::venue_sim
