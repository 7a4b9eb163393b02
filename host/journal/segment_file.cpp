#include "host/journal/segment_file.hpp"

#include <algorithm>
#include <vector>

namespace writ::journal {

using base::Errc;
using base::Error;
using base::Result;

Result<SegmentFile> SegmentFile::create(Storage& storage, const std::filesystem::path& path,
                                        std::uint64_t bytes) {
  auto file = storage.open(path, OpenMode::kCreateNew);
  if (!file) return file.error();
  if (const auto reserved = (*file)->preallocate(bytes); !reserved) {
    file->reset();
    (void)storage.remove(path);  // the failure to reserve is what matters
    return reserved.error();
  }
  return SegmentFile(std::move(*file));
}

Result<SegmentFile> SegmentFile::resume(Storage& storage, const std::filesystem::path& path,
                                        const SegmentHeader& header, std::uint64_t end) {
  auto file = storage.open(path, OpenMode::kWrite);
  if (!file) return file.error();
  SegmentFile segment(std::move(*file));
  segment.first_position_ = header.first_position;
  segment.header_bytes_ = header.header_bytes;
  std::vector<std::byte> block(std::size_t{1} << 20U);
  while (segment.end_ < end) {
    const auto size = std::min<std::uint64_t>(block.size(), end - segment.end_);
    const auto got = segment.file_->read_at(std::span(block).first(size), segment.end_);
    if (!got) return got.error();
    if (*got != size) {
      return Error(Errc::kTruncated, "segment", static_cast<std::int64_t>(segment.end_ + *got));
    }
    segment.hash_->update(0, std::span<const std::byte>(block).first(size));
    segment.end_ += size;
  }
  return segment;
}

Result<void> SegmentFile::begin(SegmentHeader& header) {
  const std::vector<std::byte> bytes = encode_header(header);
  first_position_ = header.first_position;
  header_bytes_ = header.header_bytes;
  return write(bytes);
}

Result<void> SegmentFile::write(std::span<const std::byte> frames) {
  if (const auto written = file_->write_at(frames, end_); !written) return written;
  hash_->update(0, frames);
  end_ += frames.size();
  return {};
}

Result<base::Sha256Digest> SegmentFile::seal(Seq last_seq) {
  const Seal seal{last_seq.raw(), position(), hash_->digest(0)};
  if (const auto written = write(encode_seal(seal)); !written) return written.error();
  if (const auto cut = file_->truncate(end_); !cut) return cut.error();
  return hash_->digest(0);
}

}  // namespace writ::journal
