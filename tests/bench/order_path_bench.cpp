// Tick to order in one process: a trade goes to the strategy, its intent to the journal, through
// every risk check and as an order to a gateway that answers at once (G5).
#include "host/model/record_view.hpp"
#include "tests/bench/cancelling_gateway.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/hot_mapping.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/plugins/plain.h"
#include "tests/bench/rounds.hpp"
#include "tests/bench/trade_market.hpp"

#include <writ/abi/intent.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using namespace writ;
using bench::L2Row;

constexpr std::size_t kTrades = 300'000;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "order_path_bench: %s\n", what.c_str());
  std::exit(1);
}

/// Every trade: the strategy in a shared object makes its intent, which eight comparisons pass and
/// one journal record of 256 bytes keeps, before a stub counts it.
class BarePath {
 public:
  explicit BarePath(const bench::PlainObject& object)
      : submit_(object.function<bench_submit>("plain_submit")) {}

  double run(const std::vector<L2Row>& rows) {
    sent_ = 0;
    last_ts_ = 0;
    const bench_sink sink{this, [](void* self, const writ_intent* intent) {
                            return static_cast<BarePath*>(self)->take(*intent);
                          }};
    auto trade = model::make_record<writ_trade>();
    trade.instrument = 1;
    return bench::timed([&] {
      std::int64_t sum = 0;
      for (const auto& row : rows) {
        now_ = trade.header.ingest_ts = row.ts_ns;
        trade.price = row.price_ticks * bench::kTick;
        trade.quantity = row.quantity_lots * bench::kLot;
        (void)submit_(&sum, &trade.header, &sink);
      }
      return rows.size();
    });
  }

  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  struct Entry {
    writ_intent intent;
    std::byte rest[256 - sizeof(writ_intent)];
  };

  std::uint64_t take(const writ_intent& intent) {
    constexpr std::int64_t kNotionalMax = 1'000'000'000'000'000'000;
    const bool passes = intent.price > 0 && intent.price % bench::kTick == 0 &&
                        intent.quantity > 0 && intent.quantity % bench::kLot == 0 &&
                        intent.price / 1'000'000 * (intent.quantity / 1'000'000) < kNotionalMax &&
                        position_ + intent.quantity < limit_ && open_ < 10 && now_ - last_ts_ >= 0;
    if (!passes) return 0;
    entry_.intent = intent;
    entry_.intent.header.seq = ++seq_;
    entry_.intent.header.ingest_ts = now_;
    journal_.append(&entry_, sizeof entry_);
    last_ts_ = now_;
    ++sent_;
    return seq_;
  }

  bench_submit submit_;
  bench::HotMapping journal_;
  Entry entry_{};
  std::uint64_t seq_ = 0;
  std::uint64_t sent_ = 0;
  std::int64_t now_ = 0;
  std::int64_t last_ts_ = 0;
  std::int64_t position_ = 0;
  std::int64_t limit_ = INT64_MAX / 2;
  std::int64_t open_ = 0;
};

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("order_path");
  auto rows = bench::standard_trades();
  rows.resize(kTrades);
  const auto records = bench::MarketRecords::of_trades(rows, bench::HostBacktest::kInstrument,
                                                       bench::HostBacktest::kStream);
  const auto module =
      plugin::Module::load(bench::bench_object("average_strategies"), folder / "objects");
  const bench::PlainObject plain(bench::bench_object("plain"));
  BarePath bare(plain);

  bench::print_heading("order_path_bench");
  const std::string name = "tick to order, and its end told";
  std::string did;
  std::uint64_t sent = 0;
  bench::compare({"G5", name,
                  [&] {
                    auto setup = bench::l2_setup(module, folder / "journal", "bench.order_each");
                    bench::never_stale(setup);
                    bench::CancellingGateway gateway;
                    bench::HostBacktest host(records, std::move(setup), &gateway);
                    const double ns = bench::timed([&] {
                      host.go();
                      return rows.size();
                    });
                    sent = gateway.sent();
                    did = host.proof();
                    return ns;
                  },
                  "call, 8 comparisons, one record", [&] { return bare.run(rows); }, 4.0});
  bench::print_proof(name, did);
  if (sent != kTrades || bare.sent() != kTrades) {
    fail("host sent " + std::to_string(sent) + " orders, the bare loop " +
         std::to_string(bare.sent()) + " of " + std::to_string(kTrades));
  }
  std::filesystem::remove_all(folder);
  return 0;
}
