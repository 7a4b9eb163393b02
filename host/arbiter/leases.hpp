#pragma once

#include "host/base/byte_stream.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace writ::arbiter {

/// (account, market): the market group, or the instrument where it has none.
using Market = std::pair<std::uint32_t, std::uint64_t>;

/// Which strategy holds each exclusive market of each account. [sequencer-thread]
class Leases {
 public:
  struct Lease {
    std::uint32_t owner = 0;
    std::uint32_t instrument = 0;     ///< one of the market, by which the engine asks
    std::int64_t idle_since = kBusy;  ///< core time since which the owner has nothing there
    [[nodiscard]] bool is_idle() const noexcept { return idle_since != kBusy; }
  };
  static constexpr std::int64_t kBusy = INT64_MAX;

  /// From here on a market that changes hands was taken in this batch.
  void begin_batch() { taken_.clear(); }

  /// The instance holds the market and has something to do there.
  void take(const Market& market, std::uint32_t instrument, std::uint32_t instance);
  /// The same until release_held: while the legs of a group are judged.
  void hold(const Market& market, std::uint32_t instrument, std::uint32_t instance);
  void release_held();
  /// The owner has nothing left there: kept for `kept_ns` more, released at once if that is 0.
  /// Returns whether it was released.
  bool rest(const Market& market, std::int64_t now, std::int64_t kept_ns);
  /// It has something there after all.
  void wake(const Market& market);
  /// What an instance holds that was removed, or has left the account (0 = in all).
  void release_all(std::uint32_t instance, std::uint32_t account);

  /// nullptr: nobody holds it.
  [[nodiscard]] const Lease* find(const Market& market) const;
  [[nodiscard]] bool taken_in_batch(const Market& market) const { return taken_.contains(market); }
  /// Leases idle for `kept_ns` at `now`, by market.
  [[nodiscard]] std::vector<std::pair<Market, Lease>> expired(std::int64_t now,
                                                              std::int64_t kept_ns) const;
  /// Core time at which the first of those idle now will have been so for `kept_ns`.
  [[nodiscard]] std::optional<std::int64_t> next_expiry(std::int64_t kept_ns) const;
  /// All of them, by market.
  [[nodiscard]] const std::map<Market, Lease>& all() const noexcept { return leases_; }

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not what save wrote.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  /// What a market was before it was held.
  struct Before {
    Market market;
    std::optional<Lease> lease;
    bool taken;
  };

  std::map<Market, Lease> leases_;
  std::set<Market> taken_;    // in this batch; never outlives one input
  std::vector<Before> held_;  // never outlives one input
};

}  // namespace writ::arbiter
