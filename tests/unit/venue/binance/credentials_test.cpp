#include "host/venue/binance/credentials.hpp"

#include "host/base/file.hpp"
#include "host/base/input_error.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

class CredentialsFile : public testing::Test {
 protected:
  CredentialsFile() {
    std::string pattern = (fs::temp_directory_path() / "writ_credentials_XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~CredentialsFile() override { fs::remove_all(folder_); }

  std::string file(std::string_view content, mode_t mode = 0600) {
    const fs::path path = folder_ / "keys";
    EXPECT_TRUE(base::write_file_atomically(path, content, mode));
    return path.string();
  }

  /// What a person is told of a file that is refused.
  std::string refusal(std::string_view content, mode_t mode = 0600) {
    try {
      (void)read_credentials(file(content, mode));
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "accepted";
  }

  fs::path folder_;
};

TEST_F(CredentialsFile, HoldsAKeyAndItsSecret) {
  const auto read =
      read_credentials(file("# of the test net\n\napi_key: abc\r\nsecret:  s3cret \n"));
  EXPECT_EQ(read.api_key, "abc");
  EXPECT_EQ(read.signer.kind(), KeyKind::kHmac);
  EXPECT_EQ(read.signer.sign("a=1"), Signer::hmac("s3cret").sign("a=1"));
}

TEST_F(CredentialsFile, HoldsAKeyAndAPrivateKey) {
  const auto read = read_credentials(file("api_key: abc\n" + std::string(kPem)));
  EXPECT_EQ(read.signer.kind(), KeyKind::kEd25519);
  EXPECT_EQ(read.signer.sign("a=1"), Signer::ed25519(kPem)->sign("a=1"));
}

TEST_F(CredentialsFile, OpenToOthersIsRefusedWithTheWayOut) {
  const std::string whole = "api_key: abc\nsecret: s3cret\n";
  for (const mode_t mode : {0644, 0640, 0604, 0620, 0602}) {
    const std::string text = refusal(whole, mode);
    EXPECT_NE(text.find("chmod 600 "), std::string::npos) << text;
  }
  EXPECT_NE(refusal(whole, 0644).find("(mode 0644)"), std::string::npos);
  EXPECT_EQ(refusal(whole, 0600), "accepted");
  EXPECT_EQ(refusal(whole, 0400), "accepted");
}

TEST_F(CredentialsFile, ThatIsNoFileIsRefused) {
  EXPECT_THROW((void)read_credentials((folder_ / "absent").string()), base::InputError);
  EXPECT_THROW((void)read_credentials(folder_.string()), base::InputError);
  const std::string fifo = (folder_ / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THROW((void)read_credentials(fifo), base::InputError);
}

TEST_F(CredentialsFile, IncompleteIsRefusedWithItsLine) {
  const std::string at = (folder_ / "keys").string();
  EXPECT_EQ(refusal(""), at + ": no `api_key:`");
  EXPECT_EQ(refusal("api_key: abc\n"), at + ": no `secret:` and no private key");
  EXPECT_EQ(refusal("secret: s3cret\n"), at + ": no `api_key:`");
  EXPECT_EQ(refusal("api_key:\n"), at + ":1: `api_key:` has no value");
  EXPECT_EQ(refusal("api_key: a\nsecret: b\nsecret: c\n"), at + ":3: `secret:` a second time");
  EXPECT_EQ(refusal("api_key: a\n-----BEGIN PRIVATE KEY-----\nAAAA\n"),
            at + ":2: the private key that begins here has no end");
  EXPECT_NE(refusal("api_key: a\nsecret: b\n" + std::string(kPem)).find("which one signs?"),
            std::string::npos);
}

TEST_F(CredentialsFile, RefusedShowsNothingOfItself) {
  for (const std::string_view content :
       {"api_key: hunter2\nsecrt: hunter2\n", "hunter2", "api_key: hunter2\napi_key: hunter2\n",
        "api_key: hunter2\n-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"}) {
    const std::string text = refusal(content);
    EXPECT_NE(text, "accepted");
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
  }
}

TEST(CredentialsOfTheEnvironment, AreTakenOutOfIt) {
  ASSERT_EQ(::setenv("WRIT_T_API_KEY", "abc", 1), 0);
  ASSERT_EQ(::setenv("WRIT_T_SECRET", "s3cret", 1), 0);
  const char* const value = std::getenv("WRIT_T_SECRET");
  const auto taken = take_credentials("WRIT_T");
  EXPECT_EQ(taken.api_key, "abc");
  EXPECT_EQ(taken.signer.sign("a=1"), Signer::hmac("s3cret").sign("a=1"));
  EXPECT_EQ(std::getenv("WRIT_T_API_KEY"), nullptr);
  EXPECT_EQ(std::getenv("WRIT_T_SECRET"), nullptr);
  EXPECT_EQ(*value, '\0');  // what /proc shows is wiped too

  ASSERT_EQ(::setenv("WRIT_T_API_KEY", "abc", 1), 0);
  ASSERT_EQ(::setenv("WRIT_T_PRIVATE_KEY", std::string(kPem).c_str(), 1), 0);
  EXPECT_EQ(take_credentials("WRIT_T").signer.kind(), KeyKind::kEd25519);
}

TEST(CredentialsOfTheEnvironment, ThatAreNotThereAreNamed) {
  const auto refusal = [] {
    try {
      (void)take_credentials("WRIT_T");
    } catch (const base::InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal(), "no variable WRIT_T_API_KEY in the environment");
  ASSERT_EQ(::setenv("WRIT_T_API_KEY", "abc", 1), 0);
  EXPECT_EQ(refusal(), "no variable WRIT_T_SECRET or WRIT_T_PRIVATE_KEY in the environment");
}

}  // namespace
}  // namespace writ::venue::binance
