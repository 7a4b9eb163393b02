#include "host/model/record_columns.hpp"

#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace writ::model {
namespace {

const RecordColumn& column(const std::vector<RecordColumn>& columns, std::string_view name) {
  for (const RecordColumn& one : columns) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no column " << name;
  return columns.front();
}

// What the texts of a record's columns make again.
RecordWords made_again(const writ_record& record) {
  const RecordLayout& layout = *layout_of(record.type);
  RecordOfColumns again(layout);
  again.begin();
  for (const RecordColumn& one : columns_of(layout)) {
    EXPECT_TRUE(again.set(one, column_text(one, layout, record)))
        << layout.name << " " << one.name << ": " << column_text(one, layout, record);
  }
  return words_of(again.finish());
}

TEST(RecordColumns, ABookIsItsLevelsAsText) {
  const std::vector<writ_level> levels = {
      {1'990'000'000, 17'160'000'000}, {1'970'000'000, 1}, {2'060'000'000, 9'000'000'000}};
  auto delta = make_record<writ_book_delta>();
  delta.header.seq = 7;
  delta.header.event_ts = WRIT_NONE;
  delta.header.ingest_ts = 42;
  delta.instrument = 3;
  delta.flags = WRIT_DELTA_CONTIGUOUS | WRIT_DELTA_LINKED;
  delta.last_id = 18'446'744'073'709'551'615U;
  delta.bid_count = 2;
  delta.ask_count = 1;
  RecordBuffer buffer;
  const writ_record& record =
      buffer.begin(delta).append(levels.data(), levels.size() * sizeof(writ_level)).finish();
  const RecordLayout& layout = *layout_of(WRIT_RECORD_BOOK_DELTA);
  const auto columns = columns_of(layout);
  const auto text = [&](std::string_view name) {
    return column_text(column(columns, name), layout, record);
  };
  EXPECT_EQ(text("bids"), "1.99:17.16 1.97:0.000000001");
  EXPECT_EQ(text("asks"), "2.06:9");
  EXPECT_EQ(text("event_ts"), "");
  EXPECT_EQ(text("ingest_ts"), "42");
  EXPECT_EQ(text("last_id"), "18446744073709551615");
  EXPECT_EQ(words_of(record), made_again(record));
}

// Every type a tape can hold, its fields filled at random within what they can mean.
TEST(RecordColumns, EveryRecordOfATapeIsMadeAgainFromItsTexts) {
  std::mt19937_64 random(5);
  int types = 0;
  for (const RecordLayout& layout : catalogue()) {
    const bool table = layout.type == WRIT_RECORD_ASSET || layout.type == WRIT_RECORD_INSTRUMENT ||
                       layout.type == WRIT_RECORD_STREAM || layout.type == WRIT_RECORD_CONVERSION;
    if (!table && (layout.type < 100 || layout.type >= 200)) continue;
    ++types;
    for (int round = 0; round < 200; ++round) {
      RecordWords words(layout.size / 8, 0);
      auto* bytes = reinterpret_cast<std::byte*>(words.data());
      const auto fill = [&](const Field& field) {
        if (field.kind == FieldKind::kReserved) return;
        if (field.kind == FieldKind::kText) {
          const std::string text = std::to_string(random() % 1000);
          std::memcpy(bytes + field.offset, text.data(), text.size());
          return;
        }
        const bool named = field.kind == FieldKind::kEnum || field.kind == FieldKind::kFlags;
        const std::uint64_t value = named ? random() % 8 : random() >> random() % 64;
        std::memcpy(bytes + field.offset, &value, std::min<std::size_t>(field.size, 8));
      };
      for (const Field& field : layout.fields) fill(field);
      for (const TailPart& part : layout.tail) std::memset(bytes + part.count_offset, 0, 4);
      auto& record = record_in(words);
      record.type = layout.type;
      record.size = layout.size;
      record.seq = random();
      record.stream = static_cast<std::uint16_t>(random());
      record.event_ts = round % 7 == 0 ? WRIT_NONE : static_cast<std::int64_t>(random());
      record.ingest_ts = static_cast<std::int64_t>(random());
      ASSERT_EQ(words, made_again(record)) << layout.name;
    }
  }
  EXPECT_GE(types, 15);
}

TEST(RecordColumns, RefusesTextsThatAreNoValue) {
  const RecordLayout& layout = *layout_of(WRIT_RECORD_TRADE);
  const auto columns = columns_of(layout);
  RecordOfColumns made(layout);
  made.begin();
  const auto refuses = [&](std::string_view name, std::string_view text) {
    EXPECT_FALSE(made.set(column(columns, name), text)) << name << " " << text;
  };
  refuses("seq", "");
  refuses("seq", "-1");
  refuses("seq", "18446744073709551616");
  refuses("stream", "65536");
  refuses("instrument", "1.5");
  refuses("ingest_ts", "now");
  refuses("price", "1e400");
  refuses("side", "LONG");
  refuses("flags", "aggregate+odd");
  const RecordLayout& book = *layout_of(WRIT_RECORD_BOOK_SNAPSHOT);
  const auto book_columns = columns_of(book);
  RecordOfColumns made_book(book);
  for (const char* text : {"1", "1:2:3", "x:1", "1:2,3:4"}) {
    made_book.begin();
    EXPECT_FALSE(made_book.set(column(book_columns, "bids"), text)) << text;
  }
}

}  // namespace
}  // namespace writ::model
