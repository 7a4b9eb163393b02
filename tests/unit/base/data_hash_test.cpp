#include "host/base/data_hash.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::base {
namespace {

std::string encoded(std::span<const ColumnView> columns) {
  std::string bytes;
  EXPECT_TRUE(encode_data(columns, [&](std::string_view piece) { bytes += piece; }));
  return bytes;
}

std::string hash_of_doubles(std::span<const double> values, std::span<const bool> valid = {}) {
  const std::array columns = {ColumnView{"x", values, valid}};
  return data_hash(columns).value();
}

TEST(DataHash, GivesTheFigureOfItsDefinition) {
  constexpr std::array<std::int64_t, 3> kTs = {1'735'689'600'000'000'000, 1'735'693'200'000'000'000,
                                               1'735'696'800'000'000'000};
  constexpr std::array<float, 3> kClose = {93500.5F, -0.0F, 0.0F};
  constexpr std::array<bool, 3> kCloseValid = {true, true, false};
  constexpr std::array<std::int64_t, 3> kVolume = {12, 0, 7};
  constexpr std::array<std::string_view, 3> kSym = {"BTC", "\xc3\xa9", ""};
  const std::array columns = {
      ColumnView{"ts", std::span(kTs)}, ColumnView{"close", std::span(kClose), kCloseValid},
      ColumnView{"volume", std::span(kVolume)}, ColumnView{"sym", std::span(kSym)}};
  EXPECT_EQ(data_hash(columns).value(),
            "23b042232bcf1857cdd45b3339720b1de7cabc0ed3f83a6a5015102b1cd05ec5");
}

TEST(DataHash, TreatsEqualNumbersAlike) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::array plus = {0.0, nan};
  const std::array minus = {-0.0, -nan};
  EXPECT_EQ(hash_of_doubles(plus), hash_of_doubles(minus));
}

TEST(DataHash, IgnoresTheValueOfANullButNotTheNull) {
  const std::array a = {1.0, 2.0};
  const std::array b = {1.0, 3.0};
  const std::array second_is_null = {true, false};
  const std::array all_valid = {true, true};
  EXPECT_EQ(hash_of_doubles(a, second_is_null), hash_of_doubles(b, second_is_null));
  const std::array zero = {1.0, 0.0};
  EXPECT_NE(hash_of_doubles(zero, second_is_null), hash_of_doubles(zero));
  EXPECT_EQ(hash_of_doubles(a, all_valid), hash_of_doubles(a));
  EXPECT_NE(hash_of_doubles(a), hash_of_doubles(b));
}

TEST(DataHash, WritesEveryTypeLittleEndian) {
  constexpr std::array<Int128, 1> kWide = {-2};
  constexpr std::array<bool, 1> kFlag = {true};
  constexpr std::array<double, 1> kOne = {1.0};
  const std::array columns = {ColumnView{"w", std::span(kWide)}, ColumnView{"f", std::span(kFlag)},
                              ColumnView{"d", std::span(kOne)}};
  std::string expected("SHDATA1\0\x03\0\0\0\x01\0\0\0\0\0\0\0", 20);
  expected += std::string("\x01\0w\x05\0\xfe", 6) + std::string(15, '\xff');
  expected += std::string("\x01\0f\x06\0\x01", 6);
  expected += std::string("\x01\0d\x03\0\0\0\0\0\0\0\xf0\x3f", 13);
  EXPECT_EQ(encoded(columns), expected);
}

TEST(DataHash, HasABitmapOfEightRowsAByte) {
  const std::vector<std::int64_t> values(9, 0);
  constexpr std::array<bool, 9> kValid = {true, false, true, true, true, true, true, true, true};
  const std::array columns = {ColumnView{"x", std::span(values), kValid}};
  EXPECT_EQ(encoded(columns).substr(20, 7), std::string("\x01\0x\x01\x01\xfd\x01", 7));
}

TEST(DataHash, IsIndependentOfTheSizeOfPieces) {
  const std::vector<std::int64_t> values(50'000, 0x0102030405060708);
  const std::array columns = {ColumnView{"x", std::span(values)}};
  int pieces = 0;
  std::string bytes;
  ASSERT_TRUE(encode_data(columns, [&](std::string_view piece) {
    ++pieces;
    bytes += piece;
  }));
  EXPECT_GT(pieces, 2);
  EXPECT_EQ(bytes.size(), 20 + 5 + 8 * values.size());
}

TEST(DataHash, RefusesTablesThatAreNotRectangular) {
  constexpr std::array<std::int64_t, 2> kTwo = {1, 2};
  constexpr std::array<std::int64_t, 1> kOne = {1};
  constexpr std::array<bool, 1> kOneValid = {true};
  const std::array lengths = {ColumnView{"a", std::span(kTwo)}, ColumnView{"b", std::span(kOne)}};
  EXPECT_EQ(data_hash(lengths).error().code(), Errc::kInvalid);
  EXPECT_EQ(data_hash(lengths).error().detail(), 1) << "the second column";
  const std::array bitmap = {ColumnView{"a", std::span(kTwo), kOneValid}};
  EXPECT_EQ(data_hash(bitmap).error().code(), Errc::kInvalid);
  const std::string name(70'000, 'n');
  const std::array names = {ColumnView{name, std::span(kOne)}};
  EXPECT_EQ(data_hash(names).error().code(), Errc::kInvalid);
}

}  // namespace
}  // namespace writ::base
