// Trades through a strategy: the whole host, journal on disk, clock and valuations on, against a
// loop over the same prints in memory (G2).
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/plugins/plain.h"
#include "tests/bench/rounds.hpp"
#include "tests/bench/trade_market.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using namespace writ;
using bench::L2Row;

constexpr std::int64_t kValuationNs = 10'000'000'000;  // as the host values its accounts

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "trades_bench: %s\n", what.c_str());
  std::exit(1);
}

/// The least: each print to the strategy in a shared object, and the account valued by the clock.
class BareTrades {
 public:
  explicit BareTrades(const bench::PlainObject& object)
      : make_(object.function<bench_average_make>("average_make")),
        add_(object.function<bench_average_add>("average_add")),
        value_(object.function<bench_average_value>("average_value")),
        free_(object.function<bench_average_free>("average_free")) {}

  double run(const std::vector<L2Row>& rows) {
    void* average = make_();
    const double ns = bench::timed([&] {
      std::int64_t due = rows.front().ts_ns + kValuationNs;
      for (const auto& row : rows) {
        while (row.ts_ns >= due) {
          equity = cash_ + position_ * row.price_ticks;
          due += kValuationNs;
        }
        add_(average, row.price_ticks * bench::kTick);
      }
      return rows.size();
    });
    if (std::abs(value_(average) - 49945.262) >= 0.001) fail("another average");
    free_(average);
    return ns;
  }

  volatile std::int64_t equity = 0;

 private:
  bench_average_make make_;
  bench_average_add add_;
  bench_average_value value_;
  bench_average_free free_;
  std::int64_t cash_ = 0;
  std::int64_t position_ = 0;
};

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("trades");
  const auto rows = bench::standard_trades();
  const auto records = bench::MarketRecords::of_trades(rows, bench::HostBacktest::kInstrument,
                                                       bench::HostBacktest::kStream);
  const auto module =
      plugin::Module::load(bench::bench_object("average_strategies"), folder / "objects");
  const bench::PlainObject plain(bench::bench_object("plain"));
  BareTrades bare(plain);

  bench::print_heading("trades_bench");
  const std::string name = "trade to a strategy";
  std::string did;
  bench::compare({"G2", name,
                  [&] {
                    auto setup = bench::l2_setup(module, folder / "journal", "bench.trade_average");
                    bench::never_stale(setup);
                    bench::HostBacktest host(records, std::move(setup));
                    const double ns = bench::timed([&] {
                      host.go();
                      return rows.size();
                    });
                    if (host.summary().incidents != 0) fail("the host had incidents");
                    did = host.proof();
                    return ns;
                  },
                  "loop over prints, strategy in a .so", [&] { return bare.run(rows); }, 3.5},
                 5);
  bench::print_proof(name, did);
  std::filesystem::remove_all(folder);
  return 0;
}
