#include "host/engine/risk_sums.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::engine {
namespace {

namespace world = ledger::test;

constexpr AccountId kMain{world::kAccount};
constexpr std::int64_t kCent = 10'000'000;
constexpr Rate kSlippage{50'000'000};

/// An account whose positions, orders and marks change at random.
class Trading {
 public:
  Trading() {
    for (const auto* instrument : world_.tables.instruments()) orders_.apply(*instrument);
    world_.deposit(ledger_, world::kUsdt, world::money("1000000"));
    sums_.set_slippage(kSlippage);
  }

  void step() {
    const auto number = 1 + below(kInstruments);
    switch (below(4)) {
      case 0:
        quote(number);
        break;
      case 1:
        fill(number);
        break;
      case 2:
        order(number);
        break;
      default:
        change_order();
        break;
    }
    world_.sink.clear();
  }

  /// What the sums say of a random intent is what they say if all is added up anew.
  void expect_as_from_scratch() {
    RiskSums scratch(world_.tables, orders_, ledger_);
    scratch.set_slippage(kSlippage);
    const auto& instrument = *world_.tables.instrument(1 + below(kInstruments));
    const InstanceId instance{1 + below(3)};
    const auto kept = sums_.beside(instrument, kMain, instance);
    const auto summed = scratch.beside(instrument, kMain, instance);
    ASSERT_EQ(kept.has_value(), summed.has_value());
    if (kept) {
      EXPECT_EQ(kept->exposure.market, summed->exposure.market);
      EXPECT_EQ(kept->exposure.venue, summed->exposure.venue);
      EXPECT_EQ(kept->exposure.account, summed->exposure.account);
      EXPECT_EQ(kept->exposure.strategy, summed->exposure.strategy);
      EXPECT_EQ(kept->worst_case, summed->worst_case);
      EXPECT_EQ(kept->strategy_capital, summed->strategy_capital);
      found_ += kept->worst_case > Money{} && kept->exposure.account > Money{} ? 1 : 0;
    }
    for (const auto who : {InstanceId{0}, instance}) {
      const auto held = sums_.holding(kMain, who, InstrumentId{instrument.instrument});
      const auto working = orders_.sums({kMain.raw(), instrument.instrument, who.raw()});
      const InstrumentId id{instrument.instrument};
      EXPECT_EQ(held.position, who == InstanceId{0} ? ledger_.position(kMain, id)
                                                    : ledger_.strategy_position(kMain, who, id));
      EXPECT_EQ(held.working_buy, working.buy);
      EXPECT_EQ(held.working_sell, working.sell);
    }
    const AssetId asset{1 + below(3)};
    EXPECT_EQ(sums_.open_liabilities(kMain, asset), scratch.open_liabilities(kMain, asset));
    auto intent = model::make_record<writ_intent>();
    intent.account = kMain.raw();
    intent.instrument = instrument.instrument;
    intent.kind = WRIT_INTENT_PLACE;
    if (!open_.empty() && below(2) == 0) {
      intent.kind = WRIT_INTENT_REPLACE;
      intent.target_intent = open_[below(open_.size())].intent_id;
    }
    const auto payoff = sums_.market_payoff(instrument, intent);
    const auto own = MarketPayoffs(world_.tables, orders_, ledger_)
                         .seen_from(kMain, instrument, &intent, kSlippage);
    ASSERT_EQ(payoff.has_value(), own.has_value());
    if (!payoff) return;
    ASSERT_EQ(payoff->count(), own->count());
    for (std::size_t i = 0; i < own->count(); ++i) EXPECT_EQ(payoff->outcome(i), own->outcome(i));
  }
  /// Steps at which there was something to compare.
  [[nodiscard]] std::size_t found() const { return found_; }

 private:
  static constexpr std::uint32_t kInstruments = 9;

  std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(random_.below(n)); }
  [[nodiscard]] bool is_runner(std::uint32_t number) const {
    return world_.tables.instrument(number)->kind == WRIT_KIND_RUNNER;
  }
  Price price(std::uint32_t number) {
    return Price{(is_runner(number) ? 101 + below(900) : 1 + below(99)) * kCent};
  }

