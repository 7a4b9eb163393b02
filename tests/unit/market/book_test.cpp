#include "host/market/book.hpp"

#include "host/base/byte_stream.hpp"
#include "host/base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
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

TEST(Book, EqualsReferenceMapAfterRandomChanges) {
  base::RandomStream random(7, "book_test");
  Book book;
  std::map<std::int64_t, std::int64_t, std::greater<>> bids;
  std::map<std::int64_t, std::int64_t> asks;
  for (int i = 0; i < 50'000; ++i) {
    const auto price = static_cast<std::int64_t>(1 + random.below(400));
    const auto quantity = static_cast<std::int64_t>(random.below(3));
    const auto change = [&](auto& side) {
      if (quantity == 0) {
        side.erase(price);
      } else {
        side[price] = quantity;
      }
    };
    if (random.below(2) == 0) {
      change(bids);
      book.set(Side::kBid, price, quantity);
    } else {
      change(asks);
      book.set(Side::kAsk, price, quantity);
    }
    if (i % 500 != 0) continue;
    Expected expected;
    for (const auto& [p, q] : bids) expected.push_back({p, q});
    expect_levels(book, Side::kBid, expected);
    expected.clear();
    for (const auto& [p, q] : asks) expected.push_back({p, q});
    expect_levels(book, Side::kAsk, expected);
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
  damaged[8] = std::byte{99};  // the worst bid above the best
  base::ByteReader wrong(damaged);
  EXPECT_FALSE(loaded.load(wrong));
}

}  // namespace
}  // namespace writ::market
