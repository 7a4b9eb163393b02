#include "host/base/hex.hpp"
#include "host/base/little_endian.hpp"
#include "host/storage/archive.hpp"
#include "host/storage/archive_format.hpp"

#include <zstd.h>

#include <bit>
#include <cctype>
#include <utility>

namespace writ::storage {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr int kLevel = 6;
constexpr std::string_view kUnfinished = "unfinished";

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

// A type byte, then 8 bytes of a number or the length and the bytes of a text.
void append_value(std::string& out, const Value& value) {
  out += static_cast<char>(value.type);
  switch (value.type) {
    case Value::Type::kNull:
      return;
    case Value::Type::kInteger:
      return base::append_little_endian(out, value.integer);
    case Value::Type::kReal:
      return base::append_little_endian(out, std::bit_cast<std::uint64_t>(value.real));
    case Value::Type::kText:
    case Value::Type::kBytes:
      base::append_little_endian(out, static_cast<std::uint32_t>(value.text.size()));
      out += value.text;
      return;
  }
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string file_part(std::string_view text) {
  std::string part;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    part += plain ? c : '_';
  }
  return part;
}

}  // namespace

class ArchiveWriter::Core {
 public:
  Core(journal::Storage& storage, std::filesystem::path folder, ArchiveInfo info)
      : storage_(storage),
        folder_(std::move(folder)),
        unfinished_(folder_ / kUnfinished),
        info_(std::move(info)) {}
  ~Core() {
    if (!file_) return;
    file_.reset();
    static_cast<void>(storage_.remove(unfinished_));  // nobody is left to be told
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Result<void> begin() {
    const auto left_over = storage_.exists(unfinished_);
    if (!left_over) return left_over.error();
    if (*left_over) {
      if (auto removed = storage_.remove(unfinished_); !removed) return removed;
    }
    auto file = storage_.open(unfinished_, journal::OpenMode::kCreateNew);
    if (!file) return file.error();
    file_ = std::move(*file);

    const std::string description = describe_archive(info_);
    hash_.update(description);
    ArchiveHeader header;
    header.magic = kArchiveMagic;
    header.version = kArchiveVersion;
    header.codec = kArchiveCodecZstd;
    header.description_bytes = static_cast<std::uint32_t>(description.size());
    header.crc32c = archive_checksum(header, bytes_of(description));
    if (auto put = write(std::as_bytes(std::span(&header, 1))); !put) return put;
    return write(bytes_of(description));
  }

  Result<void> append(const std::vector<Value>& row) {
    const std::size_t before = raw_.size();
    for (const Value& value : row) append_value(raw_, value);
    hash_.update(std::string_view(raw_).substr(before));
    ++info_.rows;
    ++block_rows_;
    return raw_.size() >= kArchiveBlockBytes ? close_block() : Result<void>();
  }

  Result<std::filesystem::path> finish() {
    if (block_rows_ > 0) {
      if (auto closed = close_block(); !closed) return closed.error();
    }
    info_.sha256 = hash_.digest();
    ArchiveTrailer trailer;
    trailer.magic = kArchiveEndMagic;
    trailer.rows = info_.rows;
    trailer.blocks = blocks_;
    trailer.sha256 = info_.sha256;
    trailer.crc32c = archive_checksum(trailer);
    if (auto put = write(std::as_bytes(std::span(&trailer, 1))); !put) return put.error();
    if (auto synced = file_->sync(); !synced) return synced.error();
    file_.reset();
    const std::string name = file_part(info_.table) + "." + file_part(info_.run_id) + "." +
                             file_part(info_.source) + "." +
                             base::to_hex(info_.sha256).substr(0, 16) + std::string(kArchiveSuffix);
    if (auto renamed = storage_.rename(unfinished_, folder_ / name); !renamed) {
      return renamed.error();
    }
    if (auto synced = storage_.sync_folder(folder_); !synced) return synced.error();
    return folder_ / name;
  }

  const ArchiveInfo& info() const { return info_; }

 private:
  Result<void> write(std::span<const std::byte> bytes) {
    auto written = file_->write_at(bytes, end_);
    end_ += bytes.size();
    return written;
  }

  Result<void> close_block() {
    compressed_.resize(ZSTD_compressBound(raw_.size()));
    const std::size_t size = ZSTD_compressCCtx(
        context_.get(), compressed_.data(), compressed_.size(), raw_.data(), raw_.size(), kLevel);
    if (ZSTD_isError(size) != 0) return Error(Errc::kIo, "compress block of archive");
    const auto bytes = std::span<const std::byte>(compressed_).first(size);
    ArchiveBlockHead head;
    head.compressed_bytes = static_cast<std::uint32_t>(size);
    head.raw_bytes = static_cast<std::uint32_t>(raw_.size());
    head.rows = block_rows_;
    head.crc32c = archive_checksum(head, bytes);
    ++blocks_;
    block_rows_ = 0;
    raw_.clear();
    if (auto put = write(std::as_bytes(std::span(&head, 1))); !put) return put;
    return write(bytes);
  }

  journal::Storage& storage_;
  std::filesystem::path folder_;
  std::filesystem::path unfinished_;
  ArchiveInfo info_;
  std::unique_ptr<journal::File> file_;  // nullptr once it has its name
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_{ZSTD_createCCtx()};
  base::Sha256 hash_;
  std::uint64_t end_ = 0;
  std::uint64_t blocks_ = 0;
  std::uint32_t block_rows_ = 0;
  std::string raw_;
  std::vector<std::byte> compressed_;
};

ArchiveWriter::ArchiveWriter(std::unique_ptr<Core> core) : core_(std::move(core)) {}
ArchiveWriter::~ArchiveWriter() = default;

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create(journal::Storage& storage,
                                                             const std::filesystem::path& folder,
                                                             ArchiveInfo info) {
  auto core = std::make_unique<Core>(storage, folder, std::move(info));
  if (auto begun = core->begin(); !begun) return begun.error();
  return std::unique_ptr<ArchiveWriter>(new ArchiveWriter(std::move(core)));
}

Result<void> ArchiveWriter::append(const std::vector<Value>& row) { return core_->append(row); }
Result<std::filesystem::path> ArchiveWriter::finish() { return core_->finish(); }
const ArchiveInfo& ArchiveWriter::info() const noexcept { return core_->info(); }

}  // namespace writ::storage
