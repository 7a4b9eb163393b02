// The published and the generated vectors of request signatures.
#include "host/base/file.hpp"
#include "host/venue/binance/parameters.hpp"
#include "host/venue/binance/signer.hpp"
#include "tests/support/vectors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

// Of the published examples, which name them.
constexpr std::string_view kDocumentedSecret =
    "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
constexpr std::string_view kDocumentedKey =
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
// The first test key of RFC 8032, as PKCS #8.
constexpr std::string_view kRfc8032Pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

boost::json::object read_json(const std::filesystem::path& file) {
  const auto text = base::read_file(file);
  if (!text) throw std::runtime_error(file.string() + " cannot be read");
  return boost::json::parse(*text).as_object();
}

/// The parameters of a payload as it was signed, values as they were before they were encoded.
Parameters parameters_of(std::string_view payload) {
  Parameters parameters;
  while (!payload.empty()) {
    const std::string_view pair = payload.substr(0, payload.find('&'));
    payload.remove_prefix(std::min(pair.size() + 1, payload.size()));
    const std::size_t equals = pair.find('=');
    std::string value;
    for (std::size_t i = equals + 1; i < pair.size(); ++i) {
      if (pair[i] == '%') {
        value += static_cast<char>(std::stoi(std::string(pair.substr(i + 1, 2)), nullptr, 16));
        i += 2;
      } else {
        value += pair[i];
      }
    }
    parameters.add(pair.substr(0, equals), value);
  }
  return parameters;
}

TEST(Signer, EqualsTheHmacVectors) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto file = read_json(*data / "vectors" / "binance_hmac.json");
  std::size_t ran = 0;
  for (const auto& value : test::member(file, "vectors").as_array()) {
    const auto& vector = value.as_object();
    const std::string name = test::text_of(vector, "name");
    const auto& expected = test::member(vector, "expected").as_object();
    const std::string payload = test::text_of(expected, "signed_payload");
    const auto signer =
        Signer::hmac(test::text_of(test::member(vector, "inputs").as_object(), "secret"));
    const std::string signature = test::text_of(expected, "signature");
    EXPECT_EQ(signer.sign(payload), signature) << name;
    const Parameters parameters = parameters_of(payload);
    EXPECT_EQ(parameters.query(), payload) << name;
    EXPECT_EQ(parameters.signed_query(signer), payload + "&signature=" + signature) << name;
    ++ran;
  }
  EXPECT_EQ(ran, 8U);
  std::cout << "binance_hmac: " << ran << " vectors\n";
}

TEST(Signer, EqualsTheEd25519Vectors) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto file = read_json(*data / "vectors" / "binance_ed25519.json");
  std::size_t ran = 0;
  for (const auto& value : test::member(file, "vectors").as_array()) {
    const auto& vector = value.as_object();
    const std::string name = test::text_of(vector, "name");
    const auto& expected = test::member(vector, "expected").as_object();
    const std::string payload = test::text_of(expected, "signed_payload");
    const auto signer =
        Signer::ed25519(test::text_of(test::member(vector, "inputs").as_object(), "pkcs8_pem"));
    ASSERT_TRUE(signer) << name;
    const std::string signature = test::text_of(expected, "signature_base64");
    EXPECT_EQ(signer->sign(payload), signature) << name;
    if (expected.contains("signature_percent_encoded_for_REST")) {
      EXPECT_EQ(percent_encoded(signature),
                test::text_of(expected, "signature_percent_encoded_for_REST"))
          << name;
    }
    if (expected.contains("sent_body")) {
      EXPECT_EQ(parameters_of(payload).signed_query(*signer), test::text_of(expected, "sent_body"))
          << name;
    }
    ++ran;
  }
  EXPECT_EQ(ran, 5U);
  std::cout << "binance_ed25519: " << ran << " vectors\n";
}

