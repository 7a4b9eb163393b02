// Random fire on record: what a journal of it gives back is what the host was.
#include "host/engine/verifier.hpp"
#include "host/journal/folder.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "tests/sim/dead_host.hpp"
#include "tests/sim/host_setup.hpp"
#include "tests/sim/simulation.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace writ::test {
namespace {

/// A simulation and every record of it.
struct Recorded {
  explicit Recorded(std::uint64_t seed) : options(options_of(seed)) {
    options.forge = [this](writ_record& record) {
      records.push_back(model::words_of(record));
      return true;
    };
    Simulation simulation{options};
    simulation.go();
    EXPECT_EQ(simulation.failure(), "");
    options.forge = {};
  }

  static SimulationOptions options_of(std::uint64_t seed) {
    SimulationOptions options;
    options.seed = seed;
    options.intents = scaled(20'000);
    options.checked = rules_of_host();
    options.checkpoints = true;
    return options;
  }

  [[nodiscard]] const writ_record& record(std::size_t at) const {
    return model::record_in(records[at]);
  }
  [[nodiscard]] std::unique_ptr<FaultyStorage> dead_after(std::size_t count) const {
    return dead_host(records, count);
  }
  [[nodiscard]] engine::Recipe recipe() const {
    return {core_options(rules_of_host(), options.seed), hostile_strategies(), {}};
  }

  SimulationOptions options;
  std::vector<model::RecordWords> records;
};

/// The venue as it is made anew.
struct Venue {
  explicit Venue(const Recorded& run)
      : gateway(paper, run.options.seed, simulated_faults(run.options.fault_rate)) {}
  venue::paper::PaperVenue paper{venue::paper::PaperOptions{}};
  FaultyGateway gateway;
};

using Sections = std::map<std::string, std::vector<std::byte>>;

Sections bytes_of(const journal::CheckpointSections& sections) {
  Sections bytes;
  for (const auto* name : {"market", "orders", "ledger", "arbiter", "veto_marks", "groups"}) {
    bytes[name] = sections.at(name).bytes;
  }
  return bytes;
}

/// What folding the journal of a dead host gives.
std::optional<engine::Restarted> fold(const Recorded& run, FaultyStorage& storage) {
  Venue venue{run};
  auto folded = fold(storage, run.options.seed, venue.gateway);
  return folded ? std::optional(std::move(folded->restarted)) : std::nullopt;
}

TEST(JournaledFire, ReplaysTheSameAndIsWhatItWasWhereverItsHostIsKilled) {
  const Recorded run{41};
  base::RandomStream random{41, "test.kills"};
  const auto first_checkpoint = static_cast<std::size_t>(
      std::find_if(run.records.begin(), run.records.end(),
                   [](const auto& words) {
                     return model::record_in(words).type == WRIT_RECORD_CHECKPOINT;
                   }) -
      run.records.begin());
  ASSERT_LT(first_checkpoint + 100, run.records.size());
  std::map<std::uint64_t, std::size_t> boundaries;  // seq of the last input to records before next
  std::vector<std::size_t> within;
  constexpr std::size_t kKills = 6;
  while (boundaries.size() < kKills) {
    auto at = first_checkpoint + 100 + random.below(run.records.size() - first_checkpoint - 100);
    within.push_back(at);
    while (at > 0 && !model::is_input(run.record(at))) --at;
    auto last = at;
    while (last > 0 && !model::is_input(run.record(last - 1))) --last;
    boundaries[run.record(last - 1).seq] = at;
  }

  std::map<std::uint64_t, Sections> as_it_was;
  const auto whole = run.dead_after(run.records.size());
  engine::VerifySetup setup;
  static_cast<engine::Recipe&>(setup) = run.recipe();
  setup.resimulate = true;
  setup.progress = [&](const engine::Pipeline& core, const writ_record& input) {
    if (boundaries.contains(input.seq)) as_it_was[input.seq] = bytes_of(core.save());
  };
  Venue venue{run};
  const auto verified = engine::verify_run(
      *whole, journal::run_folder(kJournalFolder, RunNumber{1}), setup, venue.gateway);
  ASSERT_TRUE(verified.has_value()) << to_string(verified.error());
  EXPECT_FALSE(verified->difference)
      << verified->difference->seq.raw() << ": " << verified->difference->text;
  ASSERT_EQ(as_it_was.size(), boundaries.size());

  for (const auto& [seq, count] : boundaries) {
    SCOPED_TRACE(count);
    const auto dead = run.dead_after(count);
    const auto restarted = fold(run, *dead);
    ASSERT_TRUE(restarted.has_value());
    EXPECT_EQ(restarted->unmatched_records, 0U);
    EXPECT_TRUE(restarted->differing.empty());
    const auto folded = bytes_of(restarted->state);
    for (const auto& [name, bytes] : as_it_was[seq]) {
      EXPECT_TRUE(folded.at(name) == bytes) << name << " is not what it was";
    }
  }
  for (const auto count : within) {
    SCOPED_TRACE(count);
    const auto dead = run.dead_after(count);
    const auto restarted = fold(run, *dead);
    ASSERT_TRUE(restarted.has_value());
    EXPECT_EQ(restarted->unmatched_records, 0U);
    EXPECT_TRUE(restarted->differing.empty());
  }
}

}  // namespace
}  // namespace writ::test
