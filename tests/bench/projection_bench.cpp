// The projection of a run against the least that stores the same rows: prepared statements into
// SQLite and binary COPY into PostgreSQL, the rows ready in memory, transactions of the same
// records. And what the projector costs the host when it follows on the other core.
//
//   projection_bench [ROWS]     of the standard L2 market
#include "host/storage/database.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/projection.hpp"
#include "host/storage/projection_thread.hpp"
#include "tests/bench/binary_copy.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/postgres_server.hpp"
#include "tests/bench/rounds.hpp"
#include "tests/bench/table_rows.hpp"

#include <sched.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace writ;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kRows = 300'000;
// A prepared INSERT each would take a minute for all of them.
constexpr std::uint64_t kInserted = 20'000;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "projection_bench: %s\n", what.c_str());
  std::exit(1);
}

/// This thread, and those it makes meanwhile, stay on one core.
class OnCore {
 public:
  explicit OnCore(int core) {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OnCore() { sched_setaffinity(0, sizeof before_, &before_); }
  OnCore(const OnCore&) = delete;
  OnCore& operator=(const OnCore&) = delete;

 private:
  cpu_set_t before_{};
};

/// A file that is a new database.
std::string make_sqlite(const fs::path& path) {
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(path.string() + end);
  storage::migrate(*storage::Database::open(path.string()));
  return path.string();
}

/// The whole run into the database, which is migrated.
storage::Progress project(const std::string& url, const fs::path& run) {
  journal::PosixStorage files;
  const auto database = storage::Database::open(url);
  auto projection = storage::Projection::open(*database, files, run).value();
  const auto reached = projection.catch_up();
  if (!reached) fail(projection.describe(reached.error()));
  if (reached->rejected != 0) fail("rows were refused");
  return *reached;
}

/// Real time, in ns a row: a server works in processes of its own.
double real_ns(std::uint64_t rows, const std::function<void()>& work) {
  const auto from = Clock::now();
  work();
  return std::chrono::duration<double, std::nano>(Clock::now() - from).count() /
         static_cast<double>(rows);
}

/// In ns a row, on one core, of every thread of this process: what the clock of rounds.hpp measures
/// of one. Real time, or the time all of them worked.
double process_ns(std::uint64_t rows, const std::function<void()>& work) {
  const char* wanted = std::getenv("WRIT_BENCH_CLOCK");
  const bool worked = wanted != nullptr && std::string_view(wanted) == "thread";
  const auto now = [clock = worked ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC] {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
  };
  const OnCore one(sched_getcpu());
  const double from = now();
  work();
  return (now() - from) / static_cast<double>(rows);
}

std::string rate(const char* what, std::uint64_t rows, double ns) {
  char line[160];
  std::snprintf(line, sizeof line, "%s %.0f rows/s of %llu rows", what, 1e9 / ns,
                static_cast<unsigned long long>(rows));
  return line;
}

void measure_sqlite(const fs::path& folder, const fs::path& run,
                    const std::vector<bench::Batch>& batches) {
  const auto rows = bench::count(batches);
  double ours = 0;
  bench::compare({"G10", "row projected into SQLite",
                  [&] {
                    const auto url = make_sqlite(folder / "ours.db");
                    return ours = process_ns(rows, [&] { static_cast<void>(project(url, run)); });
                  },
                  "prepared statements, the same rows",
                  [&] {
                    const auto path = make_sqlite(folder / "raw.db");
                    return process_ns(rows, [&] { bench::insert_prepared(path, batches); });
                  },
                  1 / 0.90},
                 5);
  bench::print_proof("row projected into SQLite", rate("last round", rows, ours));
}

void measure_postgres(bench::PostgresServer& server, const fs::path& run,
                      const std::vector<bench::Batch>& batches) {
  const auto rows = bench::count(batches);
  const auto model = server.make_database();
  storage::migrate(*storage::Database::open(server.url_of(model)));
  const auto encoded = bench::encode(server.url_of(model), batches);

  // Each side has a database of its own, which is dropped when it was measured.
  const auto in_database = [&](const std::function<double(const std::string&)>& side) {
    const auto database = server.make_database(model);
    const double ns = side(server.url_of(database));
    server.drop_database(database);
    return ns;
  };
  double ours = 0;
  double inserted = 0;
  const bench::Side projected = [&] {
    return in_database([&](const std::string& url) {
      return ours = real_ns(rows, [&] { static_cast<void>(project(url, run)); });
    });
  };
  bench::compare({"G10", "row projected into PostgreSQL", projected, "binary COPY, the same rows",
                  [&] {
                    return in_database([&](const std::string& url) {
                      return real_ns(rows, [&] { bench::copy(url, encoded); });
                    });
                  },
                  1 / 0.90},
                 5);
  bench::print_proof("row projected into PostgreSQL", rate("last round", rows, ours));
  bench::compare({"G10", "row projected into PostgreSQL", projected, "prepared INSERT by libpqxx",
                  [&] {
                    return in_database([&](const std::string& url) {
                      return inserted = real_ns(std::min(rows, kInserted), [&] {
                               static_cast<void>(bench::insert_by_pqxx(url, batches, kInserted));
                             });
                    });
                  },
                  1 / 5.0},
                 5);
  bench::print_proof("prepared INSERT by libpqxx",
                     rate("last round", std::min(rows, kInserted), inserted));
}

/// The host on one core, what follows its journal on the other.
void measure_host(const std::string& name, const bench::MarketRecords& records,
                  const std::shared_ptr<const plugin::Module>& module, const fs::path& folder,
                  const std::function<std::string()>& make_database) {
  const auto side = [&](const std::optional<std::string>& url) {
    bench::HostBacktest host(records, module, folder / "journal");
    journal::PosixStorage files;
    std::optional<storage::ProjectionThread> projection;
    if (url) {
      const OnCore other(1);
      projection.emplace(*url);
      projection->follow(files, folder / "journal", RunNumber{1});
    }
    const double ns = [&] {
      const OnCore one(0);
      return bench::timed([&] {
        host.go();
        return records.count();
      });
    }();
    if (projection) {
      const auto finished = projection->finish();
      if (!finished) fail(projection->trouble());
      if (finished->records != host.summary().records) fail("records are missing");
    }
    return ns;
  };
  bench::compare({"G10", name, [&] { return side(make_database()); }, "nobody follows",
                  [&] { return side(std::nullopt); }, 1.10},
                 5);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) fail("usage: projection_bench [ROWS]");
  const auto row_count = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : kRows;
  if (row_count < 1'000) fail("fewer than 1000 rows");

  bench::PostgresServer server;
  const fs::path folder = bench::scratch_folder("projection");
  fs::remove_all(folder);
  fs::create_directories(folder);
  const auto market = bench::make_l2_market(row_count, 2);
  const bench::MarketRecords records(market, bench::HostBacktest::kInstrument,
                                     bench::HostBacktest::kStream);
  const auto module = plugin::Module::load(bench::bench_object("touch_quoter"), folder / "objects");

  bench::print_heading("projection_bench, a backtest of " + std::to_string(row_count) + " rows");
  {
    bench::HostBacktest host(records, module, folder / "run");
    host.go();
    const auto fresh = make_sqlite(folder / "fresh.db");
    const auto filled = make_sqlite(folder / "filled.db");
    const auto reached = project(filled, host.run_folder());
    const auto batches =
        bench::read_rows(filled, fresh, storage::ProjectionOptions{}.batch_records);
    bench::print_proof("the run", host.proof() + "; " + std::to_string(reached.rows) +
                                      " rows written, " + std::to_string(bench::count(batches)) +
                                      " in the tables at the end");
    measure_sqlite(folder, host.run_folder(), batches);
    measure_postgres(server, host.run_folder(), batches);
  }
  measure_host("row of the backtest, SQLite follows", records, module, folder,
               [&] { return make_sqlite(folder / "follows.db"); });
  server.stay_on(1);  // with what follows: the host has its core to itself
  measure_host("row of the backtest, PostgreSQL follows", records, module, folder,
               [&] { return server.url_of(server.make_database()); });
  fs::remove_all(folder);
  return 0;
}
