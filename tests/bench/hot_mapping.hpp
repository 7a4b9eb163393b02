#pragma once

#include <cstddef>
#include <cstdint>

namespace writ::bench {

/// The least journal: frames of length, CRC32C and record, copied into a shared mapping whose pages
/// are all there, over and over.
class HotMapping {
 public:
  HotMapping();
  ~HotMapping();
  HotMapping(const HotMapping&) = delete;
  HotMapping& operator=(const HotMapping&) = delete;

  void append(const void* record, std::uint32_t size);

  [[nodiscard]] std::uint64_t records() const { return records_; }
  /// Over the checksums of all records, in order.
  [[nodiscard]] std::uint32_t checksum() const { return checksum_; }

 private:
  static constexpr std::size_t kBytes = std::size_t{16} << 20U;
  std::byte* bytes_;
  std::size_t at_ = 0;
  std::uint64_t records_ = 0;
  std::uint32_t checksum_ = 0;
};

}  // namespace writ::bench
