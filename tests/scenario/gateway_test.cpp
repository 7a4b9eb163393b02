// A host behind a bad connection: whatever is lost, late, twice or unknown, its orders are those of
// the venue in the end.
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_gateway.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::test {
namespace {

World trading_world(std::uint64_t seed) {
  auto world = small_world(60'000'000'000, seed);
  world.players = {{"churn", "test.churn"},
                   {"other", "test.churn", {{"pace", "3"}, {"size", "0.002"}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.orders.answer_timeout_ns = 100'000'000;
  return world;
}

Faults bad_line() {
  auto faults = Faults::all(500);
  faults.late_ns = 2'000'000'000;
  faults.drop_ns = 1'000'000'000;
  return faults;
}

TEST(FaultyLine, EndsWithTheOrdersAndFillsOfTheVenue) {
  FaultCounts seen;
  for (std::uint64_t seed = 1; seed <= scaled(20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto world = trading_world(seed);
    venue::paper::PaperVenues venue{world.paper};
    FaultyGateway gateway{venue, seed, bad_line()};
    FaultyStorage storage;
    Life life{world, storage, 1, nullptr, &gateway};
    ASSERT_TRUE(life.run);
    // The line is mended in the last third; what works is cancelled and must come to an end.
    const auto events = world.script.events.size();
    life.operators.at(events / 3 * 2, [&](engine::Run& run) {
      gateway.set_faults({});
      run.command(WRIT_OPERATOR_PAUSE, 0, 0, "test");
      run.command(WRIT_OPERATOR_KILL, 1, 0, "test");
    });
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);

    EXPECT_EQ(life.run->pipeline().orders().sums({}).count, 0U);
    const auto records = read_run(storage, run_folder(world, 1));
    std::map<std::uint64_t, writ_order> last;
    for (const auto* order : all<writ_order>(records)) last[order->order_id] = *order;
    std::map<std::uint64_t, Int128> filled;
    std::set<std::pair<std::uint64_t, std::string>> trades;
    for (const auto* fill : all<writ_fill>(records)) {
      if (trades.emplace(fill->order_id, fill->exchange_trade_id).second) {
        filled[fill->order_id] += fill->quantity;
      }
    }
    for (const auto& [id, order] : last) {
      EXPECT_EQ(Int128{order.filled}, filled[id]) << order.client_order_id;
      EXPECT_EQ(Int128{order.filled}, gateway.filled_at_venue(id)) << order.client_order_id;
      EXPECT_LE(order.filled, order.quantity);
    }
    const auto& counts = gateway.counts();
    seen.rejected += counts.rejected;
    seen.command_lost += counts.command_lost;
    seen.timed_out += counts.timed_out;
    seen.dropped += counts.dropped;
    seen.answer_lost += counts.answer_lost;
    seen.duplicate += counts.duplicate;
    seen.late += counts.late;
    seen.lookups += counts.lookups;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(seen.rejected, 0U);
  EXPECT_GT(seen.command_lost, 0U);
  EXPECT_GT(seen.timed_out, 0U);
  EXPECT_GT(seen.dropped, 0U);
  EXPECT_GT(seen.answer_lost, 0U);
  EXPECT_GT(seen.duplicate, 0U);
  EXPECT_GT(seen.late, 0U);
  EXPECT_GT(seen.lookups, 0U);
  std::cout << "faulty line: rejected " << seen.rejected << ", commands lost " << seen.command_lost
            << ", timed out " << seen.timed_out << ", dropped " << seen.dropped << ", answers lost "
            << seen.answer_lost << ", twice " << seen.duplicate << ", late " << seen.late
            << ", look-ups " << seen.lookups << "\n";
}

TEST(FaultyLine, IsRepeatedByAVerificationRecordForRecord) {
  const auto world = trading_world(3);
  FaultyStorage storage;
  {
    venue::paper::PaperVenues venue{world.paper};
    FaultyGateway gateway{venue, 3, bad_line()};
    Life life{world, storage, 1, nullptr, &gateway};
    ASSERT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    ASSERT_GT(gateway.counts().lookups, 0U);
  }
  venue::paper::PaperVenues venue{world.paper};
  FaultyGateway gateway{venue, 3, bad_line()};
  auto setup = world.verify_setup();
  setup.resimulate = false;
  const auto verified = engine::verify_run(storage, run_folder(world, 1), setup, gateway);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_FALSE(verified->difference)
      << verified->difference->seq.raw() << ": " << verified->difference->text;
}

}  // namespace
}  // namespace writ::test
