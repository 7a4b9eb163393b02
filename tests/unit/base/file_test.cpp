#include "host/base/file.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>

namespace writ::base {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  File() {
    std::string pattern = (fs::temp_directory_path() / "writ_file_test_XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~File() override { fs::remove_all(folder_); }

  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  fs::path folder_;
};

TEST_F(File, ReadsBackWhatWasWritten) {
  std::string content(200'000, 'x');
  content[100] = '\0';
  ASSERT_TRUE(write_file_atomically(folder_ / "a", content));
  EXPECT_EQ(read_file(folder_ / "a").value(), content);
  ASSERT_TRUE(write_file_atomically(folder_ / "a", ""));
  EXPECT_EQ(read_file(folder_ / "a").value(), "");
  EXPECT_EQ(entries(), 1) << "nothing temporary is left";
}

TEST_F(File, HasTheAskedMode) {
  ASSERT_TRUE(write_file_atomically(folder_ / "secret", "s", 0600));
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(File, SaysWhatIsMissing) {
  EXPECT_EQ(read_file(folder_ / "absent").error().code(), Errc::kNotFound);
  EXPECT_EQ(write_file_atomically(folder_ / "absent" / "a", "x").error().code(), Errc::kNotFound);
  EXPECT_EQ(sync_folder(folder_ / "absent").error().code(), Errc::kNotFound);
  EXPECT_FALSE(read_file(folder_)) << "a folder is not a file";
}

TEST_F(File, LeavesTheOldFileWhenItCannotBeReplaced) {
  fs::create_directory(folder_ / "taken");
  ASSERT_TRUE(write_file_atomically(folder_ / "taken" / "inside", "old"));
  EXPECT_FALSE(write_file_atomically(folder_ / "taken", "new"));
  EXPECT_EQ(read_file(folder_ / "taken" / "inside").value(), "old");
  EXPECT_EQ(entries(), 1) << "nothing temporary is left";
}

}  // namespace
}  // namespace writ::base
