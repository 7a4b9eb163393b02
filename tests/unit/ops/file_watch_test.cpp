#include "host/ops/file_watch.hpp"

#include "host/base/input_error.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace writ::ops {
namespace {

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() { std::filesystem::create_directories(folder_); }
  ~FileWatchTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name) const { std::ofstream(folder_ / name) << "whole"; }
  /// Waits until the watch says so.
  [[nodiscard]] bool told(FileWatch& watch) {
    for (int i = 0; i < 10; ++i) {
      if (watch.take()) return true;
      (void)attention_.wait(1'000'000'000);
    }
    return false;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("writ-watch-" + std::to_string(::getpid()));
  Attention attention_;
};

TEST_F(FileWatchTest, TellsOfAFileOnceItIsWrittenToItsEnd) {
  FileWatch watch({folder_}, attention_);
  std::ofstream half(folder_ / "a.so");
  half << "half" << std::flush;
  write("other.txt");
  write("b.so");  // what comes after it has been told, so has what came before
  ASSERT_TRUE(told(watch));
  EXPECT_FALSE(watch.take());
  half.close();
  EXPECT_TRUE(told(watch));
}

TEST_F(FileWatchTest, TellsOfAFileThatIsMovedIn) {
  FileWatch watch({folder_}, attention_);
  write("new");
  std::filesystem::rename(folder_ / "new", folder_ / "a.so");
  EXPECT_TRUE(told(watch));
}

TEST_F(FileWatchTest, RefusesAFolderThatIsNotThere) {
  EXPECT_THROW(FileWatch({folder_ / "none"}, attention_), base::InputError);
}

}  // namespace
}  // namespace writ::ops
