#include "host/market/features.hpp"

#include "tests/support/vectors.hpp"
#include "tests/unit/market/market_records.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace writ::market {
namespace {

using test::kSecondNs;
using test::kUnit;
using test::VectorCase;

std::int64_t nano(std::string_view text) {
  const auto parsed = parse_nano(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.value;
}

// At 1e-9, the scale of the documents' figures.
std::string text9(double value) {
  return DecimalText(static_cast<Int128>(std::nearbyint(value * 1e9)), 9).str();
}

void add_all(VolumeBuckets& buckets, const std::vector<std::pair<char, std::int64_t>>& trades) {
  for (const auto& [side, quantity] : trades) {
    buckets.add(side == 'B' ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, quantity * kUnit);
  }
}

TEST(VolumeBuckets, SplitsTradesAtBucketEnds) {
  // V 10 of the domain page.
  VolumeBuckets buckets(100 * kUnit, 5);
  add_all(buckets, {{'B', 40}, {'S', 25}, {'B', 60}, {'B', 130}});
  EXPECT_EQ(buckets.score(), std::nullopt);
  add_all(buckets, {{'S', 10}, {'S', 90}, {'B', 20}, {'S', 75}, {'B', 200}, {'S', 50}});
  EXPECT_EQ(buckets.imbalances(),
            (std::vector<std::int64_t>{10 * kUnit, 60 * kUnit, 0, 100 * kUnit, 0}));
  EXPECT_EQ(text9(buckets.score().value()), "0.34");
  EXPECT_EQ(buckets.partial(), 0);
}

TEST(VolumeBuckets, OneEnormousTradeFillsTheScore) {
  VolumeBuckets buckets(1, 50);
  buckets.add(WRIT_SIDE_SELL, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(buckets.score(), 1.0);
}

TEST(VolumeBuckets, EqualsTheVectors) {
  test::run_vectors(
      "10_opponent",
      {{"toxicity_vpin",
        [](const VectorCase& vector) {
          const auto count = static_cast<std::size_t>(test::integer_of(vector.inputs, "n"));
          VolumeBuckets all(nano(test::text_of(vector.inputs, "bucket")), 100);
          VolumeBuckets scored(nano(test::text_of(vector.inputs, "bucket")), count);
          for (const auto& trade : test::member(vector.inputs, "trades").as_array()) {
            const auto& pair = trade.as_array();
            const auto side = pair[0].as_string() == "B" ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
            for (VolumeBuckets* each : {&all, &scored}) {
              each->add(static_cast<std::uint16_t>(side), nano(std::string(pair[1].as_string())));
            }
          }
          if (test::is_null(vector.expected, "toxicity_score")) {
            EXPECT_EQ(scored.score(), std::nullopt);
            return;
          }
          EXPECT_EQ(text9(scored.score().value()),
                    test::text_of(vector.expected, "toxicity_score"));
          const auto& expected = test::member(vector.expected, "bucket_imbalance").as_array();
          const auto found = all.imbalances();
          ASSERT_EQ(found.size(), expected.size());
          for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i], nano(std::string(expected[i].as_string())));
          }
        }},
       {"spread_compression",
        [](const VectorCase& vector) {
          std::vector<std::int64_t> history;
          for (const auto& spread : test::member(vector.inputs, "history").as_array()) {
            history.push_back(nano(std::string(spread.as_string())));
          }
          std::sort(history.begin(), history.end());
          EXPECT_EQ(
              text9(spread_compression(nano(test::text_of(vector.inputs, "spread")), history)),
              test::text_of(vector.expected, "spread_compression"));
        }},
       {"crowding_score",
        [](const VectorCase& vector) {
          const auto moves = test::integer_of(vector.inputs, "our_moves");
          const auto follows = test::integer_of(vector.inputs, "follows_500ms");
          const double rate =
              moves == 0 ? 0 : static_cast<double>(follows) / static_cast<double>(moves);
          EXPECT_EQ(
              text9(crowding_score(nano(test::text_of(vector.inputs, "best_qty")),
                                   nano(test::text_of(vector.inputs, "depth_5ticks_qty")),
                                   nano(test::text_of(vector.inputs, "our_qty_at_best")), rate)),
              test::text_of(vector.expected, "crowding_score"));
        }}},
      test::VectorCoverage::kWhole);
}

