#include "host/base/random.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

TEST(ParseNano, ReadsEveryFormOfTheFeeds) {
  const std::vector<std::pair<std::string_view, std::int64_t>> cases = {
      {"1.01", 1'010'000'000},
      {"0.000000001", 1},
      {"-3.5", -3'500'000'000},
      {"1E-7", 100},
      {"1e-7", 100},
      {"1.0E2", 100'000'000'000},
      {"1.0e+2", 100'000'000'000},
      {".48", 480'000'000},
      {"-.48", -480'000'000},
      {"5.", 5'000'000'000},
      {"0", 0},
      {"-0", 0},
      {"0.0", 0},
      {"0e999999999999999999999", 0},
      {"-0.000000000000000000000000", 0},
      {"9223372036.854775807", kMax},
      {"9223372036854775807e-9", kMax},
      {"-9223372036.854775808", kMin},
      {"00000000000000000000000001", 1'000'000'000},
      {"1.0000000000000000000000", 1'000'000'000},
      {"100000000000000000000e-20", 1'000'000'000},
      {"0.00000000000000000001e20", 1'000'000'000},
      {"123456.789012345", 123'456'789'012'345},
  };
  for (const auto& [text, raw] : cases) {
    const auto parsed = parse_nano(text);
    EXPECT_TRUE(parsed) << text << " " << to_string(parsed.error);
    EXPECT_EQ(parsed.value, raw) << text;
  }
}

TEST(ParseNano, SaysWhyATextIsRefused) {
  const std::vector<std::pair<std::string_view, DecimalError>> cases = {
      {"0.0000000001", DecimalError::kInexact},
      {"1.0000000001", DecimalError::kInexact},
      {"1e-10", DecimalError::kInexact},
      {"1e-999999999999999999999", DecimalError::kInexact},
      {"123456789012345678901234567890.0000000001", DecimalError::kInexact},
      {"9223372036.854775808", DecimalError::kRange},
      {"-9223372036.854775809", DecimalError::kRange},
      {"1e10", DecimalError::kRange},
      {"1e30", DecimalError::kRange},
      {"1e999999999999999999999", DecimalError::kRange},
      {"340282366920938463463374607431768211456", DecimalError::kRange},
      {"340282366920938463463374607431.768211457", DecimalError::kRange},  // 2^128 + 1 in 1e-9
      {"999999999999999999", DecimalError::kRange},
      {"", DecimalError::kSyntax},
      {"-", DecimalError::kSyntax},
      {".", DecimalError::kSyntax},
      {"-.", DecimalError::kSyntax},
      {"+1", DecimalError::kSyntax},
      {"--1", DecimalError::kSyntax},
      {"1,5", DecimalError::kSyntax},
      {"1.2.3", DecimalError::kSyntax},
      {" 1", DecimalError::kSyntax},
      {"1 ", DecimalError::kSyntax},
      {"1e", DecimalError::kSyntax},
      {"1e+", DecimalError::kSyntax},
      {"1e1.5", DecimalError::kSyntax},
      {"e5", DecimalError::kSyntax},
      {".e5", DecimalError::kSyntax},
      {"NaN", DecimalError::kSyntax},
      {"inf", DecimalError::kSyntax},
      {"0x10", DecimalError::kSyntax},
      {std::string_view("1\0", 2), DecimalError::kSyntax},
  };
  for (const auto& [text, error] : cases) {
    const auto parsed = parse_nano(text);
    EXPECT_EQ(parsed.error, error) << text << " " << to_string(parsed.error);
    EXPECT_EQ(parsed.value, 0) << text;
  }
}

TEST(ParsePrice, KeepsTheNumberThatStandsForNone) {
  EXPECT_EQ(parse_price("-9223372036.854775808").error, DecimalError::kRange);
  EXPECT_EQ(parse_quantity("-9223372036.854775808").error, DecimalError::kRange);
  EXPECT_EQ(parse_price("-9223372036.854775807").value, Price::min());
  EXPECT_EQ(parse_quantity("1").value, Quantity{1'000'000'000});
  EXPECT_EQ(parse_rate("0.0005").value, Rate{500'000});
  EXPECT_EQ(parse_price("x").error, DecimalError::kSyntax);
}

TEST(ParseMoney, HoldsEighteenPlacesUpToTheLimit) {
  EXPECT_EQ(parse_money("0.000000000000000001").value, Money{1});
  EXPECT_EQ(parse_money("0.0000000000000000001").error, DecimalError::kInexact);
  EXPECT_EQ(parse_money("1000000000000000000").value, Money{kMoneyLimit});
  EXPECT_EQ(parse_money("-1e18").value, Money{-kMoneyLimit});
  EXPECT_EQ(parse_money("1000000000000000000.000000000000000001").error, DecimalError::kRange);
  EXPECT_EQ(parse_money("1e40").error, DecimalError::kRange);
  EXPECT_EQ(parse_money("1_0").error, DecimalError::kSyntax);
}

TEST(ToText, IsCanonical) {
  EXPECT_EQ(to_text(Price{}).view(), "0");
  EXPECT_EQ(to_text(Price{1}).view(), "0.000000001");
  EXPECT_EQ(to_text(Price{-1}).view(), "-0.000000001");
  EXPECT_EQ(to_text(Price{480'000'000}).view(), "0.48");
  EXPECT_EQ(to_text(Price{5'000'000'000}).view(), "5");
  EXPECT_EQ(to_text(Price{100'000'000'000}).view(), "100");
  EXPECT_EQ(to_text(Quantity::max()).view(), "9223372036.854775807");
  EXPECT_EQ(to_text(Rate{-500'000}).view(), "-0.0005");
  EXPECT_EQ(to_text(Money{kMoneyLimit}).view(), "1000000000000000000");
  EXPECT_EQ(to_text(Money{-1}).view(), "-0.000000000000000001");
  EXPECT_EQ(to_text(Money{kInt128Min}).view(), "-170141183460469231731.687303715884105728");
  EXPECT_EQ(to_text(Price::none()).view(), "none");
  EXPECT_EQ(DecimalText(kInt128Min, 38).view(), "-1.70141183460469231731687303715884105728");
  EXPECT_EQ(DecimalText(-1, 38).view(), "-0.00000000000000000000000000000000000001");
  EXPECT_EQ(to_string(Money{1'500'000'000'000'000'000}), "1.5");
}

TEST(ToText, AndParseAreInverseOnRandomNumbers) {
  constexpr int kCases = 50'000;
  base::RandomStream random(11, "decimal");
  for (int i = 0; i < kCases; ++i) {
    const auto bits = random.next_u64() >> random.below(64);
    const auto raw = static_cast<std::int64_t>(random.below(2) == 0 ? bits : 0 - bits);
    const auto nano = parse_nano(DecimalText(raw, 9).view());
    ASSERT_TRUE(nano) << raw;
    ASSERT_EQ(nano.value, raw);

    const UInt128 wide = (UInt128{random.next_u64()} << 64U) | random.next_u64();
    const Money amount{static_cast<Int128>(wide % static_cast<UInt128>(kMoneyLimit)) *
                       (random.below(2) == 0 ? 1 : -1)};
    const auto money = parse_money(to_text(amount).view());
    ASSERT_TRUE(money) << to_text(amount).view();
    ASSERT_EQ(money.value, amount);
  }
}

// The quick path of short texts and the general one must be the same function.
TEST(ParseNano, QuickPathAgreesWithTheGeneralOneOnRandomTexts) {
  constexpr int kCases = 100'000;
  constexpr std::string_view kAlphabet = "0123456789000..--eE+ ";
  base::RandomStream random(12, "decimal text");
  int accepted = 0;
  for (int i = 0; i < kCases; ++i) {
    std::string text;
    const auto size = random.below(21);
    for (std::uint64_t c = 0; c < size; ++c) {
      // Mostly digits, so that many texts are numbers.
      const auto range = random.below(6) == 0 ? kAlphabet.size() : 14;
      text += kAlphabet[random.below(range)];
    }
    const bool negative = !text.empty() && text.front() == '-';
    const auto limit = static_cast<UInt128>(kMax) + (negative ? 1U : 0U);
    const auto general = detail::parse_scaled(text, 9, limit);
    const auto parsed = parse_nano(text);
    ASSERT_EQ(parsed.error, general.error) << text;
    ASSERT_TRUE(parsed.value == general.value) << text;
    accepted += parsed ? 1 : 0;
  }
  EXPECT_GT(accepted, kCases / 20);
  EXPECT_LT(accepted, kCases);
}

static_assert(parse_nano("1E-7").value == 100, "usable at compile time");
static_assert(to_text(Price{480'000'000}).view() == "0.48");

}  // namespace
}  // namespace writ
