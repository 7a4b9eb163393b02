#include "host/journal/objects.hpp"

#include "host/base/file.hpp"
#include "host/base/hex.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::journal::test {
namespace {

TEST(Objects, AreKeptUnderTheirHashOnce) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto source = folder.path() / "plugin.so";
  ASSERT_TRUE(base::write_file_atomically(source, "not really a shared object"));
  const auto hash = store_file(storage, folder.path(), source);
  ASSERT_TRUE(hash);
  EXPECT_EQ(base::to_hex(*hash), base::sha256_hex("not really a shared object"));
  const auto kept = base::read_file(object_path(folder.path(), *hash));
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, "not really a shared object");

  const auto again = store_file(storage, folder.path(), source);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *hash);
  EXPECT_EQ(storage.list(folder.path() / "objects")->size(), 1U);
}

TEST(Objects, AFileThatIsNotThereIsAnError) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto hash = store_file(storage, folder.path(), folder.path() / "none.so");
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code(), base::Errc::kNotFound);
}

}  // namespace
}  // namespace writ::journal::test