  void quote(std::uint32_t number) {
    const Price bid = price(number);
    ledger_.on_quote(number, {bid, Price{bid.raw + kCent}, below(8) != 0}, world_.sink);
    sums_.touch(number);
  }
  void fill(std::uint32_t number) {
    const Quantity size{(1 + below(100)) * kCent};
    (void)world_.fill(ledger_, number, 1 + below(2), below(2) == 0 ? size : -size, price(number));
    sums_.touch(number);
  }
  void order(std::uint32_t number) {
    if (open_.size() > 30) return change_order();
    auto order = model::make_record<writ_order>();
    order.order_id = order.intent_id = ++made_;
    order.account = kMain.raw();
    order.instrument = number;
    order.instance = 1 + below(3);
    order.side = below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    order.state = WRIT_ORDER_OPEN;
    order.order_type = WRIT_ORDER_LIMIT;
    order.price = price(number).raw;
    if (below(5) == 0 && !is_runner(number)) {
      order.order_type = WRIT_ORDER_MARKET;
      order.price = WRIT_NONE;
    }
    order.quantity = (1 + below(100)) * kCent;
    order.requested = to_abi(Money{Int128{order.quantity} * kCent * (1 + below(100))});
    (void)model::set_text(order.client_order_id, std::to_string(made_));
    open_.push_back(order);
    put(order);
  }
  void change_order() {
    if (open_.empty()) return;
    const auto at = open_.begin() + below(open_.size());
    if (below(3) == 0) {
      at->quantity += kCent;
    } else if (below(3) == 0) {
      at->filled += (at->quantity - at->filled) / 2;
      at->state = WRIT_ORDER_PARTIAL;
    } else {
      at->state = WRIT_ORDER_CANCELLED;
    }
    put(*at);
    if (at->state == WRIT_ORDER_CANCELLED) open_.erase(at);
  }
  void put(const writ_order& order) {
    orders_.apply(order);
    sums_.touch(order.instrument);
  }

  world::World world_;
  execution::Orders orders_;
  ledger::Ledger ledger_{world_.tables};
  RiskSums sums_{world_.tables, orders_, ledger_};
  base::RandomStream random_{5, "risk_sums"};
  std::vector<writ_order> open_;
  std::uint64_t made_ = 0;
  std::size_t found_ = 0;
};

TEST(RiskSums, CountAnOrderThatEndedWhileItIsOwedFills) {
  world::World world;
  execution::Orders orders;
  ledger::Ledger ledger{world.tables};
  for (const auto* instrument : world.tables.instruments()) orders.apply(*instrument);
  world.deposit(ledger, world::kUsdt, world::money("1000000"));
  ledger.on_quote(1, {Price{99 * kCent}, Price{100 * kCent}, true}, world.sink);
  auto order = model::make_record<writ_order>();
  order.order_id = order.intent_id = 1;
  order.account = kMain.raw();
  order.instrument = order.instance = 1;
  order.side = WRIT_SIDE_BUY;
  order.order_type = WRIT_ORDER_LIMIT;
  order.price = 100 * kCent;
  order.quantity = 100 * kCent;
  order.state = WRIT_ORDER_OPEN;
  orders.apply(order);
  auto expired = model::make_record<writ_report>();
  expired.order_id = 1;
  expired.kind = WRIT_REPORT_EXPIRED;
  expired.filled = 40 * kCent;
  orders.apply(expired);
  order.state = WRIT_ORDER_EXPIRED;
  orders.apply(order);
  RiskSums sums(world.tables, orders, ledger);
  const auto elsewhere = sums.beside(*world.tables.instrument(2), kMain, InstanceId{1});
  ASSERT_TRUE(elsewhere.has_value());
  EXPECT_GT(elsewhere->exposure.account, Money{});
  EXPECT_GT(elsewhere->worst_case, Money{});
}

