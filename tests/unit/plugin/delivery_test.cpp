#include "host/plugin/delivery.hpp"

#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::plugin {
namespace {

constexpr std::int64_t kInterval = 100;

// Subscribed to trades with this trigger; named instruments are 3 and 7.
Delivery delivery_of_trades(std::uint32_t trigger, std::int64_t interval_ns = kInterval) {
  Descriptor descriptor;
  descriptor.subscriptions = {{WRIT_RECORD_TRADE, trigger, interval_ns}};
  return {descriptor, {3, 7}};
}

writ_trade trade_at(std::int64_t ts, std::uint32_t instrument = 3) {
  auto trade = model::make_record<writ_trade>();
  trade.header.ingest_ts = ts;
  trade.instrument = instrument;
  return trade;
}

std::vector<std::byte> saved(const Delivery& delivery) {
  base::ByteWriter out;
  delivery.save(out);
  return out.take();
}

TEST(InstrumentOf, TellsTheInstrumentOfAMarketRecord) {
  EXPECT_EQ(instrument_of(trade_at(0, 7).header), 7U);
}

TEST(InstrumentOf, IsNoneForARecordThatIsNotOfAMarket) {
  auto signal = model::make_record<writ_signal>();
  signal.instance = 7;
  EXPECT_EQ(instrument_of(signal.header), 0U);
}

TEST(InstrumentOf, IsNoneForAMarketRecordTooShortToNameOne) {
  auto trade = trade_at(0, 7);
  trade.header.size = sizeof(writ_record);
  EXPECT_EQ(instrument_of(trade.header), 0U);
}

TEST(Delivery, LetsEachRecordThroughWithTriggerEvent) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_EVENT);
  EXPECT_TRUE(delivery.wants(trade_at(1'000).header, {}));
  EXPECT_TRUE(delivery.wants(trade_at(1'000).header, {}));
}

TEST(Delivery, HoldsBackTypesItIsNotSubscribedTo) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_EVENT);
  auto funding = model::make_record<writ_funding>();
  funding.instrument = 3;
  EXPECT_FALSE(delivery.wants(funding.header, {.top = true, .trade = true}));
}

TEST(Delivery, HoldsBackInstrumentsTheInstanceDoesNotName) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_EVENT);
  EXPECT_FALSE(delivery.wants(trade_at(1'000, 4).header, {}));
}

TEST(Delivery, LetsThroughWhatConcernsItThoughItIsAboutAnother) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_EVENT);
  EXPECT_TRUE(delivery.wants(trade_at(1'000, 4).header, {.concerned = true}));
}

TEST(Delivery, LetsThroughOnlyChangesOfTheTopWithTriggerTop) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_TOP);
  EXPECT_TRUE(delivery.wants(trade_at(1'000).header, {.top = true, .trade = false}));
  EXPECT_FALSE(delivery.wants(trade_at(1'000).header, {.top = false, .trade = true}));
}

TEST(Delivery, LetsThroughOnlyTradesWithTriggerTrade) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_TRADE);
  EXPECT_TRUE(delivery.wants(trade_at(1'000).header, {.top = false, .trade = true}));
  EXPECT_FALSE(delivery.wants(trade_at(1'000).header, {.top = true, .trade = false}));
}

TEST(Delivery, LetsNothingThroughWithATriggerItDoesNotKnow) {
  auto delivery = delivery_of_trades(WRIT_TRIGGER_CONFLATED + 1);
  EXPECT_FALSE(delivery.wants(trade_at(1'000).header, {.top = true, .trade = true}));
}

class IntervalTrigger : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(IntervalTrigger, LetsTheFirstRecordThrough) {
  auto delivery = delivery_of_trades(GetParam());
  EXPECT_TRUE(delivery.wants(trade_at(1'000).header, {}));
}

TEST_P(IntervalTrigger, HoldsBackWhatComesWithinTheInterval) {
  auto delivery = delivery_of_trades(GetParam());
  (void)delivery.wants(trade_at(1'000).header, {});
  EXPECT_FALSE(delivery.wants(trade_at(1'099).header, {}));
}

TEST_P(IntervalTrigger, LetsARecordThroughWhenTheIntervalIsOver) {
  auto delivery = delivery_of_trades(GetParam());
  (void)delivery.wants(trade_at(1'000).header, {});
  EXPECT_TRUE(delivery.wants(trade_at(1'100).header, {}));
}

TEST_P(IntervalTrigger, CountsTheIntervalFromTheRecordLetThrough) {
  auto delivery = delivery_of_trades(GetParam());
  (void)delivery.wants(trade_at(1'000).header, {});
  (void)delivery.wants(trade_at(1'090).header, {});
  EXPECT_TRUE(delivery.wants(trade_at(1'100).header, {}));
}

TEST_P(IntervalTrigger, CountsEachInstrumentByItself) {
  auto delivery = delivery_of_trades(GetParam());
  (void)delivery.wants(trade_at(1'000, 3).header, {});
  EXPECT_TRUE(delivery.wants(trade_at(1'000, 7).header, {}));
}

TEST_P(IntervalTrigger, HoldsBackForGoodWhenTheIntervalReachesPastTheEndOfTime) {
  auto delivery = delivery_of_trades(GetParam(), INT64_MAX);
  (void)delivery.wants(trade_at(1'000).header, {});
  EXPECT_FALSE(delivery.wants(trade_at(2'000).header, {}));
}

INSTANTIATE_TEST_SUITE_P(Delivery, IntervalTrigger,
                         ::testing::Values(WRIT_TRIGGER_TIMER, WRIT_TRIGGER_CONFLATED));

TEST(Delivery, CountsEachTypeByItself) {
  Descriptor descriptor;
  descriptor.subscriptions = {{WRIT_RECORD_TRADE, WRIT_TRIGGER_CONFLATED, kInterval},
                              {WRIT_RECORD_FUNDING, WRIT_TRIGGER_CONFLATED, kInterval}};
  Delivery delivery(descriptor, {3});
  (void)delivery.wants(trade_at(1'000).header, {});
  auto funding = model::make_record<writ_funding>();
  funding.header.ingest_ts = 1'000;
  funding.instrument = 3;
  EXPECT_TRUE(delivery.wants(funding.header, {}));
}

TEST(Delivery, IsSubscribedToTheTypesItsDescriptorNames) {
  const auto delivery = delivery_of_trades(WRIT_TRIGGER_EVENT);
  EXPECT_TRUE(delivery.subscribed(WRIT_RECORD_TRADE));
  EXPECT_FALSE(delivery.subscribed(WRIT_RECORD_FUNDING));
}

TEST(Delivery, KeepsTheIntervalOnceLoaded) {
  auto before = delivery_of_trades(WRIT_TRIGGER_CONFLATED);
  (void)before.wants(trade_at(1'000).header, {});
  const auto bytes = saved(before);

  auto after = delivery_of_trades(WRIT_TRIGGER_CONFLATED);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_FALSE(after.wants(trade_at(1'099).header, {}));
}

TEST(Delivery, LoadForgetsWhatWasLetThroughBefore) {
  const auto bytes = saved(delivery_of_trades(WRIT_TRIGGER_CONFLATED));
  auto delivery = delivery_of_trades(WRIT_TRIGGER_CONFLATED);
  (void)delivery.wants(trade_at(1'000).header, {});
  base::ByteReader in{bytes};
  ASSERT_TRUE(delivery.load(in));
  EXPECT_TRUE(delivery.wants(trade_at(1'001).header, {}));
}

TEST(Delivery, RefusesBytesThatEndEarly) {
  auto before = delivery_of_trades(WRIT_TRIGGER_CONFLATED);
  (void)before.wants(trade_at(1'000).header, {});
  auto bytes = saved(before);
  bytes.pop_back();
  auto after = delivery_of_trades(WRIT_TRIGGER_CONFLATED);
  base::ByteReader in{bytes};
  EXPECT_FALSE(after.load(in));
}

}  // namespace
}  // namespace writ::plugin
