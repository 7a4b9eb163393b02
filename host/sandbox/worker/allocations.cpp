// The allocator's entries, counted: whatever the plugin and its libraries are written in ends here.
#include "host/sandbox/worker/allocations.hpp"

#include <cerrno>
#include <cstddef>

namespace writ::sandbox {
namespace {

std::uint64_t count = 0;  // one thread: a sandbox starts no other

}  // namespace

std::uint64_t allocations() noexcept { return count; }

}  // namespace writ::sandbox

extern "C" {

// glibc's own, under the names it keeps for those who replace them.
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* memory, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;

void* malloc(std::size_t size) noexcept {
  ++writ::sandbox::count;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  ++writ::sandbox::count;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) noexcept {
  ++writ::sandbox::count;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++writ::sandbox::count;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  ++writ::sandbox::count;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"
