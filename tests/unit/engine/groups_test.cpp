#include "host/engine/groups.hpp"

#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace writ::engine {
namespace {

constexpr std::int64_t kDue = 1'000;
constexpr std::int64_t kLot = 10;

constexpr std::int64_t kOne = 1'000'000'000;

writ_instrument instrument_of_kind(std::uint32_t number, std::uint32_t kind) {
  auto record = model::make_record<writ_instrument>();
  record.instrument = number;
  record.kind = kind;
  const bool named = model::set_text(record.venue, "sim") &&
                     model::set_text(record.market, std::to_string(number));
  EXPECT_TRUE(named);
  return record;
}

/// A group of legs with these quantities, whose intents are 101, 102, ..., orders 201, ...
struct Approved {
  IntentGroups groups;

  explicit Approved(const std::vector<std::int64_t>& quantities, bool last_adds = true,
                    std::uint32_t kind = WRIT_KIND_PERP) {
    model::InstrumentTable tables;
    std::vector<writ_intent> intents;
    std::vector<writ_verdict> verdicts;
    for (std::size_t i = 0; i < quantities.size(); ++i) {
      const auto number = static_cast<std::uint32_t>(i + 1);
      EXPECT_TRUE(tables.apply(instrument_of_kind(number, kind).header));
      auto& intent = intents.emplace_back(model::make_record<writ_intent>());
      intent.group_id = 7;
      intent.group_policy = WRIT_GROUP_ALL_OR_NONE_UNWIND;
      intent.instance = 3;
      intent.instrument = number;
      intent.side = WRIT_SIDE_BUY;
      auto& verdict = verdicts.emplace_back(model::make_record<writ_verdict>());
      verdict.intent_id = 101 + i;
      verdict.quantity = quantities[i];
      const bool adds = last_adds || i + 1 < quantities.size();
      verdict.effect = adds ? WRIT_EFFECT_ADDS : WRIT_EFFECT_REDUCES;
    }
    std::vector<const writ_intent*> legs;
    std::vector<const writ_verdict*> judged;
    for (const auto& intent : intents) legs.push_back(&intent);
    for (const auto& verdict : verdicts) judged.push_back(&verdict);
    groups.begin(legs, judged, tables, kDue);
    for (std::size_t i = 0; i < quantities.size(); ++i) {
      order(101 + i, WRIT_ORDER_OPEN, quantities[i], 0);
    }
  }
  void order(std::uint64_t intent, std::uint16_t state, std::int64_t quantity, std::int64_t filled,
             std::uint32_t reason = WRIT_REPORT_REASON_NONE, std::int64_t price = kOne) {
    auto order = model::make_record<writ_order>();
    order.fill_value = to_abi(notional(Price{price}, Quantity{filled}));
    order.intent_id = intent;
    order.order_id = intent + 100;
    order.state = state;
    order.quantity = quantity;
    order.filled = filled;
    order.reason = reason;
    groups.on_order(order);
  }
  /// A bet, at odds at 1e-9.
  void bet(std::uint64_t intent, std::uint16_t state, std::int64_t stake, std::int64_t matched,
           std::int64_t odds) {
    order(intent, state, stake, matched, WRIT_REPORT_REASON_NONE, odds);
  }
  IntentGroups::Group& group() { return groups.all().at(101); }
  std::vector<std::int64_t> over(std::int64_t lot = kLot) {
    group().find_what_is_over([lot](std::uint32_t) { return lot; });
    std::vector<std::int64_t> found;
    for (const auto& leg : group().legs) found.push_back(leg.to_close);
    return found;
  }
};

using Amounts = std::vector<std::int64_t>;

TEST(Groups, AreWholeOnceEveryLegIsFilled) {
  Approved two({100, 200});
  EXPECT_EQ(two.group().failed_leg(0), nullptr);
  two.order(101, WRIT_ORDER_FILLED, 100, 100);
  EXPECT_FALSE(two.group().is_whole());
  two.order(102, WRIT_ORDER_FILLED, 200, 200);
  EXPECT_TRUE(two.group().is_whole());
  EXPECT_EQ(two.group().failed_leg(kDue), nullptr) << "nothing is late";
}

TEST(Groups, FailWithALegThatEndsUnfilledOrIsLate) {
  for (const std::uint16_t state :
       {WRIT_ORDER_REJECTED, WRIT_ORDER_EXPIRED, WRIT_ORDER_CANCELLED, WRIT_ORDER_FAILED}) {
    Approved two({100, 200});
    two.order(102, state, 200, 50);
    ASSERT_NE(two.group().failed_leg(0), nullptr);
    EXPECT_EQ(two.group().failed_leg(0)->intent, 102U);
  }
  Approved late({100, 200});
  late.order(101, WRIT_ORDER_FILLED, 100, 100);
  EXPECT_EQ(late.group().failed_leg(kDue - 1), nullptr);
  EXPECT_EQ(late.group().failed_leg(kDue)->intent, 102U);
  EXPECT_EQ(late.groups.next_due(), kDue);
  late.group().stage = IntentGroups::Stage::kGivenUp;
  EXPECT_EQ(late.groups.next_due(), std::nullopt);
}

TEST(Groups, CloseWhatFilledBeyondTheCommonPart) {
  Approved three({100, 200, 300});
  three.order(101, WRIT_ORDER_FILLED, 100, 100);    // all
  three.order(102, WRIT_ORDER_CANCELLED, 200, 50);  // a quarter: the common part
  three.order(103, WRIT_ORDER_CANCELLED, 300, 150);
  EXPECT_EQ(three.over(), (Amounts{70, 0, 70})) << "75 in whole lots";
  Approved none({100, 200});
  none.order(101, WRIT_ORDER_FILLED, 100, 100);
  none.order(102, WRIT_ORDER_REJECTED, 200, 0);
  EXPECT_EQ(none.over(), (Amounts{100, 0}));
  Approved nothing({100, 200});
  nothing.order(101, WRIT_ORDER_CANCELLED, 100, 0);
  nothing.order(102, WRIT_ORDER_REJECTED, 200, 0);
  EXPECT_EQ(nothing.over(), (Amounts{0, 0}));
  EXPECT_TRUE(nothing.group().is_closed());
}

TEST(Groups, CloseBetsByTheirWinUnits) {
  Approved three({100, 200, 300}, true, WRIT_KIND_RUNNER);
  three.bet(101, WRIT_ORDER_FILLED, 100, 100, 3 * kOne);    // 300 units
  three.bet(102, WRIT_ORDER_CANCELLED, 200, 50, 4 * kOne);  // a quarter, at any odds
  three.bet(103, WRIT_ORDER_CANCELLED, 300, 150, 2 * kOne);
  EXPECT_EQ(three.over(0), (Amounts{225, 0, 150}));
  auto& leg = three.group().legs[0];
  leg.closing_intent = 300;
  three.bet(300, WRIT_ORDER_FILLED, 50, 50, 4 * kOne);  // fewer stakes close as many units
  EXPECT_EQ(leg.closed, 200);
  leg.close_the_rest();
  EXPECT_EQ(leg.to_close, 25);
  EXPECT_FALSE(leg.is_closed());
  leg.closing_intent = 301;
  three.bet(301, WRIT_ORDER_FILLED, 6, 6, 4 * kOne);
  EXPECT_EQ(leg.left(), 76);
  auto beyond = three.group().legs[0];
  beyond.closed = 30;
  beyond.close_the_rest();
  EXPECT_EQ(beyond.to_close, 0) << "the odds got longer than thought: nothing is left";
  EXPECT_TRUE(beyond.is_closed());

  IntentGroups loaded;
  ASSERT_TRUE(loaded.load(three.groups.save()));
  three.groups = std::move(loaded);
  three.bet(102, WRIT_ORDER_FILLED, 200, 200, 4 * kOne);
  EXPECT_TRUE(three.group().has_late_fill());
  // Of the first leg 76 of 300 units are left, of the third 300 of 600: a quarter and a bit.
  EXPECT_EQ(three.over(0), (Amounts{0, 800 - 202, 300 - 152}));
}

TEST(Groups, CloseWhatFillsAfterTheyWereUndone) {
  Approved two({100, 200});
  two.order(101, WRIT_ORDER_FILLED, 100, 100);
  two.order(102, WRIT_ORDER_CANCELLED, 200, 0);
  EXPECT_EQ(two.over(), (Amounts{100, 0}));
  two.group().legs[0].closing_intent = 300;
  two.order(300, WRIT_ORDER_FILLED, 100, 100);
  EXPECT_TRUE(two.group().is_closed());
  const auto is_known = [](std::uint64_t) { return true; };
  two.groups.retire(101, is_known);
  EXPECT_TRUE(two.groups.all().empty());
  two.order(102, WRIT_ORDER_CANCELLED, 200, 0);
  EXPECT_TRUE(two.groups.all().empty()) << "nothing new";
  IntentGroups loaded;
  ASSERT_TRUE(loaded.load(two.groups.save()));
  two.groups = std::move(loaded);
  two.order(102, WRIT_ORDER_CANCELLED, 200, 60);
  ASSERT_EQ(two.groups.all().size(), 1U);
  EXPECT_EQ(two.group().stage, IntentGroups::Stage::kGivenUp);
  EXPECT_EQ(two.over(), (Amounts{0, 60})) << "the other leg was closed";
  two.group().legs[1].closing_intent = 301;
  two.order(301, WRIT_ORDER_FILLED, 60, 60);
  two.order(102, WRIT_ORDER_FILLED, 200, 200);
  EXPECT_TRUE(two.group().has_late_fill()) << "while it is closed";
  EXPECT_EQ(two.over(), (Amounts{0, 140}));
}

TEST(Groups, AreForgottenWithTheirOrders) {
  Approved two({100, 200});
  two.order(101, WRIT_ORDER_CANCELLED, 100, 0);
  two.order(102, WRIT_ORDER_CANCELLED, 200, 0);
  (void)two.over();
  two.groups.retire(101, [](std::uint64_t order) { return order == 202; });
  EXPECT_EQ(two.groups.undone(), 1U);
  Approved next({100, 200});
  (void)next.over();
  next.groups.retire(101, [](std::uint64_t) { return false; });
  EXPECT_EQ(next.groups.undone(), 0U);
}

TEST(Groups, LeaveAnExitAsItIs) {
  Approved two({100, 100}, false);
  two.order(101, WRIT_ORDER_REJECTED, 100, 0);
  two.order(102, WRIT_ORDER_FILLED, 100, 100);
  EXPECT_EQ(two.over(), (Amounts{0, 0}));
}

TEST(Groups, CloseAgainWhatARestartKeptFromBeingClosed) {
  Approved two({100, 100});
  two.order(101, WRIT_ORDER_FILLED, 100, 100);
  two.order(102, WRIT_ORDER_REJECTED, 100, 0);
  (void)two.over();
  auto& leg = two.group().legs[0];
  leg.closing_intent = 300;
  auto verdict = model::make_record<writ_verdict>();
  verdict.intent_id = 300;
  verdict.reason = WRIT_REASON_RESTART;
  two.groups.on_verdict(verdict);
  EXPECT_EQ(leg.closing_intent, 0U) << "to be submitted again";
  EXPECT_FALSE(two.group().is_closed());

  leg.closing_intent = 301;
  two.order(301, WRIT_ORDER_FAILED, 100, 0, WRIT_REPORT_REASON_RESTART);
  EXPECT_EQ(leg.closing_intent, 0U);

  leg.closing_intent = 302;
  leg.closing_state = WRIT_ORDER_NEW;
  EXPECT_FALSE(two.group().is_closed());
  two.order(302, WRIT_ORDER_FILLED, 100, 100);
  EXPECT_TRUE(two.group().is_closed());
  EXPECT_EQ(leg.closed, 100);

  leg.closing_intent = 303;
  leg.closing_state = WRIT_ORDER_NEW;
  verdict.intent_id = 303;
  verdict.reason = WRIT_REASON_INVALID;
  two.groups.on_verdict(verdict);
  EXPECT_TRUE(two.group().is_closed()) << "refused: that was the attempt";
}

TEST(Groups, AreKeptThroughSaveAndLoad) {
  Approved two({100, 200});
  two.order(101, WRIT_ORDER_PARTIAL, 100, 30);
  two.group().stage = IntentGroups::Stage::kClosing;
  two.group().legs[0].to_close = 30;
  two.group().legs[0].closing_intent = 9;
  const auto saved = two.groups.save();
  IntentGroups loaded;
  ASSERT_TRUE(loaded.load(saved));
  EXPECT_EQ(loaded.save(), saved);
  EXPECT_EQ(loaded.all().at(101).legs[0].closing_intent, 9U);
  for (std::size_t size = 0; size < saved.size(); ++size) {
    EXPECT_FALSE(loaded.load({saved.data(), size})) << size;
  }
  EXPECT_EQ(loaded.save(), saved);
}

}  // namespace
}  // namespace writ::engine
