#include "host/ops/kill_switch.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace writ::ops {
namespace {

namespace fs = std::filesystem;

class Kill : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "writ_kill_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] KillSwitch::Setup setup(std::uint64_t run = 4) {
    return {folder_, run, {{"main", 1}, {"other", 2}}, [this](std::uint32_t account) {
              stopped_.push_back(account);
            }};
  }
  static boost::json::object asked(const std::string& account,
                                   const std::string& reason = "smoke") {
    boost::json::object request;
    request["command"] = "kill";
    if (!account.empty()) request["account"] = account;
    request["reason"] = reason;
    return request;
  }

  fs::path folder_;
  Attention attention_;
  std::vector<std::uint32_t> stopped_;
};

TEST_F(Kill, AnswersOnlyKills) {
  KillSwitch kills(setup(), attention_);
  boost::json::object request;
  request["command"] = "pause";
  EXPECT_FALSE(kills.answer(request).has_value());
  EXPECT_TRUE(stopped_.empty());
}

TEST_F(Kill, StopsGatewaysMarksAndLeavesTheRecordToTheSequencer) {
  KillSwitch kills(setup(), attention_);
  const auto answer = kills.answer(asked(""));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->at("ok"), true);
  EXPECT_EQ(stopped_, (std::vector<std::uint32_t>{0}));
  EXPECT_TRUE(attention_.wait(0));
  const auto mark = read_kill_mark(folder_);
  ASSERT_TRUE(mark && mark->has_value());
  EXPECT_EQ((*mark)->run, 4U);
  EXPECT_TRUE((*mark)->accounts.empty());
  EXPECT_EQ((*mark)->reason, "smoke");
  const auto ordered = kills.take();
  ASSERT_TRUE(ordered.has_value());
  EXPECT_EQ(ordered->account, 0U);
  EXPECT_EQ(ordered->reason, "smoke");
  EXPECT_FALSE(kills.take().has_value());
}

TEST_F(Kill, OfOneAccountIsOfThatAccountAndAddsToTheMark) {
  KillSwitch kills(setup(), attention_);
  (void)kills.answer(asked("other"));
  EXPECT_EQ((*read_kill_mark(folder_))->accounts, (std::set<std::string>{"other"}));
  (void)kills.answer(asked("main"));
  EXPECT_EQ((*read_kill_mark(folder_))->accounts, (std::set<std::string>{"main", "other"}));
  EXPECT_EQ(stopped_, (std::vector<std::uint32_t>{2, 1}));
}

TEST_F(Kill, OfAllIsNotNarrowedByOneOfAnAccount) {
  KillSwitch kills(setup(), attention_);
  (void)kills.answer(asked(""));
  (void)kills.answer(asked("main"));
  EXPECT_TRUE((*read_kill_mark(folder_))->accounts.empty());
}

TEST_F(Kill, OfAnAccountNobodyHasDoesNothing) {
  KillSwitch kills(setup(), attention_);
  const auto answer = kills.answer(asked("nobody"));
  EXPECT_EQ(answer->at("ok"), false);
  EXPECT_TRUE(stopped_.empty());
  EXPECT_FALSE(kills.take().has_value());
  EXPECT_FALSE(read_kill_mark(folder_)->has_value());
}

TEST_F(Kill, ThatCannotBeMarkedSaysSoAndStopsAllTheSame) {
  auto broken = setup();
  broken.journal_folder = folder_ / "gone";
  KillSwitch kills(std::move(broken), attention_);
  const auto answer = kills.answer(asked(""));
  EXPECT_EQ(answer->at("ok"), false);
  EXPECT_NE(std::string(answer->at("error").as_string()).find("restart"), std::string::npos);
  EXPECT_EQ(stopped_.size(), 1U);
  EXPECT_TRUE(kills.take().has_value());
}

TEST_F(Kill, MarkIsGoneOnceRemoved) {
  ASSERT_TRUE(write_kill_mark(folder_, {1, {}, "x"}).has_value());
  ASSERT_TRUE(remove_kill_mark(folder_).has_value());
  EXPECT_FALSE(read_kill_mark(folder_)->has_value());
  EXPECT_TRUE(remove_kill_mark(folder_).has_value());
}

TEST_F(Kill, MarkThatCannotBeReadIsAnErrorNotAnAbsence) {
  std::ofstream(folder_ / "killed.json") << "{\"run\":";
  EXPECT_FALSE(read_kill_mark(folder_).has_value());
}

}  // namespace
}  // namespace writ::ops