TEST(SpreadCompression, FiguresOfTheDomainPage) {
  const std::vector<std::int64_t> history{20, 20, 30, 40};
  EXPECT_EQ(spread_compression(5, history), 0.8);  // median 25
  EXPECT_EQ(spread_compression(500, history), -1.0);
  EXPECT_EQ(spread_compression(5, std::vector<std::int64_t>{0, 0, 3}), 0.0);
  EXPECT_EQ(text9(crowding_score(500, 2000, 100, 0.75)), "0.480263158");
}

TEST(Quantised, RoundsHalvesToEvenAndKeepsWhatHasNoFraction) {
  EXPECT_EQ(quantised(0.1234567894), 0.123456789);
  EXPECT_EQ(quantised(1.5e-9), 2e-9);
  EXPECT_EQ(quantised(2.5e-9), 2e-9);
  EXPECT_FALSE(std::signbit(quantised(-1e-12)));
  EXPECT_EQ(quantised(1e15), 1e15);
}

Book book_of(std::int64_t bid, std::int64_t bid_quantity, std::int64_t ask,
             std::int64_t ask_quantity) {
  Book book;
  if (bid_quantity > 0) book.set(Side::kBid, bid * kUnit, bid_quantity * kUnit);
  if (ask_quantity > 0) book.set(Side::kAsk, ask * kUnit, ask_quantity * kUnit);
  return book;
}

TEST(FeatureTracker, DescribesTheTopOfTheBook) {
  FeatureTracker tracker({}, kUnit);
  const Book book = book_of(100, 3, 102, 1);
  tracker.on_top(0, book, true);
  const auto features = tracker.evaluate(0, book, true);
  EXPECT_EQ(features[WRIT_FEATURE_MID].value, 101.0);
  EXPECT_EQ(features[WRIT_FEATURE_MICROPRICE].value, 101.5);
  EXPECT_EQ(features[WRIT_FEATURE_IMBALANCE].value, 0.5);
  EXPECT_EQ(features[WRIT_FEATURE_SPREAD_BPS].value, 198.01980198);
  EXPECT_EQ(features[WRIT_FEATURE_WARM].known, 1U);
  EXPECT_EQ(features[WRIT_FEATURE_WARM].value, 0.0);
  EXPECT_EQ(features[WRIT_FEATURE_VOLATILITY].known, 0U);
  for (std::uint32_t i = 0; i < features.size(); ++i) EXPECT_EQ(features[i].feature, i);
}

TEST(FeatureTracker, MidIsRoundedHalfToEvenAtTheLastDigit) {
  FeatureTracker tracker({}, 1);
  for (const auto& [bid, ask, mid] :
       {std::array<std::int64_t, 3>{1, 2, 2}, {2, 3, 2}, {3, 4, 4}, {-2, -1, -2}, {-1, 2, 0}}) {
    Book book;
    book.set(Side::kBid, bid, 1);
    book.set(Side::kAsk, ask, 1);
    const auto features = tracker.evaluate(0, book, true);
    EXPECT_EQ(features[WRIT_FEATURE_MID].value, static_cast<double>(mid) / 1e9) << bid;
  }
}

TEST(FeatureTracker, KnowsNothingOfAOneSidedOrUnusableBook) {
  FeatureTracker tracker({}, kUnit);
  const Book one_sided = book_of(100, 3, 0, 0);
  const Book both = book_of(100, 3, 102, 1);
  for (const auto& features :
       {tracker.evaluate(0, one_sided, true), tracker.evaluate(0, both, false)}) {
    for (const writ_feature& feature : features) {
      EXPECT_EQ(feature.known, feature.feature == WRIT_FEATURE_WARM ? 1U : 0U);
      EXPECT_EQ(feature.value, 0.0);
    }
  }
}

