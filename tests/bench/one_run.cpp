// One run of the host alone, for a profiler and for the count of instructions (instructions.py).
//
//   one_run touch_quoter|market_maker|trades|bars|orders EVENTS
#include "tests/bench/bar_market.hpp"
#include "tests/bench/cancelling_gateway.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/rounds.hpp"
#include "tests/bench/trade_market.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

using namespace writ;
using bench::HostBacktest;
using bench::MarketRecords;

// The journal's ring holds the whole run: nothing waits for the thread that empties it.
constexpr std::size_t kRingBytes = std::size_t{512} << 20U;

struct Work {
  MarketRecords records;
  std::string object;
  std::string_view plugin;
};

Work work_of(std::string_view kind, std::size_t events) {
  constexpr auto kInstrument = HostBacktest::kInstrument;
  constexpr auto kStream = HostBacktest::kStream;
  if (kind == "bars") {
    return {MarketRecords::of_bars(bench::first_bars(events), kInstrument, kStream),
            bench::bench_object("average_strategies"), "bench.bar_cross"};
  }
  if (kind == "trades" || kind == "orders") {
    return {MarketRecords::of_trades(bench::first_trades(events), kInstrument, kStream),
            bench::bench_object("average_strategies"),
            kind == "trades" ? "bench.trade_average" : "bench.order_each"};
  }
  const auto rows = bench::make_l2_market(events, 2);
  return {MarketRecords(std::span(rows).first(events), kInstrument, kStream),
          kind == "market_maker" ? bench::product_plugin("market_maker")
                                 : bench::bench_object("touch_quoter"),
          ""};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 3 ? argv[1] : "";
  const bool of_book = kind == "touch_quoter" || kind == "market_maker";
  if (!of_book && kind != "trades" && kind != "bars" && kind != "orders") {
    std::fprintf(stderr, "usage: one_run touch_quoter|market_maker|trades|bars|orders EVENTS\n");
    return 2;
  }
  const auto work = work_of(kind, std::strtoull(argv[2], nullptr, 10));
  const std::filesystem::path folder = bench::scratch_folder("one-run");
  auto setup = bench::l2_setup(plugin::Module::load(work.object, folder / "objects"),
                               folder / "journal", work.plugin);
  setup.writer.ring_bytes = kRingBytes;
  if (!of_book) bench::never_stale(setup);
  if (kind == "bars") setup.core.portfolio_period_ns = 86'400'000'000'000;
  bench::CancellingGateway cancelling;
  HostBacktest host(work.records, std::move(setup), kind == "orders" ? &cancelling : nullptr);
  const auto begun = bench::clock_ns();
  host.go();
  const auto took = static_cast<double>(bench::clock_ns() - begun);
  std::printf("%.1f ns an event; %s\n", took / std::strtod(argv[2], nullptr), host.proof().c_str());
  std::filesystem::remove_all(folder);
  return 0;
}
