#include "host/model/catalogue.hpp"

#include "host/base/random.hpp"
#include "host/model/catalogue_check.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace writ::model {
namespace {

writ_verdict some_verdict() {
  auto verdict = make_record<writ_verdict>();
  verdict.header.seq = 7;
  verdict.reason = WRIT_REASON_RISK_VETO;
  verdict.detail = WRIT_CHECK_CASH;
  verdict.price = 1'500'000'000;
  verdict.check_count = 2;
  return verdict;
}

RecordBuffer with_checks(const writ_verdict& verdict) {
  RecordBuffer buffer;
  buffer.begin(verdict);
  for (std::uint16_t i = 0; i < 2; ++i) {
    writ_check check{};
    check.check = static_cast<std::uint16_t>(WRIT_CHECK_CASH + i);
    check.result = WRIT_CHECK_PASSED;
    check.unit = WRIT_UNIT_MONEY;
    check.value = to_abi(Money{Int128{1'000'000'000'000'000'000} * (i + 1)});
    buffer.append(&check, sizeof check);
  }
  return buffer;
}

TEST(Catalogue, KnowsEveryTypeOfRecordByNumberAndName) {
  std::size_t records = 0;
  for (const RecordLayout& layout : catalogue()) {
    EXPECT_EQ(layout_of(layout.type), &layout);
    EXPECT_EQ(layout_of(layout.name), &layout);
    ++records;
  }
  EXPECT_EQ(records, 49U);
  EXPECT_EQ(layout_of(std::uint16_t{0}), nullptr);
  EXPECT_EQ(layout_of(std::uint16_t{999}), nullptr);
  EXPECT_EQ(layout_of(std::uint16_t{65535}), nullptr);
  EXPECT_EQ(type_name(WRIT_RECORD_TRADE), "trade");
  EXPECT_EQ(type_name(4711), "unknown");
}

TEST(Catalogue, SizesAreThoseOfTheRecords) {
  EXPECT_EQ(layout_of(std::uint16_t{WRIT_RECORD_TRADE})->size, sizeof(writ_trade));
  EXPECT_EQ(layout_of(std::uint16_t{WRIT_RECORD_INTENT})->size, sizeof(writ_intent));
  EXPECT_EQ(layout_of(std::uint16_t{WRIT_RECORD_INTENT_INPUT})->size, sizeof(writ_intent));
  EXPECT_EQ(layout_of(std::uint16_t{WRIT_RECORD_CLOCK})->size, sizeof(writ_clock));
}

TEST(Validate, AcceptsEveryFixedPartWithoutATail) {
  for (const RecordLayout& layout : catalogue()) {
    std::vector<std::uint64_t> words(layout.size / 8);
    auto& record = *reinterpret_cast<writ_record*>(words.data());
    record.size = layout.size;
    record.type = layout.type;
    EXPECT_EQ(validate(record), nullptr) << layout.name;
    record.size = layout.size - 8;
    EXPECT_NE(validate(record), nullptr) << layout.name;
  }
}

TEST(Validate, NamesWhatIsWrong) {
  auto delta = make_record<writ_book_delta>();
  EXPECT_EQ(validate(delta.header), nullptr);
  delta.header.size = sizeof(delta) + 4;
  EXPECT_STREQ(validate(delta.header), "record size is not a multiple of 8");
  delta.header.size = 24;
  EXPECT_STREQ(validate(delta.header), "record is shorter than its header");
  delta.header.size = kRecordSizeMax + 8;
  EXPECT_STREQ(validate(delta.header), "record is too long");
  delta.header.size = sizeof(delta);
  delta.header.type = 999;
  EXPECT_STREQ(validate(delta.header), "record type is unknown");
  delta.header.type = WRIT_RECORD_BOOK_DELTA;
  delta.bid_count = 1;
  EXPECT_STREQ(validate(delta.header), "record tail is shorter than its counts say");
}

TEST(Validate, CountsThatWouldOverflowAreRefused) {
  auto delta = make_record<writ_book_delta>();
  delta.bid_count = 0xffffffffU;
  delta.ask_count = 0xffffffffU;
  EXPECT_NE(validate(delta.header), nullptr);
  auto intent = make_record<writ_intent>();
  intent.tags_size = 0xfffffff8U;
  intent.rationale_size = 8;
  EXPECT_NE(validate(intent.header), nullptr);
}

TEST(Validate, RandomBytesNeverReachOutside) {
  base::RandomStream random(1, "validate");
  std::vector<std::uint64_t> words(128);
  std::size_t accepted = 0;
  for (int i = 0; i < 100'000; ++i) {
    for (std::size_t word = 0; word < 40; ++word) {
      words[word] = random.below(3) == 0 ? random.next_u64() : random.below(4);
    }
    auto& record = *reinterpret_cast<writ_record*>(words.data());
    record.type = catalogue()[random.below(catalogue().size())].type;
    record.size = static_cast<std::uint32_t>(8 * random.below(words.size()));
    if (validate(record) != nullptr) continue;
    ++accepted;
    // An accepted record can be compared and printed within its bytes: the sanitizers watch.
    std::vector<std::uint64_t> exact(words.begin(),
                                     words.begin() + static_cast<std::ptrdiff_t>(record.size / 8));
    auto changed = exact;
    changed[random.below(changed.size() - 1) + 1] ^= 1U << random.below(32);
    const auto& a = *reinterpret_cast<const writ_record*>(exact.data());
    const auto& b = *reinterpret_cast<const writ_record*>(changed.data());
    EXPECT_EQ(first_difference(a, a), "");
    if (validate(b) == nullptr) {
      EXPECT_NE(first_difference(a, b), "");
    }
  }
  EXPECT_GT(accepted, 1000U);
}

TEST(FirstDifference, NamesTheFieldAndBothValues) {
  auto a = some_verdict();
  a.check_count = 0;
  auto b = a;
  EXPECT_EQ(first_difference(a.header, b.header), "");
  b.price = 2'000'000'000;
  EXPECT_EQ(first_difference(a.header, b.header), "verdict price: 1.5 != 2");
  b = a;
  b.reason = WRIT_REASON_HALTED;
  b.price = WRIT_NONE;
  EXPECT_EQ(first_difference(a.header, b.header), "verdict reason: risk_veto != halted");
  b = a;
  b.header.ingest_ts = 5;
  EXPECT_EQ(first_difference(a.header, b.header), "verdict ingest_ts: 0 != 5");
  const auto trade = make_record<writ_trade>();
  EXPECT_EQ(first_difference(a.header, trade.header), "verdict != trade");
}

TEST(FirstDifference, LooksIntoTails) {
  auto a = with_checks(some_verdict());
  auto b = with_checks(some_verdict());
  auto& record = b.finish();
  auto* checks =
      reinterpret_cast<writ_check*>(reinterpret_cast<std::byte*>(&record) + sizeof(writ_verdict));
  checks[1].limit = to_abi(Money{Int128{500'000'000'000'000'000}});
  EXPECT_EQ(first_difference(a.finish(), record), "verdict checks[1] limit: 0 != 0.5");

  auto incident = make_record<writ_incident>();
  incident.text_size = 5;
  RecordBuffer one;
  RecordBuffer two;
  one.begin(incident).append("hello", 5);
  two.begin(incident).append("hallo", 5);
  EXPECT_EQ(first_difference(one.finish(), two.finish()), "incident text: byte 1 differs");
  RecordBuffer three;
  incident.text_size = 4;
  three.begin(incident).append("hell", 4);
  EXPECT_EQ(first_difference(one.finish(), three.finish()), "incident text_size: 5 != 4");
}

TEST(CatalogueJson, IsAcceptedByItsOwnBuild) {
  const auto foreign = check_catalogue(catalogue_json());
  ASSERT_TRUE(foreign);
  EXPECT_TRUE(foreign->empty());
}

TEST(CatalogueJson, ATypeFromTheFutureIsForeignAndAChangedOneIsRefused) {
  std::string newer = catalogue_json();
  const std::string records = "\"records\":[";
  newer.insert(newer.find(records) + records.size(),
               R"({"type":777,"name":"later","size":48,"fields":[],"tail":[]},)");
  const auto foreign = check_catalogue(newer);
  ASSERT_TRUE(foreign);
  ASSERT_EQ(foreign->size(), 1U);
  EXPECT_EQ(foreign->at(777), 48U);

  std::string changed = catalogue_json();
  const std::string price = R"(["price",40,8,"price"])";  // of the trade, and of the liquidation
  ASSERT_NE(changed.find(price), std::string::npos);
  changed.replace(changed.find(price), price.size(), R"(["price",48,8,"price"])");
  const auto refused = check_catalogue(changed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kUnsupported);
  EXPECT_EQ(refused.error().detail(), WRIT_RECORD_TRADE);

  for (const char* broken : {"", "{", "[]", "{\"records\":[{}]}",
                             "{\"records\":[{\"type\":-1,"
                             "\"size\":8}]}"}) {
    EXPECT_EQ(check_catalogue(broken).error().code(), base::Errc::kCorrupt) << broken;
  }
}

TEST(Words, ReadBothWaysAndHaveNoDuplicates) {
  EXPECT_EQ(kIntentKindWords.text(WRIT_INTENT_PLACE), "PlaceOrder");
  EXPECT_EQ(kSideWords.text(WRIT_SIDE_SELL), "SELL");
  EXPECT_EQ(kReasonWords.text(WRIT_REASON_MARKET_LOCKED), "market_locked");
  EXPECT_EQ(kCheckWords.text(WRIT_CHECK_CASH), "notional_within_cash");
  EXPECT_EQ(kIncidentWords.text(WRIT_INCIDENT_TORN_TAIL), "TORN_TAIL");
  EXPECT_EQ(kOrderStateWords.value("UNKNOWN"), static_cast<std::uint32_t>(WRIT_ORDER_UNKNOWN));
  EXPECT_EQ(kOrderStateWords.value("unknown"), std::nullopt);
  EXPECT_EQ(kSideWords.text(99), "");
  std::size_t checked = 0;
  for (const RecordLayout& layout : catalogue()) {
    for (const Field& field : layout.fields) {
      if (field.words == nullptr) continue;
      for (const Word& word : field.words->words) {
        EXPECT_EQ(field.words->text(word.value), word.text) << field.words->name;
        EXPECT_EQ(field.words->value(word.text), word.value) << field.words->name;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 100U);
}

}  // namespace
}  // namespace writ::model