TEST(FeatureTracker, VolatilityIsMeanThenMovingAverageOfSampledChanges) {
  FeatureOptions options;
  options.volatility_samples = 3;  // weight 1/2 from the second change on
  options.volatility_warm = 2;
  FeatureTracker tracker(options, kUnit);
  const auto at = [&](std::int64_t second, std::int64_t mid) {
    const Book book = book_of(mid - 1, 1, mid + 1, 1);
    tracker.on_top(second * kSecondNs, book, true);
    return tracker.evaluate(second * kSecondNs, book, true)[WRIT_FEATURE_VOLATILITY];
  };
  at(0, 100);
  at(1, 104);                       // samples 100 at second 1
  EXPECT_EQ(at(2, 104).known, 0U);  // samples 104: change 4
  const auto two = at(3, 110);      // samples 104: change 0, mean of 16 and 0
  EXPECT_EQ(two.known, 1U);
  EXPECT_EQ(two.value, quantised(std::sqrt(8.0)));
  const auto three = at(4, 110);  // change 6: 8 + (36 - 8) / 2
  EXPECT_EQ(three.value, quantised(std::sqrt(22.0)));
}

TEST(FeatureTracker, SamplesTheSpreadInForceOncePerSecond) {
  FeatureOptions options;
  options.spread_warm = 3;
  FeatureTracker tracker(options, kUnit);
  const Book wide = book_of(100, 1, 104, 1);
  const Book tight = book_of(101, 1, 103, 1);
  tracker.on_top(kSecondNs / 2, wide, true);
  tracker.on_top(3 * kSecondNs + 1, tight, true);  // samples at 1, 2 and 3 s, all wide
  const auto features = tracker.evaluate(3 * kSecondNs + 1, tight, true);
  ASSERT_EQ(features[WRIT_FEATURE_SPREAD_COMPRESSION].known, 1U);
  EXPECT_EQ(features[WRIT_FEATURE_SPREAD_COMPRESSION].value, 0.5);
}

TEST(FeatureTracker, TheSpreadIsComparedWithTheMedianOfTheLastWindow) {
  FeatureOptions options;
  options.spread_samples = 7;
  options.spread_warm = 7;
  FeatureTracker tracker(options, kUnit);
  std::vector<std::int64_t> window;
  std::uint64_t random = 1;
  for (std::int64_t second = 0; second < 2'000; ++second) {
    random = random * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const auto spread = static_cast<std::int64_t>(1 + (random >> 33U) % 5);
    const Book book = book_of(100, 1, 100 + spread, 1);
    tracker.on_top(second * kSecondNs + 1, book, true);
    window.push_back(spread * kUnit);  // sampled at the next second
    if (window.size() > 7) window.erase(window.begin());
    const Book same = book_of(100, 1, 100 + spread, 2);
    tracker.on_top((second + 1) * kSecondNs, same, true);
    if (window.size() < 7) continue;
    auto sorted = window;
    std::sort(sorted.begin(), sorted.end());
    const auto features = tracker.evaluate((second + 1) * kSecondNs, same, true);
    ASSERT_EQ(features[WRIT_FEATURE_SPREAD_COMPRESSION].value,
              quantised(spread_compression(spread * kUnit, sorted)))
        << "second " << second;
  }
}