TEST(Signer, EqualsThePublishedExamples) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto file = read_json(*data / "signing" / "binance_vectors_published.json");
  const auto signer = Signer::hmac(test::text_of(file, "secretKey"));
  std::size_t ran = 0;
  for (const auto& value : test::member(file, "hmac").as_array()) {
    const auto& vector = value.as_object();
    const std::string payload = test::text_of(vector, "payload");
    const std::string name = test::text_of(vector, "name");
    EXPECT_EQ(signer.sign(payload), test::text_of(vector, "signature")) << name;
    if (name.substr(0, 3) == "ws_") {
      EXPECT_EQ(parameters_of(payload).sorted_payload(), payload) << name;
    } else {
      EXPECT_EQ(parameters_of(payload).query(), payload) << name;
    }
    ++ran;
  }
  EXPECT_EQ(ran, 4U);
  std::cout << "published by the venue: " << ran << " vectors\n";
}

TEST(Parameters, AreSignedAsTheQueryThatIsSent) {
  Parameters parameters;
  parameters.add("symbol", "LTCBTC").add("side", "BUY").add("type", "LIMIT");
  parameters.add("timeInForce", "GTC").add("quantity", "1").add("price", "0.1");
  parameters.add("recvWindow", 5000).add("timestamp", 1'499'827'319'559);
  EXPECT_EQ(parameters.signed_query(Signer::hmac(kDocumentedSecret)),
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
            "&timestamp=1499827319559&signature="
            "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
}

TEST(Parameters, OfTheWebSocketApiAreSignedSortedAndUnencoded) {
  Parameters parameters;
  parameters.add("symbol", "BTCUSDT").add("side", "SELL").add("type", "LIMIT");
  parameters.add("timeInForce", "GTC").add("quantity", "0.01000000").add("price", "52000.00");
  parameters.add("recvWindow", 100).add("timestamp", 1'645'423'376'532);
  parameters.add("apiKey", kDocumentedKey);
  const std::string json = parameters.signed_json(Signer::hmac(kDocumentedSecret));
  const auto sent = boost::json::parse(json).as_object();
  EXPECT_EQ(test::text_of(sent, "signature"),
            "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24");
  EXPECT_EQ(test::text_of(sent, "quantity"), "0.01000000");
  EXPECT_EQ(test::integer_of(sent, "timestamp"), 1'645'423'376'532);
  EXPECT_EQ(sent.size(), 10U);
}

TEST(Parameters, AreEncodedByteByByte) {
  EXPECT_EQ(percent_encoded("aZ09-_.~"), "aZ09-_.~");
  EXPECT_EQ(percent_encoded("a b+c/d=e&f%"), "a%20b%2Bc%2Fd%3De%26f%25");
  EXPECT_EQ(percent_encoded("\xEF\xBC\x91"), "%EF%BC%91");
}

TEST(Signer, OfEd25519IsTheOneOfTheVectors) {
  const auto signer = Signer::ed25519(kRfc8032Pem);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->kind(), KeyKind::kEd25519);
  EXPECT_EQ(signer->sign("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2"
                         "&timestamp=1668481559918&recvWindow=5000"),
            "XtZirsmmi0noRzUfkqktvkVfxpkq/WtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg"
            "==");
}

TEST(Signer, RefusesWhatIsNoEd25519Key) {
  EXPECT_EQ(Signer::ed25519("").error().code(), base::Errc::kInvalid);
  EXPECT_EQ(Signer::ed25519("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
                .error()
                .code(),
            base::Errc::kInvalid);
  // A throwaway key of NIST P-256.
  EXPECT_EQ(Signer::ed25519("-----BEGIN PRIVATE KEY-----\n"
                            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1zJuvcKxLZioi7s/\n"
                            "+T+rGQj79uyupYDHkaWMTLteu5WhRANCAASPBGFTBx18zaVNuUtXA0J/vsD8dkHj\n"
                            "sGogNKQBWtIL8u7/vdDfrLFfYmRNx028T53C/VsylZAyg52QAgLxfuct\n"
                            "-----END PRIVATE KEY-----\n")
                .error()
                .code(),
            base::Errc::kUnsupported);
}

}  // namespace
}  // namespace writ::venue::binance
