// The journal: what an append costs the sequencer thread beside the copy and CRC32C that it cannot
// do without (G6), and how long until a batch is durable beside the same bytes by pwrite and
// fdatasync (G7).
#include "host/journal/storage.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/hot_mapping.hpp"
#include "tests/bench/log_line.hpp"
#include "tests/bench/rounds.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace writ;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kRecordBytes = bench::kLogLineBytes;
constexpr std::size_t kFrameBytes = kRecordBytes + 8;  // length and checksum before it

double ns_since(Clock::time_point begun) {
  return static_cast<double>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begun).count());
}

template <class T>
T must(base::Result<T> result, const char* what) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "journal_append_bench: %s: %s\n", what, to_string(result.error()).c_str());
  std::exit(1);
}
void must(base::Result<void> result, const char* what) {
  if (result) return;
  std::fprintf(stderr, "journal_append_bench: %s: %s\n", what, to_string(result.error()).c_str());
  std::exit(1);
}

/// A journal of its own in a folder that is emptied before and after.
class Journal {
 public:
  explicit Journal(const std::filesystem::path& folder) : folder_(folder) {
    std::filesystem::remove_all(folder_);
    journal::WriterOptions options;
    options.folder = folder_;
    writer_ = must(journal::Writer::create(storage_, options, {}), "create");
  }
  ~Journal() {
    writer_.reset();
    std::filesystem::remove_all(folder_);
  }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  Seq append(writ_record& record) { return must(writer_->append(record), "append"); }
  void wait_durable(Seq seq) { must(writer_->wait_durable(seq), "wait for durable"); }

 private:
  std::filesystem::path folder_;
  journal::PosixStorage storage_;
  std::unique_ptr<journal::Writer> writer_;
};

/// Turns that come at least `interval` apart: one that comes late, because other work had the core,
/// does not make the next ones hurry.
struct Pace {
  Clock::duration interval;
  Clock::time_point due = Clock::now();

  void wait() {
    auto now = Clock::now();
    while (now < due) now = Clock::now();
    due = now + interval;
  }
};

/// 1 M appends a second in bursts of 64, of which only the bursts are timed.
template <class Append>
double paced(Append&& append) {
  const double own = bench::clock_cost_ns();
  constexpr std::uint64_t kBursts = 6'000;
  constexpr std::uint64_t kBurst = 64;
  double spent = 0;
  (void)bench::timed([&] {
    Pace pace{std::chrono::microseconds(kBurst)};
    for (std::uint64_t burst = 0; burst < kBursts; ++burst) {
      pace.wait();
      const auto from = bench::clock_ns();
      for (std::uint64_t i = 0; i < kBurst; ++i) append();
      // The first bursts find pages that nobody has touched yet.
      if (burst >= kBursts / 4) spent += static_cast<double>(bench::clock_ns() - from) - own;
    }
    return kBursts * kBurst;
  });
  return spent / static_cast<double>((kBursts - kBursts / 4) * kBurst);
}

/// Single appends at the same rate, each timed: the clock's own time is taken off.
template <class Append>
std::vector<double> single(Append&& append) {
  constexpr std::size_t kSamples = 300'000;
  std::vector<double> samples;
  samples.reserve(kSamples);
  std::vector<double> clock;
  for (int i = 0; i < 1'000; ++i) {
    const auto from = Clock::now();
    clock.push_back(ns_since(from));
  }
  const double own = bench::percentile(clock, 0.5);
  (void)bench::timed([&] {
    Pace pace{std::chrono::microseconds(1)};
    for (std::size_t i = 0; i < kSamples; ++i) {
      pace.wait();
      const auto from = Clock::now();
      append();
      samples.push_back(std::max(ns_since(from) - own, 1.0));
    }
    return kSamples;
  });
  samples.erase(samples.begin(), samples.begin() + kSamples / 4);
  return samples;
}

