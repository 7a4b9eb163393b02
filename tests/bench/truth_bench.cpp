// The cost of truth: the same backtest with everything on record and with nothing, and with each
// snapshot a strategy was evaluated on instead of those it decided on.
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/rounds.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

namespace {

using namespace writ;

constexpr std::size_t kRows = 300'000;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "truth_bench: %s\n", what.c_str());
  std::exit(1);
}

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("truth");
  const auto all = bench::standard_l2_market();
  const bench::MarketRecords records(std::span{all}.first(kRows), bench::HostBacktest::kInstrument,
                                     bench::HostBacktest::kStream);
  const auto module = plugin::Module::load(bench::bench_object("touch_quoter"), folder / "objects");

  std::uint64_t intents = 0;
  std::uint64_t fills = 0;
  const auto decided = [&](const engine::RunSummary& summary) {
    if (intents != 0 && (summary.intents != intents || summary.fills != fills)) {
      fail("one decided otherwise than another");
    }
    intents = summary.intents;
    fills = summary.fills;
  };
  std::string did;
  const auto run = [&](engine::Keep keep, engine::SnapshotPolicy snapshots) {
    auto setup = bench::l2_setup(module, folder / "journal");
    setup.keep = keep;
    setup.core.snapshot_policy = snapshots;
    bench::HostBacktest host(records, std::move(setup));
    const double ns = bench::timed([&] {
      host.go();
      return kRows;
    });
    decided(host.summary());
    did = host.proof();
    return ns;
  };
  const auto decisions = [&] {
    return run(engine::Keep::kJournal, engine::SnapshotPolicy::kIntent);
  };
  const auto evaluations = [&] {
    return run(engine::Keep::kJournal, engine::SnapshotPolicy::kEvaluated);
  };
  const auto nothing = [&] { return run(engine::Keep::kNothing, engine::SnapshotPolicy::kIntent); };

  bench::print_heading("truth_bench");
  const std::string all_on_record = "row, all of it on record";
  bench::compare(
      {"truth", all_on_record, decisions, "the same, nothing on record", nothing, std::nullopt});
  bench::print_proof(all_on_record, did);
  const std::string every_snapshot = "row, each snapshot evaluated on record";
  bench::compare({"truth", every_snapshot, evaluations, "the snapshots decided on alone", decisions,
                  std::nullopt});
  std::filesystem::remove_all(folder);
  return 0;
}
