// What a database that answers no more costs the core: nothing. One paper host trades at a fixed
// rate while its journal is projected to PostgreSQL; by turns the server runs and is stopped. Then
// the same with PostgreSQL as the second database beside SQLite.
//
//   database_outage_bench [EVENTS]     of each phase
#include "host/storage/projection_thread.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/paced_host.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/postgres_server.hpp"
#include "tests/bench/rounds.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace writ;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kEvents = 200'000;
constexpr int kRounds = 5;
constexpr std::uint64_t kRows = 300'000;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "database_outage_bench: %s\n", what.c_str());
  std::exit(1);
}

std::uint64_t behind(const bench::PacedHost& host, const storage::ProjectionThread& projection) {
  const auto durable = host.durable_seq().raw();
  return durable - std::min(durable, projection.progress().journal_seq);
}

double seconds_since(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

/// Waits until every record there is now is in the database; how long that took.
double catch_up(const bench::PacedHost& host, const storage::ProjectionThread& projection) {
  const auto from = Clock::now();
  const auto goal = host.durable_seq().raw();
  while (projection.progress().journal_seq < goal) {
    if (seconds_since(from) > 300)
      fail("the projection does not catch up: " + projection.trouble());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return seconds_since(from);
}

/// One figure of both phases, round by round.
struct Figure {
  const char* name;
  double fraction;
  std::vector<double> bench::Latencies::*samples;
  std::optional<double> target;
};
constexpr Figure kFigures[] = {
    {"p50", 0.5, &bench::Latencies::worked, std::nullopt},
    {"p99", 0.99, &bench::Latencies::worked, 1.10},
    {"p99.9", 0.999, &bench::Latencies::worked, std::nullopt},
    {"p99 from due to done", 0.99, &bench::Latencies::delayed, std::nullopt},
};

/// The highest of the rounds.
struct Outage {
  std::uint64_t backlog = 0;  // records
  double catch_up_s = 0;
  std::uint64_t behind_running = 0;
  std::uint64_t primary_behind = 0;
};

/// `databases` are followed, the first as primary; the last is on the server that stops.
void measure(const std::string& name, bench::PostgresServer& server, bench::PacedHost& host,
             const std::vector<std::string>& databases, std::size_t events) {
  std::vector<std::unique_ptr<storage::ProjectionThread>> projections;
  for (const auto& url : databases) {
    projections.push_back(std::make_unique<storage::ProjectionThread>(url));
    projections.back()->follow(host.files(), host.folder(), host.number());
  }
  const auto& primary = *projections.front();
  const auto& stopped = *projections.back();

  std::vector<bench::Row> rows;
  for (const auto& figure : kFigures) {
    rows.push_back({"outage", name + ", " + figure.name, "server running", figure.target});
  }
  Outage worst;
  host.go();
  for (int round = -1; round < kRounds; ++round) {  // the first warms up
    const auto running = host.measure(round < 0 ? events / 10 : events);
    worst.behind_running = std::max(worst.behind_running, behind(host, stopped));
    server.freeze();
    const auto frozen = host.measure(round < 0 ? events / 10 : events);
    worst.backlog = std::max(worst.backlog, behind(host, stopped));
    if (projections.size() > 1) {
      worst.primary_behind = std::max(worst.primary_behind, behind(host, primary));
    }
    server.thaw();
    worst.catch_up_s = std::max(worst.catch_up_s, catch_up(host, stopped));
    if (round < 0) continue;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& figure = kFigures[i];
      rows[i].ours.push_back(bench::percentile(frozen.*figure.samples, figure.fraction));
      rows[i].limit.push_back(bench::percentile(running.*figure.samples, figure.fraction));
    }
  }
  host.stop();
  for (const auto& row : rows) bench::print(row);
  for (auto& projection : projections) {
    const auto finished = projection->finish();
    if (!finished) fail(projection->trouble());
    if (finished->rejected != 0) fail("rows were refused");
    if (finished->records != host.summary().records) fail("records are missing");
  }

  char proof[400];
  std::snprintf(
      proof, sizeof proof,
      "%zu events a phase, %d rounds; at most %llu records behind when a phase with the server "
      "ended, "
      "%llu when one without ended, caught up in %.2f s at most; %llu records and %llu rows in the "
      "database at the end",
      events, kRounds, static_cast<unsigned long long>(worst.behind_running),
      static_cast<unsigned long long>(worst.backlog), worst.catch_up_s,
      static_cast<unsigned long long>(stopped.progress().records),
      static_cast<unsigned long long>(stopped.progress().rows));
  std::string text = proof;
  if (projections.size() > 1) {
    text += "; the primary meanwhile at most " + std::to_string(worst.primary_behind) +
            " records behind";
  }
  bench::print_proof(name, text);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) fail("usage: database_outage_bench [EVENTS]");
  const std::size_t events = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : kEvents;
  if (events < 1'000) fail("fewer than 1000 events");

  bench::PostgresServer server;
  const std::filesystem::path folder = bench::scratch_folder("outage");
  std::filesystem::remove_all(folder);
  const auto market = bench::make_l2_market(kRows, 2);
  const bench::MarketRecords records(market, bench::HostBacktest::kInstrument,
                                     bench::HostBacktest::kStream);
  const auto module = plugin::Module::load(bench::bench_object("touch_quoter"), folder / "objects");

  bench::print_heading("database_outage_bench, 10,000 events a second");
  {
    bench::PacedHost host(records, module, {folder / "primary"});
    measure("event, PostgreSQL stopped", server, host, {server.url_of(server.make_database())},
            events);
  }
  {
    bench::PacedHost host(records, module, {folder / "secondary"});
    measure("event, second database stopped", server, host,
            {(folder / "primary.db").string(), server.url_of(server.make_database())}, events);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
