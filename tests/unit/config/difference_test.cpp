#include "host/config/difference.hpp"

#include "tests/unit/config/config_text.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::config {
namespace {

std::vector<std::string> lines(const std::string& before, const std::string& after) {
  std::vector<std::string> result;
  for (const auto& found :
       difference(load_text(before).document.values(), load_text(after).document.values())) {
    result.push_back(to_string(found));
  }
  return result;
}

using Lines = std::vector<std::string>;

TEST(Difference, IsEmptyForTheSameConfiguration) {
  EXPECT_EQ(lines(kLeast, kLeast + "market: {stale_after: 5000ms}\n"), Lines{});
}

TEST(Difference, NamesItemsOfListsByTheirName) {
  std::string changed = kLeast;
  changed.replace(changed.find("0.10"), 4, "0.2");
  EXPECT_EQ(lines(kLeast, changed), Lines{"strategies[mm].params.gamma: \"0.10\" -> \"0.2\""});
}

TEST(Difference, ALimitThatAppearsIsAChange) {
  EXPECT_EQ(lines(kLeast, kLeast + "risk: {position_max: \"5\"}\n"),
            Lines{"risk.position_max: null -> \"5\""});
}

TEST(Difference, AnAddedInstanceIsOneLine) {
  const auto found =
      lines(kLeast, kLeast + "signals: [{name: f, plugin: p, instruments: [a/b]}]\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rfind("signals[f]: added {", 0), 0U) << found[0];
}

TEST(Difference, KnowsWhereItStandsInTheSecond) {
  std::string changed = kLeast;
  changed.replace(changed.find("0.10"), 4, "0.2");
  const auto after = load_text(changed).document;
  const auto found = difference(load_text(kLeast).document.values(), after.values());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].place, "strategies[0].params.gamma");
  EXPECT_EQ(after.place(found[0].place).line, 12);
}

TEST(Difference, SaysWhenTheOrderChanged) {
  const auto before = boost::json::parse(R"({"s":[{"name":"a"},{"name":"b"}]})");
  const auto after = boost::json::parse(R"({"s":[{"name":"b"},{"name":"a"}]})");
  const auto found = difference(before, after);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(to_string(found[0]), R"(s order: ["a","b"] -> ["b","a"])");
}

}  // namespace
}  // namespace writ::config
