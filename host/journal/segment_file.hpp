#pragma once

#include "host/base/hash_thread.hpp"
#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/storage.hpp"

#include <writ/ids.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>

namespace writ::journal {

/// A segment being written: header, frames, seal. One thread at a time. Errors: as File.
class SegmentFile {
 public:
  /// Makes the file and reserves its space, so that later writes cannot lack any.
  [[nodiscard]] static base::Result<SegmentFile> create(Storage& storage,
                                                        const std::filesystem::path& path,
                                                        std::uint64_t bytes);
  /// Goes on with a file whose bytes up to `end` are whole. Reads them once, for the hash.
  [[nodiscard]] static base::Result<SegmentFile> resume(Storage& storage,
                                                        const std::filesystem::path& path,
                                                        const SegmentHeader& header,
                                                        std::uint64_t end);

  /// Writes the header; sets its header_bytes.
  base::Result<void> begin(SegmentHeader& header);
  /// Writes whole frames after what is there.
  base::Result<void> write(std::span<const std::byte> frames);
  base::Result<void> sync() { return file_->sync(); }
  /// Ends the segment: writes the seal, gives back the reserved space. Not yet durable. Returns the
  /// SHA-256 of the whole file, which the next segment names.
  [[nodiscard]] base::Result<base::Sha256Digest> seal(Seq last_seq);
  /// The file of a sealed segment, which is of no other use then.
  [[nodiscard]] std::unique_ptr<File> take_file() noexcept { return std::move(file_); }

  /// Bytes written so far.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return end_; }
  /// Position in the run's stream of frames after the last one written; not after seal().
  [[nodiscard]] std::uint64_t position() const noexcept {
    return first_position_ + (end_ - header_bytes_);
  }

 private:
  explicit SegmentFile(std::unique_ptr<File> file)
      : file_(std::move(file)), hash_(std::make_unique<base::HashThread>(1)) {}

  std::unique_ptr<File> file_;
  std::unique_ptr<base::HashThread> hash_;  // beside the disk, which would wait for it
  std::uint64_t end_ = 0;
  std::uint64_t first_position_ = 0;
  std::uint32_t header_bytes_ = 0;
};

}  // namespace writ::journal
