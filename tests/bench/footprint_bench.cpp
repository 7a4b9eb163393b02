// What the program as a whole takes: memory and time an event of a backtest over tapes of 1, 10 and
// 100 million events, and how long an empty one lasts from its start to its end (G11).
//
//   footprint_bench [MILLIONS]   the longest tape, 100 unless said
#include "host/journal/storage.hpp"
#include "host/journal/tape.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/market_feed.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/program_run.hpp"
#include "tests/bench/rounds.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace writ;

constexpr std::uint64_t kMillion = 1'000'000;
constexpr double kMib = 1024;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "footprint_bench: %s\n", what.c_str());
  std::exit(1);
}

template <class T>
T must(base::Result<T> result) {
  if (!result) fail(to_string(result.error()));
  return std::move(*result);
}

std::filesystem::path write_tape(const std::filesystem::path& folder,
                                 std::span<const bench::L2Row> rows) {
  const auto path = folder / ("l2-" + std::to_string(rows.size()) + ".tape");
  journal::PosixStorage storage;
  auto writer =
      must(journal::TapeWriter::create(storage, path, "bench", {{"l2", rows.size_bytes(), {}}}));
  const auto put = [&](const writ_record& record) {
    if (const auto taken = writer->append(record); !taken) fail(to_string(taken.error()));
  };
  for (const auto& table : bench::l2_tables()) put(model::record_in(table));
  bench::MarketRecorder recorder(bench::HostBacktest::kInstrument, bench::HostBacktest::kStream);
  put(recorder.image(rows));
  for (const auto& row : rows.subspan(bench::MarketRecorder::kImage)) put(recorder.row(row));
  (void)must(writer->finish());
  return path;
}

std::filesystem::path write_config(const std::filesystem::path& folder) {
  const auto path = folder / "writ.yaml";
  const auto plugins = std::filesystem::path(bench::product_plugin("market_maker")).parent_path();
  std::ofstream out(path);
  out << "mode: backtest\n"
         "journal: {dir: journal}\n"
         "plugins: {dirs: [\""
      << plugins.string()
      << "\"]}\n"
         "accounts:\n"
         "  - {name: main, reporting: USDT, initial: {USDT: \"10000000\"}}\n"
         "feeds: []\n"
         "risk: {staleness: 5s, position_max: \"2\", price_band: \"0.05\", order_rate_max: 10000,\n"
         "       open_orders_max: 10}\n"
         "strategies:\n"
         "  - {name: mm, plugin: writ.market_maker, account: main, instruments: [\"*\"]}\n";
  if (!out) fail("cannot write " + path.string());
  return path;
}

bench::ProgramRun backtest(const std::filesystem::path& config, const std::filesystem::path& tape) {
  std::filesystem::remove_all(config.parent_path() / "journal");
  const auto run = bench::run_program(
      {bench::host_program(), "backtest", "--config", config, "--tape", tape}, true);
  std::filesystem::remove_all(config.parent_path() / "journal");
  return run;
}

/// The runs over a tape of so many events.
struct Footprint {
  std::uint64_t events;
  std::filesystem::path tape;
  std::vector<bench::ProgramRun> runs = {};

  [[nodiscard]] double median(double bench::ProgramRun::*figure) const {
    std::vector<double> figures;
    for (const auto& run : runs) figures.push_back(run.*figure);
    return bench::percentile(std::move(figures), 0.5);
  }
  [[nodiscard]] double most_mib(std::uint64_t bench::ProgramRun::*kib) const {
    std::uint64_t most = 0;
    for (const auto& run : runs) most = std::max(most, run.*kib);
    return static_cast<double>(most) / kMib;
  }
};

/// What an event of each run takes, the start of the program left out.
std::vector<double> ns_an_event(const Footprint& footprint, const Footprint& start) {
  std::vector<double> ns;
  for (const auto& run : footprint.runs) {
    ns.push_back((run.seconds - start.median(&bench::ProgramRun::seconds)) * 1e9 /
                 static_cast<double>(footprint.events - start.events));
  }
  return ns;
}

