#include "host/venue/binance/user_events.hpp"

#include "host/base/file.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

namespace fs = std::filesystem;

std::int64_t nano(std::string_view text) { return parse_nano(text).value; }
Money money(std::string_view text) { return parse_money(text).value; }

/// One event, its records copied out.
struct Told {
  UserEvent event;
  std::vector<writ_report> reports;
  std::vector<std::string> texts;
  std::vector<writ_fill> fills;
  std::vector<writ_deposit> deposits;
};

class Stream {
 public:
  explicit Stream(Market market, AssetPrice price = nullptr)
      : names_(test::names(market)), events_(names_, std::move(price)) {}

  Told tell(std::string_view json) {
    Told told;
    auto decoded = events_.decode(json);
    EXPECT_TRUE(decoded) << base::to_string(decoded.error());
    if (!decoded) return told;
    for (const writ_record* record : decoded->records) {
      if (const auto* report = model::as<writ_report>(*record)) {
        told.reports.push_back(*report);
        told.texts.emplace_back(model::tail_text(*report, report->text_size));
      } else if (const auto* fill = model::as<writ_fill>(*record)) {
        told.fills.push_back(*fill);
      } else if (const auto* deposit = model::as<writ_deposit>(*record)) {
        told.deposits.push_back(*deposit);
      } else {
        ADD_FAILURE() << "a record of type " << record->type;
      }
    }
    told.event = std::move(*decoded);
    return told;
  }

  UserEvents& events() { return events_; }

 private:
  VenueNames names_;
  UserEvents events_;
};

/// An executionReport of an order of ours; `what` are the fields that differ.
std::string execution(const std::string& what,
                      const std::string& id = "wr1-ufpi367fz4yrerhbje3kv5gp") {
  return R"({"e":"executionReport","E":1709654400001,"s":"ETHUSDT","c":")" + id +
         R"(","S":"BUY","o":"LIMIT","q":"2.00000000","p":"2500.00000000","C":"","r":"NONE",)"
         R"("i":12345678,"T":1709654400000,"t":-1,"m":true,)" +
         what + "}";
}

constexpr std::string_view kQuiet = R"("l":"0","z":"0.25","L":"0","n":"0","N":null)";

