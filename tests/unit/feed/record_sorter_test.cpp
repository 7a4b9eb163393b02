#include "host/feed/record_sorter.hpp"

#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace writ::feed {
namespace {

struct Row {
  std::int64_t ts;
  std::string symbol;
  std::uint64_t id;
  friend bool operator==(const Row&, const Row&) = default;
};

std::vector<Row> sorted_by(RecordSorter& sorter, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    auto trade = model::make_record<writ_trade>();
    trade.header.ingest_ts = row.ts;
    trade.trade_id = row.id;
    sorter.add(row.symbol, trade.header);
  }
  std::vector<Row> out;
  model::RecordWords words;
  while (const std::string* symbol = sorter.next(words)) {
    const auto* trade = model::as<writ_trade>(model::record_in(words));
    out.push_back({trade->header.ingest_ts, *symbol, trade->trade_id});
  }
  return out;
}

TEST(RecordSorter, GivesByTimeAndEqualOnesAsTheyCameWhateverTheMemory) {
  std::mt19937 random(7);
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    rows.push_back(
        {static_cast<std::int64_t>(random() % 300), "s" + std::to_string(random() % 9), i});
  }
  const auto expect_sorted = [](std::vector<Row> some, std::size_t memory) {
    RecordSorter sorter(memory);
    const std::vector<Row> got = sorted_by(sorter, some);
    std::stable_sort(some.begin(), some.end(),
                     [](const Row& a, const Row& b) { return a.ts < b.ts; });
    EXPECT_EQ(got, some) << memory;
  };
  expect_sorted(rows, std::size_t{1} << 20U);
  expect_sorted(rows, 10'000);
  expect_sorted({rows.begin(), rows.begin() + 100}, 80);  // a file for each record
}

TEST(RecordSorter, NothingAddedIsNothingGiven) {
  RecordSorter sorter;
  EXPECT_TRUE(sorted_by(sorter, {}).empty());
}

}  // namespace
}  // namespace writ::feed
