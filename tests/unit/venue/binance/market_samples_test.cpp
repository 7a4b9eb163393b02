// Market messages of the venue's samples, by the codec recordings are read with.
#include "host/base/file.hpp"
#include "host/feed/binance_codec.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <string>

namespace writ::venue::binance {
namespace {

namespace fs = std::filesystem;

/// Three of the samples have placeholders for times, of the year 1970, which no venue sends.
std::string with_real_times(std::string text) {
  for (auto at = text.find("1234567"); at != text.npos; at = text.find("1234567", at + 1)) {
    constexpr std::size_t kDigits = 9;
    const bool is_time = text.find_first_not_of("0123456789", at) == at + kDigits;
    if (is_time) text.replace(at, kDigits, "1568879465651");
  }
  return text;
}

TEST(MarketSamples, AreDecodedOrNamed) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const fs::path samples = *data / "binance_messages" / "nautilus_rs";
  feed::BinanceCodec codec;
  std::map<std::string, int> records;
  std::map<std::string, int> unknown;
  const auto decode = [&](const fs::path& file) {
    SCOPED_TRACE(file.string());
    const auto text = base::read_file(file);
    ASSERT_TRUE(text);
    const auto message = codec.decode(with_real_times(*text));
    ASSERT_TRUE(message) << base::to_string(message.error());
    const std::string event(message->event);
    ASSERT_FALSE(event.empty());
    ++(message->kind == feed::BinanceMessage::Kind::kRecord ? records : unknown)[event];
  };
  for (const auto& entry : fs::directory_iterator(samples / "futures" / "market_data_json")) {
    decode(entry.path());
  }
  decode(samples / "spot" / "http_json" / "depth_response.json");
  const std::map<std::string, int> expected = {
      {"aggTrade", 1},   {"bookTicker", 1},      {"depth", 1}, {"depthUpdate", 1},
      {"forceOrder", 1}, {"markPriceUpdate", 1}, {"trade", 1}};
  EXPECT_EQ(records, expected);
  EXPECT_EQ(unknown, (std::map<std::string, int>{{"24hrTicker", 1}, {"kline", 2}}));
  std::cout << "market data: 10 samples, 7 records, 3 of types no record is made of\n";
}

}  // namespace
}  // namespace writ::venue::binance
