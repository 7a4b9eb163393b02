#include "host/base/input_error.hpp"
#include "tests/unit/config/config_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace writ::config {
namespace {

class ParameterOverrides : public ::testing::Test {
 protected:
  ParameterOverrides() {
    std::string name = std::filesystem::temp_directory_path() / "writ-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    std::ofstream(folder_ / "writ.yaml") << kLeast;
  }
  ~ParameterOverrides() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "writ.yaml"; }
  [[nodiscard]] static ParameterOverride given(const std::string& instance,
                                               const std::string& parameter,
                                               const std::string& text) {
    auto value = quoted_text(text, "grid.yaml");
    value.place = {"grid.yaml", 3, 20};
    return {instance, parameter, {"grid.yaml", 3, 5}, value};
  }

  std::filesystem::path folder_;
};

TEST_F(ParameterOverrides, StandInPlaceOfTheConfigurationsOwn) {
  const ConfigText text(file());
  const auto changed = text.check({given("mm", "gamma", "0.30"), given("mm", "kappa", "2")});
  const auto& parameters = changed.config.instances.at(0).parameters;
  EXPECT_EQ(parameters.at("gamma"), "0.30");
  EXPECT_EQ(parameters.at("kappa"), "2");
  EXPECT_EQ(parameters.at("levels"), "2");
  EXPECT_EQ(text.check().config.instances.at(0).parameters.at("gamma"), "0.10");
}

TEST_F(ParameterOverrides, KnowTheirPlace) {
  const auto changed = ConfigText(file()).check({given("mm", "gamma", "0.30")});
  const auto& place = changed.document.place("strategies[0].params.gamma");
  EXPECT_EQ(place.file, "grid.yaml");
  EXPECT_EQ(place.line, 3);
  EXPECT_EQ(place.column, 20);
  EXPECT_EQ(changed.document.key_place("strategies[0].params.gamma").column, 5);
  EXPECT_TRUE(changed.document.quoted("strategies[0].params.gamma"));
  EXPECT_EQ(changed.document.place("strategies[0].params.levels").file, file().string());
}

TEST_F(ParameterOverrides, GiveTheHashOfAFileThatSaysTheSame) {
  std::string same = kLeast;
  same.replace(same.find("0.10"), 4, "0.30");
  EXPECT_EQ(ConfigText(file()).check({given("mm", "gamma", "0.30")}).document.hash(),
            load_text(same).document.hash());
}

TEST_F(ParameterOverrides, OfNobodyAreRefusedWhereTheyAreNamed) {
  try {
    static_cast<void>(ConfigText(file()).check({given("nobody", "gamma", "1")}));
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_STREQ(error.what(), "grid.yaml:3:5: no signal or strategy \"nobody\"");
  }
}

}  // namespace
}  // namespace writ::config
