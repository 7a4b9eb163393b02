// Orders under random commands and answers: what must hold after every step.
#include "host/base/random.hpp"
#include "host/execution/orders.hpp"
#include "host/execution/reservation.hpp"
#include "tests/unit/execution/order_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace writ::execution {
namespace {

using test::cash;
using test::OrderDesk;

constexpr std::uint64_t kSeeds = 60;
constexpr int kSteps = 300;

/// Does one random thing to the desk.
class RandomTrader {
 public:
  RandomTrader(std::uint64_t seed, OrderDesk& desk) : random_(seed, "test.orders"), desk_(desk) {}

  void step() {
    const auto dice = random_.below(20);
    if (ids_.empty() || dice < 5) return place();
    const OrderId id = ids_[random_.below(ids_.size())];
    if (desk_.orders.find(id) == nullptr) return place();
    if (dice < 10) return fill(id);
    if (dice < 11) return again(id);
    if (dice < 13) return replace(id);
    if (dice < 14) {
      auto intent = desk_.intent(WRIT_INTENT_CANCEL, desk_.order(id).instance);
      intent.target_intent = desk_.order(id).intent_id;
      desk_.orders.cancel(desk_.decide(intent).approved(), desk_.sink);
      return;
    }
    const auto kind = static_cast<std::uint16_t>(1 + random_.below(WRIT_REPORT_FOUND));
    auto report = desk_.make_report(id, kind, WRIT_REPORT_REASON_OTHER);
    desk_.deliver(report);
  }

  /// Every fill that was fresh, by order.
  std::map<std::uint64_t, Int128> booked;

 private:
  void place() {
    const std::uint16_t side = random_.below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    const std::string at = std::to_string(90 + random_.below(20));
    const std::string size = std::to_string(1 + random_.below(9));
    const auto instance = static_cast<std::uint32_t>(1 + random_.below(2));
    const auto instrument = static_cast<std::uint32_t>(1 + random_.below(2));
    ids_.push_back(desk_.place(side, at, size, instance, instrument));
  }
  void fill(OrderId id) {
    const std::int64_t left = leaves(desk_.order(id)).raw;
    if (left == 0) return;
    auto fill = desk_.make_fill(id, "100", "1", "t" + std::to_string(++trades_));
    fill.quantity = 1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(left)));
    if (random_.below(4) == 0) fill.quantity = left;
    if (desk_.deliver(fill)) booked[id.raw()] += fill.quantity;
    fills_.push_back(fill);
  }
  void again(OrderId) {
    if (fills_.empty()) return;
    const auto before = desk_.orders.save();
    const auto& fill = fills_[random_.below(fills_.size())];
    EXPECT_FALSE(desk_.deliver(fill));
    EXPECT_EQ(desk_.orders.save(), before);
  }
  void replace(OrderId id) {
    auto intent = desk_.intent(WRIT_INTENT_REPLACE, desk_.order(id).instance);
    intent.target_intent = desk_.order(id).intent_id;
    intent.price = test::px(std::to_string(90 + random_.below(20)));
    intent.quantity = test::qty(std::to_string(1 + random_.below(12)));
    desk_.orders.replace(desk_.decide(intent).approved(), {cash("9"), cash("500")}, desk_.sink);
  }

  base::RandomStream random_;
  OrderDesk& desk_;
  std::vector<OrderId> ids_;
  std::vector<writ_fill> fills_;
  std::uint64_t trades_ = 0;
};

/// The sums from nothing but the saved state, the long way.
void expect_sums_from_scratch(const OrderDesk& desk) {
  Orders scratch;
  ASSERT_TRUE(scratch.load(desk.orders.save()));
  for (const AssetId asset : {AssetId{1}, AssetId{2}}) {
    EXPECT_EQ(desk.orders.reserved(AccountId{1}, asset), scratch.reserved(AccountId{1}, asset));
  }
  for (std::uint32_t instance : {0U, 1U, 2U}) {
    for (std::uint32_t instrument : {0U, 1U, 2U}) {
      const OrderScope scope{1, instrument, instance};
      const WorkingOrders a = desk.orders.sums(scope);
      const WorkingOrders b = scratch.sums(scope);
      EXPECT_EQ(a.count, b.count);
      EXPECT_EQ(a.buy, b.buy);
      EXPECT_EQ(a.sell, b.sell);
      EXPECT_EQ(a.cash_reserved, b.cash_reserved);
      // Without an amendment under way they are plainly the sums of the records.
      bool plain = true;
      Int128 buy = 0;
      Int128 sell = 0;
      Int128 reserved = 0;
      std::uint32_t count = 0;
      desk.orders.for_each_working(scope, [&](const writ_order& order) {
        plain = plain && !desk.orders.has_command_under_way(OrderId{order.order_id});
        (order.side == WRIT_SIDE_BUY ? buy : sell) += leaves(order).raw;
        const auto facts = test::make_instrument(
            order.instrument, order.instrument == 1 ? WRIT_KIND_SPOT : WRIT_KIND_PERP);
        reserved += cash_reserved(facts, order).raw;
        ++count;
      });
      EXPECT_EQ(a.count, count);
      if (!plain) continue;
      EXPECT_EQ(Int128{a.buy.raw}, buy);
      EXPECT_EQ(Int128{a.sell.raw}, sell);
      EXPECT_EQ(a.cash_reserved.raw, reserved);
    }
  }
}

TEST(OrdersProperty, HoldsUnderRandomCommandsAndAnswers) {
  std::size_t orders = 0;
  std::size_t fills = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OrdersOptions options;
    if (seed % 3 == 0) options.finished_kept_max = 5;
    OrderDesk desk(options);
    RandomTrader trader(seed, desk);
    for (int step = 0; step < kSteps; ++step) {
      trader.step();
      if (step % 25 == 0) expect_sums_from_scratch(desk);
      if (testing::Test::HasFailure()) return;
    }
    for (const auto& [id, quantity] : trader.booked) {
      const writ_order* order = desk.orders.find(OrderId{id});
      if (order != nullptr) {
        EXPECT_EQ(Int128{order->filled}, quantity);
      }
      ++fills;
    }
    // Cumulative quantities never fall along the records of one order, and ids never repeat.
    std::map<std::uint64_t, writ_order> last;
    std::map<std::string, std::uint64_t> owner;
    for (const writ_order& record : desk.sink.all<writ_order>()) {
      const auto [at, fresh] = last.try_emplace(record.order_id, record);
      if (fresh) {
        const std::string cid(model::text_of(record.client_order_id));
        EXPECT_TRUE(owner.emplace(cid, record.order_id).second) << cid;
        ++orders;
        continue;
      }
      EXPECT_GE(record.filled, at->second.filled);
      EXPECT_GE(from_abi(record.fill_value), from_abi(at->second.fill_value));
      EXPECT_LE(record.filled, record.quantity);
      at->second = record;
    }
    // The journal alone gives the same state.
    EXPECT_EQ(desk.folded(), desk.orders.save());
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(orders, 1'000U);
  EXPECT_GT(fills, 1'000U);
  std::cout << "orders property: " << kSeeds << " seeds, " << orders << " orders, " << fills
            << " with fills\n";
}

}  // namespace
}  // namespace writ::execution
