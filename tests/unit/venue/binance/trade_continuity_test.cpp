#include "host/venue/binance/trade_continuity.hpp"

#include <writ/abi/journal.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace writ::venue::binance {
namespace {

constexpr std::uint32_t kBtcUsdt = 7;
constexpr std::uint32_t kEthUsdt = 8;

class Told {
 public:
  /// What is said to be missing before this trade; empty: nothing.
  std::string trade(std::uint64_t id, std::uint32_t instrument = kBtcUsdt) {
    auto record = model::make_record<writ_trade>();
    record.header.stream = 3;
    record.header.event_ts = 40;
    record.header.ingest_ts = 41;
    record.instrument = instrument;
    record.trade_id = id;
    return tell(record.header);
  }
  void status(std::uint32_t status) {
    auto record = model::make_record<writ_market_status>();
    record.status = status;
    EXPECT_EQ(tell(record.header), "");
  }
  [[nodiscard]] std::uint64_t missing() const { return trades_.missing(); }

 private:
  std::string tell(const writ_record& record) {
    std::string text;
    if (const auto* missing = trades_.missing_before(record)) {
      const auto* said = model::as<writ_command>(*missing);
      EXPECT_NE(said, nullptr);
      EXPECT_EQ(said->command, std::uint32_t{WRIT_OPERATOR_VENUE_WARNING});
      EXPECT_EQ(said->instrument, model::as<writ_trade>(record)->instrument);
      EXPECT_EQ(said->header.stream, 3);
      EXPECT_EQ(said->header.ingest_ts, 41);
      text = model::tail_text(*said, said->text_size);
    }
    trades_.on_told(record);
    return text;
  }

  TradeContinuity trades_{Market::kSpot, {{"BTCUSDT", kBtcUsdt, 3}, {"ETHUSDT", kEthUsdt, 3}}};
};

TEST(TradeContinuity, NamesTheNumbersThatAreMissing) {
  Told told;
  EXPECT_EQ(told.trade(100), "") << "the first follows nothing";
  EXPECT_EQ(told.trade(101), "");
  EXPECT_EQ(told.trade(103), "binance_spot/BTCUSDT: 1 trade is missing, numbers 102 to 102");
  EXPECT_EQ(told.trade(104), "");
  EXPECT_EQ(told.trade(110), "binance_spot/BTCUSDT: 5 trades are missing, numbers 105 to 109");
  EXPECT_EQ(told.missing(), 6U);
}

TEST(TradeContinuity, IsOfEachSymbolByItself) {
  Told told;
  EXPECT_EQ(told.trade(100), "");
  EXPECT_EQ(told.trade(500, kEthUsdt), "");
  EXPECT_EQ(told.trade(101), "");
  EXPECT_EQ(told.trade(502, kEthUsdt),
            "binance_spot/ETHUSDT: 1 trade is missing, numbers 501 to 501");
}

TEST(TradeContinuity, GoesOnOverAnInterruption) {
  Told told;
  EXPECT_EQ(told.trade(100), "");
  told.status(WRIT_MARKET_DISCONNECTED);
  told.status(WRIT_MARKET_CONNECTED);
  EXPECT_EQ(told.trade(141),
            "binance_spot/BTCUSDT: 40 trades are missing, numbers 101 to 140, "
            "over an interruption of the feed");
  EXPECT_EQ(told.trade(143), "binance_spot/BTCUSDT: 1 trade is missing, numbers 142 to 142");
}

TEST(TradeContinuity, BeginsAnewWhereTheVenueNumbersAnew) {
  Told told;
  EXPECT_EQ(told.trade(100), "");
  EXPECT_EQ(told.trade(5), "");
  EXPECT_EQ(told.trade(7), "binance_spot/BTCUSDT: 1 trade is missing, numbers 6 to 6");
  EXPECT_EQ(told.missing(), 1U);
}

}  // namespace
}  // namespace writ::venue::binance
