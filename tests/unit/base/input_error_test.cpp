#include "host/base/input_error.hpp"

#include <gtest/gtest.h>

namespace writ::base {
namespace {

TEST(InputError, NamesThePlaceInOneLine) {
  EXPECT_STREQ(InputError("writ.yaml", 12, 5, "unknown key 'spred'").what(),
               "writ.yaml:12:5: unknown key 'spred'");
  EXPECT_STREQ(InputError("writ.yaml", 12, 0, "tab").what(), "writ.yaml:12: tab");
  EXPECT_STREQ(InputError("writ.yaml", "empty").what(), "writ.yaml: empty");
  EXPECT_STREQ(InputError("", "--for needs a duration").what(), "--for needs a duration");
  EXPECT_STREQ(InputError::at_offset("day.tape", 4096, "checksum differs").what(),
               "day.tape: offset 4096: checksum differs");
}

TEST(InputError, StaysOneLineWhateverTheInputHeld) {
  EXPECT_STREQ(InputError("a", 1, 1, "unknown key 'x\ny\r'").what(), "a:1:1: unknown key 'x y '");
}

TEST(InputError, KeepsItsParts) {
  const InputError text("f", 3, 4, "m");
  EXPECT_EQ(text.file(), "f");
  EXPECT_EQ(text.line(), 3);
  EXPECT_EQ(text.column(), 4);
  EXPECT_EQ(text.message(), "m");
  EXPECT_FALSE(text.offset());
  EXPECT_EQ(InputError::at_offset("f", 0, "m").offset(), 0U);
}

}  // namespace
}  // namespace writ::base
