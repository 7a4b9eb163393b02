#include "host/base/assert.hpp"
#include "host/research/parallel.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <atomic>

namespace writ::research {

void for_each_index(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& body) {
  WRIT_ASSERT(threads > 0);
  std::atomic<std::size_t> next{0};
  const auto take = [&](unsigned /*worker*/) {
    try {
      for (auto index = next.fetch_add(1); index < count; index = next.fetch_add(1)) body(index);
    } catch (...) {
      next.store(count);
      throw;
    }
  };
  // As many as were asked for, where the machine has fewer cores too.
  const tbb::global_control workers(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] { tbb::parallel_for(0U, threads, take, tbb::simple_partitioner()); });
}

}  // namespace writ::research
