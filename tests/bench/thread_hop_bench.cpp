// From the feed's thread to the sequencer and on to the gateway's, an append between: the queues
// and the journal of the host against the least ring and the least journal (G8). Feed and gateway
// share the second core, so that a round trip is two hops on a machine of two.
#include "host/base/spsc_queue.hpp"
#include "host/journal/storage.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/hot_mapping.hpp"
#include "tests/bench/log_line.hpp"
#include "tests/bench/rounds.hpp"

#include <sys/resource.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace writ;

constexpr std::uint64_t kTrips = 400'000;
constexpr std::uint32_t kRecordBytes = bench::kLogLineBytes;

/// What crosses: a trade's worth of bytes.
struct Message {
  std::uint64_t number;
  std::byte rest[64];
};

/// One slot each way, which is all that a round trip needs.
class BareSlot {
 public:
  void push(const Message& message) {
    while (full_.load(std::memory_order_acquire)) {
    }
    message_ = message;
    full_.store(true, std::memory_order_release);
  }
  Message pop() {
    while (!full_.load(std::memory_order_acquire)) {
    }
    const Message taken = message_;
    full_.store(false, std::memory_order_release);
    return taken;
  }

 private:
  alignas(64) std::atomic<bool> full_{false};
  Message message_{};
};

class HostQueue {
 public:
  void push(const Message& message) {
    while (!queue_.try_push(message)) {
    }
  }
  Message pop() {
    for (;;) {
      if (const auto taken = queue_.try_pop()) return *taken;
    }
  }

 private:
  base::SpscQueue<Message> queue_{1024};
};

/// ns of a round trip: there by `to`, `append` on the other thread, back by `from`.
template <class Queue, class Append>
double round_trip(Append&& append) {
  Queue to;
  Queue from;
  std::thread sequencer([&] {
    for (std::uint64_t i = 0; i < kTrips; ++i) {
      const auto message = to.pop();
      append(message);
      from.push(message);
    }
  });
  Message message{};
  const auto begun = bench::clock_ns();
  for (std::uint64_t i = 0; i < kTrips; ++i) {
    message.number = i;
    to.push(message);
    if (from.pop().number != i) std::abort();
  }
  const auto ns = static_cast<double>(bench::clock_ns() - begun);
  sequencer.join();
  return ns / static_cast<double>(kTrips);
}

double through_host(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  journal::PosixStorage storage;
  journal::WriterOptions options;
  options.folder = folder;
  auto writer = journal::Writer::create(storage, options, {});
  if (!writer) std::exit(1);
  model::RecordBuffer buffer;
  auto& record = bench::make_log_line(buffer);
  const double ns = round_trip<HostQueue>([&](const Message&) {
    if (!(*writer)->append(record)) std::exit(1);
  });
  writer->reset();
  std::filesystem::remove_all(folder);
  return ns;
}

double through_bare() {
  bench::HotMapping journal;
  std::byte record[kRecordBytes]{};
  return round_trip<BareSlot>([&](const Message& message) {
    std::memcpy(record, &message, sizeof message);
    journal.append(record, sizeof record);
  });
}

/// How often this process went to sleep of its own accord.
long sleeps() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("thread_hop");
  bench::print_heading("thread_hop_bench");
  const std::string name = "feed to sequencer to gateway, an append";
  long slept = 0;
  bench::compare({"G8", name,
                  [&] {
                    const long before = sleeps();
                    const double ns = through_host(folder);
                    slept = sleeps() - before;
                    return ns;
                  },
                  "two slots, copy and CRC32C", through_bare, 1.5});
  bench::print_proof(name, std::to_string(kTrips) + " trips, the process slept " +
                               std::to_string(slept) +
                               " times in the last round, its journal's threads included");
  return 0;
}
