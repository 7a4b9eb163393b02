#include "host/base/assert.hpp"
#include "host/research/parallel.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace writ::research {

void for_each_index(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& body) {
  WRIT_ASSERT(threads > 0);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto take = [&] {
    try {
      for (auto index = next.fetch_add(1); index < count; index = next.fetch_add(1)) body(index);
    } catch (...) {
      next.store(count);
      const std::lock_guard guard(mutex);
      thrown = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(take);
  take();
  for (auto& other : others) other.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace writ::research