TEST(RiskSums, AreThoseOfAllThereIsAtEveryStep) {
  Trading trading;
  const std::size_t steps = test::scaled(100'000);
  for (std::size_t i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("step " + std::to_string(i));
    trading.step();
    trading.expect_as_from_scratch();
  }
  EXPECT_GT(trading.found(), steps / 2);
}

/// A buy of ten cents of the perpetual at one.
writ_order open_order(AccountId account) {
  auto order = model::make_record<writ_order>();
  order.order_id = order.intent_id = 1;
  order.account = account.raw();
  order.instrument = world::kPerp;
  order.instance = 1;
  order.side = WRIT_SIDE_BUY;
  order.state = WRIT_ORDER_OPEN;
  order.order_type = WRIT_ORDER_LIMIT;
  order.price = 100 * kCent;
  order.quantity = 10 * kCent;
  (void)model::set_text(order.client_order_id, "1");
  return order;
}

TEST(RiskSums, KnowTheOrdersOfAnAccountThatNeverHadMoney) {
  constexpr AccountId kPoor{2};
  world::World world;
  ledger::Ledger ledger(world.tables);
  execution::Orders orders;
  orders.apply(*world.tables.instrument(world::kPerp));
  orders.apply(open_order(kPoor));
  RiskSums sums(world.tables, orders, ledger);
  for (const std::uint32_t instance : {0U, 1U}) {
    const auto held = sums.holding(kPoor, InstanceId{instance}, InstrumentId{world::kPerp});
    EXPECT_EQ(held.working_buy, Quantity{10 * kCent}) << instance;
  }
}

// Nothing works there and nothing is held; what was matched before the end is on its way.
TEST(RiskSums, CountFillsThatAnEndedOrderIsOwed) {
  world::World world;
  ledger::Ledger ledger(world.tables);
  world.deposit(ledger, world::kUsdt, world::money("1000"));
  execution::Orders orders;
  orders.apply(*world.tables.instrument(world::kPerp));
  auto order = open_order(kMain);
  orders.apply(order);
  auto report = model::make_record<writ_report>();
  report.order_id = 1;
  report.kind = WRIT_REPORT_CANCELLED;
  report.price = order.price;
  report.quantity = order.quantity;
  report.filled = 4 * kCent;
  (void)model::set_text(report.client_order_id, "1");
  orders.apply(report);
  order.state = WRIT_ORDER_CANCELLED;
  orders.apply(order);
  RiskSums sums(world.tables, orders, ledger);
  EXPECT_EQ(sums.holding(kMain, InstanceId{1}, InstrumentId{world::kPerp}).working_buy,
            Quantity{4 * kCent});
}

// A fill has deposited coins tried once more, of whatever instrument they are.
TEST(RiskSums, KnowCoinsThatFitAfterAFillOfAnotherInstrument) {
  world::World world;
  ledger::Ledger ledger(world.tables);
  execution::Orders orders;
  world.deposit(ledger, world::kUsdt, world::money("1000000"));
  ledger.on_quote(world::kSpot, {Price{99 * kCent}, Price{100 * kCent}, true}, world.sink);
  world.deposit(ledger, world::kEth, world::money("5000000000"));
  world.deposit(ledger, world::kEth, world::money("5000000000"));  // more than a position holds
  const InstrumentId spot{world::kSpot};
  RiskSums sums(world.tables, orders, ledger);
  const auto held = [&] { return sums.holding(kMain, InstanceId{0}, spot).position; };
  EXPECT_EQ(held(), world::qty("5000000000"));

  ASSERT_TRUE(world.fill(ledger, world::kSpot, 0, -world::qty("2000000000"), Price{100 * kCent}));
  sums.touch(world::kSpot);
  EXPECT_EQ(held(), world::qty("3000000000"));
  ASSERT_TRUE(world.fill(ledger, world::kPerp, 1, world::qty("1"), Price{100 * kCent}));
  sums.touch(world::kPerp);
  EXPECT_EQ(ledger.position(kMain, spot), world::qty("8000000000"));
  EXPECT_EQ(held(), world::qty("8000000000"));
}

}  // namespace
}  // namespace writ::engine
