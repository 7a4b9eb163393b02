// Bars through a strategy that trades on them: the whole host against a loop that crosses the same
// averages and fills at the next opening (G3).
#include "tests/bench/bar_market.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/hot_mapping.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/plugins/plain.h"
#include "tests/bench/rounds.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using namespace writ;
using bench::BarRow;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bars_bench: %s\n", what.c_str());
  std::exit(1);
}

/// The least: each close to the strategy in a shared object, orders filled at the next opening and
/// both put into a journal of 256-byte records.
class BareBars {
 public:
  explicit BareBars(const bench::PlainObject& object)
      : make_(object.function<bench_cross_make>("cross_make")),
        add_(object.function<bench_cross_add>("cross_add")),
        free_(object.function<bench_cross_free>("cross_free")) {}

  double run(const std::vector<BarRow>& rows) {
    void* cross = make_();
    fills_ = 0;
    int position = 0;
    int wanted = 0;
    std::int64_t cash = 0;
    const double ns = bench::timed([&] {
      for (const auto& row : rows) {
        if (wanted != position) {
          const std::int64_t price = wanted > position ? row.open + 1 : row.open;
          cash -= (wanted - position) * price;
          position = wanted;
          ++fills_;
          record(row.open_ts_ns, price, position);
        }
        const int now = add_(cross, row.close);
        if (now == wanted) continue;
        wanted = now;
        record(row.open_ts_ns, row.close, wanted);
      }
      return rows.size();
    });
    free_(cross);
    cash_ = cash;
    return ns;
  }

  [[nodiscard]] std::uint64_t fills() const { return fills_; }
  [[nodiscard]] std::int64_t cash() const { return cash_; }

 private:
  struct Entry {
    std::int64_t ts;
    std::int64_t price;
    std::int64_t position;
    std::byte rest[232];
  };
  static_assert(sizeof(Entry) == 256);

  void record(std::int64_t ts, std::int64_t price, std::int64_t position) {
    entry_.ts = ts;
    entry_.price = price;
    entry_.position = position;
    journal_.append(&entry_, sizeof entry_);
  }

  bench_cross_make make_;
  bench_cross_add add_;
  bench_cross_free free_;
  bench::HotMapping journal_;
  Entry entry_{};
  std::uint64_t fills_ = 0;
  std::int64_t cash_ = 0;
};

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("bars");
  const auto rows = bench::standard_bars();
  const auto records = bench::MarketRecords::of_bars(rows, bench::HostBacktest::kInstrument,
                                                     bench::HostBacktest::kStream);
  const auto module =
      plugin::Module::load(bench::bench_object("average_strategies"), folder / "objects");
  const bench::PlainObject plain(bench::bench_object("plain"));
  BareBars bare(plain);

  bench::print_heading("bars_bench");
  const std::string name = "bar to a strategy that trades";
  std::string did;
  std::uint64_t fills = 0;
  bench::compare(
      {"G3", name,
       [&] {
         auto setup = bench::l2_setup(module, folder / "journal", "bench.bar_cross");
         bench::never_stale(setup);
         setup.core.portfolio_period_ns = 86'400'000'000'000;  // of two years
         bench::HostBacktest host(records, std::move(setup));
         const double ns = bench::timed([&] {
           host.go();
           return rows.size();
         });
         did = host.proof();
         fills = host.summary().fills;
         return ns;
       },
       "loop over bars, strategy in a .so, journal", [&] { return bare.run(rows); }, 8.0},
      5);
  bench::print_proof(name, did);
  if (fills != bare.fills()) {
    fail("host filled " + std::to_string(fills) + " times, the bare loop " +
         std::to_string(bare.fills()));
  }
  std::filesystem::remove_all(folder);
  return 0;
}
