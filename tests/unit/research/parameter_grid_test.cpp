#include "host/research/parameter_grid.hpp"

#include "host/base/input_error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::research {
namespace {

std::string text_of(const TrialParameters& trial) {
  std::string text;
  for (const auto& given : trial) {
    text += given.instance + "." + given.parameter + "=" + given.value.text + " ";
  }
  return text;
}

std::string refusal_of(const std::string& text) {
  try {
    static_cast<void>(parse_parameter_grid(text, "grid.yaml"));
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ParameterGrid, IsEveryCombinationTheLastListFastest) {
  const auto trials = parse_parameter_grid(
      "grid:\n"
      "  mm: {gamma: [\"0.1\", \"0.2\"], levels: [1, 2, 3]}\n",
      "grid.yaml");
  ASSERT_EQ(trials.size(), 6U);
  EXPECT_EQ(text_of(trials[0]), "mm.gamma=0.1 mm.levels=1 ");
  EXPECT_EQ(text_of(trials[1]), "mm.gamma=0.1 mm.levels=2 ");
  EXPECT_EQ(text_of(trials[5]), "mm.gamma=0.2 mm.levels=3 ");
}

TEST(ParameterGrid, ListedTrialsFollowTheCombinations) {
  const auto trials = parse_parameter_grid(
      "trials:\n"
      "  - mm: {gamma: \"0.5\"}\n"
      "    flow: {levels: 7}\n"
      "  - {}\n"
      "grid:\n"
      "  mm: {gamma: [\"0.1\"]}\n",
      "grid.yaml");
  ASSERT_EQ(trials.size(), 3U);
  EXPECT_EQ(text_of(trials[0]), "mm.gamma=0.1 ");
  EXPECT_EQ(text_of(trials[1]), "mm.gamma=0.5 flow.levels=7 ");
  EXPECT_EQ(text_of(trials[2]), "");  // the configuration as it is
}

TEST(ParameterGrid, IsJsonToo) {
  const auto trials =
      parse_parameter_grid(R"({"grid": {"mm": {"gamma": ["0.1", "0.2"]}}})", "g.json");
  ASSERT_EQ(trials.size(), 2U);
  EXPECT_TRUE(trials[1][0].value.quoted);
}

TEST(ParameterGrid, ValuesKnowTheirPlace) {
  const auto trials =
      parse_parameter_grid("grid:\n  mm:\n    gamma: [\"0.1\", \"0.2\"]\n", "grid.yaml");
  const auto& second = trials[1][0];
  EXPECT_EQ(second.value.place.file, "grid.yaml");
  EXPECT_EQ(second.value.place.line, 3);
  EXPECT_EQ(second.value.place.column, 20);
  EXPECT_EQ(second.key.column, 5);
}

TEST(ParameterGrid, RefusesWhatIsNoneWithItsPlace) {
  EXPECT_EQ(refusal_of("gird: {}\n"),
            "grid.yaml:1:1: unknown key \"gird\" in the grid file, did you mean \"grid\"?");
  EXPECT_EQ(refusal_of("grid: {mm: {gamma: \"0.1\"}}\n"),
            "grid.yaml:1:20: grid.mm.gamma: a list is needed, not a single value");
  EXPECT_EQ(refusal_of("grid: {mm: {gamma: []}}\n"), "grid.yaml:1:20: grid.mm.gamma is empty");
  EXPECT_EQ(refusal_of("grid: {mm: [1]}\n"),
            "grid.yaml:1:12: grid.mm: a mapping is needed, not a list");
  EXPECT_EQ(refusal_of("grid: {mm: {gamma: [[1]]}}\n"),
            "grid.yaml:1:21: grid.mm.gamma: a single value is needed, not a list");
  EXPECT_EQ(refusal_of("trials: [{mm: {gamma: [1]}}]\n"),
            "grid.yaml:1:23: trials[0].mm.gamma: a single value is needed, not a list");
  EXPECT_EQ(refusal_of(""), "grid.yaml: no parameter set: neither grid nor trials");
}

TEST(ParameterGrid, RefusesMoreTrialsThanAnyoneMeans) {
  std::string list = "[0";
  for (int i = 1; i < 1'001; ++i) list += "," + std::to_string(i);
  const auto refusal = refusal_of("grid: {mm: {a: " + list + "], b: " + list + "]}}\n");
  EXPECT_NE(refusal.find("more than 1000000 combinations"), refusal.npos) << refusal;
}

}  // namespace
}  // namespace writ::research
