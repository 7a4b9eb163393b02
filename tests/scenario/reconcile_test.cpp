// A host that starts at a venue which lived on without it: what it missed is made up for before the
// first intent is approved, or it halts.
#include "host/engine/verifier.hpp"
#include "host/venue/account_router.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/support/scripted_exchange.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace writ::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// One order in four each: filled at once, in parts as time passes, not at all, refused.
void behave(ScriptedExchange& exchange, ScriptedExchange::Order& order) {
  const std::string id(model::text_of(order.terms.client_order_id));
  if (order.number % 4 == 3 || order.terms.order_type == WRIT_ORDER_MARKET) {
    return exchange.end(order, execution::OrderState::kRejected, WRIT_REPORT_REASON_BALANCE);
  }
  exchange.accept(order);
  if (order.number % 4 == 0) return exchange.fill(order, order.terms.quantity);
  if (order.number % 4 == 2) return;
  const auto half = [](ScriptedExchange& there, ScriptedExchange::Order& resting) {
    there.fill(resting, (resting.terms.quantity + 1) / 2);
  };
  exchange.put_off(exchange.now() + kSecond / 5, id, half);
  exchange.put_off(exchange.now() + kSecond, id, half);
}

World trading_world() {
  auto world = small_world(20 * kSecond, 5);
  world.players = {{"churn", "test.churn", {{"pace", "3"}}},
                   {"other", "test.churn", {{"pace", "7"}, {"size", "0.002"}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.orders.answer_timeout_ns = kSecond / 2;
  world.core.checkpoint_period_ns = 3 * kSecond;
  world.reconcile.window_ns = kSecond;
  world.reconcile.retry_ns = kSecond / 10;
  return world;
}

ScriptedExchange open_exchange(const World& world) {
  ScriptedExchange exchange(behave);
  for (const auto& table : world.script.tables) {
    if (const auto* facts = model::as<writ_instrument>(record_in(table))) exchange.list(*facts);
  }
  for (const auto& deposit : world.setup(1).deposits) {
    if (deposit.account == kShadowAccount) continue;  // no venue knows of it
    exchange.deposit(deposit.account, deposit.asset, from_abi(deposit.amount));
  }
  return exchange;
}

/// The exchange as it was when the host died after `count` records. What the last input led to had
/// been sent, or not yet.
ScriptedExchange exchange_at(const World& world, const std::vector<Words>& records,
                             std::size_t count, bool last_sent) {
  auto exchange = open_exchange(world);
  std::vector<writ_order> decided;
  const auto send = [&] {
    for (const auto& order : decided) exchange.receive(order, order.header.ingest_ts);
    decided.clear();
  };
  for (std::size_t i = 0; i < count; ++i) {
    const auto& record = record_in(records[i]);
    if (model::is_input(record)) {
      send();
      exchange.advance(record.ingest_ts);
    }
    const auto* order = model::as<writ_order>(record);
    if (order == nullptr || order->book == WRIT_BOOK_SHADOW) continue;
    if (order->command != WRIT_COMMAND_NONE) decided.push_back(*order);
  }
  if (last_sent && (count == records.size() || model::is_input(record_in(records[count])))) send();
  return exchange;
}

/// Orders, fills and balances here are those of the exchange.
void expect_agreement(const engine::Run& run, const ScriptedExchange& exchange) {
  const auto& core = run.pipeline();
  EXPECT_EQ(exchange.sent_twice(), 0U);
  for (const auto& [id, there] : exchange.orders()) {
    const auto* here = core.orders().find_by_client_id(id);
    ASSERT_NE(here, nullptr) << id;
    EXPECT_EQ(here->filled, there.filled) << id;
    EXPECT_FALSE(execution::Orders::is_working(*here)) << id;
    EXPECT_TRUE(execution::is_final(there.state)) << id;
  }
  for (const auto& balance : exchange.state({}).balances) {
    EXPECT_EQ(core.ledger().cash(AccountId{balance.account}, AssetId{balance.asset}),
              balance.amount)
        << "asset " << balance.asset;
  }
}

/// Near the end everything is cancelled, so that all comes to rest.
void close_near_the_end(const World& world, Life& life) {
  life.operators.at(world.script.events.size() * 9 / 10,
                    [](engine::Run& run) { run.command(WRIT_OPERATOR_KILL, 1, 0, "test"); });
}

TEST(VenueTroubles, AreIncidentsAndAVenueThatIsBackIsAskedWhatBecameOfEveryOrder) {
  const auto world = trading_world();
  auto exchange = open_exchange(world);
  ScriptedGateway gateway{exchange};
  FaultyStorage storage;
  Life life{world, storage, 1, nullptr, &gateway};
  ASSERT_TRUE(life.run);
  std::size_t working = 0;
  const auto lose_the_venue = [&](engine::Run& run) {
    if (working > 0) return;
    for (const auto& order : run.pipeline().orders().working({})) {
      working += order.state == WRIT_ORDER_NEW ? 0U : 1U;
    }
    if (working == 0) return;
    run.command(WRIT_OPERATOR_VENUE_LOST, 1, 0, "test: the stream is lost");
    run.command(WRIT_OPERATOR_RESUME, 0, 0, "test");
    EXPECT_TRUE(run.pipeline().arbiter().is_paused(1, 1));
    run.command(WRIT_OPERATOR_VENUE_WARNING, 1, 0, "test: a limit");
    run.command(WRIT_OPERATOR_VENUE_BACK, 1, 0, "test: it works again");
    EXPECT_FALSE(run.pipeline().arbiter().is_paused(1, 1));
  };
  for (std::size_t event = 0; event < world.script.events.size() / 2; ++event) {
    life.operators.at(event, lose_the_venue);
  }
  close_near_the_end(world, life);
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);

  const auto records = read_run(storage, run_folder(world, 1));
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_VENUE_LOST).size(), 1U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_VENUE_WARNING).size(), 1U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_VENUE_BACK).size(), 1U);
  const auto back = find(records, 0, [](const writ_record& record) {
    const auto* command = model::as<writ_command>(record);
    return command != nullptr && command->command == WRIT_OPERATOR_VENUE_BACK;
  });
  ASSERT_LT(back, records.size());
  std::size_t asked = 0;
  for (const auto* order : all<writ_order>(records)) {
    asked +=
        order->command == WRIT_COMMAND_LOOKUP && order->cause_seq == record_in(records[back]).seq
            ? 1U
            : 0U;
  }
  EXPECT_GT(working, 0U);
  EXPECT_EQ(asked, working);
  expect_agreement(*life.run, exchange);
}

