#pragma once

#include "examples/venue_sim/binance/venue.hpp"
#include "host/journal/storage.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/exchange_info.hpp"
#include "tests/scenario/world.hpp"
#include "tests/sim/binance/virtual_gateway.hpp"
#include "tests/sim/binance/virtual_market.hpp"
#include "tests/sim/binance/virtual_network.hpp"
#include "tests/support/faulty_storage.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace writ::test {

/// What a live simulation is made of.
struct LiveWorld {
  venue_sim::Market market = venue_sim::Market::kSpot;
  std::uint64_t seed = 1;
  std::vector<std::string> symbols = {"BTCUSDT"};
  std::vector<std::string> recordings = {};  ///< the venue's market; none: a seeded one
  std::vector<Player> players;
  NetworkOptions network;
  bool fees_in_bnb = false;
  std::optional<Quantity> position_max;  ///< of the risk rules
};

/// One venue, one host after the other, in virtual time: a real core with real plugins and the real
/// sessions at the simulated venue, whose truth is known.
class LiveSimulation {
 public:
  explicit LiveSimulation(LiveWorld setup);
  ~LiveSimulation();

  /// A host lives for so long, then ends as people end it, or as a machine that stops: without a
  /// word. WRIT_STOP_*; 0 for a death.
  enum class End : std::uint8_t { kStopped, kDeath };
  std::uint32_t live(std::int64_t duration_ns, End end = End::kStopped);
  /// The venue goes on without a host.
  void pass(std::int64_t duration_ns);
  /// As POST /sim/faults.
  void suffer(const std::string& faults_json);
  /// None is still to come, and the network loses nothing any more.
  void end_faults() {
    venue_->faults().clear();
    network_->heal();
  }

  [[nodiscard]] venue_sim::Venue& venue() noexcept { return *venue_; }
  [[nodiscard]] VirtualTime& time() noexcept { return time_; }
  [[nodiscard]] std::uint32_t lives() const noexcept { return lives_; }
  [[nodiscard]] const World& world() const noexcept { return world_; }
  /// Every record of every life so far.
  [[nodiscard]] std::vector<Words> records();
  /// Recomputes the last life.
  void expect_last_life_verifies();
  /// Why the last life could not begin or ended by itself.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

 private:
  void list();
  void add_people();

  LiveWorld setup_;
  VirtualTime time_;
  std::unique_ptr<venue_sim::Venue> venue_;
  std::unique_ptr<VirtualNetwork> network_;
  venue::binance::Credentials credentials_;
  venue::binance::ExchangeInfo listing_;
  World world_;
  std::vector<venue::binance::Subscription> subscriptions_;
  std::unique_ptr<journal::Storage> storage_;
  std::uint32_t lives_ = 0;
  std::string trouble_;
};

/// What differs between the host's record and the venue's truth: every fill of ours by its number
/// and terms, and every order we sent by its client id; one line each, empty if nothing does. What
/// moved at the venue in the last second may be on its way.
[[nodiscard]] std::vector<std::string> differences(const std::vector<Words>& records,
                                                   const World& world, venue_sim::Venue& venue);

/// The largest position the venue's fills ever made of a symbol, either sign, from `begin` on.
[[nodiscard]] Quantity largest_position(venue_sim::Venue& venue, const std::string& symbol,
                                        Quantity begin);

}  // namespace writ::test
