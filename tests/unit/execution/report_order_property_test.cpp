// What a venue says of one order, in any order and any number of times, ends in one state.
#include "host/base/random.hpp"
#include "host/execution/orders.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/execution/order_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

namespace writ::execution {
namespace {

using test::cash;
using test::OrderDesk;
using test::qty;

using Answer = std::variant<writ_report, writ_fill>;

/// One order, what was asked of it, and what the venue has to say: the life of an order drawn at
/// random, told in the venue's order.
class Life {
 public:
  explicit Life(base::RandomStream& random) : random_(random) {
    const char* price = random_.below(8) == 0 ? "market" : "100";
    id_ = desk.place(WRIT_SIDE_BUY, price, std::to_string(size_));
    const bool rests = desk.order(id_).order_type == WRIT_ORDER_LIMIT;
    amends_ = rests && random_.below(2) == 0;
    cancels_ = rests && random_.below(2) == 0;
    if (amends_) ask_replace();
    if (cancels_) ask_cancel();
    live(rests);
  }

  OrderDesk desk;
  std::vector<Answer> told;
  std::int64_t filled = 0;

  void deliver(const Answer& answer) {
    if (const auto* report = std::get_if<writ_report>(&answer)) desk.deliver(*report);
    if (const auto* fill = std::get_if<writ_fill>(&answer)) (void)desk.deliver(*fill);
  }

  /// What must not depend on the way the answers came.
  [[nodiscard]] std::string outcome() const {
    const writ_order& order = desk.order(id_);
    return std::string(to_string(OrderState{order.state})) + " " + std::to_string(order.price) +
           " " + std::to_string(order.quantity) + " filled " + std::to_string(order.filled) +
           " for " + to_string(from_abi(order.fill_value)) + " reason " +
           std::to_string(order.reason) + " " + std::string(model::text_of(order.venue_order_id));
  }
  [[nodiscard]] OrderId id() const { return id_; }

 private:
  void ask_replace() {
    auto intent = desk.intent(WRIT_INTENT_REPLACE);
    intent.target_intent = desk.order(id_).intent_id;
    intent.price = test::px(std::to_string(98 + random_.below(5)));
    intent.quantity = qty(std::to_string(1 + random_.below(15)));
    ASSERT_TRUE(
        desk.orders.replace(desk.decide(intent).approved(), {cash("9"), cash("500")}, desk.sink));
    wanted_price_ = intent.price;
    wanted_quantity_ = intent.quantity;
  }
  void ask_cancel() {
    auto intent = desk.intent(WRIT_INTENT_CANCEL);
    intent.target_intent = desk.order(id_).intent_id;
    ASSERT_EQ(desk.orders.cancel(desk.decide(intent).approved(), desk.sink), 1U);
  }

  // The venue's side: an exchange that answers everything once.
  void live(bool rests) {
    if (random_.below(10) == 0) {
      say(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_BALANCE);
      if (amends_) say(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_NOT_FOUND);
      if (cancels_) say(WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND);
      return;
    }
    if (random_.below(4) != 0) say(WRIT_REPORT_ACCEPTED);  // or the acknowledgement is lost
    fill_some();
    if (amends_) {
      if (left() == 0) {
        say(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_NOT_FOUND);
      } else if (random_.below(3) == 0) {
        say(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_FILTER);
      } else {
        price_ = wanted_price_;
        quantity_ = std::max(wanted_quantity_, filled);
        if (random_.below(2) == 0) name_ = "R";
        say(WRIT_REPORT_REPLACED);
      }
    }
    fill_some();
    if (cancels_) {
      if (left() == 0) return say(WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND);
      if (random_.below(4) == 0) {
        say(WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT);
        fill_some();
      } else {
        return say(WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER);
      }
    }
    if (left() > 0) {
      say(WRIT_REPORT_EXPIRED, rests ? WRIT_REPORT_REASON_EXPIRY : WRIT_REPORT_REASON_NO_LIQUIDITY);
    }
  }
  [[nodiscard]] std::int64_t left() const { return quantity_ - filled; }
  void say(std::uint16_t kind, std::uint16_t reason = WRIT_REPORT_REASON_NONE) {
    auto report = desk.make_report(id_, kind, reason);
    report.price = price_;
    report.quantity = quantity_;
    report.filled = filled;
    report.venue_seq = ++venue_seq_;
    ASSERT_TRUE(model::set_text(report.venue_order_id, name_));
    told.emplace_back(report);
  }
  void fill_some() {
    for (auto more = random_.below(3); more > 0 && left() > 0; --more) {
      auto fill = desk.make_fill(id_, "99.5", "1", "t" + std::to_string(told.size()));
      fill.quantity =
          random_.below(3) == 0
              ? left()
              : 1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(left())));
      fill.venue_seq = ++venue_seq_;
      ASSERT_TRUE(model::set_text(fill.venue_order_id, name_));
      filled += fill.quantity;
      told.emplace_back(fill);
    }
  }

