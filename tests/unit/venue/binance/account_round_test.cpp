#include "host/venue/binance/account_round.hpp"

#include "tests/unit/venue/binance/session_desk.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace writ::venue::binance {
namespace {

using test::SessionDesk;

struct Round {
  explicit Round(Market market) : desk(market), round(desk.line, desk.names, nullptr) {
    desk.make_ready();
  }
  /// One round, with the venue's answers by target.
  base::Result<execution::VenueState> ask(
      execution::VenueQuestion question,
      const std::function<std::pair<int, std::string>(const std::string&)>& answer) {
    std::optional<base::Result<execution::VenueState>> result;
    round.begin(std::move(question), desk.now,
                [&](base::Result<execution::VenueState> state, std::int64_t) {
                  result = std::move(state);
                });
    while (!result) {
      const auto requests = desk.line.take_requests();
      EXPECT_FALSE(requests.empty());
      if (requests.empty()) break;
      for (const auto& request : requests) {
        ++asked;
        const auto [status, body] = answer(request.http.target);
        desk.answer(request, status, body);
      }
    }
    return result.value_or(base::Error(base::Errc::kTimeout, "test"));
  }

  SessionDesk desk;
  AccountRound round;
  int asked = 0;
};

bool has(const std::string& target, std::string_view part) {
  return target.find(part) != std::string::npos;
}

std::pair<int, std::string> nothing(const std::string& target) {
  return {200, has(target, "/account") ? R"({"balances":[],"assets":[],"positions":[]})" : "[]"};
}

TEST(AccountRound, TellsWhatEndedAmongTheOrdersAskedFor) {
  Round round(Market::kSpot);
  execution::VenueQuestion question;
  question.orders = {{"wr1-aaaaaaaaaaaaaaaaaaaaaaaa", test::kBtcUsdt},
                     {"wr1-bbbbbbbbbbbbbbbbbbbbbbbb", test::kBtcUsdt},
                     {"ext-binance_spot-9", test::kBtcUsdt}};
  const auto state = round.ask(question, [](const std::string& target) {
    if (has(target, "origClientOrderId=wr1-a")) {
      return std::pair<int, std::string>(
          200, R"({"symbol":"BTCUSDT","orderId":7,"clientOrderId":"wr1-aaaaaaaaaaaaaaaaaaaaaaaa",)"
               R"("status":"CANCELED","price":"100","origQty":"1","executedQty":"0.5"})");
    }
    if (has(target, "origClientOrderId=wr1-b")) {
      return std::pair<int, std::string>(400, R"({"code":-2013,"msg":"Order does not exist."})");
    }
    return nothing(target);
  });
  ASSERT_TRUE(state);
  ASSERT_EQ(state->closed.size(), 1U);
  EXPECT_EQ(state->closed[0].state, execution::OrderState::kCancelled);
  EXPECT_EQ(state->closed[0].filled, test::nano("0.5"));
  EXPECT_TRUE(state->open.empty());
}

TEST(AccountRound, AsksForTheNextPageOfTrades) {
  Round round(Market::kSpot);
  std::string page = "[";
  for (int id = 1; id <= 1'000; ++id) {
    page += (id == 1 ? "" : ",") + std::string(R"({"symbol":"BTCUSDT","id":)") +
            std::to_string(id) +
            R"(,"orderId":7,"price":"100","qty":"0.1","commission":"0","commissionAsset":"USDT",)"
            R"("time":1700000005000,"isBuyer":true,"isMaker":true})";
  }
  page += "]";
  const auto state = round.ask({}, [&](const std::string& target) {
    if (has(target, "fromId=1001")) {
      return std::pair<int, std::string>(
          200, R"([{"symbol":"BTCUSDT","id":1001,"orderId":7,"price":"100","qty":"0.1",)"
               R"("commission":"0","commissionAsset":"USDT","time":1700000006000,"isBuyer":true,)"
               R"("isMaker":true}])");
    }
    if (has(target, "myTrades?symbol=BTCUSDT")) return std::pair<int, std::string>(200, page);
    if (has(target, "orderId=7")) {
      return std::pair<int, std::string>(
          200, R"({"symbol":"BTCUSDT","orderId":7,"clientOrderId":"wr1-aaaaaaaaaaaaaaaaaaaaaaaa",)"
               R"("status":"FILLED","price":"100","origQty":"101","executedQty":"101"})");
    }
    return nothing(target);
  });
  ASSERT_TRUE(state);
  ASSERT_EQ(state->fills.size(), 1'001U);
  EXPECT_EQ(model::text_of(state->fills.back().exchange_trade_id), "1001");
  EXPECT_EQ(model::text_of(state->fills[0].client_order_id), "wr1-aaaaaaaaaaaaaaaaaaaaaaaa");
}

std::string client_id_of(std::int64_t number) {
  std::string id = "wr1-aaaaaaaaaaaaaaaaaaaaaaaa";
  const std::string digits = std::to_string(number);
  return id.replace(id.size() - digits.size(), digits.size(), digits);
}

std::string order_json(std::int64_t number, const std::string& status = "CANCELED") {
  return R"({"symbol":"BTCUSDT","orderId":)" + std::to_string(number) + R"(,"clientOrderId":")" +
         client_id_of(number) + R"(","status":")" + status +
         R"(","price":"100","origQty":"1","executedQty":"0.5"})";
}

