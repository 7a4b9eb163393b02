#include "host/venue/binance/symbol_rules.hpp"

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/scale.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::venue::binance {
namespace {

std::int64_t nano(std::string_view text) { return parse_nano(text).value; }

SymbolRules rules() {
  SymbolRules rules;
  rules.price_decimals = 3;
  rules.quantity_decimals = 4;
  rules.price = {nano("0.5"), nano("1000"), nano("0.05")};
  rules.lot = {nano("0.01"), nano("100"), nano("0.01")};
  rules.market_lot = {WRIT_NONE, nano("40"), 0};
  rules.notionals = {{"NOTIONAL", parse_money("10").value, parse_money("5000").value, true, false}};
  rules.bands = {{"PERCENT_PRICE_BY_SIDE", nano("1.2"), nano("0.2"), nano("5"), nano("0.9")}};
  rules.orders_max = 3;
  rules.exchange_orders_max = 5;
  rules.position_max = nano("50");
  return rules;
}

writ_order order(std::uint16_t side, std::string_view quantity, std::string_view price) {
  auto made = model::make_record<writ_order>();
  made.command = WRIT_COMMAND_SEND;
  made.side = side;
  made.order_type = price.empty() ? WRIT_ORDER_MARKET : WRIT_ORDER_LIMIT;
  made.time_in_force = WRIT_TIF_GTC;
  made.quantity = nano(quantity);
  made.price = price.empty() ? WRIT_NONE : nano(price);
  return made;
}

OrderSurroundings around(std::string_view reference = "100") {
  OrderSurroundings known;
  if (!reference.empty()) known.reference = Price{nano(reference)};
  known.base = Quantity{};
  return known;
}

/// The filter that refuses a limit order; "" if none does.
std::string refuser(const SymbolRules& rules, const writ_order& order,
                    const OrderSurroundings& known) {
  const auto refusal = check_filters(rules, order, known);
  if (!refusal) return "";
  EXPECT_EQ(refusal->text.find("Filter failure: " + std::string(refusal->filter) + ": "), 0U);
  return std::string(refusal->filter);
}

std::string refuser(std::uint16_t side, std::string_view quantity, std::string_view price,
                    std::string_view reference = "100") {
  return refuser(rules(), order(side, quantity, price), around(reference));
}

TEST(SymbolRules, AdmitAnOrderOnTheBoundsAndNoneBeyond) {
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "100"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "20", "0.5", ""), "");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "30", "0.45", ""), "PRICE_FILTER");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "0.01", "1000", ""), "");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "0.01", "1000.05", ""), "PRICE_FILTER");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "100.01"), "PRICE_FILTER");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "100.0001"), "PRECISION");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.11", "100"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.009", "100"), "LOT_SIZE");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.015", "100"), "LOT_SIZE");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.01001", "100"), "PRECISION");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "100", "50", ""), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "100.01", "49", ""), "LOT_SIZE");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "0", "100"), "LOT_SIZE");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "0"), "PRICE_FILTER");
}

TEST(SymbolRules, BoundTheNotional) {
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "0.1", "100"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "0.1", "99.95"), "NOTIONAL");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "50", "100"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "50", "100.05"), "NOTIONAL");
}

TEST(SymbolRules, BoundEachSideOfTheReferencePrice) {
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "120"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "120.05"), "PERCENT_PRICE_BY_SIDE");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "20"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_BUY, "1", "19.95"), "PERCENT_PRICE_BY_SIDE");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "1", "500"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "1", "500.05"), "PERCENT_PRICE_BY_SIDE");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "1", "90"), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "1", "89.95"), "PERCENT_PRICE_BY_SIDE");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "1", "20", ""), "") << "not known: the venue's to say";
}

TEST(SymbolRules, OfAMarketOrderAreItsOwn) {
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "40", ""), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "40.01", ""), "MARKET_LOT_SIZE");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.1", ""), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.09", ""), "NOTIONAL") << "by the reference price";
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "0.09", "", ""), "");
  EXPECT_EQ(refuser(WRIT_SIDE_SELL, "40", "", "200"), "") << "the upper bound is not for it";
}

TEST(SymbolRules, LetAReducingFutureBeSmall) {
  SymbolRules futures = rules();
  futures.reducing_may_be_small = true;
  writ_order small = order(WRIT_SIDE_SELL, "0.05", "100");
  EXPECT_EQ(refuser(futures, small, around()), "NOTIONAL");
  small.flags = WRIT_INTENT_REDUCE_ONLY;
  EXPECT_EQ(refuser(futures, small, around()), "");
  EXPECT_EQ(refuser(rules(), small, around()), "NOTIONAL") << "spot knows no such order";
}

TEST(SymbolRules, BoundHowManyAreOpen) {
  OrderSurroundings known = around();
  known.open_orders = 2;
  known.open_orders_all = 4;
  const writ_order one = order(WRIT_SIDE_BUY, "1", "100");
  EXPECT_EQ(refuser(rules(), one, known), "");
  known.open_orders = 3;
  EXPECT_EQ(refuser(rules(), one, known), "MAX_NUM_ORDERS");
  known.open_orders = 0;
  known.open_orders_all = 5;
  EXPECT_EQ(refuser(rules(), one, known), "EXCHANGE_MAX_NUM_ORDERS");
  writ_order amended = one;
  amended.command = WRIT_COMMAND_REPLACE;
  EXPECT_EQ(refuser(rules(), amended, known), "");
}

TEST(SymbolRules, BoundTheBaseAssetABuyMayReach) {
  OrderSurroundings known = around();
  known.base = Quantity{nano("49")};
  EXPECT_EQ(refuser(rules(), order(WRIT_SIDE_BUY, "1", "100"), known), "");
  EXPECT_EQ(refuser(rules(), order(WRIT_SIDE_BUY, "1.01", "100"), known), "MAX_POSITION");
  EXPECT_EQ(refuser(rules(), order(WRIT_SIDE_SELL, "2", "100"), known), "");
  known.base = Quantity::none();
  EXPECT_EQ(refuser(rules(), order(WRIT_SIDE_BUY, "20", "100"), known), "");
}

TEST(SymbolRules, AdmitMultiplesOnlyWhateverTheStep) {
  base::RandomStream random(7, "test.binance.grid");
  for (std::size_t run = 0; run < test::scaled(100'000); ++run) {
    SymbolRules grid;
    grid.price_decimals = grid.quantity_decimals = 9;
    const auto step = static_cast<std::int64_t>(2 + random.below(1'000'000'000));
    const auto times = static_cast<std::int64_t>(1 + random.below(1'000'000));
    grid.price.step = step;
    writ_order made = order(WRIT_SIDE_BUY, "1", "1");
    made.price = step * times;
    ASSERT_FALSE(check_filters(grid, made, {})) << step << " x " << times;
    made.price += 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(step) - 1));
    const auto refusal = check_filters(grid, made, {});
    ASSERT_TRUE(refusal) << step << ": " << made.price;
    ASSERT_EQ(refusal->filter, "PRICE_FILTER");
  }
}

}  // namespace
}  // namespace writ::venue::binance
