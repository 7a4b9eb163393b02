#include "host/journal/capture.hpp"

#include "host/feed/text_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace writ::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'700'000'000 * kSecond;  // 2023-11-14 22:13:20

class Capture : public testing::Test {
 protected:
  Capture() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Capture() override { fs::remove_all(folder_); }

  static std::vector<std::string> lines(const fs::path& path) {
    feed::TextFile file(path);
    std::vector<std::string> all;
    while (const auto line = file.next()) all.emplace_back(*line);
    return all;
  }

  fs::path folder_ = testing::TempDir() + "writ_capture";
};

TEST_F(Capture, IsLinesOfTimeAndMessagePlainOrCompressed) {
  for (const char* name : {"feed.jsonl", "feed.jsonl.gz"}) {
    CaptureWriter writer(folder_ / name);
    ASSERT_TRUE(writer.append(kNow, R"({"a":1})"));
    ASSERT_TRUE(writer.append(kNow + 1, "{\r\n \"b\": 2\n}"));
    EXPECT_TRUE(fs::exists((folder_ / name).string() + ".part"));
    EXPECT_FALSE(fs::exists(folder_ / name));
    ASSERT_TRUE(writer.finish());
    EXPECT_FALSE(fs::exists((folder_ / name).string() + ".part"));
    EXPECT_EQ(writer.files(), std::vector<fs::path>{folder_ / name});
    EXPECT_EQ(writer.messages(), 2u);
    EXPECT_EQ(writer.first_ts(), kNow);
    EXPECT_EQ(writer.last_ts(), kNow + 1);
    EXPECT_EQ(lines(folder_ / name),
              (std::vector<std::string>{R"(1700000000000000000 {"a":1})",
                                        R"(1700000000000000001 {   "b": 2 })"}));
  }
  std::ifstream compressed(folder_ / "feed.jsonl.gz", std::ios::binary);
  EXPECT_EQ(compressed.get(), 0x1f);
  EXPECT_EQ(compressed.get(), 0x8b);
}

TEST_F(Capture, BeginsANewFileAtEachMultipleOfItsPeriod) {
  CaptureWriter writer(folder_ / "feed.jsonl.gz", 60 * kSecond);
  for (const std::int64_t at : {0, 39, 40, 99, 220}) {
    ASSERT_TRUE(writer.append(kNow + at * kSecond, std::to_string(at)));
  }
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(writer.files(), (std::vector<fs::path>{folder_ / "feed-20231114T221320Z.jsonl.gz",
                                                   folder_ / "feed-20231114T221400Z.jsonl.gz",
                                                   folder_ / "feed-20231114T221700Z.jsonl.gz"}));
  EXPECT_EQ(lines(writer.files()[0]).size(), 2u);
  EXPECT_EQ(lines(writer.files()[1]).size(), 2u);
  EXPECT_EQ(lines(writer.files()[2]), std::vector<std::string>{"1700000220000000000 220"});
}

TEST_F(Capture, ReplacesNoFile) {
  std::ofstream(folder_ / "feed.jsonl") << "mine";
  CaptureWriter writer(folder_ / "feed.jsonl");
  const auto refused = writer.append(kNow, "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kExists);
  EXPECT_FALSE(writer.append(kNow, "{}"));
  EXPECT_FALSE(writer.finish());
  EXPECT_EQ(lines(folder_ / "feed.jsonl"), std::vector<std::string>{"mine"});
}

TEST_F(Capture, SaysThatItsFolderIsMissing) {
  CaptureWriter writer(folder_ / "none" / "feed.jsonl");
  const auto refused = writer.append(kNow, "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kNotFound);
}

TEST_F(Capture, WhatWasFlushedCanBeReadBeforeItIsFinished) {
  CaptureWriter writer(folder_ / "feed.jsonl");
  ASSERT_TRUE(writer.append(kNow, "{}"));
  ASSERT_TRUE(writer.flush());
  EXPECT_EQ(lines(folder_ / "feed.jsonl.part"), std::vector<std::string>{"1700000000000000000 {}"});
}

TEST_F(Capture, WithoutAMessageIsNoFile) {
  CaptureWriter writer(folder_ / "feed.jsonl");
  ASSERT_TRUE(writer.flush());
  ASSERT_TRUE(writer.finish());
  EXPECT_TRUE(fs::is_empty(folder_));
}

}  // namespace
}  // namespace writ::journal
