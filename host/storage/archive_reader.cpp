#include "host/storage/archive.hpp"
#include "host/storage/archive_format.hpp"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace writ::storage {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::uint32_t kDescriptionBytesMax = 1U << 20U;
constexpr std::uint32_t kRawBytesMax = 1U << 30U;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

Error corrupt(const char* what, std::uint64_t offset) {
  return {Errc::kCorrupt, what, static_cast<std::int64_t>(offset)};
}
Error truncated(const char* what, std::uint64_t offset) {
  return {Errc::kTruncated, what, static_cast<std::int64_t>(offset)};
}

// The next value of a block's bytes; false where they end too early or say something unknown.
bool take_value(std::string_view& bytes, Value& value) {
  if (bytes.empty() || bytes[0] < 0 || bytes[0] > static_cast<char>(Value::Type::kBytes)) {
    return false;
  }
  value = {};
  value.type = static_cast<Value::Type>(bytes[0]);
  bytes.remove_prefix(1);
  const auto take = [&bytes](void* to, std::size_t size) {
    if (bytes.size() < size) return false;
    std::memcpy(to, bytes.data(), size);
    bytes.remove_prefix(size);
    return true;
  };
  if (value.type == Value::Type::kNull) return true;
  if (value.type == Value::Type::kInteger) return take(&value.integer, sizeof value.integer);
  if (value.type == Value::Type::kReal) return take(&value.real, sizeof value.real);
  std::uint32_t size = 0;
  if (!take(&size, sizeof size) || bytes.size() < size) return false;
  value.text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

}  // namespace

class ArchiveReader::Core {
 public:
  Core(journal::Storage& storage, std::filesystem::path path)
      : storage_(storage), path_(std::move(path)) {}

  Result<void> open() {
    auto file = storage_.open(path_, journal::OpenMode::kRead);
    if (!file) return file.error();
    file_ = std::move(*file);
    const auto size = file_->size();
    if (!size) return size.error();
    ArchiveHeader header;
    if (*size < sizeof header) return truncated("archive header", *size);
    if (auto read = read_at(std::as_writable_bytes(std::span(&header, 1)), 0); !read) return read;
    if (header.magic != kArchiveMagic) return corrupt("not an archive of rows", 0);
    if (header.version > kArchiveVersion) {
      return Error(Errc::kUnsupported, "archive format version", header.version);
    }
    if (header.codec != kArchiveCodecZstd) {
      return Error(Errc::kUnsupported, "archive codec", header.codec);
    }
    next_block_ = sizeof header + std::uint64_t{header.description_bytes};
    if (header.description_bytes > kDescriptionBytesMax) return corrupt("archive header", 16);
    if (*size < next_block_ + sizeof(ArchiveTrailer)) return truncated("archive", *size);
    std::string description(header.description_bytes, '\0');
    const auto text = std::as_writable_bytes(std::span(description.data(), description.size()));
    if (auto read = read_at(text, sizeof header); !read) return read;
    if (archive_checksum(header, text) != header.crc32c) {
      return corrupt("archive header checksum", 0);
    }
    auto info = parse_archive_description(description);
    if (!info) return info.error();
    info_ = std::move(*info);
    values_.resize(info_.columns.size());
    hash_.update(description);
    return read_trailer(*size - sizeof(ArchiveTrailer));
  }

  Result<bool> next() {
    while (rest_.empty()) {
      if (next_block_ == trailer_at_) return at_end();
      if (auto loaded = load_block(); !loaded) return loaded.error();
    }
    const char* begin = rest_.data();
    for (Value& value : values_) {
      if (!take_value(rest_, value)) return corrupt("row of an archive", block_at_);
    }
    hash_.update(std::string_view(begin, static_cast<std::size_t>(rest_.data() - begin)));
    ++rows_;
    return true;
  }

  const ArchiveInfo& info() const { return info_; }
  const std::filesystem::path& path() const { return path_; }
  const std::vector<Value>& values() const { return values_; }

 private:
  Result<void> read_at(std::span<std::byte> bytes, std::uint64_t offset) {
    const auto got = file_->read_at(bytes, offset);
    if (!got) return got.error();
    if (*got != bytes.size()) return truncated("archive", offset + *got);
    return {};
  }

