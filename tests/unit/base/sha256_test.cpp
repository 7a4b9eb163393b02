#include "host/base/sha256.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace writ::base {
namespace {

constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), kOfAbc);
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, GoesOnAfterADigestAndAcrossCopiesAndMoves) {
  Sha256 hash;
  hash.update("a");
  EXPECT_EQ(hash.hex(), sha256_hex("a"));
  Sha256 copy(hash);
  hash.update("bc");
  EXPECT_EQ(hash.hex(), kOfAbc);
  EXPECT_EQ(copy.hex(), sha256_hex("a"));
  Sha256 moved(std::move(copy));
  moved.update(std::as_bytes(std::span("bc", 2)));
  EXPECT_EQ(moved.hex(), kOfAbc);
  copy = hash;
  EXPECT_EQ(copy.hex(), kOfAbc);
}

}  // namespace
}  // namespace writ::base
