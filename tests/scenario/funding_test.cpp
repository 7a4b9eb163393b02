// A perpetual's funding at its instant: which fills it meets, as the paper exchange and the ledger
// see them.
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <writ/decimal.hpp>
#include <writ/money.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr std::int64_t kMark = 60'000'000'000'000;
constexpr std::int64_t kRate = 100'000;  // one hundredth of a per cent
// The strategy buys 0.001: a long pays 0.001 × 60000 × 0.0001.
const Money kPaid = parse_money("-0.006").value;

/// A perpetual, and a strategy that takes the ask or bids, once.
World perpetual(bool takes, std::int64_t report_latency_ns) {
  feed::SimulatedOptions options;
  options.instruments[0].kind = WRIT_KIND_PERP;
  World world;
  world.script = simulate(options, 20'000'000'000);
  world.players = {{"one", "test.once", {{"take", takes ? "true" : "false"}}}};
  world.paper.order_latency_ns = 0;
  world.paper.report_latency_ns = report_latency_ns;
  return world;
}

std::vector<Words> live(const World& world) {
  FaultyStorage storage;
  Life life{world, storage};
  EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
  expect_verifies(world, storage, 1);
  return read_run(storage, run_folder(world, 1));
}

/// When the exchange filled the order.
std::int64_t fill_time(const World& world) {
  const auto records = live(world);
  const auto fills = all<writ_fill>(records);
  EXPECT_EQ(fills.size(), 1U);
  return fills.empty() ? 0 : fills[0]->header.event_ts;
}

enum class Among { kFirst, kLast };  // of the market's records of that instant

/// What the account got as funding at `at`.
Money funded(World world, std::int64_t at, Among among) {
  auto funding = model::make_record<writ_funding>();
  funding.header.event_ts = funding.header.ingest_ts = at;
  funding.instrument = 1;
  funding.mark = kMark;
  funding.rate = kRate;
  funding.interval_ns = 28'800'000'000'000;
  auto& events = world.script.events;
  auto place = events.begin();
  while (place != events.end() && (record_in(*place).ingest_ts < at ||
                                   (among == Among::kLast && record_in(*place).ingest_ts == at))) {
    ++place;
  }
  events.insert(place, words_of(funding.header));
  const auto records = live(world);
  EXPECT_EQ(all<writ_funding>(records).size(), 1U);
  Money sum;
  for (const auto* entry : all<writ_ledger>(records)) {
    const bool cash = entry->ledger == WRIT_LEDGER_CASH && entry->kind == WRIT_ENTRY_FUNDING;
    if (cash) sum.raw += from_abi(entry->amount).raw;
  }
  return sum;
}

class Funding : public testing::TestWithParam<bool> {};  // takes, or makes

TEST_P(Funding, MeetsThePositionOfAFillBeforeIt) {
  const World world = perpetual(GetParam(), 0);
  EXPECT_EQ(funded(world, fill_time(world) + 1, Among::kFirst), kPaid);
}

TEST_P(Funding, GoesBeforeAFillOfTheSameInstantWhateverTheOrderOfTheRecords) {
  const World world = perpetual(GetParam(), 0);
  const std::int64_t at = fill_time(world);
  EXPECT_EQ(funded(world, at, Among::kFirst), Money{});
  EXPECT_EQ(funded(world, at, Among::kLast), Money{});
}

INSTANTIATE_TEST_SUITE_P(TakerAndMaker, Funding, testing::Bool());

}  // namespace
}  // namespace writ::test