  Result<void> read_trailer(std::uint64_t at) {
    ArchiveTrailer trailer;
    if (auto read = read_at(std::as_writable_bytes(std::span(&trailer, 1)), at); !read) return read;
    if (trailer.magic != kArchiveEndMagic) return truncated("archive: no trailer", at);
    if (archive_checksum(trailer) != trailer.crc32c) {
      return corrupt("archive trailer checksum", at);
    }
    trailer_at_ = at;
    info_.rows = trailer.rows;
    info_.sha256 = trailer.sha256;
    return {};
  }

  Result<void> load_block() {
    block_at_ = next_block_;
    ArchiveBlockHead head;
    if (trailer_at_ - block_at_ < sizeof head) return corrupt("block of an archive", block_at_);
    if (auto read = read_at(std::as_writable_bytes(std::span(&head, 1)), block_at_); !read) {
      return read;
    }
    const std::uint64_t at = block_at_ + sizeof head;
    if (head.compressed_bytes > trailer_at_ - at || head.raw_bytes > kRawBytesMax) {
      return corrupt("block of an archive", block_at_);
    }
    compressed_.resize(head.compressed_bytes);
    if (auto read = read_at(compressed_, at); !read) return read;
    if (archive_checksum(head, compressed_) != head.crc32c) {
      return corrupt("block of an archive: checksum", block_at_);
    }
    raw_.resize(head.raw_bytes);
    const std::size_t size = ZSTD_decompressDCtx(context_.get(), raw_.data(), raw_.size(),
                                                 compressed_.data(), compressed_.size());
    if (ZSTD_isError(size) != 0 || size != raw_.size() || size == 0) {
      return corrupt("block of an archive: compression", block_at_);
    }
    rest_ = raw_;
    next_block_ = at + head.compressed_bytes;
    return {};
  }

  Result<bool> at_end() {
    if (rows_ != info_.rows) return corrupt("archive: count of rows", trailer_at_);
    if (hash_.digest() != info_.sha256) return corrupt("archive: hash of rows", trailer_at_);
    return false;
  }

  journal::Storage& storage_;
  std::filesystem::path path_;
  std::unique_ptr<journal::File> file_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_{ZSTD_createDCtx()};
  ArchiveInfo info_;
  base::Sha256 hash_;
  std::uint64_t rows_ = 0;
  std::uint64_t block_at_ = 0;
  std::uint64_t next_block_ = 0;
  std::uint64_t trailer_at_ = 0;
  std::vector<std::byte> compressed_;
  std::string raw_;  // the block loaded last
  std::string_view rest_;
  std::vector<Value> values_;
};

ArchiveReader::ArchiveReader(std::unique_ptr<Core> core) : core_(std::move(core)) {}
ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;

Result<ArchiveReader> ArchiveReader::open(journal::Storage& storage,
                                          const std::filesystem::path& file) {
  auto core = std::make_unique<Core>(storage, file);
  if (auto opened = core->open(); !opened) return opened.error();
  return ArchiveReader(std::move(core));
}

const ArchiveInfo& ArchiveReader::info() const noexcept { return core_->info(); }
const std::filesystem::path& ArchiveReader::file() const noexcept { return core_->path(); }
Result<bool> ArchiveReader::next() { return core_->next(); }
const std::vector<Value>& ArchiveReader::values() const noexcept { return core_->values(); }

Result<ArchiveInfo> verify_archive(journal::Storage& storage, const std::filesystem::path& file) {
  auto reader = ArchiveReader::open(storage, file);
  if (!reader) return reader.error();
  while (true) {
    const auto row = reader->next();
    if (!row) return row.error();
    if (!*row) return reader->info();
  }
}

Result<std::vector<std::filesystem::path>> archive_files(journal::Storage& storage,
                                                         const std::filesystem::path& place) {
  if (place.extension() == kArchiveSuffix) return std::vector{place};
  const auto names = storage.list(place);
  if (!names) return names.error();
  std::vector<std::filesystem::path> files;
  for (const auto& name : *names) {
    if (std::filesystem::path(name).extension() == kArchiveSuffix) files.push_back(place / name);
  }
  return files;
}

}  // namespace writ::storage
