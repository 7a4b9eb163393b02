#include "tests/bench/hot_mapping.hpp"

#include "host/base/crc32c.hpp"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

namespace writ::bench {

HotMapping::HotMapping() {
  void* mapped = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (mapped == MAP_FAILED) {
    std::perror("mmap");
    std::exit(1);
  }
  bytes_ = static_cast<std::byte*>(mapped);
}

HotMapping::~HotMapping() { munmap(bytes_, kBytes); }

void HotMapping::append(const void* record, std::uint32_t size) {
  const std::size_t frame_size = sizeof(std::uint32_t[2]) + size;
  if (at_ + frame_size > kBytes) at_ = 0;
  const std::uint32_t frame[2] = {
      size, base::crc32c(std::span(static_cast<const std::byte*>(record), size))};
  std::memcpy(bytes_ + at_, frame, sizeof frame);
  std::memcpy(bytes_ + at_ + sizeof frame, record, size);
  at_ += frame_size;
  ++records_;
  checksum_ = (checksum_ << 1U | checksum_ >> 31U) ^ frame[1];
}

}  // namespace writ::bench