  base::RandomStream& random_;
  OrderId id_{0};
  std::int64_t size_ = 10;
  bool amends_ = false;
  bool cancels_ = false;
  std::int64_t wanted_price_ = 0;
  std::int64_t wanted_quantity_ = 0;
  std::int64_t price_ = WRIT_NONE;
  std::int64_t quantity_ = qty("10");
  std::string name_ = "V";
  std::uint64_t venue_seq_ = 0;
};

void check(Life& life, const std::string& expected) {
  const writ_order& order = life.desk.order(life.id());
  EXPECT_EQ(life.outcome(), expected);
  EXPECT_EQ(order.filled, life.filled);
  EXPECT_LE(order.filled, order.quantity);
  EXPECT_FALSE(Orders::is_working(order));
  const auto sums = life.desk.orders.sums({});
  EXPECT_EQ(sums.count, 0U);
  EXPECT_EQ(sums.cash_reserved, Money{});
  EXPECT_EQ(life.desk.orders.reserved(AccountId{1}, AssetId{1}), Money{});
  EXPECT_EQ(life.desk.orders.next_due(), std::nullopt);
  EXPECT_EQ(life.desk.sink.incidents(WRIT_INCIDENT_ARITHMETIC), 0U);
}

TEST(ReportOrder, DoesNotChangeWhatBecomesOfAnOrder) {
  const auto cases = test::scaled(100'000);
  std::size_t told = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    base::RandomStream random(20'261'121, "test.report_order", i);
    base::RandomStream again = random;
    Life in_order(random);
    for (const auto& answer : in_order.told) in_order.deliver(answer);
    const auto expected = in_order.outcome();
    check(in_order, expected);

    Life shuffled(again);
    auto answers = shuffled.told;
    for (std::size_t more = random.below(3); more > 0; --more) {
      answers.push_back(answers[random.below(answers.size())]);
    }
    for (std::size_t at = answers.size(); at > 1; --at) {
      std::swap(answers[at - 1], answers[random.below(at)]);
    }
    for (const auto& answer : answers) {
      shuffled.deliver(answer);
      EXPECT_GE(shuffled.desk.orders.sums({}).cash_reserved, Money{});
    }
    check(shuffled, expected);
    if (i % 10 == 0) {
      EXPECT_EQ(shuffled.desk.folded(), shuffled.desk.orders.save());
    }
    told += answers.size();
    if (testing::Test::HasFailure()) {
      for (const auto& answer : answers) {
        if (const auto* report = std::get_if<writ_report>(&answer)) {
          std::cout << "report kind " << report->kind << " seq " << report->venue_seq
                    << " quantity " << report->quantity << " filled " << report->filled << "\n";
        } else {
          const auto& fill = std::get<writ_fill>(answer);
          std::cout << "fill " << fill.quantity << " seq " << fill.venue_seq << "\n";
        }
      }
      return;
    }
  }
  std::cout << "report order: " << cases << " lives, " << told << " answers\n";
}

}  // namespace
}  // namespace writ::execution