TEST(VenueTroubles, AnAccountThatCannotBeFollowedHaltsTheRun) {
  const auto world = trading_world();
  auto exchange = open_exchange(world);
  ScriptedGateway gateway{exchange};
  FaultyStorage storage;
  Life life{world, storage, 1, nullptr, &gateway};
  ASSERT_TRUE(life.run);
  life.operators.at(world.script.events.size() / 2, [](engine::Run& run) {
    run.command(WRIT_OPERATOR_VENUE_HALT, 1, 0, "test: hedge mode");
  });
  EXPECT_EQ(life.go(), WRIT_STOP_HALT);
  EXPECT_EQ(life.run->halt_reason(), "test: hedge mode");
}

TEST(Reconciliation, ApprovesNothingBeforeHostAndVenueAgree) {
  const auto world = trading_world();
  auto exchange = open_exchange(world);
  ScriptedGateway gateway{exchange};
  gateway.failing_rounds = 30;
  FaultyStorage storage;
  Life life{world, storage, 1, nullptr, &gateway};
  ASSERT_TRUE(life.run);
  close_near_the_end(world, life);
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);

  const auto records = read_run(storage, run_folder(world, 1));
  const auto agreed = find(records, 0, [](const writ_record& record) {
    const auto* command = model::as<writ_command>(record);
    return command != nullptr && command->command == WRIT_OPERATOR_RECONCILED;
  });
  ASSERT_LT(agreed, records.size());
  std::size_t before = 0;
  std::size_t after = 0;
  for (const auto* verdict : all<writ_verdict>(records)) {
    const bool waits =
        verdict->reason == WRIT_REASON_HALTED && verdict->detail == WRIT_CHECK_RESTART;
    const bool early = verdict->header.seq < record_in(records[agreed]).seq;
    EXPECT_EQ(waits, early) << verdict->header.seq;
    ++(early ? before : after);
  }
  EXPECT_GT(before, 0U);
  EXPECT_GT(after, 0U);
  EXPECT_EQ(incidents(records, WRIT_INCIDENT_RESTART_RECONCILED).size(), 1U);
  expect_agreement(*life.run, exchange);
}

