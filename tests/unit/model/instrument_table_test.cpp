#include "host/model/instrument_table.hpp"

#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::model {
namespace {

using base::Errc;

writ_instrument make_instrument(std::uint32_t number, std::string_view venue,
                                std::string_view market, std::string_view selection = "") {
  auto instrument = make_record<writ_instrument>();
  instrument.instrument = number;
  EXPECT_TRUE(set_text(instrument.venue, venue));
  EXPECT_TRUE(set_text(instrument.market, market));
  EXPECT_TRUE(set_text(instrument.selection, selection));
  return instrument;
}

writ_instance make_instance(std::uint32_t number, std::string_view name) {
  auto instance = make_record<writ_instance>();
  instance.instance = number;
  EXPECT_TRUE(set_text(instance.name, name));
  return instance;
}

TEST(InstrumentTable, FindsByNumberAndByCanonicalName) {
  InstrumentTable table;
  ASSERT_TRUE(table.apply(make_instrument(3, "sim", "BTCUSDT").header));
  ASSERT_TRUE(table.apply(make_instrument(1, "polymarket", "election", "YES").header));
  EXPECT_EQ(table.instrument_name(3), "sim/BTCUSDT");
  EXPECT_EQ(table.instrument_name(1), "polymarket/election/YES");
  EXPECT_EQ(table.find_instrument("sim/BTCUSDT"), 3U);
  EXPECT_EQ(table.find_instrument("sim/ETHUSDT"), std::nullopt);
  EXPECT_EQ(table.instrument(2), nullptr);
  EXPECT_EQ(table.instrument(0), nullptr);
  EXPECT_EQ(table.instrument(4'000'000'000U), nullptr);
  EXPECT_EQ(table.instrument_name(2), "");
  ASSERT_EQ(table.instruments().size(), 2U);
  EXPECT_EQ(table.instruments()[0]->instrument, 1U);
}

TEST(InstrumentTable, ALaterRecordReplacesAnEarlierOneInPlace) {
  InstrumentTable table;
  auto instrument = make_instrument(1, "sim", "BTCUSDT");
  ASSERT_TRUE(table.apply(instrument.header));
  const writ_instrument* before = table.instrument(1);
  for (std::uint32_t other = 2; other < 100; ++other) {
    ASSERT_TRUE(table.apply(make_instrument(other, "sim", std::to_string(other)).header));
  }
  instrument.tick = 5;
  ASSERT_TRUE(table.apply(instrument.header));
  EXPECT_EQ(table.instrument(1), before);
  EXPECT_EQ(before->tick, 5);
}

TEST(InstrumentTable, KnowsTheInstrumentsOfAMarketAlsoAfterOneMoved) {
  InstrumentTable table;
  const auto put = [&](std::uint32_t number, std::uint32_t group) {
    auto instrument = make_instrument(number, "sim", std::to_string(number));
    instrument.market_group = group;
    ASSERT_TRUE(table.apply(instrument.header));
  };
  const auto market_of = [&](std::uint32_t number) {
    std::vector<std::uint32_t> found;
    table.for_each_of_market(*table.instrument(number), [&](const writ_instrument& instrument) {
      found.push_back(instrument.instrument);
    });
    return found;
  };
  using Numbers = std::vector<std::uint32_t>;
  put(5, 1);
  put(2, 1);
  put(3, 0);
  put(1, 2);
  put(5, 1);
  EXPECT_EQ(market_of(5), (Numbers{2, 5}));
  EXPECT_EQ(market_of(3), (Numbers{3}));
  put(1, 1);
  put(5, 0);
  EXPECT_EQ(market_of(2), (Numbers{1, 2}));
  EXPECT_EQ(market_of(5), (Numbers{5}));
}

TEST(InstrumentTable, RefusesForeignNumbersAndNamesTwice) {
  InstrumentTable table;
  ASSERT_TRUE(table.apply(make_instrument(1, "sim", "BTCUSDT").header));
  EXPECT_EQ(table.apply(make_instrument(0, "sim", "A").header).error().code(), Errc::kInvalid);
  const auto large = table.apply(make_instrument(0xffffffffU, "sim", "A").header);
  EXPECT_EQ(large.error().code(), Errc::kInvalid);
  EXPECT_EQ(table.apply(make_instrument(2, "sim", "BTCUSDT").header).error().code(), Errc::kExists);
  EXPECT_EQ(table.instruments().size(), 1U);
}

TEST(InstrumentTable, ANameOfAnInstanceMovesOnToTheLaterOne) {
  InstrumentTable table;
  ASSERT_TRUE(table.apply(make_instance(1, "mm").header));
  ASSERT_TRUE(table.apply(make_instance(2, "mm").header));
  EXPECT_EQ(table.find_instance("mm"), 2U);
  EXPECT_EQ(table.instance_name(1), "mm");
  ASSERT_TRUE(table.apply(make_instance(1, "mm").header));
  EXPECT_EQ(table.find_instance("mm"), 1U);
}

TEST(InstrumentTable, AShadowAccountStandsBesideTheOneWhoseNameItBears) {
  InstrumentTable table;
  auto main = make_record<writ_account>();
  main.account = 1;
  main.book = WRIT_BOOK_MAIN;
  ASSERT_TRUE(set_text(main.name, "main"));
  auto shadow = main;
  shadow.account = 2;
  shadow.book = WRIT_BOOK_SHADOW;
  shadow.shadow_of = 1;
  ASSERT_TRUE(table.apply(main.header));
  ASSERT_TRUE(table.apply(shadow.header));
  EXPECT_EQ(table.find_account("main"), 1U);
  EXPECT_EQ(table.find_account("main/shadow"), 2U);
  EXPECT_EQ(table.book_of(1), WRIT_BOOK_MAIN);
  EXPECT_EQ(table.book_of(2), WRIT_BOOK_SHADOW);
  EXPECT_EQ(table.book_of(3), WRIT_BOOK_MAIN);
  EXPECT_EQ(table.shadowed(1), 1U);
  EXPECT_EQ(table.shadowed(2), 1U);
  EXPECT_EQ(table.with_shadow(1), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(table.with_shadow(2), std::vector<std::uint32_t>{2});  // not the other way round
  EXPECT_EQ(table.with_shadow(0), std::vector<std::uint32_t>{0});
}

TEST(InstrumentTable, CanBeFedFromItsOwnRecords) {
  InstrumentTable table;
  auto asset = make_record<writ_asset>();
  asset.asset = 1;
  ASSERT_TRUE(set_text(asset.name, "USDT"));
  auto account = make_record<writ_account>();
  account.account = 1;
  account.book = WRIT_BOOK_MAIN;
  ASSERT_TRUE(set_text(account.name, "main"));
  auto stream = make_record<writ_stream>();
  stream.stream = 1;
  stream.instrument = 1;
  ASSERT_TRUE(set_text(stream.source, "simulated"));
  auto instance = make_instance(1, "mm");
  instance.parameters_size = 2;
  RecordBuffer buffer;
  buffer.begin(instance).append("{}", 2);
  ASSERT_TRUE(table.apply(asset.header));
  ASSERT_TRUE(table.apply(account.header));
  ASSERT_TRUE(table.apply(make_instrument(1, "sim", "BTCUSDT").header));
  ASSERT_TRUE(table.apply(stream.header));
  ASSERT_TRUE(table.apply(buffer.finish()));
  ASSERT_TRUE(table.apply(make_record<writ_trade>().header));  // not a table

  InstrumentTable copy;
  for (const writ_record* record : table.records()) ASSERT_TRUE(copy.apply(*record));
  ASSERT_EQ(copy.records().size(), 5U);
  EXPECT_EQ(copy.asset_name(1), "USDT");
  EXPECT_EQ(copy.account_name(1), "main");
  EXPECT_EQ(copy.stream_source(1), "simulated");
  EXPECT_EQ(copy.find_asset("USDT"), 1U);
  EXPECT_EQ(copy.find_account("main"), 1U);
  EXPECT_EQ(tail_text(*copy.instance(1), 2), "{}");
}

}  // namespace
}  // namespace writ::model
