// Tick to wire: a live host in this process against the venue simulator in another, over sockets,
// plain and under TLS, orders sent once appended and once durable; beside it the least that answers
// a trade with an order over the same sockets.
//
//   wire_bench [ORDERS]     of a round; 4,000 unless said
#include "tests/bench/bare_wire.hpp"
#include "tests/bench/live_host.hpp"
#include "tests/bench/rounds.hpp"
#include "tests/bench/venue_ticks.hpp"
#include "tests/support/venue_sim.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace writ;
using std::chrono::microseconds;

constexpr int kRounds = 5;
constexpr std::uint64_t kWarmUp = 500;
constexpr auto kApart = microseconds(400);

struct Percentile {
  const char* name;
  double fraction;
};
constexpr Percentile kPercentiles[] = {{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}};

/// The times of one side, round by round.
struct Side {
  std::vector<std::vector<double>> rounds;

  [[nodiscard]] std::vector<double> medians() const {
    std::vector<double> values;
    for (const auto& round : rounds) values.push_back(bench::percentile(round, 0.5));
    return values;
  }
  [[nodiscard]] std::string text() const {
    std::vector<double> all;
    for (const auto& round : rounds) all.insert(all.end(), round.begin(), round.end());
    std::string words = std::to_string(all.size()) + " orders, us";
    const auto add = [&words](const std::string& name, double ns) {
      char text[64];
      std::snprintf(text, sizeof text, " %s %.1f", name.c_str(), ns / 1'000);
      words += text;
    };
    for (const auto& [name, fraction] : kPercentiles) {
      add(name, bench::percentile(all, fraction));
    }
    add("max", *std::max_element(all.begin(), all.end()));
    return words;
  }
};

// Tails hold the scheduler's turns: they are told, and no floor is set on them.
void print_row(const std::string& name, const Side& ours, const std::string& limit_name,
               const Side& limit) {
  bench::print({"wire", name + ", p50", limit_name + ", p50", std::nullopt, ours.medians(),
                limit.medians()});
  bench::print_proof(name, ours.text() + "; " + limit_name + ": " + limit.text());
}

/// One venue, with or without TLS, and everybody who is measured there.
class Bench {
 public:
  Bench(std::filesystem::path folder, bool tls, std::uint64_t orders)
      : folder_(std::move(folder)),
        orders_(orders),
        way_(tls ? "TLS" : "plain"),
        ca_file_(tls ? (folder_ / "tls/ca.pem").string() : ""),
        venue_(tls ? std::vector<std::string>{"--tls", (folder_ / "tls").string()}
                   : std::vector<std::string>{}),
        ticks_(venue_, ca_file_) {}

  void measure(bool durable, bool spins) {
    const std::string kind =
        way_ + (durable ? ", durable" : ", appended") + (spins ? ", spinning" : "");
    auto host = std::make_unique<bench::LiveHost>(
        venue_, bench::LiveHost::Options{folder_ / "host", ca_file_, durable, spins});
    Side ours;
    take(ours, *host, "BTCUSDT");
    const auto stages = host->finish();
    host.reset();
    const auto sync_file = durable ? folder_ / "sync" : std::filesystem::path();
    const auto bare = least({"ETHUSDT", ca_file_, spins, false, sync_file});
    const std::string name = "tick to wire, " + kind;
    print_row(name, ours, std::string("one thread, no journal") + (durable ? ", synced" : ""),
              bare);
    if (!durable && !spins) {
      print_row(name, ours, "the same by two threads",
                least({"BNBUSDT", ca_file_, false, true, {}}));
    }
    bench::print_proof("stages, " + kind, stages);
  }

 private:
  [[nodiscard]] Side least(const bench::BareWire::Options& options) {
    bench::BareWire bare(venue_, options);
    Side side;
    take(side, bare, options.symbol);
    return side;
  }
  // One host at a time, so that none that waits is in the way of another.
  template <class Host>
  void take(Side& side, Host& host, const std::string& symbol) {
    for (int round = -1; round < kRounds; ++round) {
      ticks_.run(symbol, round < 0 ? kWarmUp : orders_, kApart, [&host] { return host.left(); });
      auto times = host.take_times();
      if (round >= 0) side.rounds.push_back(std::move(times));
    }
  }

  std::filesystem::path folder_;
  std::uint64_t orders_;
  std::string way_;
  std::string ca_file_;
  test::VenueSim venue_;
  bench::VenueTicks ticks_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t orders = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4'000;
  const std::filesystem::path folder = bench::scratch_folder("wire");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  bench::print_heading("wire_bench");
  // The host's two threads, the simulator and the mover of the market.
  const unsigned cores = std::thread::hardware_concurrency();
  const bool enough = cores >= 4;
  if (!enough) {
    bench::print_proof("host.wait: spin",
                       "not measured: it wants four cores, here are " + std::to_string(cores));
  }
  try {
    for (const bool tls : {false, true}) {
      Bench way(folder, tls, orders);
      for (const bool durable : {false, true}) {
        way.measure(durable, false);
        if (enough) way.measure(durable, true);
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wire_bench: %s\n", error.what());
    return 1;
  }
  std::filesystem::remove_all(folder);
  return 0;
}