std::string in_words(const Footprint& footprint) {
  char line[200];
  std::snprintf(line, sizeof line,
                "%llu events: anonymous %.1f MiB, resident with mapped files %.1f MiB; %.2f s, "
                "processor time %.2f s and %.2f s in the kernel; rounds %zu",
                static_cast<unsigned long long>(footprint.events),
                footprint.most_mib(&bench::ProgramRun::anonymous_kib),
                footprint.most_mib(&bench::ProgramRun::resident_kib),
                footprint.median(&bench::ProgramRun::seconds),
                footprint.median(&bench::ProgramRun::user_seconds),
                footprint.median(&bench::ProgramRun::system_seconds), footprint.runs.size());
  return line;
}

/// Beside what an event of a shorter tape takes: constant within a tenth.
void print_event(const std::string& shorter_name, const Footprint& longest,
                 const Footprint& shorter, const Footprint& start) {
  auto limit = ns_an_event(shorter, start);
  const std::vector<double> ours(limit.size(), ns_an_event(longest, start).front());
  bench::print({"G11", "an event of the longest tape, its check included", shorter_name, 1.1, ours,
                std::move(limit)});
}

void measure_long_tapes(const std::filesystem::path& folder, const std::filesystem::path& config,
                        std::uint64_t most) {
  std::vector<Footprint> found;
  {
    const auto rows = bench::make_l2_market(most, 2);
    for (const std::uint64_t events : {std::uint64_t{1'000}, most / 100, most / 10, most}) {
      found.push_back({events, write_tape(folder, std::span(rows).first(events))});
    }
  }
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    for (auto& footprint : found) {
      // The longest once, between the rounds of the others.
      if (footprint.events == most && round != 1) continue;
      footprint.runs.push_back(backtest(config, footprint.tape));
    }
  }
  const auto& [start, hundredth, tenth, longest] = std::tie(found[0], found[1], found[2], found[3]);
  const std::string memory = "anonymous memory of the longest backtest";
  const auto anonymous = [](const Footprint& footprint) {
    return footprint.most_mib(&bench::ProgramRun::anonymous_kib);
  };
  bench::print({"G11", memory, "bound", 1.0, {anonymous(longest)}, {64}, "MiB"});
  for (const auto& footprint : found) bench::print_proof(memory, in_words(footprint));
  bench::print({"G11",
                "the same, beside a tape a tenth as long",
                "1 MiB more than that",
                1.0,
                {anonymous(longest)},
                {anonymous(tenth) + 1},
                "MiB"});
  print_event("of one a tenth as long", longest, tenth, start);
  print_event("of one a hundredth as long", longest, hundredth, start);
  for (const auto& footprint : found) std::filesystem::remove(footprint.tape);
}

void measure_start(const std::filesystem::path& folder, const std::filesystem::path& config) {
  const auto rows = bench::make_l2_market(1'000, 2);
  const auto tape = write_tape(folder, std::span(rows).first(bench::MarketRecorder::kImage + 1));
  const std::string database = "sqlite:" + (folder / "start.db").string();
  std::vector<std::string> command = {
      bench::host_program(), "backtest", "--config", config, "--tape", tape, "--db", database};
  (void)bench::run_program(command, false);  // it makes the database, and the run to be repeated
  command.emplace_back("--again");
  bench::Row row{"G11", "start to end of an empty backtest, SQLite", "bound", 1.0};
  constexpr int kRounds = 15;
  for (int round = 0; round < kRounds; ++round) {
    row.ours.push_back(bench::run_program(command, false).seconds * 1e9);
    row.limit.push_back(12e6);
  }
  bench::print(row);
}

}  // namespace

int main(int argc, char** argv) {
  const auto millions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  if (argc > 2 || millions == 0) fail("usage: footprint_bench [MILLIONS]");
  const std::filesystem::path folder = bench::scratch_folder("footprint");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto config = write_config(folder);
  bench::print_heading("footprint_bench, tapes of up to " + std::to_string(millions) +
                       " million events");
  measure_start(folder, config);
  measure_long_tapes(folder, config, millions * kMillion);
  std::filesystem::remove_all(folder);
  return 0;
}
