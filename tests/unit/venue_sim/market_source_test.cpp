// Markets that are made up, and those that were recorded.
#include "examples/venue_sim/binance/venue.hpp"
#include "host/base/input_error.hpp"
#include "tests/support/vectors.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace writ::venue_sim {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

VenueOptions options_of(Market market, std::uint64_t seed = 1) {
  VenueOptions options;
  options.market = market;
  options.listings = default_listings(market);
  options.seed = seed;
  options.start_ts = kStart;
  return options;
}

std::string last_prices(const VenueOptions& options) {
  Venue venue(options);
  venue.advance(kStart + 60 * kSecond);
  std::string prices;
  for (const auto& [symbol, listed] : venue.exchange().all_listed()) {
    prices += symbol + ' ' + to_string(listed.last) + ' ' + std::to_string(listed.book.last_id()) +
              ' ' + std::to_string(listed.next_trade_id) + '\n';
  }
  return prices;
}

TEST(RandomMarket, IsItsSeeds) {
  const std::string once = last_prices(options_of(Market::kSpot));
  EXPECT_EQ(once, last_prices(options_of(Market::kSpot)));
  EXPECT_NE(once, last_prices(options_of(Market::kSpot, 2)));
}

TEST(RandomMarket, HasABookThatIsNeverCrossedAndTrades) {
  for (const Market market : {Market::kSpot, Market::kUsdm}) {
    Venue venue(options_of(market));
    for (int second = 1; second <= 60; ++second) {
      venue.advance(kStart + second * kSecond);
      for (const auto& [symbol, listed] : venue.exchange().all_listed()) {
        ASSERT_TRUE(listed.book.best(Side::kBuy) && listed.book.best(Side::kSell)) << symbol;
        EXPECT_LT(*listed.book.best(Side::kBuy), *listed.book.best(Side::kSell)) << symbol;
      }
    }
    for (const auto& [symbol, listed] : venue.exchange().all_listed()) {
      EXPECT_GT(listed.next_trade_id, 100U) << symbol;
    }
  }
}

TEST(RecordedMarket, IsTheRecordingOverAndOver) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  std::size_t trades = 0;
  for (const auto& [market, name] : {std::pair{Market::kSpot, "spot_btcusdt_20230405.jsonl.gz"},
                                     std::pair{Market::kUsdm, "usdm_btcusdt_20240718.jsonl.gz"}}) {
    VenueOptions options = options_of(market);
    options.recordings = {(*data / "binance_feed" / "hftbacktest" / name).string()};
    Venue venue(options);
    for (int minute = 1; minute <= 8; ++minute) {
      venue.advance(kStart + minute * 60 * kSecond);
      const ListedBook& listed = venue.exchange().listed("BTCUSDT");
      const auto bid = listed.book.best(Side::kBuy);
      const auto ask = listed.book.best(Side::kSell);
      if (bid && ask) {
        EXPECT_LT(*bid, *ask) << minute;
      }
    }
    const ListedBook& listed = venue.exchange().listed("BTCUSDT");
    trades += listed.next_trade_id;
  }
  EXPECT_GT(trades, 3'000U);
  std::cout << "recorded markets: " << trades << " trades\n";
}

std::int64_t received(std::int64_t ms) { return kStart + ms * (kSecond / 1'000); }

/// A recording of one trade a second.
class Recording {
 public:
  Recording()
      : path_(std::filesystem::temp_directory_path() /
              ("venue_sim_recording_" + std::to_string(::getpid()))) {
    std::ofstream file(path_);
    for (int i = 0; i < 10; ++i) {
      file << received(1'000 * i)
           << R"( {"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","p":"100","q":"1",)"
           << R"("m":true}})" << '\n';
    }
  }
  ~Recording() { std::filesystem::remove(path_); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(RecordedMarket, PassesSoManyTimesAsFastAsItWasReceived) {
  const Recording recording;
  for (const std::int64_t speed : {1, 4}) {
    VenueOptions options = options_of(Market::kSpot);
    options.recordings = {recording.path()};
    options.recording_speed = speed;
    Venue venue(options);
    venue.advance(received(2'100));
    const auto& trades = venue.exchange().listed("BTCUSDT").trades;
    ASSERT_EQ(trades.size(), speed == 1 ? 3U : 9U);
    EXPECT_EQ(trades.back().ts, received(2'000)) << "event times are of the venue's clock";
  }
}

TEST(RecordedMarket, DoesNotCatchUpWithWhatIsPostponed) {
  const Recording recording;
  VenueOptions options = options_of(Market::kSpot);
  options.recordings = {recording.path()};
  Venue venue(options);
  venue.advance(received(2'100));
  venue.postpone_market(received(2'500));
  venue.postpone_market(received(7'000));
  venue.advance(received(8'100));
  const auto& trades = venue.exchange().listed("BTCUSDT").trades;
  ASSERT_EQ(trades.size(), 5U);
  EXPECT_EQ(trades[3].ts, received(7'000));
  EXPECT_EQ(trades[4].ts, received(8'000));
}

TEST(RecordedMarket, RefusesAFileThatIsNone) {
  VenueOptions options = options_of(Market::kSpot);
  options.recordings = {"no_such_file"};
  EXPECT_THROW(Venue{options}, base::InputError);
}

}  // namespace
}  // namespace writ::venue_sim
