#include "host/research/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace writ::research {
namespace {

TEST(ForEachIndex, TakesEachIndexOnceWhateverTheThreads) {
  constexpr std::size_t kCount = 10'000;
  for (const unsigned threads : {1U, 2U, 4U, 7U}) {
    std::vector<std::atomic<int>> taken(kCount);
    for_each_index(kCount, threads, [&](std::size_t i) { taken[i].fetch_add(1); });
    for (const auto& times : taken) ASSERT_EQ(times.load(), 1);
  }
}

TEST(ForEachIndex, RunsAsManyAtATimeAsAskedFor) {
  constexpr unsigned kThreads = 4;  // more than this machine may have cores
  std::mutex mutex;
  std::condition_variable all_there;
  std::set<std::thread::id> threads;
  for_each_index(kThreads, kThreads, [&](std::size_t) {
    std::unique_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
    all_there.notify_all();
    all_there.wait(lock, [&] { return threads.size() == kThreads; });
  });
  EXPECT_EQ(threads.size(), kThreads);
}

TEST(ForEachIndex, OneThreadIsTheCallersAndTakesTheLowestFirst) {
  std::vector<std::size_t> order;
  for_each_index(5, 1, [&](std::size_t i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ForEachIndex, ThrowsWhatACallThrewAndBeginsNoMore) {
  for (const unsigned threads : {1U, 3U}) {
    std::atomic<std::size_t> begun{0};
    const auto body = [&](std::size_t i) {
      begun.fetch_add(1);
      if (i == 2) throw std::runtime_error("third");
    };
    EXPECT_THROW(for_each_index(1'000'000, threads, body), std::runtime_error);
    EXPECT_LT(begun.load(), 1'000'000U);
  }
}

TEST(ForEachIndex, NothingToDoIsDone) {
  for_each_index(0, 2, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace writ::research