TEST(FeatureTracker, LongSilenceCostsOneWindowOfSamples) {
  FeatureTracker tracker({}, kUnit);
  const Book book = book_of(100, 1, 104, 1);
  tracker.on_top(0, book, true);
  tracker.on_top(std::int64_t{200} * 365 * 86'400 * kSecondNs, book, true);
  EXPECT_EQ(tracker.evaluate(0, book, true)[WRIT_FEATURE_VOLATILITY].value, 0.0);
}

TEST(FollowRate, CountsQuotesJoinedOrImprovedInTime) {
  FollowRate rate(500, 4);
  const auto bid = [&](std::int64_t now, std::int64_t price, std::int64_t quantity) {
    const writ_level level{price, quantity};
    rate.on_best(Side::kBid, now, &level);
  };
  bid(0, 10, 1);     // the first is no move
  bid(100, 11, 1);   // improved ...
  bid(300, 11, 2);   // ... and joined in time
  bid(400, 12, 1);   // improved ...
  bid(600, 13, 1);   // ... and improved in time; this one is alone
  bid(1200, 12, 5);  // late, and worse
  EXPECT_EQ(rate.share(1200), std::nullopt);
  bid(1300, 14, 1);
  EXPECT_EQ(rate.share(1700), std::nullopt);
  EXPECT_EQ(rate.share(1801), 0.5);  // two followed, two not
}

TEST(FollowRate, AsksImproveDownwards) {
  FollowRate rate(500, 1);
  const writ_level first{20, 1};
  const writ_level better{19, 1};
  const writ_level joined{19, 2};
  rate.on_best(Side::kAsk, 0, &first);
  rate.on_best(Side::kAsk, 1, &better);
  EXPECT_EQ(rate.share(1), std::nullopt);
  rate.on_best(Side::kAsk, 2, &joined);
  EXPECT_EQ(rate.share(2), 1.0);
}

TEST(FeatureTracker, BecomesWarmAndGoesOnAfterSaveAndLoad) {
  FeatureOptions options;
  options.spread_warm = 2;
  options.toxicity_bucket = kUnit;
  options.toxicity_buckets = 2;
  options.follow_moves = 2;
  options.volatility_warm = 2;
  FeatureTracker tracker(options, kUnit);
  std::int64_t now = 0;
  for (std::int64_t i = 0; i < 6; ++i) {
    now += kSecondNs;
    tracker.on_top(now, book_of(100 + i, 1, 110, 1), true);
    tracker.on_trade(now, i % 2 == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, kUnit / 2);
  }
  const Book book = book_of(105, 1, 110, 1);
  const auto features = tracker.evaluate(now + kSecondNs, book, true);
  EXPECT_EQ(features[WRIT_FEATURE_WARM].value, 1.0);
  for (const writ_feature& feature : features) EXPECT_EQ(feature.known, 1U) << feature.feature;

  base::ByteWriter saved;
  tracker.save(saved);
  FeatureTracker loaded(options, kUnit);
  base::ByteReader in(saved.bytes());
  ASSERT_TRUE(loaded.load(in));
  EXPECT_TRUE(in.complete());
  base::ByteWriter again;
  loaded.save(again);
  EXPECT_TRUE(std::equal(saved.bytes().begin(), saved.bytes().end(), again.bytes().begin(),
                         again.bytes().end()));
  const auto same = loaded.evaluate(now + kSecondNs, book, true);
  for (std::size_t i = 0; i < same.size(); ++i) EXPECT_EQ(same[i].value, features[i].value);
}

TEST(FeatureTracker, MeasuresTheBucketWhenNoneIsGiven) {
  FeatureOptions options;
  options.calibration_ns = kSecondNs;
  options.calibration_parts = 2;
  options.toxicity_buckets = 1;
  FeatureTracker tracker(options, kUnit);
  const Book book = book_of(100, 1, 104, 1);
  tracker.on_trade(0, WRIT_SIDE_BUY, 4 * kUnit);
  EXPECT_EQ(tracker.evaluate(0, book, true)[WRIT_FEATURE_TOXICITY].known, 0U);
  tracker.on_trade(kSecondNs, WRIT_SIDE_BUY, kUnit);  // bucket of 2
  EXPECT_EQ(tracker.evaluate(0, book, true)[WRIT_FEATURE_TOXICITY].known, 0U);
  tracker.on_trade(kSecondNs, WRIT_SIDE_SELL, kUnit);
  EXPECT_EQ(tracker.evaluate(0, book, true)[WRIT_FEATURE_TOXICITY].known, 1U);
  EXPECT_EQ(tracker.evaluate(0, book, true)[WRIT_FEATURE_TOXICITY].value, 0.0);
}

}  // namespace
}  // namespace writ::market
