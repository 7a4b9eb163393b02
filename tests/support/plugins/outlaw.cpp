// A strategy that quotes modestly until it does the one thing its parameter names: what a plugin in
// a sandbox must not get away with.
#include "host/sandbox/channel.hpp"

#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace writ::test {
namespace {

volatile std::uint64_t sink = 0;

// What the worker's host table stands on begins with where the channel is.
sandbox::Channel& channel_of(const writ_host* host) {
  return **static_cast<sandbox::Channel* const*>(host->context);
}

int overflow_stack(int depth) {
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  return depth == INT32_MAX ? room[0] : overflow_stack(depth + 1) + room[0];
}

class Outlaw final : public Strategy {
 public:
  static constexpr Parameter<std::string_view> kCrime{
      .id = 1, .name = "crime", .doc = "What it does.", .default_value = "none"};
  static constexpr Parameter<std::int64_t> kAfter{.id = 2,
                                                  .name = "after",
                                                  .doc = "Evaluations until then.",
                                                  .default_value = "0",
                                                  .min = "0",
                                                  .max = "1000000000"};
  static constexpr auto kParameters = parameters(kCrime, kAfter);
  static constexpr Description kDescription{
      .id = "test.outlaw", .name = "Outlaw", .version = "1.0.0", .doc = "Breaks one rule."};

  void on_snapshot(const Snapshot& snapshot) override {
    if (evaluations_++ == value(kAfter)) commit(value(kCrime));
    if (!snapshot.can_trade() || snapshot.bid().is_none() || snapshot.open_orders() > 0) return;
    buy(snapshot.instrument(), Quantity{10'000'000}, snapshot.bid()).post_only().submit();
  }

 private:
  void commit(std::string_view crime);

  std::int64_t evaluations_ = 0;
};

void Outlaw::commit(std::string_view crime) {
  if (crime == "null") {
    *static_cast<volatile int*>(nullptr) = 1;
  } else if (crime == "loop") {
    for (;;) sink = sink + 1;
  } else if (crime == "allocate") {
    for (std::vector<char*> blocks;;) {
      blocks.push_back(new char[1U << 20U]);
      std::memset(blocks.back(), 1, 1U << 20U);
    }
  } else if (crime == "fork") {
    if (::fork() == 0) ::_exit(0);
  } else if (crime == "thread") {
    std::thread([] { sink = 1; }).join();
  } else if (crime == "socket") {
    sink = static_cast<std::uint64_t>(::socket(AF_INET, SOCK_STREAM, 0));
  } else if (crime == "write_file") {
    sink = static_cast<std::uint64_t>(::open("/tmp/writ_outlaw", O_WRONLY | O_CREAT, 0600));
  } else if (crime == "read_file") {
    sink = static_cast<std::uint64_t>(::open("/etc/passwd", O_RDONLY));
  } else if (crime == "clock") {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    sink = static_cast<std::uint64_t>(now.tv_nsec);
  } else if (crime == "coarse_clock") {
    sink = static_cast<std::uint64_t>(::time(nullptr));
  } else if (crime == "timestamp") {
#if defined(__x86_64__)
    sink = __rdtsc();
#endif
  } else if (crime == "exit") {
    std::exit(0);
  } else if (crime == "abort") {
    std::abort();
  } else if (crime == "stack") {
    sink = static_cast<std::uint64_t>(overflow_stack(0));
  } else if (crime == "run_data") {
    sink = reinterpret_cast<std::uint64_t>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  } else if (crime == "flood") {
    for (;;) log(Severity::kInfo, "again");
  } else if (crime == "positions") {
    channel_of(host()).control.outbox.written.store(~std::uint64_t{0} - 7);
    for (;;) sink = sink + 1;  // before its own next message puts it right
  } else if (crime == "sizes") {
    auto& channel = channel_of(host());
    std::memset(channel.outbox, 0x41, sizeof channel.outbox);
    channel.control.outbox.written.fetch_add(64);
    for (;;) sink = sink + 1;
  } else if (crime == "unread") {
    channel_of(host()).control.inbox.read.store(~std::uint64_t{0} / 2);
  }
}

}  // namespace
}  // namespace writ::test

WRIT_MODULE("Writ tests", writ::test::Outlaw)
