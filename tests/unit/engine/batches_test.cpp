// What holds after any batch, judged and carried out as the pipeline does it.
#include "host/arbiter/batch.hpp"
#include "host/base/random.hpp"
#include "host/engine/own_orders.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::engine {
namespace {

using arbiter::test::Court;
using arbiter::test::kAccount;
using arbiter::test::kNow;
using arbiter::test::qty;

constexpr std::uint32_t kStrategies = 4;
constexpr std::int64_t kCent = 10'000'000;
constexpr std::uint32_t kSpot = 1;          // shared
constexpr std::uint32_t kYes = 3, kNo = 4;  // one exclusive market

class CountingSink final : public model::RecordSink {
 public:
  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{next_}; }
  std::uint64_t append(writ_record& record) override {
    record.seq = next_++;
    record.ingest_ts = kNow;
    return record_id<OrderId>(run(), Seq{record.seq}).raw();
  }

 private:
  std::uint64_t next_ = 1'000;
};

struct Wanted {
  writ_intent intent;
  std::uint64_t id;
};

/// The arbiter and the orders of one account.
struct Desk {
  Court court;
  arbiter::Arbiter arbiter;
  execution::Orders orders;
  CountingSink sink;

  explicit Desk(const arbiter::ArbiterOptions& options) : arbiter(court.tables, options) {
    auto run = model::make_record<writ_run_started>();
    run.run_id[0] = 1;
    orders.apply(run);
    for (const auto* instrument : court.tables.instruments()) orders.apply(*instrument);
    for (std::uint32_t number = 1; number <= kStrategies; ++number) {
      auto instance = model::make_record<writ_instance>();
      instance.instance = number;
      instance.name[0] = static_cast<char>('a' + number);
      orders.apply(instance);
    }
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  arbiter::RiskView view_of(const writ_intent& intent) {
    court.use(intent.instrument);
    auto view = court.view;
    // What strategies hold: enough that sales by the odd ones are exits.
    const bool holds = intent.instance % 2 == 1;
    view.account.position = view.strategy.position = holds ? qty("1000000") : Quantity{};
    const auto working = orders.sums({kAccount, intent.instrument, 0});
    view.account.working_buy = working.buy;
    view.account.working_sell = working.sell;
    const auto met = own_orders_met(orders, *view.instrument, intent, arbiter.terms(intent, view));
    if (!met.empty()) view.own_order_met = met.front().price;
    return view;
  }

  writ_verdict judge(const Wanted& wanted) {
    const auto view = view_of(wanted.intent);
    model::RecordBuffer buffer;
    arbiter.judge(wanted.intent, wanted.id, view, buffer);
    auto& record = buffer.finish();
    sink.append(record);
    const auto verdict = *model::as<writ_verdict>(record);
    arbiter.apply(verdict, wanted.intent);
    if (verdict.approved == 0) return verdict;
    if (verdict.effect == WRIT_EFFECT_REDUCES && !view.own_order_met.is_none()) {
      const auto terms = arbiter.terms(wanted.intent, view);
      for (const auto& met : own_orders_met(orders, *view.instrument, wanted.intent, terms)) {
        EXPECT_TRUE(orders.cancel(met.order, Seq{verdict.header.seq}, sink));
      }
    }
    orders.carry_out({wanted.intent, verdict, VerdictId{verdict.header.seq}}, Quantity{}, {}, sink);
    return verdict;
  }

  /// By intent.
  std::map<std::uint64_t, writ_verdict> judge(std::vector<Wanted> batch) {
    std::vector<arbiter::BatchEntry> entries;
    for (const auto& wanted : batch) {
      entries.push_back({&wanted.intent, entries.size(),
                         arbiter.wanted_market(wanted.intent, view_of(wanted.intent)),
                         arbiter.options().priority_of(wanted.intent.instance)});
    }
    arbiter.begin_batch();
    std::map<std::uint64_t, writ_verdict> verdicts;
    for (const auto& together : arbiter::judging_order(entries)) {
      for (const auto place : together) {
        const auto verdict = judge(batch[place]);
        verdicts[verdict.intent_id] = verdict;
      }
    }
    return verdicts;
  }

  /// Two own orders that would trade with one another, neither on its way out; "" if none would.
  [[nodiscard]] std::string crossing() const {
    std::vector<writ_order> staying;
    orders.for_each_working({}, [&](const writ_order& order) {
      if (!orders.is_cancelling(OrderId{order.order_id})) staying.push_back(order);
    });
    const auto yes_price = [](const writ_order& order) {
      return order.instrument == kNo ? 100 * kCent - order.price : order.price;
    };
    const auto buys_yes = [](const writ_order& order) {
      return (order.side == WRIT_SIDE_BUY) == (order.instrument != kNo);
    };
    for (const auto& a : staying) {
      for (const auto& b : staying) {
        const bool same_market = (a.instrument == kSpot) == (b.instrument == kSpot);
        if (same_market && buys_yes(a) && !buys_yes(b) && yes_price(a) >= yes_price(b)) {
          return std::to_string(a.order_id) + " and " + std::to_string(b.order_id);
        }
      }
    }
    return "";
  }
};

std::vector<Wanted> random_batch(base::RandomStream& random, std::uint64_t first_id) {
  std::vector<Wanted> batch;
  const auto count = 2 + random.below(5);
  Court court;
  for (std::uint64_t i = 0; i < count; ++i) {
    static constexpr std::uint32_t kTraded[] = {kSpot, kYes, kNo};
    const auto number = kTraded[random.below(3)];
    court.use(number);
    auto intent = court.place(random.below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, "1", "1");
    intent.price = (number == kSpot ? 9'995 : 45) * kCent +
                   static_cast<std::int64_t>(random.below(10)) * kCent;
    intent.instance = 1 + static_cast<std::uint32_t>(random.below(kStrategies));
    intent.expected_value = to_abi(Money{Int128{random.below(1'000'000'000)} * 1'000 + i});
    batch.push_back({intent, first_id + i});
  }
  return batch;
}

std::vector<Wanted> interleaved_anew(const std::vector<Wanted>& batch, base::RandomStream& random) {
  std::map<std::uint32_t, std::deque<Wanted>> queues;
  for (const auto& wanted : batch) queues[wanted.intent.instance].push_back(wanted);
  std::vector<Wanted> mixed;
  while (!queues.empty()) {
    auto at = queues.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.below(queues.size())));
    mixed.push_back(at->second.front());
    at->second.pop_front();
    if (at->second.empty()) queues.erase(at);
  }
  return mixed;
}

arbiter::ArbiterOptions rule_book(base::RandomStream& random) {
  arbiter::ArbiterOptions options;
  options.ownership = arbiter::Ownership::kExclusive;
  options.instrument_ownership[kSpot] = arbiter::Ownership::kShared;
  for (std::uint32_t number = 1; number <= kStrategies; ++number) {
    options.priorities[number] = static_cast<std::int32_t>(random.below(3));
  }
  return options;
}

TEST(Batches, LeaveNoOwnOrdersCrossedAndNoMoreThanOneOwner) {
  base::RandomStream random(3, "batches");
  std::size_t crosses = 0, locked = 0, outranked = 0, made_way = 0, judged = 0;
  for (std::size_t i = 0; i < test::scaled(100'000);) {
    Desk desk(rule_book(random));
    for (int batch = 0; batch < 4; ++batch, ++i) {
      const auto verdicts = desk.judge(random_batch(random, 10 * i + 1));
      std::set<std::uint32_t> owners;
      for (const auto& [id, verdict] : verdicts) {
        ++judged;
        if (verdict.instrument != kSpot && verdict.approved != 0 &&
            verdict.effect == WRIT_EFFECT_ADDS) {
          owners.insert(verdict.instance);
          ASSERT_EQ(verdict.owner, verdict.instance);
        }
        crosses += verdict.reason == WRIT_REASON_SELF_CROSS ? 1 : 0;
        locked += verdict.reason == WRIT_REASON_MARKET_LOCKED ? 1 : 0;
        outranked += verdict.reason == WRIT_REASON_LOWER_PRIORITY ? 1 : 0;
      }
      ASSERT_LE(owners.size(), 1U) << "batch " << i;
      if (!owners.empty()) {
        ASSERT_EQ(desk.arbiter.owner(kAccount, kYes), *owners.begin());
      }
      ASSERT_EQ(desk.crossing(), "") << "batch " << i;
    }
    desk.orders.for_each_working({}, [&](const writ_order& order) {
      made_way += desk.orders.is_cancelling(OrderId{order.order_id}) ? 1 : 0;
    });
  }
  std::printf("%zu intents: %zu self crosses, %zu locked, %zu outranked, %zu cancelled for exits\n",
              judged, crosses, locked, outranked, made_way);
  EXPECT_GT(crosses, judged / 100);
  EXPECT_GT(locked, judged / 100);
  EXPECT_GT(outranked, judged / 100);
  EXPECT_GT(made_way, judged / 100);
}

TEST(Batches, AreJudgedAlikeHoweverStrategiesAreInterleaved) {
  base::RandomStream random(4, "interleaved batches");
  std::size_t moved = 0;
  for (std::size_t i = 0; i < test::scaled(100'000); ++i) {
    const auto rules = rule_book(random);
    // All in one market, where nobody holds anything: everything competes.
    auto batch = random_batch(random, 1);
    const auto number = random.below(2) == 0 ? kSpot : kYes;
    for (auto& wanted : batch) {
      const auto cents = static_cast<std::int64_t>(random.below(10));
      wanted.intent.price = (number == kSpot ? 9'995 : 45) * kCent + cents * kCent;
      wanted.intent.instrument = number;
      wanted.intent.instance *= 2;  // the even ones hold nothing
      if (wanted.intent.instance > kStrategies) wanted.intent.instance -= kStrategies;
    }
    const auto other = interleaved_anew(batch, random);
    Desk one(rules);
    Desk two(rules);
    const auto expected = one.judge(batch);
    const auto found = two.judge(other);
    for (std::size_t n = 0; n < batch.size(); ++n) moved += batch[n].id != other[n].id ? 1 : 0;
    for (const auto& [id, verdict] : expected) {
      const auto& again = found.at(id);
      ASSERT_EQ(verdict.approved, again.approved) << "batch " << i;
      ASSERT_EQ(verdict.reason, again.reason) << "batch " << i;
      ASSERT_EQ(verdict.owner, again.owner) << "batch " << i;
    }
  }
  EXPECT_GT(moved, test::scaled(100'000));
}

}  // namespace
}  // namespace writ::engine
