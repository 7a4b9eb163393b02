#include "host/plugin/parameters.hpp"

#include "host/base/input_error.hpp"
#include "host/plugin/module.hpp"
#include "tests/unit/plugin/plugin_files.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace writ::plugin {
namespace {

using ::testing::HasSubstr;

ParameterSpec spec_of(ParameterType type) {
  ParameterSpec spec;
  spec.id = 1;
  spec.name = "p";
  spec.type = type;
  return spec;
}

std::int64_t number(ParameterType type, const std::string& text) {
  return parse_parameter(spec_of(type), text).number;
}

std::string failure(const ParameterSpec& spec, const std::string& text) {
  try {
    (void)parse_parameter(spec, text);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(Parameters, ReadsEachTypeExactly) {
  EXPECT_EQ(number(ParameterType::kInteger, "-42"), -42);
  EXPECT_EQ(number(ParameterType::kInteger, "9223372036854775807"), INT64_MAX);
  EXPECT_EQ(number(ParameterType::kDecimal, "0.1"), 100'000'000);
  EXPECT_EQ(number(ParameterType::kDecimal, "1e-9"), 1);
  EXPECT_EQ(number(ParameterType::kBoolean, "true"), 1);
  EXPECT_EQ(number(ParameterType::kBoolean, "false"), 0);
  EXPECT_EQ(number(ParameterType::kDuration, "250ms"), 250'000'000);
  EXPECT_EQ(number(ParameterType::kDuration, "1.5s"), 1'500'000'000);
  EXPECT_EQ(number(ParameterType::kDuration, "15m"), 900'000'000'000);
  EXPECT_EQ(number(ParameterType::kDuration, "1d"), 86'400'000'000'000);
  EXPECT_EQ(number(ParameterType::kDuration, "7ns"), 7);
  EXPECT_EQ(parse_parameter(spec_of(ParameterType::kText), "grün").text, "grün");
}

TEST(Parameters, SaysWhatIsWrongWithAText) {
  EXPECT_THAT(failure(spec_of(ParameterType::kInteger), "1.5"), HasSubstr("not an integer"));
  EXPECT_THAT(failure(spec_of(ParameterType::kInteger), ""), HasSubstr("not an integer"));
  EXPECT_THAT(failure(spec_of(ParameterType::kInteger), "9223372036854775808"),
              HasSubstr("64 bits"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDecimal), "0.1234567891"), HasSubstr("9 decimals"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDecimal), "ten"), HasSubstr("not a decimal"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDecimal), "-9223372036.854775808"),
              HasSubstr("out of range"));
  EXPECT_THAT(failure(spec_of(ParameterType::kBoolean), "yes"),
              HasSubstr("neither true nor false"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDuration), "250"), HasSubstr("not a duration"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDuration), "s"), HasSubstr("not a duration"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDuration), "0.5ns"), HasSubstr("finer"));
  EXPECT_THAT(failure(spec_of(ParameterType::kDuration), "200000d"), HasSubstr("out of range"));
  EXPECT_THAT(failure(spec_of(ParameterType::kText), "\xff"), HasSubstr("UTF-8"));
}

TEST(Parameters, KeepsBoundsInclusively) {
  ParameterSpec spec = spec_of(ParameterType::kDecimal);
  spec.min = 100'000'000;
  spec.max = 2'000'000'000;
  EXPECT_EQ(failure(spec, "0.1"), "");
  EXPECT_EQ(failure(spec, "2"), "");
  EXPECT_THAT(failure(spec, "0.099999999"), HasSubstr("below the minimum 0.1"));
  EXPECT_THAT(failure(spec, "2.000000001"), HasSubstr("above the maximum 2"));
}

TEST(Parameters, WritesTextThatReadsBackToTheSame) {
  const auto round = [](ParameterType type, const std::string& text) {
    const auto spec = spec_of(type);
    const auto written = to_text(spec, parse_parameter(spec, text));
    EXPECT_EQ(parse_parameter(spec, written), parse_parameter(spec, text)) << text;
    return written;
  };
  EXPECT_EQ(round(ParameterType::kDuration, "1000ms"), "1s");
  EXPECT_EQ(round(ParameterType::kDuration, "1.5s"), "1500ms");
  EXPECT_EQ(round(ParameterType::kDuration, "48h"), "2d");
  EXPECT_EQ(round(ParameterType::kDuration, "0s"), "0s");
  EXPECT_EQ(round(ParameterType::kDuration, "-61s"), "-61s");
  EXPECT_EQ(round(ParameterType::kDecimal, "1.50"), "1.5");
  EXPECT_EQ(round(ParameterType::kBoolean, "true"), "true");
}

class ParameterSetTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::shared_ptr<const Module> module_ =
      Module::load(test_plugin("probe"), folder_.path() / "objects");
  const Descriptor& descriptor_ = *module_->find("test.probe");

  [[nodiscard]] std::string refusal(const std::vector<ParameterText>& texts) const {
    try {
      (void)ParameterSet::parse(descriptor_, texts, "writ.yaml", 3, 5);
      return "";
    } catch (const base::InputError& error) {
      return error.what();
    }
  }
};

TEST_F(ParameterSetTest, TakesDefaultsForWhatIsNotGiven) {
  const auto set = ParameterSet::parse(
      descriptor_, std::vector<ParameterText>{{"price", "12.5", 4, 9}, {"word", "a \"b\"", 5, 9}},
      "writ.yaml");
  EXPECT_EQ(
      set.canonical_json(),
      R"({"count":3,"delay":"250ms","fail_at":0,"loud":false,"price":"12.5","word":"a \"b\""})");
  const auto values = set.abi_values();
  ASSERT_EQ(values.size(), 6U);
  EXPECT_EQ(values[1].parameter, 2U);
  EXPECT_EQ(values[1].type, static_cast<std::uint32_t>(WRIT_PARAMETER_DECIMAL));
  EXPECT_EQ(values[1].value, 12'500'000'000);
  EXPECT_STREQ(values[3].text, "a \"b\"");
}

TEST_F(ParameterSetTest, NamesThePlaceOfAWrongOne) {
  EXPECT_THAT(
      refusal({{"pric", "1", 4, 9}}),
      HasSubstr("writ.yaml:4:9: test.probe has no parameter \"pric\", did you mean \"price\"?"));
  EXPECT_THAT(refusal({{"count", "11", 6, 12}}),
              HasSubstr("writ.yaml:6:12: parameter \"count\": \"11\" is above the maximum 10"));
  EXPECT_THAT(refusal({{"count", "1", 6, 1}, {"count", "2", 7, 1}}), HasSubstr("7:1"));
}

TEST_F(ParameterSetTest, NamesAMissingOneAtItsInstance) {
  Descriptor descriptor = descriptor_;
  descriptor.parameters[0].required = true;
  try {
    (void)ParameterSet::parse(descriptor, {}, "writ.yaml", 3, 5);
    FAIL() << "a required parameter may be missing";
  } catch (const base::InputError& error) {
    EXPECT_STREQ(error.what(), "writ.yaml:3:5: test.probe needs the parameter \"count\"");
  }
}

TEST_F(ParameterSetTest, FindsWhatChangedAndAppliesItsRecord) {
  auto before = ParameterSet::parse(descriptor_, {}, "writ.yaml");
  const auto after = ParameterSet::parse(
      descriptor_, std::vector<ParameterText>{{"price", "7", 1, 1}, {"word", "new", 2, 1}},
      "writ.yaml");
  const auto changed = changes(before, after);
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_TRUE(changed[0].spec.live);
  EXPECT_FALSE(changed[1].spec.live);

  model::RecordBuffer buffer;
  for (const auto& change : changed) {
    const auto& record = build_parameter_record(buffer, 9, change);
    const auto* typed = model::as<writ_parameter_change>(record);
    ASSERT_NE(typed, nullptr);
    EXPECT_EQ(typed->instance, 9U);
    EXPECT_TRUE(before.apply(*typed));
  }
  EXPECT_EQ(before.canonical_json(), after.canonical_json());
}

TEST_F(ParameterSetTest, ExportsAJsonSchema) {
  const auto schema = boost::json::serialize(parameter_schema(descriptor_));
  EXPECT_THAT(schema, HasSubstr("\"additionalProperties\":false"));
  EXPECT_THAT(schema, HasSubstr("\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10"));
  EXPECT_THAT(schema, HasSubstr("\"default\":\"250ms\""));
}

