#include "host/market/book.hpp"

#include "host/base/byte_stream.hpp"
#include "host/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <vector>

namespace writ::market {
namespace {

using Expected = std::vector<writ_level>;

Expected levels_of(const Book& book, Side side) {
  Expected levels(book.depth(side));
  book.levels(side, levels);
  return levels;
}

void expect_levels(const Book& book, Side side, const Expected& expected) {
  const Expected found = levels_of(book, side);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].price, expected[i].price) << i;
    EXPECT_EQ(found[i].quantity, expected[i].quantity) << i;
  }
}

TEST(Book, SetsReplacesAndRemovesLevelsOnBothSides) {
  Book book;
  EXPECT_EQ(book.best(Side::kBid), nullptr);
  for (const Side side : {Side::kBid, Side::kAsk}) {
    book.set(side, 10, 1);
    book.set(side, 12, 2);
    book.set(side, 11, 3);
    book.set(side, 12, 5);
    book.set(side, 9, 0);  // was not there
    book.set(side, 10, 0);
  }
  expect_levels(book, Side::kBid, {{12, 5}, {11, 3}});
  expect_levels(book, Side::kAsk, {{11, 3}, {12, 5}});
  EXPECT_EQ(book.quantity_at(Side::kBid, 11), 3);
  EXPECT_EQ(book.quantity_at(Side::kAsk, 10), 0);
}

TEST(Book, IsCrossedWhenBestBidIsNotBelowBestAsk) {
  Book book;
  book.set(Side::kBid, 10, 1);
  EXPECT_FALSE(book.crossed());
  book.set(Side::kAsk, 11, 1);
  EXPECT_FALSE(book.crossed());
  book.set(Side::kAsk, 10, 1);
  EXPECT_TRUE(book.crossed());
}

TEST(Book, ReplaceTakesLevelsInAnyOrder) {
  Book book;
  book.set(Side::kBid, 3, 3);
  const std::array<writ_level, 3> bids{{{10, 1}, {12, 2}, {11, 3}}};
  const std::array<writ_level, 2> asks{{{15, 1}, {14, 2}}};
  ASSERT_TRUE(book.replace(bids, asks));
  expect_levels(book, Side::kBid, {{12, 2}, {11, 3}, {10, 1}});
  expect_levels(book, Side::kAsk, {{14, 2}, {15, 1}});
}

TEST(Book, ReplaceRefusesDuplicateAndEmptyLevels) {
  const std::array<writ_level, 2> twice{{{10, 1}, {10, 2}}};
  const std::array<writ_level, 1> nothing{{{10, 0}}};
  const std::array<writ_level, 1> negative{{{10, -1}}};
  for (const std::span<const writ_level> bad :
       {std::span<const writ_level>(twice), std::span<const writ_level>(nothing),
        std::span<const writ_level>(negative)}) {
    Book book;
    book.set(Side::kBid, 1, 1);
    EXPECT_FALSE(book.replace({}, bad));
    EXPECT_EQ(book.depth(Side::kBid), 0U);
    EXPECT_EQ(book.depth(Side::kAsk), 0U);
  }
}

TEST(Book, CopiesAsManyLevelsAsFit) {
  Book book;
  for (int i = 1; i <= 5; ++i) book.set(Side::kAsk, i, i);
  std::array<writ_level, 3> some{};
  EXPECT_EQ(book.levels(Side::kAsk, some), 3U);
  EXPECT_EQ(some[0].price, 1);
  EXPECT_EQ(some[2].price, 3);
  std::array<writ_level, 9> more{};
  EXPECT_EQ(book.levels(Side::kAsk, more), 5U);
}

template <class Map>
Expected expected_of(const Map& map) {
  Expected expected;
  for (const auto& [price, quantity] : map) expected.push_back({price, quantity});
  return expected;
}

