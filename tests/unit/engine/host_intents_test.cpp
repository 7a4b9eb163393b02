#include "host/engine/host_intents.hpp"

#include "host/engine/timers.hpp"
#include "host/execution/orders.hpp"
#include "host/market/markets.hpp"
#include "host/model/record_words.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace writ::engine {
namespace {

/// Keeps what it is given, from seq 11 on; `full`: can put nothing on record.
class KeepingSink final : public CoreSink {
 public:
  [[nodiscard]] RunNumber run() const override { return RunNumber{2}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{11 + kept.size()}; }
  std::vector<model::RecordWords> kept;
  bool full = false;

 protected:
  std::uint64_t put(writ_record& record) override {
    if (full) return 0;
    record.seq = next_seq().raw();
    kept.push_back(model::words_of(record));
    return record_id<IntentId>(run(), Seq{record.seq}).raw();
  }
};

class HostIntentsTest : public testing::Test {
 protected:
  HostIntentsTest() {
    auto clock = model::make_record<writ_clock>();
    clock.header.seq = 10;
    clock.header.ingest_ts = 5'000;
    sink_.begin(clock.header);
  }
  KeepingSink sink_;
  model::InstrumentTable tables_;
  Timers timers_;
  market::Markets markets_;
  execution::Orders orders_;
  PluginServices services_{sink_, tables_, timers_, markets_, orders_, {}, nullptr, nullptr};
  writ_snapshot snapshot_ = model::make_record<writ_snapshot>();
  HostIntents intents_{sink_, services_,
                       [this](std::uint32_t instance, std::uint32_t account,
                              std::uint32_t instrument) -> const writ_snapshot& {
                         snapshot_.instance = instance;
                         snapshot_.account = account;
                         snapshot_.instrument = instrument;
                         return snapshot_;
                       }};
};

TEST_F(HostIntentsTest, PutsTheStrategysIntentOnRecordAndSaysThatTheHostMadeItAndWhy) {
  auto intent = HostIntents::blank(1, 4, 7, WRIT_INTENT_FLATTEN);
  intent.flags = WRIT_INTENT_REDUCE_ONLY;
  const auto id = intents_.submit(intent, "flatten");
  ASSERT_EQ(sink_.kept.size(), 2U);
  const auto* snapshot = model::as<writ_snapshot>(model::record_in(sink_.kept[0]));
  ASSERT_NE(snapshot, nullptr);
  EXPECT_EQ(snapshot->instance, 4U);
  const auto& made = *model::as<writ_intent>(model::record_in(sink_.kept[1]));
  EXPECT_EQ(id, (std::uint64_t{2} << 40U) + 12);
  EXPECT_EQ(made.account, 1U);
  EXPECT_EQ(made.instance, 4U);
  EXPECT_EQ(made.instrument, 7U);
  EXPECT_EQ(made.kind, WRIT_INTENT_FLATTEN);
  EXPECT_EQ(made.flags, WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_BY_HOST);
  EXPECT_EQ(made.seen_seq, 10U);
  EXPECT_EQ(made.snapshot_seq, 11U);
  EXPECT_EQ(made.price, WRIT_NONE);
  EXPECT_EQ(made.header.ingest_ts, 5'000);
  EXPECT_EQ(model::tail_text(made, made.tags_size), "[\"flatten\"]");
}

TEST_F(HostIntentsTest, QueuesBehindWhatWasSubmittedBefore) {
  const auto first = intents_.submit(HostIntents::blank(1, 4, 7, WRIT_INTENT_FLATTEN), "flatten");
  const auto second = intents_.submit(HostIntents::blank(1, 3, 7, WRIT_INTENT_PLACE), "unwind");
  std::vector<PendingIntent> pending;
  ASSERT_TRUE(services_.take_intents(pending));
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending[0].id, first);
  EXPECT_EQ(pending[1].id, second);
  EXPECT_EQ(pending[1].intent().instance, 3U);
  EXPECT_FALSE(pending[1].call_failed);
}

TEST_F(HostIntentsTest, QueuesNothingThatIsNotOnRecord) {
  sink_.full = true;
  EXPECT_EQ(intents_.submit(HostIntents::blank(1, 4, 7, WRIT_INTENT_FLATTEN), "halt"), 0U);
  std::vector<PendingIntent> pending;
  EXPECT_FALSE(services_.take_intents(pending));
}

}  // namespace
}  // namespace writ::engine