std::string trade_json(std::int64_t id, std::int64_t order) {
  return R"({"symbol":"BTCUSDT","id":)" + std::to_string(id) + R"(,"orderId":)" +
         std::to_string(order) +
         R"(,"price":"100","qty":"0.1","commission":"0","commissionAsset":"USDT",)"
         R"("time":1700000005000,"isBuyer":true,"isMaker":true})";
}

std::string list_of(const std::vector<std::string>& elements) {
  std::string list = "[";
  for (const auto& element : elements) list += (list.size() == 1 ? "" : ",") + element;
  return list + "]";
}

/// Counts the questions of each kind that a round puts to a venue with these orders.
struct Asked {
  int lists = 0;
  int orders = 0;

  std::pair<int, std::string> answer(const std::string& target,
                                     const std::vector<std::string>& listed) {
    if (has(target, "allOrders")) {
      ++lists;
      return {200, list_of(listed)};
    }
    if (!has(target, "/order?")) return nothing(target);
    ++orders;
    const auto by_number = target.find("orderId=");
    const auto by_name = target.find("origClientOrderId=");
    const std::string name = by_name == target.npos
                                 ? client_id_of(std::stoll(target.substr(by_number + 8)))
                                 : target.substr(by_name + 18, client_id_of(1).size());
    for (const auto& order : listed) {
      if (has(order, name)) return {200, order};
    }
    return {400, R"({"code":-2013,"msg":"Order does not exist."})"};
  }
};

class AccountRoundMarkets : public testing::TestWithParam<Market> {};
INSTANTIATE_TEST_SUITE_P(Markets, AccountRoundMarkets,
                         testing::Values(Market::kSpot, Market::kUsdm));

