// What one event costs in memory: after the warm-up hardly anything is allocated for an event that
// leads to nothing but its own record.
#include "host/feed/feed_source.hpp"
#include "tests/bench/host_backtest.hpp"
#include "tests/bench/rounds.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace {

// Of this thread: the journal's own threads are not on the path.
thread_local std::uint64_t allocations = 0;

void* allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* memory =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(size)
          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace writ::bench {
namespace {

constexpr std::size_t kRows = 200'000;
constexpr std::uint64_t kWarmUp = 100'000;  // events
// One in so many events may find a window that grows.
constexpr std::uint64_t kEventsAnAllocation = 20'000;

/// What the thread did between two events of the feed, by whether anything followed from the first.
struct Counted {
  std::uint64_t events = 0;
  std::uint64_t allocations = 0;
};

/// A feed that looks, whenever it is asked for the next event, at what the last one led to.
class WatchedFeed final : public feed::FeedSource {
 public:
  explicit WatchedFeed(const MarketRecords& records) : feed_(records) {}
  void watch(const engine::Run& run, const venue::paper::PaperVenue& venue) {
    run_ = &run;
    venue_ = &venue;
  }

  [[nodiscard]] std::optional<std::int64_t> next_ts() override { return feed_.next_ts(); }
  [[nodiscard]] bool exhausted() const override { return feed_.exhausted(); }
  [[nodiscard]] const writ_record& take() override {
    look();
    return feed_.take();
  }

  [[nodiscard]] const Counted& plain() const noexcept { return plain_; }
  [[nodiscard]] const Counted& eventful() const noexcept { return eventful_; }

 private:
  void look() {
    const std::uint64_t records = run_->summary().records;
    if (++taken_ > kWarmUp) {
      const bool plain = records == records_ + 1 && !venue_->next_due();  // no answer under way
      Counted& counted = plain ? plain_ : eventful_;
      ++counted.events;
      counted.allocations += allocations - allocations_;
    }
    records_ = records;
    allocations_ = allocations;
  }

  MemoryFeed feed_;
  const engine::Run* run_ = nullptr;
  const venue::paper::PaperVenue* venue_ = nullptr;
  std::uint64_t taken_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t allocations_ = 0;
  Counted plain_;
  Counted eventful_;
};

struct TapePacer final : engine::Pacer {
  bool wait_until(std::int64_t) override { return true; }
  std::int64_t stamp(std::int64_t ts) override { return ts; }
};
struct NoOperators final : engine::OperatorPort {
  std::optional<Request> poll() override { return std::nullopt; }
};

TEST(HotPath, AllocatesForNextToNoEventThatLeadsToNothing) {
  const std::filesystem::path folder = scratch_folder("hot-path");
  const auto rows = make_l2_market(kRows, 2);
  const MarketRecords records(rows, HostBacktest::kInstrument, HostBacktest::kStream);
  const auto module = plugin::Module::load(WRIT_MARKET_MAKER, folder / "objects");

  journal::PosixStorage storage;
  WatchedFeed feed(records);
  venue::paper::PaperVenue venue(no_latency());
  TapePacer pacer;
  NoOperators operators;
  auto run = engine::Run::start(l2_setup(module, folder / "journal"), storage, nullptr, feed, venue,
                                pacer, operators);
  ASSERT_TRUE(run.has_value());
  feed.watch(**run, venue);
  EXPECT_EQ((*run)->go(), static_cast<std::uint32_t>(WRIT_STOP_END_OF_DATA));
  const auto& summary = (*run)->summary();
  const double intents = static_cast<double>(summary.intents);
  std::cout << feed.plain().events
            << " events of their own record alone: " << feed.plain().allocations << " allocations; "
            << feed.eventful().events << " others: " << feed.eventful().allocations << "; "
            << summary.intents << " intents in the whole run\n";
  EXPECT_GT(feed.plain().events, kRows / 4);
  EXPECT_GT(feed.eventful().events, 100U);
  EXPECT_GT(intents, 500);
  EXPECT_LE(feed.plain().allocations * kEventsAnAllocation, feed.plain().events);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace writ::bench
