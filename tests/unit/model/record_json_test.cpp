#include "host/model/record_json.hpp"

#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>
#include <writ/money_abi.hpp>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace writ::model {
namespace {

std::string text(const boost::json::value& value) { return boost::json::serialize(value); }

TEST(RecordJson, DecimalsAndIdsAreTextEnumerationsAreWords) {
  auto intent = make_record<writ_intent>();
  intent.header.seq = 12;
  intent.header.ingest_ts = 1'700'000'000'000'000'001;
  intent.header.event_ts = WRIT_NONE;
  intent.kind = WRIT_INTENT_PLACE;
  intent.side = WRIT_SIDE_BUY;
  intent.order_type = WRIT_ORDER_LIMIT;
  intent.time_in_force = WRIT_TIF_GTC;
  intent.price = -1'500'000'000;
  intent.quantity = 1;
  intent.expire_ts = WRIT_NONE;
  intent.target_intent = record_id<IntentId>(RunNumber{3}, Seq{9}).raw();
  intent.tag = std::numeric_limits<std::uint64_t>::max();
  intent.expected_value = to_abi(Money{Int128{-1}});
  intent.flags = WRIT_INTENT_POST_ONLY | WRIT_INTENT_WARMUP | 0x100U;
  const std::string tags = R"(["a","b"])";
  const std::string rationale = R"({"edge":1.5})";
  intent.tags_size = static_cast<std::uint32_t>(tags.size());
  intent.rationale_size = static_cast<std::uint32_t>(rationale.size());
  RecordBuffer buffer;
  buffer.begin(intent).append(tags.data(), tags.size()).append(rationale.data(), rationale.size());
  const auto json = record_to_json(buffer.finish());
  EXPECT_EQ(text(json.at("type")), R"("intent")");
  EXPECT_EQ(text(json.at("seq")), "12");
  EXPECT_EQ(text(json.at("ingest_ts")), "1700000000000000001");
  EXPECT_EQ(text(json.at("event_ts")), "null");
  EXPECT_EQ(text(json.at("kind")), R"("PlaceOrder")");
  EXPECT_EQ(text(json.at("price")), R"("-1.5")");
  EXPECT_EQ(text(json.at("quantity")), R"("0.000000001")");
  EXPECT_EQ(text(json.at("expire_ts")), "null");
  EXPECT_EQ(text(json.at("target_intent")), R"("3298534883337")");
  EXPECT_EQ(text(json.at("tag")), R"("18446744073709551615")");
  EXPECT_EQ(text(json.at("expected_value")), R"("-0.000000000000000001")");
  EXPECT_EQ(text(json.at("flags")), R"(["post_only","warmup",256])");
  EXPECT_EQ(text(json.at("tags")), R"(["a","b"])");
  EXPECT_EQ(text(json.at("rationale")), R"({"edge":1.5E0})");
  EXPECT_FALSE(json.contains("tags_size"));
}

TEST(RecordJson, AnOpaqueRationaleIsBytes) {
  auto intent = make_record<writ_intent>();
  intent.flags = WRIT_INTENT_OPAQUE_RATIONALE;
  intent.rationale_size = 3;
  RecordBuffer buffer;
  buffer.begin(intent).append("\x01\xff\x7f", 3);
  EXPECT_EQ(text(record_to_json(buffer.finish()).at("rationale")), R"("01ff7f")");
}

TEST(RecordJson, ChecksArePrintedInTheirUnit) {
  auto verdict = make_record<writ_verdict>();
  verdict.check_count = 2;
  writ_check money{};
  money.check = WRIT_CHECK_CASH;
  money.result = WRIT_CHECK_FAILED;
  money.unit = WRIT_UNIT_MONEY;
  money.value = to_abi(Money{Int128{2'500'000'000'000'000'000}});
  writ_check count{};
  count.check = WRIT_CHECK_ORDER_RATE;
  count.result = WRIT_CHECK_PASSED;
  count.unit = WRIT_UNIT_COUNT;
  count.value.lo = 3;
  count.limit.lo = 10;
  RecordBuffer buffer;
  buffer.begin(verdict).append(&money, sizeof money).append(&count, sizeof count);
  EXPECT_EQ(text(record_to_json(buffer.finish()).at("checks")),
            R"([{"check":"notional_within_cash","result":"failed","unit":"money","value":"2.5",)"
            R"("limit":"0"},{"check":"order_rate","result":"passed","unit":"count","value":"3",)"
            R"("limit":"10"}])");
}

TEST(RecordJson, FeaturesAreByNameAndNullWhileUnknown) {
  auto snapshot = make_record<writ_snapshot>();
  snapshot.feature_count = 2;
  const writ_feature known{0.5, WRIT_FEATURE_IMBALANCE, 1};
  const writ_feature unknown{0, WRIT_FEATURE_VOLATILITY, 0};
  RecordBuffer buffer;
  buffer.begin(snapshot).append(&known, sizeof known).append(&unknown, sizeof unknown);
  EXPECT_EQ(text(record_to_json(buffer.finish()).at("features")),
            R"({"imbalance":5E-1,"volatility":null})");
}

TEST(RecordJson, ForeignTextBecomesValidUtf8) {
  auto report = make_record<writ_report>();
  const std::string words = "a\xff\xc3\xa9\xed\xa0\x80z";
  report.text_size = static_cast<std::uint32_t>(words.size());
  RecordBuffer buffer;
  buffer.begin(report).append(words.data(), words.size());
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(text(record_to_json(buffer.finish()).at("text")),
            "\"a" + bad + "\xc3\xa9" + bad + bad + bad + "z\"");
}

TEST(RecordJson, NamesReplaceNumbersWhereTheTableKnowsThem) {
  InstrumentTable table;
  auto instrument = make_record<writ_instrument>();
  instrument.instrument = 2;
  ASSERT_TRUE(set_text(instrument.venue, "binance_spot"));
  ASSERT_TRUE(set_text(instrument.market, "ETHUSDT"));
  ASSERT_TRUE(table.apply(instrument.header));
  auto fill = make_record<writ_fill>();
  fill.instrument = 2;
  fill.instance = 4;
  const auto json = record_to_json(fill.header, table);
  EXPECT_EQ(text(json.at("instrument")), R"("binance_spot/ETHUSDT")");
  EXPECT_EQ(text(json.at("instance")), "4");
  EXPECT_EQ(text(json.at("account")), "null");
  EXPECT_EQ(text(record_to_json(fill.header).at("account")), "0");
}

}  // namespace
}  // namespace writ::model
