// The disk fails: no order is out there that is not on record, and cancels go out all the same.
#include "host/base/random.hpp"
#include "host/journal/verify.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace writ::test {
namespace {

/// Remembers what it was sent.
class RecordingVenue final : public execution::OrderGateway {
 public:
  explicit RecordingVenue(const venue::paper::PaperOptions& options) : venue_(options) {}
  void observe(const writ_record& input) override { venue_.observe(input); }
  void send(const writ_order& order) override {
    sent.push_back(order);
    venue_.send(order);
  }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override { return venue_.next_due(); }
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override {
    return venue_.take_report(until);
  }
  [[nodiscard]] std::vector<std::byte> save() const override { return venue_.save(); }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override {
    return venue_.load(state);
  }

  std::vector<writ_order> sent;

 private:
  venue::paper::PaperVenues venue_;
};

World trading_world(std::int64_t seconds, std::uint64_t seed) {
  World world = small_world(seconds * 1'000'000'000, seed);
  world.players = {{"churn", "test.churn"}, {"other", "test.churn", {{"pace", "2"}}}};
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.checkpoint_period_ns = 5'000'000'000;
  world.ring_bytes = std::size_t{256} << 10U;
  world.segment_bytes = std::size_t{128} << 10U;
  world.reserve_bytes = std::size_t{64} << 10U;
  return world;
}

/// Lets the disk come near every so many events: a script is over before a disk has begun.
void let_disk_follow(Life& life, std::size_t every) {
  for (std::size_t at = every; at < 5'000; at += every) {
    life.operators.at(at, [](engine::Run& run) {
      for (int i = 0; i < 20'000 && run.durable_seq() < run.last_seq(); ++i) {
        std::this_thread::yield();
      }
    });
  }
}

TEST(PowerCut, LeavesEveryOrderTheVenueSawOnRecord) {
  World world = trading_world(20, 5);
  world.promise = engine::OrderPromise::kDurable;
  world.sync = journal::SyncPolicy::kGroupCommit;
  base::RandomStream random{3, "disk_test"};
  std::size_t seen = 0;
  const std::size_t cuts = scaled(30);
  for (std::size_t i = 0; i < cuts; ++i) {
    FaultyStorage storage;
    RecordingVenue venue{world.paper};
    std::unique_ptr<FaultyStorage> after;
    std::vector<writ_order> sent;
    {
      Life life{world, storage, 1, nullptr, &venue};
      ASSERT_TRUE(life.run);
      let_disk_follow(life, 20 + random.below(60));
      const auto at = 100 + random.below(world.script.events.size() - 100);
      life.operators.at(at / 2, [&](engine::Run&) { storage.write_back(random); });
      life.operators.at(at, [&](engine::Run& run) {
        sent = venue.sent;
        after = storage.after_power_cut(random);
        run.stop(WRIT_STOP_OPERATOR);
      });
      life.go();
    }
    ASSERT_TRUE(after);
    const auto past = open_past(world, *after);
    if (!past) {
      EXPECT_TRUE(sent.empty());
      continue;
    }
    std::map<std::uint64_t, const writ_order*> recorded;
    const auto records = read_run(*after, run_folder(world, 1));
    for (const auto* order : all<writ_order>(records)) recorded[order->header.seq] = order;
    for (const auto& order : sent) {
      const auto found = recorded.find(order.header.seq);
      ASSERT_NE(found, recorded.end())
          << "the venue saw order " << order.header.seq << " of " << past->run.last_seq.raw();
      EXPECT_EQ(std::memcmp(found->second, &order, sizeof order), 0);
    }
    seen += sent.size();
  }
  EXPECT_GT(seen, cuts * 10);
}

TEST(DurablePromise, IsKeptToTheEndOfTheRun) {
  World world = trading_world(5, 5);
  world.promise = engine::OrderPromise::kDurable;
  world.sync = journal::SyncPolicy::kGroupCommit;
  FaultyStorage storage;
  RecordingVenue venue{world.paper};
  Life life{world, storage, 1, nullptr, &venue};
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  std::size_t commanded = 0;
  const auto records = read_run(storage, run_folder(world, 1));
  for (const auto* order : all<writ_order>(records)) {
    commanded += order->command != WRIT_COMMAND_NONE ? 1 : 0;
  }
  EXPECT_EQ(venue.sent.size(), commanded) << "an order that was decided was never sent";
}

TEST(FullDisk, HaltsCancelsAndLeavesAJournalThatVerifies) {
  base::RandomStream random{11, "disk_test"};
  std::size_t cancelled = 0;
  for (std::size_t i = 0; i < scaled(25); ++i) {
    SCOPED_TRACE("disk " + std::to_string(i));
    const World world = trading_world(30, 1 + i % 5);
    FaultyStorage storage;
    RecordingVenue venue{world.paper};
    std::set<std::uint64_t> sent_before;
    {
      Life life{world, storage, 1, nullptr, &venue};
      ASSERT_TRUE(life.run);
      const auto at = 50 + random.below(400);
      const auto left = random.below(200'000);
      life.operators.at(at, [&](engine::Run&) { storage.set_capacity(storage.used() + left); });
      EXPECT_EQ(life.go(), WRIT_STOP_HALT);
      ASSERT_TRUE(life.run->journal_failure());
      EXPECT_EQ(life.run->journal_failure()->code(), base::Errc::kDiskFull);
    }
    const auto records = read_run(storage, run_folder(world, 1));
    const auto halt = find(records, 0, [](const auto& r) {
      const auto* command = model::as<writ_command>(r);
      return command != nullptr && command->command == WRIT_OPERATOR_HALT;
    });
    ASSERT_LT(halt, records.size());
    // Everything that was working is being cancelled, nothing was sent since, and all of it is on
    // record.
    std::map<std::uint64_t, bool> working;
    std::set<std::uint64_t> cancelling;
    for (std::size_t place = 0; place < records.size(); ++place) {
      const auto* order = model::as<writ_order>(record_in(records[place]));
      if (order == nullptr) continue;
      working[order->order_id] = execution::Orders::is_working(*order);
      if (order->command == WRIT_COMMAND_CANCEL) cancelling.insert(order->order_id);
      if (place > halt) {
        EXPECT_EQ(order->command, WRIT_COMMAND_CANCEL);
        ++cancelled;
      }
    }
    for (const auto& [id, works] : working) {
      if (works) {
        EXPECT_TRUE(cancelling.contains(id)) << "order " << (id & kSeqMask);
      }
    }
    std::set<std::uint64_t> recorded;
    for (const auto* order : all<writ_order>(records)) recorded.insert(order->header.seq);
    for (const auto& order : venue.sent) EXPECT_TRUE(recorded.contains(order.header.seq));
    EXPECT_LT(find(records, halt, [](const auto& r) { return r.type == WRIT_RECORD_RUN_STOPPED; }),
              records.size());

    const auto report = journal::verify_run(storage, run_folder(world, 1));
    ASSERT_TRUE(report.has_value());
    EXPECT_TRUE(report->ok()) << report->damage->text;
    expect_verifies(world, storage, 1);

    // Room again: it goes on.
    storage.set_capacity(std::numeric_limits<std::uint64_t>::max());
    const auto past = open_past(world, storage);
    ASSERT_TRUE(past.has_value());
    EXPECT_EQ(past->stop_reason, WRIT_STOP_HALT);
    Life life{world, storage, 2, &*past};
    ASSERT_TRUE(life.run) << to_string(*life.error);
    EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
    EXPECT_TRUE(life.run->restarted()->differing.empty());
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    expect_verifies(world, storage, 2);
    if (HasFailure()) break;
  }
  EXPECT_GT(cancelled, 0U);
}

TEST(FailingSync, HaltsAndSendsNothingThatIsNotDurable) {
  World world = trading_world(30, 4);
  world.promise = engine::OrderPromise::kDurable;
  world.sync = journal::SyncPolicy::kGroupCommit;
  for (const std::uint64_t successes : {1U, 5U, 12U}) {
    FaultyStorage storage;
    RecordingVenue venue{world.paper};
    std::uint64_t durable = 0;
    {
      Life life{world, storage, 1, nullptr, &venue};
      ASSERT_TRUE(life.run);
      let_disk_follow(life, 30);
      storage.fail_syncs_after(successes);
      EXPECT_EQ(life.go(), WRIT_STOP_HALT);
      EXPECT_TRUE(life.run->journal_failure());
      durable = life.run->durable_seq().raw();
    }
    for (const auto& order : venue.sent) {
      if (order.command != WRIT_COMMAND_CANCEL) {
        EXPECT_LE(order.header.seq, durable);
      }
    }
  }
}

}  // namespace
}  // namespace writ::test