TEST_P(AccountRoundMarkets, LooksManyOrdersUpByOneList) {
  for (const int count : {5, 6, 40}) {
    Round round(GetParam());
    execution::VenueQuestion question;
    std::vector<std::string> listed;
    for (int i = 1; i <= count; ++i) {
      question.orders.push_back({client_id_of(i), test::kBtcUsdt});
      listed.push_back(order_json(i));
    }
    Asked asked;
    const auto state = round.ask(
        question, [&](const std::string& target) { return asked.answer(target, listed); });
    ASSERT_TRUE(state);
    EXPECT_EQ(state->closed.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(asked.lists, count > 5 ? 1 : 0);
    EXPECT_EQ(asked.orders, count > 5 ? 0 : count);
  }
}

TEST(AccountRound, KnowsWhoseTradesTheyAreFromAList) {
  Round round(Market::kSpot);
  execution::VenueQuestion question;
  std::vector<std::string> trades;
  std::vector<std::string> listed;
  for (int i = 101; i <= 108; ++i) {
    question.orders.push_back({client_id_of(i), test::kBtcUsdt});
    trades.push_back(trade_json(i + 1'000, i));
    listed.push_back(order_json(i, "FILLED"));
  }
  Asked asked;
  const auto state = round.ask(question, [&](const std::string& target) {
    if (has(target, "myTrades?symbol=BTCUSDT")) {
      return std::pair<int, std::string>(200, list_of(trades));
    }
    if (has(target, "allOrders")) {
      EXPECT_TRUE(has(target, "orderId=101&"));
    }
    return asked.answer(target, listed);
  });
  ASSERT_TRUE(state);
  EXPECT_EQ(asked.lists, 1);
  EXPECT_EQ(asked.orders, 0);
  EXPECT_EQ(state->closed.size(), 8U) << "each order once";
  ASSERT_EQ(state->fills.size(), 8U);
  for (const writ_fill& fill : state->fills) {
    const auto trade = std::stoll(std::string(model::text_of(fill.exchange_trade_id)));
    EXPECT_EQ(model::text_of(fill.client_order_id), client_id_of(trade - 1'000));
  }
}

TEST(AccountRound, AsksByItselfWhatAListDoesNotTellOrMayBeBehindIn) {
  Round round(Market::kUsdm);
  execution::VenueQuestion question;
  std::vector<std::string> listed;
  for (int i = 1; i <= 9; ++i) {
    question.orders.push_back({client_id_of(i), test::kBtcUsdt});
    if (i <= 7) listed.push_back(order_json(i, i == 7 ? "NEW" : "CANCELED"));
  }
  Asked asked;
  const auto state = round.ask(question, [&](const std::string& target) {
    if (has(target, client_id_of(7))) {
      ++asked.orders;
      return std::pair<int, std::string>(200, order_json(7, "FILLED"));
    }
    return asked.answer(target, listed);
  });
  ASSERT_TRUE(state);
  EXPECT_EQ(asked.lists, 1);
  EXPECT_EQ(asked.orders, 3) << "the one that is not open, and two the venue does not know";
  EXPECT_EQ(state->closed.size(), 7U);
  EXPECT_TRUE(state->open.empty());
}

TEST(AccountRound, GoesOnByListsWhileTheySpareWhatTheyWeigh) {
  Round round(Market::kSpot);
  std::vector<std::string> trades;
  for (int i = 0; i < 12; ++i) trades.push_back(trade_json(i + 1, 1'000 + i));  // in the first
  for (int i = 0; i < 8; ++i) trades.push_back(trade_json(i + 20, 5'000 + i * 2'000));  // far apart
  Asked asked;
  const auto state = round.ask({}, [&](const std::string& target) {
    if (has(target, "myTrades?symbol=BTCUSDT")) {
      return std::pair<int, std::string>(200, list_of(trades));
    }
    std::vector<std::string> listed;
    const auto from = target.find("orderId=");
    if (from != target.npos) {
      const auto first = std::stoll(target.substr(from + 8));
      const int length = has(target, "allOrders") ? 1'000 : 1;
      for (int i = 0; i < length; ++i) listed.push_back(order_json(first + i));
    }
    return asked.answer(target, listed);
  });
  ASSERT_TRUE(state);
  EXPECT_EQ(asked.lists, 2) << "the second spares but one";
  EXPECT_EQ(asked.orders, 7);
  for (const writ_fill& fill : state->fills) {
    EXPECT_TRUE(model::text_of(fill.client_order_id).starts_with("wr1-"));
  }
}

TEST(AccountRound, TellsPositionsBalancesAndFundingOfFutures) {
  Round round(Market::kUsdm);
  const auto state = round.ask({}, [](const std::string& target) {
    if (has(target, "/fapi/v3/account")) {
      return std::pair<int, std::string>(
          200,
          R"({"assets":[{"asset":"USDT","walletBalance":"23.5"}],"positions":[{"symbol":"BTCUSDT",)"
          R"("positionSide":"BOTH","positionAmt":"-2","notional":"-200",)"
          R"("unrealizedProfit":"4"}]})");
    }
    if (has(target, "income")) {
      return std::pair<int, std::string>(
          200, R"([{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"0.5","asset":"USDT",)"
               R"("time":1700000000000,"tranId":1}])");
    }
    return nothing(target);
  });
  ASSERT_TRUE(state);
  ASSERT_EQ(state->balances.size(), 1U);
  // Two sold at 102: less what they cost, -204.
  EXPECT_EQ(state->balances[0].amount, parse_money("227.5").value);
  ASSERT_EQ(state->positions.size(), 1U);
  EXPECT_EQ(state->positions[0].quantity, Quantity{test::nano("-2")});
  ASSERT_EQ(state->fundings.size(), 1U);
}

TEST(AccountRound, EndsWithItsFirstFailure) {
  Round round(Market::kUsdm);
  const auto hedged = round.ask({}, [](const std::string& target) {
    if (!has(target, "/fapi/v3/account")) return nothing(target);
    return std::pair<int, std::string>(
        200, R"({"assets":[],"positions":[{"symbol":"BTCUSDT","positionSide":"LONG",)"
             R"("positionAmt":"1"}]})");
  });
  ASSERT_FALSE(hedged);
  EXPECT_EQ(hedged.error().code(), base::Errc::kUnsupported);
  round.asked = 0;
  const auto refused = round.ask({}, [](const std::string&) {
    return std::pair<int, std::string>(503, R"({"msg":"Unknown error"})");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kRejected);
  EXPECT_EQ(round.asked, 1);
  EXPECT_FALSE(round.round.under_way());
}

TEST(AccountRound, TheNextGivesOneUnderWayUp) {
  Round round(Market::kSpot);
  bool first = false;
  bool second = false;
  round.round.begin({}, round.desk.now, [&](const auto&, std::int64_t) { first = true; });
  const auto of_first = round.desk.line.take_requests();
  round.round.begin({}, round.desk.now, [&](const auto&, std::int64_t) { second = true; });
  for (const auto& request : of_first) round.desk.answer(request, 500, "{}");
  EXPECT_FALSE(first);
  EXPECT_FALSE(second);
  EXPECT_TRUE(round.round.under_way());
}

}  // namespace
}  // namespace writ::venue::binance
