// Plays every .scenario file of this folder, each a case of its own.
#include "host/base/input_error.hpp"
#include "host/base/random.hpp"
#include "tests/scenario/text/scenario.hpp"
#include "tests/scenario/text/scenario_player.hpp"
#include "tests/support/tree_paths.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

std::filesystem::path folder() { return source_dir() / "tests" / "scenario" / "text"; }

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Plays one file: whole, then with the host killed at seeded places.
class ScenarioFile : public testing::Test {
 public:
  explicit ScenarioFile(std::filesystem::path path) : path_(std::move(path)) {}

  void TestBody() override {
    try {
      const auto scenario = read_scenario(path_.string(), text_of_file(path_));
      const auto whole = play(scenario);
      EXPECT_GT(whole.expectations, 0U) << path_ << " expects nothing";
      if (HasFailure() || !scenario.restarts) return;
      base::RandomStream random{1, path_.stem().string()};
      for (std::size_t i = 0; i < scaled(3); ++i) {
        const auto death = random.below(whole.turns);
        const auto killed = play(scenario, death);
        EXPECT_EQ(killed.runs, whole.runs + 1);
        if (HasFailure()) FAIL() << "with the host killed at turn " << death;
      }
    } catch (const base::InputError& error) {
      ADD_FAILURE() << error.what();
    }
  }

 private:
  std::filesystem::path path_;
};

// Before main, so that the files are cases to the program's own list of tests.
const bool kRegistered = [] {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    testing::RegisterTest("ScenarioFile", file.stem().string().c_str(), nullptr, nullptr,
                          file.string().c_str(), 1,
                          [file]() -> ScenarioFile* { return new ScenarioFile(file); });
  }
  return !files.empty();
}();

TEST(ScenarioLanguage, IsDescribedByTheReadme) {
  const auto readme = text_of_file(folder() / "README.md");
  const auto language = scenario_language_markdown();
  EXPECT_NE(readme.find(language), std::string::npos)
      << "README.md is to hold these tables as they are:\n"
      << language;
}

TEST(ScenarioLanguage, FindsTheFilesOfItsFolder) { EXPECT_TRUE(kRegistered); }

constexpr std::string_view kWorld =
    "title T\n"
    "# What it shows.\n"
    "instrument BTCUSDT spot BTC/USDT\n"
    "account main USDT 1000\n"
    "strategy a\n";

/// What is said of a wrong line after a right beginning.
std::string refused(std::string_view line) {
  try {
    (void)read_scenario("f.scenario", std::string(kWorld) + std::string(line) + "\nwait 1s\n");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "taken";
}

TEST(ScenarioLanguage, SaysWhereALineIsWrongAndWhatShouldStandThere) {
  EXPECT_EQ(refused("wait 1s"), "taken");
  EXPECT_EQ(refused("buy 1"),
            "f.scenario:6:1: expected a command or the name of a strategy, found \"buy\"");
  EXPECT_EQ(refused("a buy 1 at 3"), "f.scenario:6:12: expected \"market\", found \"3\"");
  EXPECT_EQ(refused("a buy one @ 3"), "f.scenario:6:7: expected a quantity, found \"one\"");
  EXPECT_EQ(refused("a cancel x"), "f.scenario:6:10: expected the name of an intent, found \"x\"");
  EXPECT_EQ(refused("trade BTCUSDT buy 1 @"),
            "f.scenario:6:22: expected a price, found the end of the line");
  EXPECT_EQ(refused("+5 wait 1s"), "f.scenario:6:1: expected a delay such as +5ms");
  EXPECT_EQ(refused("wait 1s 2s"), "f.scenario:6:9: expected the end of the line, found \"2s\"");
  EXPECT_EQ(refused("book BTCUSDT 1x1"),
            "f.scenario:6:17: expected a level such as 99.9x5, or / before the asks, found the end "
            "of the line");
  EXPECT_EQ(refused("and a noop"),
            "f.scenario:6:1: expected an intent in the line before \"and\", found \"and\"");
}

TEST(ScenarioLanguage, SaysOfAConfigurationWhatTheHostSays) {
  EXPECT_NE(refused("risk position_max many").find("f.scenario:6:19: "), std::string::npos)
      << refused("risk position_max many");
  EXPECT_NE(refused("risk possition_max 1").find("f.scenario:6:"), std::string::npos)
      << refused("risk possition_max 1");
}

TEST(ScenarioLanguage, WantsATitleAndAParagraph) {
  EXPECT_THROW((void)read_scenario("f", "wait 1s\n"), base::InputError);
  EXPECT_THROW((void)read_scenario("f", "title T\nwait 1s\n"), base::InputError);
}

TEST(ScenarioPlayer, FailsWhereAnExpectationDoesNotHold) {
  const auto text = std::string(kWorld) +
                    "book BTCUSDT 99x1 / 101x1\n"
                    "a buy 1 @ 99 as x\n"
                    "expect x order filled\n";
  const auto scenario = read_scenario("f.scenario", text);
  EXPECT_NONFATAL_FAILURE((void)play(scenario), "x: expected filled, found open");
}

}  // namespace
}  // namespace writ::test