/// The same bytes into a preallocated file by hand.
class RawFile {
 public:
  explicit RawFile(const std::filesystem::path& path) : path_(path) {
    std::filesystem::remove(path_);
    std::filesystem::create_directories(path_.parent_path());
    file_ = must(storage_.open(path_, journal::OpenMode::kCreateNew), "open");
    must(file_->preallocate(kBytes), "preallocate");
    must(file_->sync(), "sync");
  }
  ~RawFile() {
    file_.reset();
    std::filesystem::remove(path_);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  void write(std::span<const std::byte> bytes) {
    must(file_->write_at(bytes, at_), "write");
    must(file_->sync(), "sync");
    at_ += bytes.size();
  }

 private:
  static constexpr std::uint64_t kBytes = std::uint64_t{256} << 20U;
  std::filesystem::path path_;
  journal::PosixStorage storage_;
  std::unique_ptr<journal::File> file_;
  std::uint64_t at_ = 0;
};

/// One batch each by turns, `batches` times: the time until it is durable.
struct Durable {
  std::vector<double> ours;
  std::vector<double> raw;
};
Durable alternate(const std::filesystem::path& folder, writ_record& record, std::size_t batch,
                  int batches) {
  Durable took;
  Journal journal(folder / "journal");
  RawFile file(folder / "raw");
  const std::vector<std::byte> bytes(batch * kFrameBytes, std::byte{'x'});
  for (int i = 0; i < batches; ++i) {
    const auto from = Clock::now();
    Seq last{1};
    for (std::size_t k = 0; k < batch; ++k) last = journal.append(record);
    journal.wait_durable(last);
    took.ours.push_back(ns_since(from));
    const auto then = Clock::now();
    file.write(bytes);
    took.raw.push_back(ns_since(then));
  }
  return took;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void measure_durable(const std::filesystem::path& folder, writ_record& record, std::size_t batch,
                     int batches) {
  constexpr int kRounds = 5;
  const std::string what = "batch of " + std::to_string(batch);
  // At least 0.85 of the raw rate is at most 1 / 0.85 of its time.
  bench::Row each{"G7", "record durable, " + what, "pwrite + fdatasync of the same", 1 / 0.85};
  bench::Row half{"G7", what + " durable, p50", "pwrite + fdatasync, p50", 1.5};
  bench::Row tail{"G7", what + " durable, p99", "pwrite + fdatasync, p99", 3.0};
  for (int round = -1; round < kRounds; ++round) {
    const auto took = alternate(folder, record, batch, batches);
    if (round < 0) continue;
    each.ours.push_back(mean(took.ours) / static_cast<double>(batch));
    each.limit.push_back(mean(took.raw) / static_cast<double>(batch));
    half.ours.push_back(bench::percentile(took.ours, 0.5));
    half.limit.push_back(bench::percentile(took.raw, 0.5));
    tail.ours.push_back(bench::percentile(took.ours, 0.99));
    tail.limit.push_back(bench::percentile(took.raw, 0.99));
  }
  bench::print(each);
  bench::print(half);
  bench::print(tail);
}

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("journal");
  model::RecordBuffer buffer;
  auto& record = bench::make_log_line(buffer);
  std::uint64_t seq = 0;
  bench::HotMapping hot;
  const auto raw_append = [&] {
    record.seq = ++seq;
    hot.append(&record, kRecordBytes);
  };

  bench::print_heading("journal_append_bench");
  bench::compare({"G6", "append of 256 bytes, 1 M/s, sync running, mean",
                  [&] {
                    Journal journal(folder);
                    return paced([&] { (void)journal.append(record); });
                  },
                  "copy and CRC32C, hot mapping", [&] { return paced(raw_append); }, 1.5});

  bench::Row tail{"G6", "the same, p99.9", "bound", 1.0};
  for (int round = 0; round < 5; ++round) {
    Journal journal(folder);
    tail.ours.push_back(bench::percentile(single([&] { (void)journal.append(record); }), 0.999));
    tail.limit.push_back(1'000);
  }
  bench::print(tail);

  measure_durable(folder, record, 16, 200);
  measure_durable(folder, record, 256, 200);
  measure_durable(folder, record, 4096, 60);
  std::filesystem::remove_all(folder);
  return 0;
}
