#include "host/base/input_error.hpp"
#include "host/config/config.hpp"
#include "tests/unit/config/config_text.hpp"

#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace writ::config {
namespace {

namespace fs = std::filesystem;

class Include : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "writ_include_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ / "strategies.d");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  static std::string strategy(const std::string& name) {
    return "strategies:\n  - {name: " + name +
           ", plugin: p, account: main, instruments: [sim/BTCUSDT]}\n";
  }

  [[nodiscard]] Config load() const { return load_config(folder_ / "writ.yaml").config; }
  [[nodiscard]] std::string error() const {
    try {
      static_cast<void>(load());
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "no error";
  }

  fs::path folder_;
};

TEST_F(Include, AddsStrategiesInTheOrderOfFileNames) {
  write("writ.yaml", kLeast + "include: [strategies.d/*.yaml]\n");
  write("strategies.d/b.yaml", strategy("b"));
  write("strategies.d/a.yaml", strategy("a"));
  write("strategies.d/readme.txt", "not a configuration");
  const Config config = load();
  ASSERT_EQ(config.instances.size(), 3U);
  EXPECT_EQ(config.instances[0].name, "mm");
  EXPECT_EQ(config.instances[1].name, "a");
  EXPECT_EQ(config.instances[2].name, "b");
}

TEST_F(Include, APatternMayMatchNothing) {
  write("writ.yaml", kLeast + "include: [none.d/*.yaml]\n");
  EXPECT_EQ(load().instances.size(), 1U);
}

TEST_F(Include, AFileThatIsNotThereIsAnErrorAtItsName) {
  write("writ.yaml", kLeast + "include: [more.yaml]\n");
  EXPECT_EQ(error().rfind((folder_ / "writ.yaml").string() + ":13:11: include: ", 0), 0U)
      << error();
}

TEST_F(Include, ErrorsNameTheIncludedFile) {
  write("writ.yaml", kLeast + "include: [strategies.d/*.yaml]\n");
  write("strategies.d/a.yaml", "strategies:\n  - {nmae: x}\n");
  EXPECT_EQ(error(), (folder_ / "strategies.d/a.yaml").string() +
                         ":2:6: unknown key \"nmae\" in strategies[1], did you mean \"name\"?");
}

TEST_F(Include, HoldsSignalsAndStrategiesOnly) {
  write("writ.yaml", kLeast + "include: [more.yaml]\n");
  write("more.yaml", "mode: live\n");
  EXPECT_EQ(error(), (folder_ / "more.yaml").string() +
                         ":1:1: an included file may hold signals and strategies, not \"mode\"");
}

TEST_F(Include, TheSameInOneFileHashesAlike) {
  write("writ.yaml", kLeast + "include: [strategies.d/*.yaml]\n");
  write("strategies.d/a.yaml", strategy("a"));
  const std::string one_file =
      kLeast + "  - {name: a, plugin: p, account: main, instruments: [sim/BTCUSDT]}\n";
  EXPECT_EQ(load_config(folder_ / "writ.yaml").document.hash(),
            load_text(one_file).document.hash());
}

TEST_F(Include, TapesOfTheCommandLineAreTheOnlyFeed) {
  write("writ.yaml", kLeast);
  Overrides overrides;
  overrides.mode = Mode::kBacktest;
  overrides.tapes = {"/data/a.tape", "/data/b.tape"};
  overrides.storage_url = "/data/x.db";
  const Config config = load_config(folder_ / "writ.yaml", overrides).config;
  EXPECT_EQ(config.mode, Mode::kBacktest);
  ASSERT_EQ(config.feeds.size(), 1U);
  EXPECT_EQ(config.feeds[0].files.size(), 2U);
  EXPECT_EQ(config.storage.url, "sqlite:/data/x.db");
}

}  // namespace
}  // namespace writ::config