TEST(Reconciliation, MakesUpForWhatACrashAtAnyRecordMissed) {
  const auto world = trading_world();
  std::vector<Words> records;
  {
    auto exchange = open_exchange(world);
    ScriptedGateway gateway{exchange};
    FaultyStorage storage;
    Life life{world, storage, 1, nullptr, &gateway};
    ASSERT_TRUE(life.run);
    close_near_the_end(world, life);
    ASSERT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    expect_agreement(*life.run, exchange);
    records = read_run(storage, run_folder(world, 1));
  }
  const auto begin = find(records, 0, [](const writ_record& record) {
    return model::as<writ_command>(record) != nullptr;  // the beginning ends with RECONCILE
  });
  const auto span = (records.size() - begin) / 2;
  const auto cuts = scaled(240);
  std::size_t with_orders = 0;
  std::size_t fills = 0;
  for (std::size_t i = 0; i < cuts; ++i) {
    const auto count = begin + 1 + i * span / cuts;
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto exchange = exchange_at(world, records, count, i % 2 == 0);
    exchange.advance(record_in(records[count - 1]).ingest_ts + 2 * kSecond);
    const auto storage = dead_run(world, records, count);
    const auto past = open_past(world, *storage);
    ASSERT_TRUE(past);
    ScriptedGateway gateway{exchange};
    Life life{world, *storage, 2, &*past, &gateway};
    ASSERT_TRUE(life.run) << to_string(*life.error);
    with_orders += life.run->pipeline().orders().sums({}).count > 0 ? 1 : 0;
    close_near_the_end(world, life);
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA) << life.run->halt_reason();
    const auto second = read_run(*storage, run_folder(world, 2));
    EXPECT_EQ(incidents(second, WRIT_INCIDENT_RESTART_RECONCILED).size(), 1U);
    fills += all<writ_fill>(second).size();
    expect_agreement(*life.run, exchange);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(with_orders * 10, cuts * 3);
  std::cout << "reconciliation: " << cuts << " crashes, " << with_orders << " with orders open, "
            << fills << " fills after them\n";
}

std::size_t shadow_fills(const std::vector<Words>& records) {
  std::size_t count = 0;
  for (const auto* fill : all<writ_fill>(records)) count += fill->book == WRIT_BOOK_SHADOW ? 1 : 0;
  return count;
}

void expect_replays(const World& world, journal::Storage& storage, std::uint32_t run_number) {
  venue::AccountRouter without_venues{world.paper};
  const auto verified = engine::verify_run(storage, run_folder(world, run_number),
                                           world.verify_setup(), without_venues);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_FALSE(verified->difference)
      << "record " << verified->difference->seq.raw() << ": " << verified->difference->text;
}

// The real venue is asked after a crash, the simulated one of the shadow book made again.
TEST(Reconciliation, AShadowBookBesideARealVenueGoesOnAndIsReplayed) {
  auto world = with_shadow_account(trading_world());
  world.players.push_back(
      {"candidate", "test.churn", {{"pace", "2"}, {"size", "0.003"}}, {}, kShadowAccount});
  std::vector<Words> records;
  {
    auto exchange = open_exchange(world);
    ScriptedGateway line{exchange};
    venue::AccountRouter router{world.paper, {{1, &line}}};
    FaultyStorage storage;
    Life life{world, storage, 1, nullptr, &router};
    ASSERT_TRUE(life.run);
    close_near_the_end(world, life);
    ASSERT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    expect_agreement(*life.run, exchange);
    records = read_run(storage, run_folder(world, 1));
    expect_replays(world, storage, 1);
  }
  EXPECT_GT(shadow_fills(records), 0U);
  EXPECT_GT(all<writ_fill>(records).size(), shadow_fills(records));

  const auto cuts = scaled(24);
  for (std::size_t i = 0; i < cuts; ++i) {
    const auto count = records.size() / 4 + i * records.size() / 2 / cuts;
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto exchange = exchange_at(world, records, count, i % 2 == 0);
    exchange.advance(record_in(records[count - 1]).ingest_ts + 2 * kSecond);
    const auto storage = dead_run(world, records, count);
    const auto past = open_past(world, *storage);
    ASSERT_TRUE(past);
    ScriptedGateway line{exchange};
    venue::AccountRouter router{world.paper, {{1, &line}}};
    Life life{world, *storage, 2, &*past, &router};
    ASSERT_TRUE(life.run) << to_string(*life.error);
    close_near_the_end(world, life);
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA) << life.run->halt_reason();
    EXPECT_GT(shadow_fills(read_run(*storage, run_folder(world, 2))), 0U);
    expect_agreement(*life.run, exchange);
    expect_replays(world, *storage, 2);
    if (testing::Test::HasFailure()) return;
  }
}

/// A host that traded and stopped cleanly with nothing open, and the exchange it left.
class ReconcileAtAStart : public testing::Test {
 protected:
  void SetUp() override {
    ScriptedGateway line{exchange};
    Life before{world, storage, 1, nullptr, &line};
    ASSERT_TRUE(before.run);
    before.operators.at(world.script.events.size() / 2,
                        [](engine::Run& run) { run.command(WRIT_OPERATOR_PAUSE, 0, 0, "test"); });
    before.operators.at(world.script.events.size() * 6 / 10,
                        [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); });
    ASSERT_EQ(before.go(), WRIT_STOP_OPERATOR);
    past = open_past(world, storage);
    ASSERT_TRUE(past);
  }
  /// Starts again and goes to the end; WRIT_STOP_*.
  std::uint32_t go_on() {
    gateway = std::make_unique<ScriptedGateway>(exchange);
    life = std::make_unique<Life>(world, storage, 2, &*past, gateway.get());
    EXPECT_TRUE(life->run);
    return life->go();
  }
  writ_order order_by_hand(const char* id) {
    auto order = model::make_record<writ_order>();
    order.instrument = 1;
    order.account = 1;
    order.side = WRIT_SIDE_BUY;
    order.order_type = WRIT_ORDER_LIMIT;
    order.price = 1'000'000'000;
    order.quantity = 1'000'000'000;
    EXPECT_TRUE(model::set_text(order.client_order_id, id));
    return order;
  }

  World world = trading_world();
  ScriptedExchange exchange = open_exchange(world);
  FaultyStorage storage;
  std::optional<engine::Past> past;
  std::unique_ptr<ScriptedGateway> gateway;
  std::unique_ptr<Life> life;
};

