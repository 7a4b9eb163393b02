// A recomputation is equal for what was run, and says where it first is not for anything else.
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

feed::SimulatedOptions odd_market(std::uint64_t seed) {
  feed::SimulatedOptions options;
  options.seed = seed;
  options.burst = 5'000;
  options.sweep = 20'000;
  options.gap = 3'000;
  options.one_sided = 3'000;
  options.crossed = 3'000;
  options.clock_offset = 1'000;
  options.instruments = {{}, {}};
  options.instruments[1].market = "BTCPERP";
  options.instruments[1].kind = WRIT_KIND_PERP;
  return options;
}

World odd_world(std::uint64_t seed, std::int64_t seconds) {
  World world;
  world.script = simulate(odd_market(seed), seconds * 1'000'000'000);
  world.players = {{"flow", "test.flow"},
                   {"half", "test.half", {}, {{1, "flow", 1}}},
                   {"churn", "test.churn", {}, {{1, "half", 1}}},
                   {"other", "test.churn", {{"pace", "3"}, {"size", "0.002"}}, {{1, "flow", 2}}},
                   {"bare", "test.forgetful"}};
  world.core.checkpoint_period_ns = 5'000'000'000;
  world.core.portfolio_period_ns = 2'000'000'000;
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  return world;
}

TEST(Verify, IsEqualForEveryMarketAndCompaniesOfStrategies) {
  for (std::size_t seed = 1; seed <= scaled(8); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world = odd_world(seed, 30);
    if (seed % 2 == 0) world.core.snapshot_policy = engine::SnapshotPolicy::kEvaluated;
    if (seed % 3 == 0) world.core.arbiter.ownership = arbiter::Ownership::kExclusive;
    FaultyStorage storage;
    Life life{world, storage};
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    const auto verified = verify(world, storage, 1);
    EXPECT_FALSE(verified.difference)
        << verified.difference->seq.raw() << ": " << verified.difference->text;
    EXPECT_EQ(verified.intents_hash, life.run->intents_hash());
    EXPECT_EQ(verified.verdicts_hash, life.run->verdicts_hash());
    EXPECT_EQ(verified.ledger_hash, life.run->ledger_hash());
    EXPECT_GT(life.run->summary().fills, 0U);
    for (const auto type : {WRIT_RECORD_INTENT, WRIT_RECORD_VERDICT, WRIT_RECORD_ORDER,
                            WRIT_RECORD_LEDGER, WRIT_RECORD_PORTFOLIO, WRIT_RECORD_SNAPSHOT,
                            WRIT_RECORD_SIGNAL, WRIT_RECORD_TIMER, WRIT_RECORD_CHECKPOINT}) {
      const auto compared = verified.compared.find(static_cast<std::uint16_t>(type));
      ASSERT_NE(compared, verified.compared.end()) << "type " << type;
      if (type == WRIT_RECORD_CHECKPOINT) continue;  // the first is not compared but loaded
      EXPECT_EQ(compared->second,
                *life.run->summary().by_type.get(static_cast<std::uint32_t>(type)));
    }
  }
}

TEST(Checkpoints, WaitUntilEnoughHappenedAndAreVerifiedSo) {
  World world = odd_world(3, 60);
  world.core.checkpoint_inputs_min = 400;
  FaultyStorage storage;
  Life life{world, storage};
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);

  std::vector<std::uint64_t> inputs_before;  // of each checkpoint, since the one before
  std::uint64_t inputs = 0;
  for (const auto& words : read_run(storage, run_folder(world, 1))) {
    const auto& record = record_in(words);
    if (record.type < 1000) ++inputs;
    const auto* part = model::as<writ_checkpoint>(record);
    if (part == nullptr || part->part != 0) continue;
    inputs_before.push_back(std::exchange(inputs, 0));
  }
  ASSERT_GE(inputs_before.size(), 4U);  // that of the beginning and that of the end wait for nobody
  for (std::size_t i = 1; i + 1 < inputs_before.size(); ++i) {
    EXPECT_GE(inputs_before[i], 400U) << "checkpoint " << i;
  }
  EXPECT_FALSE(verify(world, storage, 1).difference);
}

class VerifyOfOneRun : public testing::Test {
 protected:
  void SetUp() override {
    Life life{world_, storage_};
    life.go();
    records_ = read_run(storage_, run_folder(world_, 1));
  }
  /// The recorded run with one record altered.
  std::unique_ptr<FaultyStorage> altered(std::size_t place,
                                         const std::function<void(writ_record&)>& alter) {
    auto records = records_;
    alter(reinterpret_cast<writ_record&>(*records[place].data()));
    auto storage = std::make_unique<FaultyStorage>();
    write_run(world_, *storage, records);
    return storage;
  }
  std::size_t first_after_trading(std::uint16_t type) {
    const auto intent = find(
        records_, 0, [](const writ_record& record) { return record.type == WRIT_RECORD_FILL; });
    return find(records_, intent, [&](const writ_record& r) { return r.type == type; });
  }

  World world_ = odd_world(1, 20);
  FaultyStorage storage_;
  std::vector<Words> records_;
};

