#include "host/base/canonical_json.hpp"

#include "host/base/random.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

namespace writ::base {
namespace {

std::string canonical(const boost::json::value& value) { return canonical_json(value).value(); }

TEST(CanonicalJson, SortsKeysByCodePointAtEveryDepth) {
  EXPECT_EQ(canonical(boost::json::parse(R"({"b":1,"a":[true,null,{"z":"x","y":"2"}],"A":0})")),
            R"({"A":0,"a":[true,null,{"y":"2","z":"x"}],"b":1})");
  EXPECT_EQ(canonical(boost::json::object{{"\xf0\x9f\x98\x80", 1}, {"\xef\xbf\xbd", 2}, {"z", 3}}),
            R"({"z":3,"\ufffd":2,"\ud83d\ude00":1})")
      << "an emoji sorts after U+FFFD by code point, before it by UTF-16 unit";
}

TEST(CanonicalJson, EscapesAllButPrintableAscii) {
  EXPECT_EQ(canonical(boost::json::value("q\"b\\/\b\f\n\r\t\x01\x1f\x7f")),
            R"("q\"b\\/\b\f\n\r\t\u0001\u001f\u007f")");
  EXPECT_EQ(canonical(boost::json::value("\xc3\xa9\xe2\x82\xac")), R"("\u00e9\u20ac")");
  EXPECT_EQ(canonical(boost::json::value(std::string_view("\0", 1))), R"("\u0000")");
}

TEST(CanonicalJson, KeepsIntegersOfBothSigns) {
  EXPECT_EQ(canonical(boost::json::array{std::numeric_limits<std::int64_t>::min(),
                                         std::numeric_limits<std::uint64_t>::max(), 0}),
            "[-9223372036854775808,18446744073709551615,0]");
}

TEST(CanonicalJson, RefusesWhatHasNoCanonicalForm) {
  EXPECT_EQ(canonical_json(std::numeric_limits<double>::quiet_NaN()).error().code(),
            Errc::kInvalid);
  EXPECT_EQ(
      canonical_json(boost::json::array{1, std::numeric_limits<double>::infinity()}).error().code(),
      Errc::kInvalid);
  for (const std::string_view bad :
       {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "a\xff"}) {
    EXPECT_EQ(canonical_json(boost::json::value(bad)).error().code(), Errc::kInvalid);
    EXPECT_FALSE(canonical_json(boost::json::object{{bad, 1}}));
  }
}

TEST(FloatPyRepr, SwitchesLayoutWherePythonDoes) {
  EXPECT_EQ(float_py_repr(0.0).value(), "0.0");
  EXPECT_EQ(float_py_repr(-0.0).value(), "-0.0");
  EXPECT_EQ(float_py_repr(0.0001).value(), "0.0001");
  EXPECT_EQ(float_py_repr(0.00001).value(), "1e-05");
  EXPECT_EQ(float_py_repr(9999999999999998.0).value(), "9999999999999998.0");
  EXPECT_EQ(float_py_repr(1e16).value(), "1e+16");
  EXPECT_EQ(float_py_repr(-1.5e-300).value(), "-1.5e-300");
  EXPECT_EQ(float_py_repr(123.456).value(), "123.456");
  EXPECT_EQ(float_py_repr(5e-324).value(), "5e-324");
  EXPECT_FALSE(float_py_repr(-std::numeric_limits<double>::infinity()));
}

TEST(FloatPyRepr, ReadsBackToTheSameBitsOnRandomNumbers) {
  RandomStream random(13, "float repr");
  int finite = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random.next_u64());
    if (!std::isfinite(value)) continue;
    ++finite;
    const std::string text = float_py_repr(value).value();
    ASSERT_EQ(std::bit_cast<std::uint64_t>(std::strtod(text.c_str(), nullptr)),
              std::bit_cast<std::uint64_t>(value))
        << text;
  }
  EXPECT_GT(finite, 19'000);
}

}  // namespace
}  // namespace writ::base
