// The vectors of signatures, judged by the venue's side.
#include "examples/venue_sim/binance/keys.hpp"
#include "examples/venue_sim/binance/refusal.hpp"
#include "examples/venue_sim/binance/request.hpp"
#include "tests/support/vectors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace writ::venue_sim {
namespace {

boost::json::object read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return boost::json::parse(std::string{std::istreambuf_iterator<char>(file), {}}).as_object();
}

// The public half of the first test key of RFC 8032.
constexpr const char* kPublicPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

TEST(Signature, EqualsTheHmacVectors) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  std::size_t ran = 0;
  const auto file = read_json(*data / "vectors" / "binance_hmac.json");
  for (const auto& vector : file.at("vectors").as_array()) {
    const auto& expected = vector.at("expected").as_object();
    Key key;
    key.secret = vector.at("inputs").at("secret").as_string().c_str();
    const std::string payload = test::text_of(expected, "signed_payload");
    const std::string signature = test::text_of(expected, "signature");
    EXPECT_TRUE(is_signed(key, payload, signature)) << payload;
    EXPECT_FALSE(is_signed(key, payload + "0", signature)) << payload;
    const Request request = Request::of_rest(payload + "&signature=" + signature, "");
    EXPECT_EQ(request.payload(), payload);
    EXPECT_EQ(request.signature(), signature);
    ++ran;
  }
  EXPECT_GT(ran, 5U);
  std::cout << "binance_hmac: " << ran << " vectors\n";
}

TEST(Signature, EqualsTheEd25519Vectors) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  std::size_t ran = 0;
  const auto file = read_json(*data / "vectors" / "binance_ed25519.json");
  for (const auto& vector : file.at("vectors").as_array()) {
    const auto& expected = vector.at("expected").as_object();
    const Key key{"k", 1, "", kPublicPem};
    const std::string payload = test::text_of(expected, "signed_payload");
    EXPECT_TRUE(is_signed(key, payload, test::text_of(expected, "signature_base64"))) << payload;
    EXPECT_FALSE(is_signed(key, payload + "0", test::text_of(expected, "signature_base64")));
    ++ran;
  }
  EXPECT_GT(ran, 3U);
  std::cout << "binance_ed25519: " << ran << " vectors\n";
}

TEST(Request, IsSignedOverQueryAndBodyAsTheyWere) {
  const Request request = Request::of_rest("symbol=A%20B", "side=BUY&signature=x%2By%3D");
  EXPECT_EQ(request.payload(), "symbol=A%20Bside=BUY");
  EXPECT_EQ(request.signature(), "x+y=");
  EXPECT_EQ(request.text("symbol"), "A B");
}

TEST(Request, OfTheWebSocketApiIsSignedOverSortedParametersAsTheyWereWritten) {
  const Request request = Request::of_message(
      R"({"timestamp":1, "symbol" : "BTCUSDT","quantity":0.00010,"signature":"ff","price":1e-7})");
  EXPECT_EQ(request.payload(), "price=1e-7&quantity=0.00010&symbol=BTCUSDT&timestamp=1");
  EXPECT_EQ(request.signature(), "ff");
}

TEST(Request, PrefersTheQueryToTheBody) {
  EXPECT_EQ(Request::of_rest("a=1", "a=2").text("a"), "1");
}

TEST(FlatMembers, RefuseWhatIsNoObject) {
  for (const char* text : {"", "[", "{\"a\"", "{\"a\":1", "nonsense", "{\"a\" 1}"}) {
    EXPECT_FALSE(flat_members(text)) << text;
  }
  EXPECT_EQ(flat_members(R"({"a":"x,}\"","b":{"c":[1,2]}})")->at(1).second, R"({"c":[1,2]})");
}

}  // namespace
}  // namespace writ::venue_sim