// Changes around a price that walks, jumps and stays, on the grid and off it, near and far.
void expect_equals_reference(std::int64_t tick, std::int64_t off_grid_in, std::uint64_t seed) {
  base::RandomStream random(seed, "book_test");
  Book book(tick);
  std::map<std::int64_t, std::int64_t, std::greater<>> bids;
  std::map<std::int64_t, std::int64_t> asks;
  const std::int64_t step = std::max<std::int64_t>(tick, 1);
  std::int64_t middle = 1'000'000;
  const auto change = [](auto& side, std::int64_t price, std::int64_t quantity) {
    if (quantity == 0) {
      side.erase(price);
    } else {
      side[price] = quantity;
    }
  };
  for (int i = 0; i < 60'000; ++i) {
    middle += static_cast<std::int64_t>(random.below(5)) - 2;
    if (random.below(2000) == 0) middle += static_cast<std::int64_t>(random.below(20'000)) - 10'000;
    if (middle < 20'000) middle = 20'000;
    const std::uint64_t reach = random.below(10) == 0 ? 8000 : 40;
    const auto away = static_cast<std::int64_t>(random.below(reach));
    const bool bid = random.below(2) == 0;
    std::int64_t price = (bid ? middle - away : middle + away) * step;
    if (off_grid_in > 0 && random.below(static_cast<std::uint64_t>(off_grid_in)) == 0) price += 1;
    const auto quantity = static_cast<std::int64_t>(random.below(3));
    book.set(bid ? Side::kBid : Side::kAsk, price, quantity);
    if (bid) {
      change(bids, price, quantity);
    } else {
      change(asks, price, quantity);
    }
    // Sometimes everything near the top goes, so that the next best is far away.
    if (random.below(3000) == 0) {
      while (bids.size() > 3) {
        book.set(Side::kBid, bids.begin()->first, 0);
        bids.erase(bids.begin());
      }
      while (asks.size() > 3) {
        book.set(Side::kAsk, asks.begin()->first, 0);
        asks.erase(asks.begin());
      }
    }
    const writ_level* best_bid = book.best(Side::kBid);
    const writ_level* best_ask = book.best(Side::kAsk);
    ASSERT_EQ(best_bid == nullptr, bids.empty()) << i;
    ASSERT_EQ(best_ask == nullptr, asks.empty()) << i;
    if (best_bid != nullptr) {
      ASSERT_EQ(best_bid->price, bids.begin()->first) << i;
      ASSERT_EQ(best_bid->quantity, bids.begin()->second) << i;
    }
    if (best_ask != nullptr) {
      ASSERT_EQ(best_ask->price, asks.begin()->first) << i;
      ASSERT_EQ(best_ask->quantity, asks.begin()->second) << i;
    }
    ASSERT_EQ(book.quantity_at(Side::kBid, price), bids.count(price) != 0 ? bids[price] : 0) << i;
    ASSERT_EQ(book.quantity_at(Side::kAsk, price), asks.count(price) != 0 ? asks[price] : 0) << i;
    if (i % 500 != 0) continue;
    ASSERT_NO_FATAL_FAILURE(expect_levels(book, Side::kBid, expected_of(bids)));
    ASSERT_NO_FATAL_FAILURE(expect_levels(book, Side::kAsk, expected_of(asks)));
    if (i % 5000 == 0) book.set_tick(i % 10'000 == 0 ? tick : 0);
  }
}

TEST(Book, EqualsReferenceMapOnAGrid) {
  for (const std::int64_t tick : {1, 2, 7, 10'000'000, 100'000'000}) {
    ASSERT_NO_FATAL_FAILURE(expect_equals_reference(tick, 0, 7)) << tick;
  }
}

TEST(Book, EqualsReferenceMapWithoutATick) { expect_equals_reference(0, 0, 8); }

TEST(Book, EqualsReferenceMapWithPricesOffTheGrid) {
  expect_equals_reference(100, 20'000, 9);
  expect_equals_reference(100, 10, 10);
}

TEST(Book, HoldsPricesAtTheEndsOfTheirRange) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t tick : {std::int64_t{0}, std::int64_t{1}, kMax}) {
    Book book(tick);
    for (const Side side : {Side::kBid, Side::kAsk}) {
      book.set(side, kMax, 1);
      book.set(side, 1, 2);
      book.set(side, -kMax, 3);
      book.set(side, 0, 4);
    }
    expect_levels(book, Side::kBid, {{kMax, 1}, {1, 2}, {0, 4}, {-kMax, 3}});
    expect_levels(book, Side::kAsk, {{-kMax, 3}, {0, 4}, {1, 2}, {kMax, 1}});
    for (const Side side : {Side::kBid, Side::kAsk}) {
      for (const std::int64_t price : {kMax, std::int64_t{1}, -kMax, std::int64_t{0}}) {
        book.set(side, price, 0);
      }
      EXPECT_EQ(book.best(side), nullptr);
    }
  }
}

TEST(Book, LoadsWhatItSavedAndRefusesWhatIsNoBook) {
  Book book;
  book.set(Side::kBid, 10, 1);
  book.set(Side::kBid, 9, 4);
  book.set(Side::kAsk, 11, 2);
  base::ByteWriter out;
  book.save(out);
  Book loaded;
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(loaded.load(in));
  EXPECT_TRUE(in.complete());
  expect_levels(loaded, Side::kBid, {{10, 1}, {9, 4}});
  expect_levels(loaded, Side::kAsk, {{11, 2}});

  base::ByteReader cut(out.bytes().first(out.bytes().size() - 1));
  EXPECT_FALSE(loaded.load(cut));
  EXPECT_EQ(loaded.depth(Side::kBid), 0U);

  auto damaged = out.take();
  damaged[24] = std::byte{99};  // the second bid above the best
  base::ByteReader wrong(damaged);
  EXPECT_FALSE(loaded.load(wrong));
}

}  // namespace
}  // namespace writ::market
