// End to end: the standard L2 market through the whole host, journal on disk and every risk limit
// set, against the bare loop. The touch quoter makes the same decisions on both sides; the
// product's market maker stands beside for what a user meets.
//
//   backtest_bench [ROWS]
#include "tests/bench/bare_backtest.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/rounds.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace {

using namespace writ;

// A round of the whole market would take minutes with the rounds of both sides.
constexpr std::size_t kRows = 300'000;

std::shared_ptr<const plugin::Module> load(const std::string& name,
                                           const std::filesystem::path& objects) {
  const bool product = name == "market_maker";
  return plugin::Module::load(product ? bench::product_plugin(name) : bench::bench_object(name),
                              objects);
}

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "backtest_bench: %s\n", what.c_str());
  std::exit(1);
}

std::string bare_proof(const bench::BareBacktest& bare) {
  char line[200];
  std::snprintf(line, sizeof line, "%llu records, %llu intents, %llu fills, journal checksum %08x",
                static_cast<unsigned long long>(bare.journal().records()),
                static_cast<unsigned long long>(bare.intents()),
                static_cast<unsigned long long>(bare.fills()), bare.journal().checksum());
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) fail("usage: backtest_bench [ROWS]");
  const auto row_count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : std::uint64_t{kRows};
  if (row_count < 1'000) fail("fewer than 1000 rows");

  const std::filesystem::path folder = bench::scratch_folder("backtest");
  const auto all = bench::standard_l2_market();
  if (row_count > all.size()) fail("more rows than the market has");
  const auto rows = std::span(all).first(row_count);
  const bench::MarketRecords records(rows, bench::HostBacktest::kInstrument,
                                     bench::HostBacktest::kStream);

  const bench::PlainObject plain(bench::bench_object("plain"));
  std::string bare_did;
  std::uint64_t bare_intents = 0;
  std::uint64_t bare_fills = 0;
  const auto bare_side = [&] {
    bench::BareBacktest bare(plain);
    const double ns = bench::timed([&] {
      bare.run(rows);
      return rows.size();
    });
    bare_did = bare_proof(bare);
    bare_intents = bare.intents();
    bare_fills = bare.fills();
    return ns;
  };

  bench::print_heading("backtest_bench, " + std::to_string(row_count) +
                       " rows of the standard L2 market");
  for (const std::string plugin : {"touch_quoter", "market_maker"}) {
    const auto module = load(plugin, folder / "objects");
    const std::string name = "row of the backtest, " + plugin;
    std::string did;
    std::uint64_t intents = 0;
    std::uint64_t fills = 0;
    bench::compare({"G1", name,
                    [&] {
                      bench::HostBacktest host(records, module, folder / "journal");
                      const double ns = bench::timed([&] {
                        host.go();
                        return rows.size();
                      });
                      if (!did.empty() && did != host.proof()) fail("two rounds differ");
                      did = host.proof();
                      intents = host.summary().intents;
                      fills = host.summary().fills;
                      return ns;
                    },
                    "bare loop, touch quoter, journal", bare_side, 3.0});
    bench::print_proof(name, did);
    const bool same = intents == bare_intents && fills == bare_fills;
    if (plugin == "touch_quoter" && !same) fail("host and bare loop decided differently");
  }
  bench::print_proof("bare loop, touch quoter, journal", bare_did);
  std::filesystem::remove_all(folder);
  return 0;
}
