// projector_memory URL FOLDER RECORDS: projects a journal of so many records, made on the way, and
// says how much memory the process has at a tenth and at the end. Status 1 if it grew by more than
// a few MiB: the projector is to need the same memory however long a run is.
#include "host/base/result.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/writer.hpp"
#include "host/storage/database.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/projection.hpp"
#include "tests/unit/storage/sample_run.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

using namespace writ;
namespace fs = std::filesystem;

constexpr double kGrowthMaxMib = 3;
// Of each round trip of two trades, so many market records that make no row come with it.
constexpr int kMarketRecords = 24;

/// Memory of this process that is backed by no file.
double anonymous_mib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kib = 0;
    if (word == "RssAnon:" && status >> kib) return kib / 1024;
  }
  throw std::runtime_error("/proc/self/status says no RssAnon");
}

/// A journal that grows at its end and is removed at its beginning.
class PassingJournal {
 public:
  explicit PassingJournal(const fs::path& folder) : run_(1) {
    journal::WriterOptions options;
    options.folder = folder;
    options.ring_bytes = std::size_t{1} << 20U;
    options.segment_bytes = std::size_t{8} << 20U;
    options.sync = journal::SyncPolicy::kNever;
    journal::RunIdentity identity;
    std::uint8_t id[16];
    run_.run_id_bytes(id);
    std::memcpy(identity.run_id.bytes.data(), id, sizeof id);
    writer_ = journal::Writer::create(files_, options, identity).value();
    run_.begin().deposit("1000000000");
    pass_on();
  }

  void append_round_trip() {
    run_.trade(WRIT_SIDE_BUY, "2", "100", "0.2", "100").portfolio("2", "100.5", "1");
    run_.trade(WRIT_SIDE_SELL, "2", "101", "0.202", "100", "2").portfolio("0", "101", "0");
    auto print = model::make_record<writ_trade>();
    print.header.stream = 1;
    print.instrument = storage::test::SampleRun::kSpot;
    print.side = WRIT_SIDE_BUY;
    print.price = storage::test::nano("100");
    print.quantity = storage::test::nano("1");
    for (int i = 0; i < kMarketRecords; ++i) run_.add(print);
    pass_on();
  }

  [[nodiscard]] std::uint64_t records() const { return run_.next_seq() - 1; }
  [[nodiscard]] const fs::path& folder() const { return writer_->run_folder(); }
  [[nodiscard]] journal::Storage& files() { return files_; }
  void wait_written() { writer_->wait_durable(Seq{records()}).value(); }

  /// Removes every segment but the last few, which may still be read.
  void forget_oldest() {
    constexpr std::uint32_t kKept = 4;
    const auto named = [&](std::uint32_t number) {
      return folder() / journal::segment_name(number);
    };
    while (fs::exists(named(oldest_ + kKept))) fs::remove(named(oldest_++));
  }

 private:
  void pass_on() {
    for (std::size_t i = 0; i < run_.size(); ++i) {
      words_ = run_.records()[i];
      static_cast<void>(writer_->append(reinterpret_cast<writ_record&>(*words_.data())).value());
    }
    run_.let_go();
  }

  storage::test::SampleRun run_;
  journal::PosixStorage files_;
  std::unique_ptr<journal::Writer> writer_;
  std::vector<std::uint64_t> words_;
  std::uint32_t oldest_ = 1;
};

bool memory_is_flat(const std::string& url, const fs::path& folder, std::uint64_t wanted) {
  PassingJournal journal(folder);
  const auto database = storage::Database::open(url);
  storage::migrate(*database);
  journal.wait_written();
  auto projection = storage::Projection::open(*database, journal.files(), journal.folder()).value();
  double at_tenth = 0;
  storage::Progress reached;
  while (reached.records < wanted) {
    const std::uint64_t slice_end = std::min(wanted, journal.records() + 20'000);
    while (journal.records() < slice_end) journal.append_round_trip();
    journal.wait_written();
    const auto caught_up = projection.catch_up();
    if (!caught_up) throw std::runtime_error(projection.describe(caught_up.error()));
    reached = *caught_up;
    journal.forget_oldest();
    if (at_tenth == 0 && reached.records >= wanted / 10) {
      at_tenth = anonymous_mib();
      std::printf("figure: anonymous MiB at %llu records = %.2f\n",
                  static_cast<unsigned long long>(reached.records), at_tenth);
      std::fflush(stdout);
    }
  }
  const double at_end = anonymous_mib();
  std::printf("figure: anonymous MiB at %llu records = %.2f\n",
              static_cast<unsigned long long>(reached.records), at_end);
  std::printf("figure: rows = %llu, refused = %llu\n",
              static_cast<unsigned long long>(reached.rows),
              static_cast<unsigned long long>(reached.rejected));
  return reached.rejected == 0 && at_end - at_tenth <= kGrowthMaxMib;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: projector_memory URL FOLDER RECORDS\n");
    return 2;
  }
  try {
    return memory_is_flat(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10)) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "projector_memory: %s\n", error.what());
    return 1;
  }
}
