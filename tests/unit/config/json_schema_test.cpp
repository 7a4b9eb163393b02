#include "host/config/json_schema.hpp"

#include "host/base/file.hpp"
#include "host/config/key_tree.hpp"
#include "tests/support/tree_paths.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>

namespace writ::config {
namespace {

TEST(JsonSchema, TheFileInTheTreeIsThatOfTheTable) {
  const auto file = test::source_dir() / "schemas/config/writ.schema.json";
  const auto text = base::read_file(file);
  ASSERT_TRUE(text.has_value()) << file;
  EXPECT_EQ(*text, indented(json_schema()))
      << "run: writ config schema > schemas/config/writ.schema.json";
}

TEST(JsonSchema, EveryKeyIsDocumented) {
  for (const Key& key : keys()) EXPECT_NE(std::string(key.doc), "") << key.path;
}

TEST(JsonSchema, DefaultsAndBoundsAreThoseOfTheTable) {
  const auto schema = json_schema();
  const auto& segment = schema.at("properties").at("journal").at("properties").at("segment_mib");
  EXPECT_EQ(segment.at("default"), 64);
  EXPECT_EQ(segment.at("minimum"), 1);
  EXPECT_EQ(segment.at("maximum"), 4096);
  EXPECT_EQ(schema.at("additionalProperties"), false);
}

TEST(Indented, ReadsBackToTheSameValue) {
  const boost::json::value schema = json_schema();
  EXPECT_EQ(boost::json::parse(indented(schema)), schema);
  EXPECT_EQ(indented(boost::json::parse(R"({"a":[1,{}],"b":[]})")),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n");
}

}  // namespace
}  // namespace writ::config
