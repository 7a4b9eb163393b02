// Research on two cores: what two trials at a time, a sweep of 64 and a bootstrap gain over one
// thread.
//
//   sweep_bench [SECONDS]     of market time, each trial
#include "host/base/canonical_json.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/sweep_trials.hpp"
#include "host/journal/storage.hpp"
#include "host/research/bootstrap.hpp"
#include "host/research/parallel.hpp"
#include "host/research/trial_table.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/rounds.hpp"
#include "tests/support/related_returns.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

namespace {

using namespace writ;

constexpr int kRounds = 5;
constexpr std::size_t kTrials = 64;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "sweep_bench: %s\n", what.c_str());
  std::exit(1);
}

constexpr const char* kConfig = R"(mode: backtest
seed: 1
journal: {dir: journal}
accounts:
  - {name: main, reporting: USDT, initial: {USDT: "1000000", BTC: "10"}}
feeds:
  - name: sim
    type: simulated
    seed: 7
    events_per_second: 1000
    instruments:
      - {market: BTCUSDT, base: BTC, quote: USDT, price: "60000", tick: "0.1", lot: "0.00001", typical_quantity: "0.5"}
market:
  features: {sample: "20ms", volatility_warm: 2, spread_warm: 2}
risk: {position_max: "12", price_band: "0.02", open_orders_max: 10}
strategies:
  - name: mm
    plugin: writ.market_maker
    account: main
    instruments: ["*"]
    params: {inventory_max: "5000", requote_interval: 20ms, fee_cover: "0"}
)";

// Trials that cost about the same.
std::string grid() {
  std::string values;
  for (std::size_t i = 0; i < kTrials; ++i) {
    values += (i == 0 ? "\"" : ", \"") + std::to_string(500 + i) + "\"";
  }
  return "grid: {mm: {order_notional: [" + values + "]}}\n";
}

/// ns a trial of the first `count`, `threads` at a time; their rows as one hash.
double run(cli::SweepTrials& trials, std::size_t count, unsigned threads, std::string& hash) {
  std::mutex mutex;
  research::TrialRows::Rows rows;
  const auto begun = std::chrono::steady_clock::now();
  research::for_each_index(count, threads, [&](std::size_t i) {
    auto row = trials.run(i, [] { return false; });
    const std::lock_guard guard(mutex);
    rows.emplace(i + 1, std::move(*row));
  });
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
  const auto did = base::sha256_hex(research::json_lines(rows));
  if (!hash.empty() && hash != did) fail("rows differ from those of another round");
  hash = did;
  return took.count() / static_cast<double>(count);
}

void measure(cli::SweepTrials& trials, std::size_t count, const std::string& name, double target) {
  bench::Row row{"G12", name, "one at a time", target};
  std::string hash;
  for (int round = -1; round < kRounds; ++round) {
    const double two = run(trials, count, 2, hash);
    const double one = run(trials, count, 1, hash);
    if (round < 0) continue;
    row.ours.push_back(two);
    row.limit.push_back(one);
  }
  bench::print(row);
  bench::print_proof(name,
                     "sha256 of the rows " + hash.substr(0, 16) + " on one thread and on two");
}

void measure_bootstrap() {
  const std::string name = "trial of a bootstrap, 10,000 of 2,500 returns, two threads";
  const auto returns = test::related_returns(2'500);
  research::BootstrapOptions options;
  options.trials = 10'000;
  bench::Row row{"G12", name, "one thread", 1 / 1.85};
  std::string did;
  for (int round = -1; round < kRounds; ++round) {
    for (const unsigned threads : {2U, 1U}) {
      options.threads = threads;
      const auto begun = std::chrono::steady_clock::now();
      const auto result = research::bootstrap(returns, options);
      const std::chrono::duration<double, std::nano> took =
          std::chrono::steady_clock::now() - begun;
      const auto proof = "Sharpe " + base::float_py_repr(result.sharpe.low).value() + " to " +
                         base::float_py_repr(result.sharpe.high).value() + ", blocks of " +
                         std::to_string(result.block_length.value_or(0));
      if (!did.empty() && did != proof) fail("the bootstrap depends on its threads");
      did = proof;
      if (round >= 0) (threads == 2 ? row.ours : row.limit).push_back(took.count() / 10'000);
    }
  }
  bench::print(row);
  bench::print_proof(name, did + " on one thread and on two");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) fail("usage: sweep_bench [SECONDS]");
  const auto seconds = argc > 1 ? std::strtoll(argv[1], nullptr, 10) : 30;
  if (seconds < 1) fail("less than a second");
  const std::filesystem::path folder = bench::scratch_folder("sweep");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "writ.yaml")
      << kConfig << "plugins: {dirs: [\""
      << std::filesystem::path(bench::product_plugin("market_maker")).parent_path().string()
      << "\"]}\n";
  std::ofstream(folder / "grid.yaml") << grid();

  cli::SweepOptions options;
  options.config_file = folder / "writ.yaml";
  options.grid_file = folder / "grid.yaml";
  options.duration_ns = seconds * 1'000'000'000;
  journal::PosixStorage storage;
  cli::SweepTrials trials(options, storage);
  if (trials.count() != kTrials || trials.decoded_bytes() == 0) fail("not the sweep it should be");

  bench::print_heading("sweep_bench, " + std::to_string(trials.decoded_bytes() >> 20U) +
                       " MiB of market data");
  measure(trials, 2, "trial of a backtest, two at once", 1 / 1.9);
  measure(trials, kTrials, "trial of a sweep of 64, two threads", 0.55);
  measure_bootstrap();
  std::filesystem::remove_all(folder);
  return 0;
}