TEST(UserEvents, AnOrderOfOursIsReportedUnderItsId) {
  Stream stream(Market::kSpot);
  const Told told =
      stream.tell(execution(R"("f":"GTC","x":"NEW","X":"NEW",)" + std::string(kQuiet)));
  EXPECT_EQ(told.event.kind, UserEvent::Kind::kOrder);
  ASSERT_EQ(told.reports.size(), 1U);
  const writ_report& report = told.reports[0];
  EXPECT_EQ(report.kind, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(report.instrument, test::kEthUsdt);
  EXPECT_EQ(report.account, test::kAccount);
  EXPECT_EQ(report.book, WRIT_BOOK_MAIN);
  EXPECT_EQ(report.price, nano("2500"));
  EXPECT_EQ(report.quantity, nano("2"));
  EXPECT_EQ(report.filled, nano("0.25"));
  EXPECT_EQ(report.header.event_ts, 1'709'654'400'000'000'000);
  EXPECT_EQ(report.venue_seq, 1'709'654'400'000'000'000U);
  EXPECT_EQ(model::text_of(report.client_order_id), "wr1-ufpi367fz4yrerhbje3kv5gp");
  EXPECT_EQ(model::text_of(report.venue_order_id), "12345678");
}

TEST(UserEvents, ATradeIsAFillWithItsFeeAsCharged) {
  Stream stream(Market::kSpot, [](std::uint32_t asset, std::uint32_t into) -> std::optional<Price> {
    if (asset == test::kBnb && into == test::kUsdt) return Price{nano("600")};
    return std::nullopt;
  });
  const auto of = [&](const char* fee) {
    const std::string json =
        R"({"e":"executionReport","E":1709654400001,"s":"ETHUSDT","c":"wr1-a","S":"BUY",)"
        R"("o":"LIMIT","f":"GTC","q":"2","p":"2500","C":"","x":"TRADE","X":"PARTIALLY_FILLED",)"
        R"("i":12345678,"l":"0.50000000","z":"0.75000000","L":"2499.50000000",)"
        R"("T":1709654400000,"t":77,"m":true,)" +
        std::string(fee) + "}";
    return stream.tell(json);
  };
  Told told = of(R"("n":"0.00050000","N":"ETH")");
  ASSERT_EQ(told.fills.size(), 1U);
  EXPECT_TRUE(told.reports.empty());
  const writ_fill& fill = told.fills[0];
  EXPECT_EQ(fill.side, WRIT_SIDE_BUY);
  EXPECT_EQ(fill.liquidity, WRIT_LIQUIDITY_MAKER);
  EXPECT_EQ(fill.price, nano("2499.5"));
  EXPECT_EQ(fill.quantity, nano("0.5"));
  EXPECT_EQ(fill.fee_asset, test::kEth);
  EXPECT_EQ(from_abi(fill.fee_asset_quantity), money("0.0005"));
  EXPECT_EQ(from_abi(fill.fee), money("1.24975")) << "in the quote asset, at the fill's price";
  EXPECT_EQ(model::text_of(fill.exchange_trade_id), "77");
  EXPECT_EQ(fill.order_id, 0U) << "the core finds it by its client order id";

  told = of(R"("n":"1.249750000000000001","N":"USDT")");
  EXPECT_EQ(from_abi(told.fills.at(0).fee), money("1.249750000000000001"));
  told = of(R"("n":"0.00200000","N":"BNB")");
  EXPECT_EQ(from_abi(told.fills.at(0).fee), money("1.2"));
  EXPECT_TRUE(told.event.unpriced_fees.empty());
  told = of(R"("n":"0.00200000","N":"LTC")");
  EXPECT_EQ(from_abi(told.fills.at(0).fee), Money{});
  EXPECT_EQ(from_abi(told.fills.at(0).fee_asset_quantity), money("0.002"));
  EXPECT_EQ(told.event.unpriced_fees, std::vector<std::string>{"LTC"}) << "named, never guessed";
  told = of(R"("n":"0","N":null)");
  EXPECT_TRUE(told.event.unpriced_fees.empty());
}

/// What one execution report comes to: kind and reason.
std::pair<int, int> outcome(const std::string& what) {
  Stream stream(Market::kSpot);
  const Told told = stream.tell(execution(what + "," + std::string(kQuiet)));
  if (told.reports.size() != 1) return {-1, -1};
  return {told.reports[0].kind, told.reports[0].reason};
}

TEST(UserEvents, EndsOfOrdersSayWhy) {
  using Outcome = std::pair<int, int>;
  EXPECT_EQ(outcome(R"("f":"GTC","x":"CANCELED","X":"CANCELED")"),
            Outcome(WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER));
  EXPECT_EQ(outcome(R"("f":"IOC","x":"EXPIRED","X":"EXPIRED")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY));
  EXPECT_EQ(outcome(R"("f":"FOK","x":"EXPIRED","X":"EXPIRED")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY));
  EXPECT_EQ(outcome(R"("f":"GTX","x":"EXPIRED","X":"EXPIRED")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_POST_ONLY));
  EXPECT_EQ(outcome(R"("f":"GTD","x":"EXPIRED","X":"EXPIRED")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_EXPIRY));
  EXPECT_EQ(outcome(R"("f":"GTC","x":"EXPIRED","X":"EXPIRED","eR":"PRICE_RANGE")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(outcome(R"("f":"GTC","x":"TRADE_PREVENTION","X":"EXPIRED_IN_MATCH")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_SELF_TRADE));
  EXPECT_EQ(outcome(R"("f":"GTC","x":"EXPIRED","X":"EXPIRED_IN_MATCH")"),
            Outcome(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_SELF_TRADE));
  EXPECT_EQ(outcome(R"("f":"GTC","x":"REJECTED","X":"REJECTED")"),
            Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(outcome(R"("f":"GTC","x":"REPLACED","X":"NEW")"),
            Outcome(WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_NONE));
}

TEST(UserEvents, ACancelsOwnIdIsNotTheOrders) {
  Stream stream(Market::kSpot);
  std::string json = execution(R"("f":"GTC","x":"CANCELED","X":"CANCELED",)" + std::string(kQuiet),
                               "the-cancels-id");
  json.replace(json.find(R"("C":"")"), 6, R"("C":"wr1-ufpi367fz4yrerhbje3kv5gp")");
  const Told told = stream.tell(json);
  ASSERT_EQ(told.reports.size(), 1U);
  EXPECT_EQ(model::text_of(told.reports[0].client_order_id), "wr1-ufpi367fz4yrerhbje3kv5gp");
}

TEST(UserEvents, WhatSelfTradePreventionTookOffIsAnAmendment) {
  Stream stream(Market::kSpot);
  const Told told = stream.tell(
      execution(R"("f":"GTC","x":"TRADE_PREVENTION","X":"NEW","A":"0.5",)" + std::string(kQuiet)));
  ASSERT_EQ(told.reports.size(), 1U);
  EXPECT_EQ(told.reports[0].kind, WRIT_REPORT_REPLACED);
  EXPECT_EQ(told.reports[0].quantity, nano("1.5"));
}

TEST(UserEvents, AnOrderOfOthersIsExternal) {
  Stream stream(Market::kSpot);
  const Told told =
      stream.tell(execution(R"("f":"GTC","x":"NEW","X":"NEW",)" + std::string(kQuiet), "web_17"));
  ASSERT_EQ(told.reports.size(), 1U);
  EXPECT_EQ(told.reports[0].kind, WRIT_REPORT_EXTERNAL);
  EXPECT_EQ(model::text_of(told.reports[0].client_order_id), "ext-binance_spot-12345678");
  EXPECT_EQ(told.texts[0], "web_17");
}

TEST(UserEvents, WhatIsNotTradedHereIsNamedOnly) {
  Stream stream(Market::kUsdm);
  std::string json = execution(R"("f":"GTC","x":"NEW","X":"NEW",)" + std::string(kQuiet));
  json.replace(json.find("ETHUSDT"), 7, "XYZUSDT");
  const Told told = stream.tell(json);
  EXPECT_TRUE(told.event.records.empty());
  EXPECT_EQ(told.event.unknown_names, std::vector<std::string>{"XYZUSDT"});
}

TEST(UserEvents, BalancesOfSpotAreFreeAndLocked) {
  Stream stream(Market::kSpot);
  const Told told = stream.tell(
      R"({"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1709654400000,"u":1,)"
      R"("B":[{"a":"USDT","f":"10000.5","l":"2500.25"},{"a":"XYZ","f":"1","l":"0"}]}})");
  EXPECT_EQ(told.event.kind, UserEvent::Kind::kAccount);
  const std::vector<execution::VenueBalance> expected = {
      {test::kAccount, test::kUsdt, money("12500.75")}};
  EXPECT_EQ(told.event.balances, expected);
  EXPECT_EQ(told.event.unknown_names, std::vector<std::string>{"XYZ"});
  EXPECT_TRUE(told.deposits.empty());
}

TEST(UserEvents, ATransferIsADeposit) {
  Stream stream(Market::kSpot);
  Told told = stream.tell(
      R"({"e":"balanceUpdate","E":1709654400000,"a":"BTC","d":"-0.001","T":1709654400000})");
  ASSERT_EQ(told.deposits.size(), 1U);
  EXPECT_EQ(told.deposits[0].account, test::kAccount);
  EXPECT_EQ(told.deposits[0].asset, test::kBtc);
  EXPECT_EQ(from_abi(told.deposits[0].amount), money("-0.001"));

  Stream futures(Market::kUsdm);
  const auto of = [&](const std::string& cause) {
    return futures.tell(R"({"e":"ACCOUNT_UPDATE","E":1709654400001,"T":1709654400000,"a":{"m":")" +
                        cause + R"(","B":[{"a":"USDT","wb":"150","cw":"150","bc":"50"}],"P":[]}})");
  };
  told = of("DEPOSIT");
  EXPECT_EQ(told.event.cause, AccountCause::kTransfer);
  ASSERT_EQ(told.deposits.size(), 1U);
  EXPECT_EQ(from_abi(told.deposits[0].amount), money("50"));
  told = of("FUNDING_FEE");
  EXPECT_EQ(told.event.cause, AccountCause::kFunding);
  EXPECT_TRUE(told.deposits.empty());
  ASSERT_EQ(told.event.changes.size(), 1U);
  EXPECT_EQ(told.event.changes[0].amount, money("50"));
  told = of("INSURANCE_CLEAR");
  EXPECT_EQ(told.event.cause, AccountCause::kOther);
  EXPECT_TRUE(told.deposits.empty());
}

TEST(UserEvents, PositionsAreOfOneWayModeOnly) {
  Stream stream(Market::kUsdm);
  const auto of = [&](const std::string& positions) {
    return stream
        .tell(R"({"e":"ACCOUNT_UPDATE","E":1709654400001,"T":1709654400000,"a":{"m":"ORDER",)"
              R"("B":[],"P":[)" +
              positions + "]}}")
        .event;
  };
  UserEvent event = of(R"({"s":"BTCUSDT","pa":"-0.5","ps":"BOTH"})");
  const std::vector<execution::VenuePosition> expected = {
      {test::kAccount, test::kBtcUsdt, Quantity{nano("-0.5")}}};
  EXPECT_EQ(event.positions, expected);
  EXPECT_FALSE(event.hedged);
  event = of(R"({"s":"BTCUSDT","pa":"0","ps":"LONG"})");
  EXPECT_FALSE(event.hedged);
  event = of(R"({"s":"BTCUSDT","pa":"1","ps":"LONG"})");
  EXPECT_TRUE(event.hedged);
  EXPECT_TRUE(event.positions.empty());
}

TEST(UserEvents, NewEventTypesAreCounted) {
  Stream stream(Market::kSpot);
  EXPECT_EQ(stream.tell(R"({"e":"ofTomorrow","E":1,"x":[1,{"y":2}]})").event.kind,
            UserEvent::Kind::kNew);
  stream.tell(R"({"e":"ofTomorrow"})");
  EXPECT_EQ(stream.events().new_events().at("ofTomorrow"), 2U);
  EXPECT_EQ(stream.tell(R"({"stream":"k","data":{"e":"listenKeyExpired","E":1,"listenKey":"k"}})")
                .event.kind,
            UserEvent::Kind::kStreamEnded);
  EXPECT_EQ(
      stream.tell(R"({"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}})").event.kind,
      UserEvent::Kind::kStreamEnded);
  EXPECT_EQ(stream.tell(R"({"e":"MARGIN_CALL","E":1,"p":[]})").event.kind,
            UserEvent::Kind::kMarginCall);
  EXPECT_EQ(stream.events().new_events().size(), 1U);
}

TEST(UserEvents, WhatIsNotUnderstoodIsAnErrorThatNamesTheField) {
  const VenueNames names = test::names(Market::kSpot);
  UserEvents events(names, nullptr);
  EXPECT_EQ(events.decode("{").error().code(), base::Errc::kCorrupt);
  EXPECT_STREQ(events.decode(R"({"result":null,"id":1})").error().step(), "e");
  const auto wrong = [&](const std::string& what) {
    const auto decoded = events.decode(execution(what + "," + std::string(kQuiet)));
    return decoded ? std::string("decoded") : std::string(decoded.error().step());
  };
  EXPECT_EQ(wrong(R"("f":"GTC","x":"NEW","X":"OF_TOMORROW")"), "X");
  EXPECT_EQ(wrong(R"("f":"GTC","x":"OF_TOMORROW","X":"NEW")"), "x");
  EXPECT_EQ(wrong(R"("f":"GTC","X":"NEW")"), "x");
  std::string no_side = execution(R"("f":"GTC","x":"NEW","X":"NEW",)" + std::string(kQuiet));
  no_side.replace(no_side.find(R"("S":"BUY")"), 9, R"("S":"HOLD")");
  EXPECT_STREQ(events.decode(no_side).error().step(), "S");
}

fs::path samples(const fs::path& data) { return data / "binance_messages" / "nautilus_rs"; }

std::string sample(const fs::path& file) {
  const auto text = base::read_file(file);
  EXPECT_TRUE(text) << file;
  return text ? *text : "";
}

TEST(UserEvents, EverySampleIsRead) {
  const auto data = writ::test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  std::size_t ran = 0;
  std::size_t records = 0;
  for (const Market market : {Market::kSpot, Market::kUsdm}) {
    Stream stream(market);
    const fs::path folder =
        samples(*data) / (market == Market::kSpot ? "spot" : "futures") / "user_data_json";
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path());
    for (const fs::path& file : files) {
      SCOPED_TRACE(file.string());
      const Told told = stream.tell(sample(file));
      EXPECT_FALSE(told.event.name.empty());
      records += told.event.records.size();
      ++ran;
    }
    EXPECT_TRUE(stream.events().new_events().empty());
  }
  EXPECT_EQ(ran, 25U);
  std::cout << "user data stream: " << ran << " samples, " << records << " records\n";
}

TEST(UserEvents, OrdersTheVenueMadeAreFilledWithoutAnIntent) {
  const auto data = writ::test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  Stream stream(Market::kUsdm);
  const fs::path folder = samples(*data) / "futures" / "user_data_json";
  const auto told = [&](const char* name) {
    return stream.tell(sample(folder / (std::string("order_update_") + name + ".json")));
  };
  for (const char* name : {"calculated", "adl", "settlement", "insurance"}) {
    SCOPED_TRACE(name);
    const Told one = told(name);
    ASSERT_EQ(one.fills.size(), 1U);
    EXPECT_TRUE(one.reports.empty());
    EXPECT_EQ(model::text_of(one.fills[0].client_order_id).substr(0, 17), "ext-binance_usdm-");
  }
  const Told liquidation = told("calculated");
  EXPECT_EQ(liquidation.fills[0].side, WRIT_SIDE_SELL);
  EXPECT_EQ(liquidation.fills[0].price, nano("9910.12"));
  EXPECT_EQ(liquidation.fills[0].quantity, nano("0.014"));
  EXPECT_EQ(from_abi(liquidation.fills[0].fee), money("0.06937084"));
  const Told pending = told("calculated_pending");
  ASSERT_EQ(pending.reports.size(), 1U);
  EXPECT_EQ(pending.reports[0].kind, WRIT_REPORT_EXTERNAL);
  EXPECT_EQ(pending.texts[0], "autoclose-pending-0000");
  EXPECT_EQ(told("delivery").event.unknown_names, std::vector<std::string>{"BTCUSD_240329"});
}

}  // namespace
}  // namespace writ::venue::binance
