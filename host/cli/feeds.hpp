#pragma once

#include "host/cli/live_venues.hpp"
#include "host/cli/numbering.hpp"
#include "host/cli/tape_source.hpp"
#include "host/config/document.hpp"
#include "host/feed/feed_source.hpp"
#include "host/feed/simulated_market.hpp"
#include "host/journal/storage.hpp"
#include "host/research/decoded_market.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// When a simulated market begins and ends, and where one that was interrupted goes on.
struct SimulatedTime {
  std::int64_t start_ts = 0;
  std::int64_t duration_ns = 0;  ///< 0 = without end
  std::optional<std::int64_t> resume_ts;
};

/// The market data of a run: every feed of the configuration as one source.
class Feeds {
 public:
  /// Opens all of them and enters their tables. Without `venues`, which outlive it, those of real
  /// venues are names and say nothing. Throws base::InputError.
  Feeds(const config::Loaded& loaded, journal::Storage& storage, const SimulatedTime& time,
        Numbering& numbering, LiveVenues* venues = nullptr);

  /// The same data again, from memory, which outlives them; numbers are those of `opened`.
  Feeds(const Feeds& opened, const research::DecodedMarket& market)
      : source_(std::make_unique<research::DecodedSource>(market)),
        instruments_(opened.instruments_),
        data_hash_(opened.data_hash_),
        events_(opened.events_) {}

  [[nodiscard]] feed::FeedSource& source() noexcept { return *source_; }
  /// Numbers of the instruments that have a feed, ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& instruments() const noexcept {
    return instruments_;
  }
  /// What the data are: 64 hexadecimal digits, the same for the same data.
  [[nodiscard]] const std::string& data_hash() const noexcept { return data_hash_; }
  /// Market events of all tapes; 0 with a simulated feed.
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  /// Damage met while a tape was read; empty if none.
  [[nodiscard]] std::string trouble() const;

 private:
  void check_part(const config::Loaded& loaded, std::size_t index,
                  const Numbering& numbering) const;
  void add_simulated(const config::Loaded& loaded, std::size_t index, const SimulatedTime& time,
                     Numbering& numbering);
  void add_names(const config::Loaded& loaded, const config::FeedConfig& feed,
                 Numbering& numbering);

  std::vector<std::unique_ptr<feed::FeedSource>> made_;
  std::vector<const TapeSource*> tapes_;
  std::unique_ptr<feed::FeedSource> source_;
  std::vector<std::uint32_t> instruments_;
  std::string data_hash_;
  std::uint64_t events_ = 0;
};

/// Throws base::InputError for a feed that never ends where nobody said how long it is wanted.
void refuse_endless(const config::Config& config, std::optional<std::int64_t> duration_ns);

}  // namespace writ::cli
