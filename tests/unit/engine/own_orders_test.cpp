#include "host/engine/own_orders.hpp"

#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace writ::engine {
namespace {

constexpr std::int64_t kCent = 10'000'000;

/// An account with resting orders in a token (1), its complement (2) and a runner (3).
struct Resting {
  execution::Orders orders;
  writ_instrument instrument = model::make_record<writ_instrument>();
  writ_intent intent = model::make_record<writ_intent>();
  std::uint64_t made = 0;

  Resting() {
    instrument.instrument = 1;
    instrument.kind = WRIT_KIND_BINARY;
    instrument.complement = 2;
    intent.instance = 1;
    intent.account = 1;
    intent.instrument = 1;
    intent.kind = WRIT_INTENT_PLACE;
  }
  writ_order add(std::uint32_t number, std::uint16_t side, std::int64_t cents,
                 std::uint16_t time_in_force = WRIT_TIF_GTC) {
    auto order = model::make_record<writ_order>();
    order.order_id = ++made;
    order.instance = 2;
    order.account = 1;
    order.instrument = number;
    order.side = side;
    order.order_type = WRIT_ORDER_LIMIT;
    order.time_in_force = time_in_force;
    order.state = WRIT_ORDER_OPEN;
    order.price = cents * kCent;
    order.quantity = 1'000'000'000;
    order.client_order_id[0] = static_cast<char>('a' + made);
    orders.apply(order);
    return order;
  }
  [[nodiscard]] std::vector<std::int64_t> met(std::uint16_t side, Price price) const {
    arbiter::OrderTerms terms;
    terms.makes_order = true;
    terms.side = side;
    terms.price = price;
    std::vector<std::int64_t> cents;
    for (const auto& one : own_orders_met(orders, instrument, intent, terms)) {
      cents.push_back(one.price.raw / kCent);
    }
    return cents;
  }
};

using Cents = std::vector<std::int64_t>;
Price cents(std::int64_t count) { return Price{count * kCent}; }

TEST(OwnOrdersMet, AreThoseOnTheOtherSideWithinThePriceTheBestFirst) {
  Resting own;
  own.add(1, WRIT_SIDE_SELL, 62);
  own.add(1, WRIT_SIDE_SELL, 60);
  own.add(1, WRIT_SIDE_SELL, 63);
  own.add(1, WRIT_SIDE_BUY, 50);
  own.add(4, WRIT_SIDE_SELL, 1);  // elsewhere
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(59)), Cents{});
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(62)), (Cents{60, 62}));
  EXPECT_EQ(own.met(WRIT_SIDE_SELL, cents(50)), Cents{50});
  EXPECT_EQ(own.met(WRIT_SIDE_SELL, cents(51)), Cents{});
}

TEST(OwnOrdersMet, InTheComplementAreOfTheSameSideAtOneLessThePrice) {
  Resting own;
  own.add(2, WRIT_SIDE_BUY, 40);
  own.add(2, WRIT_SIDE_SELL, 45);
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(59)), Cents{});
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(60)), Cents{60});
  EXPECT_EQ(own.met(WRIT_SIDE_SELL, cents(55)), Cents{55});
  EXPECT_EQ(own.met(WRIT_SIDE_SELL, cents(56)), Cents{});
}

TEST(OwnOrdersMet, OfARunnerAreThoseAtTheOddsAskedForOrBetter) {
  Resting own;
  own.instrument.kind = WRIT_KIND_RUNNER;
  own.instrument.complement = 0;
  own.add(1, WRIT_SIDE_SELL, 300);  // a lay, available to back
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(300)), Cents{300});
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(290)), Cents{300});
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(305)), Cents{}) << "a back that wants more rests";
  own.add(1, WRIT_SIDE_BUY, 320);  // a back
  EXPECT_EQ(own.met(WRIT_SIDE_SELL, cents(310)), Cents{});
  EXPECT_EQ(own.met(WRIT_SIDE_SELL, cents(320)), Cents{320});
}

TEST(OwnOrdersMet, ByAMarketOrderWithoutAPriceAreAllOnTheOtherSide) {
  Resting own;
  own.add(1, WRIT_SIDE_SELL, 99);
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, Price::none()), Cents{99});
}

TEST(OwnOrdersMet, AreNotThoseThatDoNotRestOrAreOnTheirWayOut) {
  Resting own;
  own.add(1, WRIT_SIDE_SELL, 60, WRIT_TIF_IOC);
  own.add(1, WRIT_SIDE_SELL, 60, WRIT_TIF_FOK);
  auto leaving = own.add(1, WRIT_SIDE_SELL, 60);
  leaving.command = WRIT_COMMAND_CANCEL;
  own.orders.apply(leaving);
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(70)), Cents{});
  auto report = model::make_record<writ_report>();
  report.kind = WRIT_REPORT_CANCEL_REJECTED;
  report.order_id = leaving.order_id;
  own.orders.apply(report);
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(70)), Cents{60}) << "it stays after all";
}

TEST(OwnOrdersMet, AreNotThoseTheIntentItselfCancels) {
  Resting own;
  own.add(1, WRIT_SIDE_SELL, 60);
  own.intent.kind = WRIT_INTENT_TARGET;
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(70)), Cents{60}) << "of another strategy";
  own.intent.instance = 2;
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(70)), Cents{});
}

TEST(OwnOrdersMet, AreMetAtEitherPriceWhileAReplaceHasNoAnswer) {
  Resting own;
  auto moved = own.add(1, WRIT_SIDE_SELL, 60);
  moved.command = WRIT_COMMAND_REPLACE;
  moved.price = 65 * kCent;
  own.orders.apply(moved);
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(59)), Cents{});
  EXPECT_EQ(own.met(WRIT_SIDE_BUY, cents(60)), Cents{60});
}

}  // namespace
}  // namespace writ::engine