TEST_F(VerifyOfOneRun, ARewrittenJournalIsTheSame) {
  const auto copy = altered(0, [](writ_record&) {});
  EXPECT_FALSE(verify(world_, *copy, 1).difference);
}

TEST_F(VerifyOfOneRun, AChangedParameterNamesTheFirstRecordThatDiffers) {
  auto setup = world_.verify_setup();
  World other = world_;
  other.players[2].parameters = {{"size", "0.003"}};
  setup.instances = other.instances();
  const auto verified = verify(world_, storage_, 1, &setup);
  ASSERT_TRUE(verified.difference);
  const auto& first = record_in(records_[verified.difference->seq.raw() - 1]);
  ASSERT_EQ(first.type, WRIT_RECORD_INTENT) << verified.difference->text;
  EXPECT_EQ(model::as<writ_intent>(first)->instance, 3U);
  EXPECT_NE(verified.difference->text.find("intent quantity: "), std::string::npos)
      << verified.difference->text;
}

TEST_F(VerifyOfOneRun, AnotherRuleBookDiffersInAVerdict) {
  auto setup = world_.verify_setup();
  setup.core.arbiter.defaults.position_max = Quantity{1};
  const auto verified = verify(world_, storage_, 1, &setup);
  ASSERT_TRUE(verified.difference);
  EXPECT_EQ(record_in(records_[verified.difference->seq.raw() - 1]).type, WRIT_RECORD_VERDICT)
      << verified.difference->text;
}

TEST_F(VerifyOfOneRun, OneAlteredTradeDiffersWhereItFirstMatters) {
  const auto place = first_after_trading(WRIT_RECORD_TRADE);
  const auto copy = altered(place, [](writ_record& record) {
    reinterpret_cast<writ_trade&>(record).quantity += 1'000'000;
  });
  const auto verified = verify(world_, *copy, 1);
  ASSERT_TRUE(verified.difference);
  EXPECT_GT(verified.difference->seq.raw(), place);
}

TEST_F(VerifyOfOneRun, OneAlteredFillDiffers) {
  const auto place = first_after_trading(WRIT_RECORD_FILL);
  const auto copy =
      altered(place, [](writ_record& record) { reinterpret_cast<writ_fill&>(record).price += 1; });
  auto setup = world_.verify_setup();
  EXPECT_EQ(verify(world_, *copy, 1, &setup).difference->seq.raw(), place + 1)
      << "the simulated venue says it otherwise";
  setup.resimulate = false;
  const auto verified = verify(world_, *copy, 1, &setup);
  ASSERT_TRUE(verified.difference) << "what follows from it differs too";
  EXPECT_GT(verified.difference->seq.raw(), place + 1);
}

TEST_F(VerifyOfOneRun, EveryAlteredDerivedRecordIsFound) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < records_.size(); i += 1 + records_.size() / scaled(40)) {
    const auto place = find(records_, i, [](const writ_record& record) {
      return !model::is_input(record) && record.type != WRIT_RECORD_CHECKPOINT;
    });
    if (place == records_.size()) break;
    const auto copy = altered(place, [](writ_record& record) {
      reinterpret_cast<unsigned char*>(&record)[sizeof(writ_record) + 3] ^= 0x40;
    });
    const auto verified = verify(world_, *copy, 1);
    ASSERT_TRUE(verified.difference) << "record " << place + 1;
    EXPECT_EQ(verified.difference->seq.raw(), place + 1) << verified.difference->text;
    ++tried;
  }
  EXPECT_GT(tried, scaled(40) / 2);
}

TEST_F(VerifyOfOneRun, ARecordThatIsMissingIsFoundWhereItShouldBe) {
  const auto place = first_after_trading(WRIT_RECORD_VERDICT);
  auto records = records_;
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(place));
  FaultyStorage storage;
  write_run(world_, storage, records);
  const auto verified = verify(world_, storage, 1);
  ASSERT_TRUE(verified.difference);
  EXPECT_LE(verified.difference->seq.raw(), place + 1);
}

TEST_F(VerifyOfOneRun, ARunThatDiedAnywhereIsEqualAsFarAsItGoes) {
  for (std::size_t i = 0; i < scaled(30); ++i) {
    const std::size_t count = records_.size() * (i + 1) / (scaled(30) + 1);
    const auto storage = dead_run(world_, records_, count);
    const std::vector<Words> recorded(records_.begin(),
                                      records_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!all<writ_deposit>(recorded).empty()) {
      const auto verified = verify(world_, *storage, 1);
      EXPECT_FALSE(verified.difference) << count << " records: " << verified.difference->text;
    }
  }
}

TEST(Verify, AStrategyThatIsNoFunctionOfItsInputsDiffers) {
  World world = small_world();
  world.players = {{"fickle", "test.fickle"}};
  FaultyStorage storage;
  Life life{world, storage};
  life.go();
  const auto verified = verify(world, storage, 1);
  ASSERT_TRUE(verified.difference);
  EXPECT_NE(verified.difference->text.find("intent tag"), std::string::npos)
      << verified.difference->text;
}

}  // namespace
}  // namespace writ::test