TEST_F(ReconcileAtAStart, HaltsForABalanceNobodyExplains) {
  exchange.deposit(1, kUsdt, Money{-1'000'000'000'000'000'000});
  EXPECT_EQ(go_on(), WRIT_STOP_HALT);
  const auto& why = life->run->halt_reason();
  EXPECT_NE(why.find("balance of asset 2"), std::string::npos) << why;
  EXPECT_NE(why.find("reconcile: {adopt: true}"), std::string::npos) << why;
}

TEST_F(ReconcileAtAStart, AdoptsTheBalanceWhereAPersonSaidSo) {
  exchange.deposit(1, kUsdt, Money{-1'000'000'000'000'000'000});
  world.reconcile.adopt = true;
  EXPECT_EQ(go_on(), WRIT_STOP_END_OF_DATA);
  const auto records = read_run(storage, run_folder(world, 2));
  ASSERT_EQ(all<writ_adjustment>(records).size(), 1U);
  EXPECT_EQ(from_abi(all<writ_adjustment>(records)[0]->amount), Money{-1'000'000'000'000'000'000});
}

TEST_F(ReconcileAtAStart, PutsDustRightByItself) {
  exchange.deposit(1, kUsdt, Money{10'000'000'000});
  EXPECT_EQ(go_on(), WRIT_STOP_END_OF_DATA) << life->run->halt_reason();
  const auto records = read_run(storage, run_folder(world, 2));
  EXPECT_EQ(all<writ_adjustment>(records).size(), 1U);
}

TEST_F(ReconcileAtAStart, CancelsAnOrderUnderItsPrefixThatItNeverMade) {
  exchange.place_by_hand(order_by_hand("wr1-zzzzzzzzzzzzzzzzzzzzzzzz"));
  EXPECT_EQ(go_on(), WRIT_STOP_END_OF_DATA) << life->run->halt_reason();
  EXPECT_EQ(exchange.orders().at("wr1-zzzzzzzzzzzzzzzzzzzzzzzz").state,
            execution::OrderState::kCancelled);
}

TEST_F(ReconcileAtAStart, FollowsAnOrderOfOthersAndLeavesItAlone) {
  exchange.place_by_hand(order_by_hand("web_17"));
  EXPECT_EQ(go_on(), WRIT_STOP_END_OF_DATA) << life->run->halt_reason();
  EXPECT_EQ(exchange.orders().at("web_17").state, execution::OrderState::kOpen);
  std::size_t followed = 0;
  life->run->pipeline().orders().for_each_working({}, [&](const writ_order& order) {
    followed += model::text_of(order.client_order_id).substr(0, 4) == "ext-" ? 1U : 0U;
  });
  EXPECT_EQ(followed, 1U);
}

TEST_F(ReconcileAtAStart, HaltsForAnOrderOfOthersWhereNoneMayBe) {
  world.core.orders.external = execution::ExternalOrders::kHalt;
  exchange.place_by_hand(order_by_hand("web_17"));
  EXPECT_EQ(go_on(), WRIT_STOP_HALT);
  EXPECT_NE(life->run->halt_reason().find("did not make"), std::string::npos);
}

TEST_F(ReconcileAtAStart, IsRepeatedByAVerificationWithoutTheVenue) {
  exchange.place_by_hand(order_by_hand("web_17"));
  ASSERT_EQ(go_on(), WRIT_STOP_END_OF_DATA);
  ScriptedExchange nowhere([](ScriptedExchange&, ScriptedExchange::Order&) {});
  ScriptedGateway nobody{nowhere};
  auto setup = world.verify_setup();
  setup.resimulate = false;
  for (const std::uint32_t run : {1U, 2U}) {
    const auto verified = engine::verify_run(storage, run_folder(world, run), setup, nobody);
    ASSERT_TRUE(verified) << to_string(verified.error());
    EXPECT_FALSE(verified->difference)
        << verified->difference->seq.raw() << ": " << verified->difference->text;
  }
}

}  // namespace
}  // namespace writ::test
