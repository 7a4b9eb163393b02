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

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
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

struct Footprint {
  std::uint64_t events;
  bench::ProgramRun run;
};

std::string in_words(const Footprint& footprint) {
  char line[160];
  std::snprintf(line, sizeof line,
                "%llu events: anonymous %.1f MiB, resident with mapped files %.1f MiB, %.1f s",
                static_cast<unsigned long long>(footprint.events),
                static_cast<double>(footprint.run.anonymous_kib) / kMib,
                static_cast<double>(footprint.run.resident_kib) / kMib, footprint.run.seconds);
  return line;
}

double ns_an_event(const Footprint& longer, const Footprint& shorter) {
  return (longer.run.seconds - shorter.run.seconds) * 1e9 /
         static_cast<double>(longer.events - shorter.events);
}

void measure_long_tapes(const std::filesystem::path& folder, const std::filesystem::path& config,
                        std::uint64_t most) {
  std::vector<Footprint> found;
  const auto rows = bench::make_l2_market(most, 2);
  for (const std::uint64_t events : {std::uint64_t{1'000}, most / 100, most / 10, most}) {
    const auto tape = write_tape(folder, std::span(rows).first(events));
    found.push_back({events, backtest(config, tape)});
    std::filesystem::remove(tape);
  }
  const auto anonymous = [&](const Footprint& footprint) {
    return static_cast<double>(footprint.run.anonymous_kib) / kMib;
  };
  const std::string memory = "anonymous memory of the longest backtest";
  bench::print({"G11", memory, "bound", 1.0, {anonymous(found[3])}, {64}, "MiB"});
  for (const auto& footprint : found) bench::print_proof(memory, in_words(footprint));
  bench::print({"G11",
                "the same, beside a tape a tenth as long",
                "1 MiB more than that",
                1.0,
                {anonymous(found[3])},
                {anonymous(found[2]) + 1},
                "MiB"});
  bench::print({"G11",
                "an event of the longest tape, its check included",
                "of one a tenth as long",
                1.1,
                {ns_an_event(found[3], found[0])},
                {ns_an_event(found[2], found[0])}});
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
