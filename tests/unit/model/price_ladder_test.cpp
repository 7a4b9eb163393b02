#include "host/model/price_ladder.hpp"

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"

#include <writ/abi/market.h>
#include <writ/decimal.hpp>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::model {
namespace {

Price px(std::string_view text) { return parse_price(text).value; }

writ_instrument facts(std::uint32_t kind, std::uint32_t ladder, std::string_view tick = "0") {
  auto instrument = make_record<writ_instrument>();
  instrument.kind = kind;
  instrument.ladder = ladder;
  instrument.tick = px(tick).raw;
  instrument.price_min = instrument.price_max = WRIT_NONE;
  return instrument;
}

PriceLadder classic() { return PriceLadder(facts(WRIT_KIND_RUNNER, WRIT_LADDER_CLASSIC)); }

std::string text(std::optional<Price> price) { return price ? to_string(*price) : "none"; }

void check_bands(const test::VectorCase& vector) {
  const PriceLadder ladder = classic();
  std::int64_t prices = 0;
  std::optional<Price> price = ladder.at_or_above(px("0"));
  for (const auto& value : test::member(vector.expected, "bands").as_array()) {
    const auto& band = value.as_object();
    EXPECT_EQ(price, test::price_of(band, "from"));
    while (price && *price < test::price_of(band, "to")) {
      EXPECT_EQ(ladder.index_of(*price), prices);
      EXPECT_EQ(ladder.step_at(*price), test::price_of(band, "step"));
      ++prices;
      price = ladder.at_or_above(Price{price->raw + 1});
    }
    EXPECT_EQ(price, test::price_of(band, "to"));
    ++prices;
    price = ladder.at_or_above(Price{price->raw + 1});
  }
  EXPECT_FALSE(price);
  EXPECT_EQ(prices, test::integer_of(vector.expected, "count"));
  for (const auto& [odds, index] : test::member(vector.expected, "index_of").as_object()) {
    EXPECT_EQ(ladder.index_of(px(std::string_view(odds.data(), odds.size()))), index.as_int64())
        << odds;
  }
}

std::optional<Price> price_or_null(const boost::json::object& object, std::string_view key) {
  if (test::is_null(object, key)) return std::nullopt;
  return test::price_of(object, key);
}

void check_round(const test::VectorCase& vector) {
  const Price price = test::price_of(vector.inputs, "price");
  EXPECT_EQ(classic().at_or_below(price), price_or_null(vector.expected, "down"));
  EXPECT_EQ(classic().at_or_above(price), price_or_null(vector.expected, "up"));
  EXPECT_EQ(classic().nearest(price), price_or_null(vector.expected, "nearest_tie_low"));
}

void check_distance(const test::VectorCase& vector) {
  EXPECT_EQ(classic().distance(test::price_of(vector.inputs, "from"),
                               test::price_of(vector.inputs, "to")),
            test::integer_of(vector.expected, "ticks"));
}

TEST(PriceLadder, EqualsTheVectors) {
  test::run_vectors("01_instruments",
                    {{"ladder_bands", check_bands},
                     {"ladder_round", check_round},
                     {"tick_distance", check_distance}},
                    test::VectorCoverage::kNamed);
}

TEST(PriceLadder, IsTheOneTheDomainStates) {  // V 01
  EXPECT_EQ(text(classic().at_or_below(px("3.33"))), "3.3");
  EXPECT_EQ(text(classic().at_or_above(px("3.33"))), "3.35");
  EXPECT_EQ(classic().index_of(px("2")), 99);
  EXPECT_EQ(classic().index_of(px("1000")), 349);
}

TEST(PriceLadder, RoundsABackUpAndALayDown) {
  EXPECT_EQ(text(classic().limit(WRIT_SIDE_BUY, px("3.33"))), "3.35");
  EXPECT_EQ(text(classic().limit(WRIT_SIDE_SELL, px("3.33"))), "3.3");
  EXPECT_EQ(text(classic().limit(WRIT_SIDE_BUY, px("3.3"))), "3.3");
}

TEST(PriceLadder, RefusesALimitOutsideTheOdds) {
  for (const auto side : {WRIT_SIDE_BUY, WRIT_SIDE_SELL}) {
    EXPECT_EQ(text(classic().limit(side, px("1.009"))), "none");
    EXPECT_EQ(text(classic().limit(side, px("1000.5"))), "none");
    EXPECT_EQ(text(classic().limit(side, Price::none())), "none");
  }
}

TEST(PriceLadder, HasEveryHundredthOnFinest) {
  const PriceLadder finest(facts(WRIT_KIND_RUNNER, WRIT_LADDER_FINEST));
  EXPECT_EQ(finest.index_of(px("1.01")), 0);
  EXPECT_EQ(finest.index_of(px("3.33")), 232);
  EXPECT_EQ(finest.index_of(px("1000")), 99'899);
  EXPECT_EQ(text(finest.nearest(px("3.335"))), "3.33");
  EXPECT_FALSE(finest.contains(px("1000.01")));
}

TEST(PriceLadder, CountsLinesFromTheLowest) {
  writ_instrument line = facts(WRIT_KIND_RUNNER, WRIT_LADDER_LINE, "1");
  line.price_min = px("0.5").raw;
  line.price_max = px("10.5").raw;
  const PriceLadder ladder(line);
  EXPECT_EQ(ladder.index_of(px("0.5")), 0);
  EXPECT_EQ(ladder.index_of(px("10.5")), 10);
  EXPECT_FALSE(ladder.contains(px("2")));
  EXPECT_EQ(text(ladder.nearest(px("2"))), "1.5");
  EXPECT_EQ(text(ladder.at_or_above(px("10.6"))), "none");
}

TEST(PriceLadder, KeepsATokenWithinATickOfItsBounds) {
  const PriceLadder token(facts(WRIT_KIND_BINARY, WRIT_LADDER_TICK, "0.01"));
  EXPECT_TRUE(token.contains(px("0.01")));
  EXPECT_TRUE(token.contains(px("0.99")));
  EXPECT_FALSE(token.contains(px("1")));
  EXPECT_FALSE(token.contains(px("0")));
  EXPECT_EQ(text(token.limit(WRIT_SIDE_BUY, px("0.526"))), "0.52");
  EXPECT_EQ(text(token.limit(WRIT_SIDE_SELL, px("0.521"))), "0.53");
  EXPECT_EQ(text(token.limit(WRIT_SIDE_BUY, px("0.995"))), "none");
  EXPECT_EQ(token.distance(px("0.99"), px("0.01")), -98);
}

TEST(PriceLadder, StaysWithinTheVenuesBounds) {
  writ_instrument spot = facts(WRIT_KIND_SPOT, WRIT_LADDER_TICK, "0.1");
  EXPECT_TRUE(PriceLadder(spot).contains(px("100000.1")));
  spot.price_min = px("1.05").raw;
  spot.price_max = px("2.05").raw;
  const PriceLadder ladder(spot);
  EXPECT_EQ(text(ladder.at_or_above(px("0.3"))), "1.1");
  EXPECT_EQ(text(ladder.at_or_below(px("7"))), "2");
  EXPECT_FALSE(ladder.contains(px("1")));
  EXPECT_FALSE(ladder.contains(px("2.1")));
}

TEST(PriceLadder, TakesEveryPositivePriceWithoutATick) {
  const PriceLadder free(facts(WRIT_KIND_SPOT, WRIT_LADDER_TICK));
  EXPECT_TRUE(free.contains(Price{1}));
  EXPECT_TRUE(free.contains(px("7.123456789")));
  EXPECT_FALSE(free.contains(Price{0}));
}

TEST(PriceLadder, IsEmptyWhereItsBoundsLeaveNothing) {
  writ_instrument spot = facts(WRIT_KIND_SPOT, WRIT_LADDER_TICK, "1");
  spot.price_min = px("1.2").raw;
  spot.price_max = px("1.8").raw;
  EXPECT_EQ(text(PriceLadder(spot).nearest(px("1.5"))), "none");
  EXPECT_FALSE(PriceLadder(spot).contains(px("1")));
}

TEST(PriceLadder, RoundsToNeighboursWhateverThePrice) {
  base::RandomStream random(1, "test.ladder");
  const PriceLadder ladders[] = {classic(),
                                 PriceLadder(facts(WRIT_KIND_RUNNER, WRIT_LADDER_FINEST)),
                                 PriceLadder(facts(WRIT_KIND_BINARY, WRIT_LADDER_TICK, "0.001")),
                                 PriceLadder(facts(WRIT_KIND_SPOT, WRIT_LADDER_TICK, "0.25"))};
  const std::uint64_t highest[] = {1'100, 1'100, 2, 100'000'000};
  for (std::size_t i = 0; i < test::scaled(120'000); ++i) {
    const auto& ladder = ladders[i % 4];
    const Price price{static_cast<std::int64_t>(random.below(highest[i % 4] * 1'000'000'000))};
    const auto below = ladder.at_or_below(price);
    const auto above = ladder.at_or_above(price);
    ASSERT_TRUE(below || above) << price.raw;
    ASSERT_TRUE(!below || (*below <= price && ladder.contains(*below))) << price.raw;
    ASSERT_TRUE(!above || (*above >= price && ladder.contains(*above))) << price.raw;
    if (below && above) {
      ASSERT_EQ(ladder.distance(*below, *above), *below == *above ? 0 : 1) << price.raw;
    }
    const auto nearest = ladder.nearest(price);
    ASSERT_TRUE(nearest == below || nearest == above);
  }
}

}  // namespace
}  // namespace writ::model