TEST(Descriptor, RefusesContradictionsByName) {
  const writ_parameter good{sizeof(writ_parameter), 1, "size", "doc", "",
                            WRIT_PARAMETER_DECIMAL, 0, "0",    "10",  "1"};
  writ_descriptor table{};
  table.struct_size = sizeof table;
  table.kind = WRIT_PLUGIN_STRATEGY;
  table.id = "test.x";
  table.name = "X";
  table.version = "1";
  table.doc = "d";
  table.parameter_stride = sizeof(writ_parameter);
  const auto refusal = [&](const writ_descriptor& changed) -> std::string {
    try {
      (void)read_descriptor("x.so", changed);
      return "";
    } catch (const base::InputError& error) {
      return error.what();
    }
  };
  const auto with = [&](writ_parameter first, writ_parameter second) {
    const writ_parameter both[] = {first, second};
    writ_descriptor changed = table;
    changed.parameters = both;
    changed.parameter_count = 2;
    return refusal(changed);
  };
  writ_parameter other = good;
  other.id = 2;
  other.name = "other";
  EXPECT_EQ(with(good, other), "");
  EXPECT_THAT(with(good, good), HasSubstr("two parameters have the id 1"));
  other.name = "size";
  EXPECT_THAT(with(good, other), HasSubstr("the name \"size\""));
  other = good;
  other.id = 2;
  other.name = "other";
  other.default_value = "11";
  EXPECT_THAT(with(good, other), HasSubstr("its default: \"11\" is above the maximum 10"));
  other.default_value = nullptr;
  EXPECT_THAT(with(good, other), HasSubstr("neither required nor with a default"));
  other.default_value = "1";
  other.min = "20";
  EXPECT_THAT(with(good, other), HasSubstr("its min is above its max"));
  other.min = "0";
  other.type = 77;
  EXPECT_THAT(with(good, other), HasSubstr("unknown type 77"));
  other.type = WRIT_PARAMETER_BOOLEAN;
  EXPECT_THAT(with(good, other), HasSubstr("has no bounds"));

  writ_descriptor changed = table;
  changed.id = "Bad Id";
  EXPECT_THAT(refusal(changed), HasSubstr("its id"));
  changed = table;
  changed.kind = 9;
  EXPECT_THAT(refusal(changed), HasSubstr("unknown kind 9"));
  changed = table;
  changed.kind = WRIT_PLUGIN_SIGNAL;
  changed.capabilities = WRIT_CAN_TRADE;
  EXPECT_THAT(refusal(changed), HasSubstr("cannot declare the capability trade"));
  changed = table;
  changed.capabilities = 1ull << 40;
  EXPECT_THAT(refusal(changed), HasSubstr("unknown capability"));
  changed = table;
  changed.state_schema = 1;
  changed.state_schema_min = 2;
  EXPECT_THAT(refusal(changed), HasSubstr("schema range"));
  changed = table;
  changed.struct_size = 16;
  EXPECT_THAT(refusal(changed), HasSubstr("smaller than ABI 1.0's"));
  changed = table;
  changed.version = "a version text that is far too long";
  EXPECT_THAT(refusal(changed), HasSubstr("version is longer"));
}

TEST(Descriptor, ReadsArraysOfALargerStride) {
  struct Grown {
    writ_parameter parameter;
    std::uint64_t newer;
  };
  const Grown grown[] = {
      {{sizeof(Grown), 1, "a", "", "", WRIT_PARAMETER_INTEGER, 0, nullptr, nullptr, "1"}, 5},
      {{sizeof(Grown), 2, "b", "", "", WRIT_PARAMETER_INTEGER, 0, nullptr, nullptr, "2"}, 6}};
  writ_descriptor table{};
  table.struct_size = sizeof table;
  table.kind = WRIT_PLUGIN_STRATEGY;
  table.id = "test.x";
  table.name = "X";
  table.version = "1";
  table.doc = "d";
  table.parameters = &grown[0].parameter;
  table.parameter_count = 2;
  table.parameter_stride = sizeof(Grown);
  const auto descriptor = read_descriptor("x.so", table);
  ASSERT_EQ(descriptor.parameters.size(), 2U);
  EXPECT_EQ(descriptor.parameters[1].name, "b");
}

}  // namespace
}  // namespace writ::plugin
