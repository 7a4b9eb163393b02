#include "host/base/crc32c.hpp"
#include "host/journal/tape.hpp"
#include "host/journal/tape_format.hpp"
#include "host/journal/tape_index.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/catalogue_check.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::uint64_t kTrailerBytesMax = std::uint64_t{1} << 30U;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

Error corrupt(const char* what, std::uint64_t offset) {
  return {Errc::kCorrupt, what, static_cast<std::int64_t>(offset)};
}

}  // namespace

class TapeReader::Core {
 public:
  Core(Storage& storage, std::filesystem::path path) : storage_(storage), path_(std::move(path)) {}

  Result<void> open();
  Result<const writ_record*> next();
  void go_to_block(std::size_t block) noexcept {
    block_ = block;
    at_ = 0;
    raw_bytes_ = 0;
    error_.reset();
  }
  void select(TapeSelection selection) {
    selection_ = std::move(selection);
    go_to_block(0);
    blocks_read_ = 0;
  }

  [[nodiscard]] std::uint64_t blocks() const noexcept { return index_.size(); }
  [[nodiscard]] Result<std::uint64_t> blocks_of(std::uint32_t instrument);
  [[nodiscard]] std::uint64_t blocks_read() const noexcept { return blocks_read_; }
  [[nodiscard]] const TapeInfo& info() const noexcept { return info_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  Result<void> read_trailer(const TapeHeader& header);
  Result<void> check_trailer(const TapeHeader& header);
  Result<void> load(const TapeBlock& block);
  Result<bool> load_next();
  Result<const writ_record*> next_of_blocks();
  [[nodiscard]] Result<bool> wants(std::size_t block);
  [[nodiscard]] bool wants(const writ_record& record) const noexcept;

  Storage& storage_;
  std::filesystem::path path_;
  std::unique_ptr<File> file_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_{ZSTD_createDCtx()};
  TapeInfo info_;
  model::ForeignTypes foreign_;
  TapeIndex index_;
  TapeSelection selection_;
  std::uint64_t blocks_read_ = 0;

  std::size_t block_ = 0;  // the next to be loaded
  std::vector<std::byte> compressed_;
  std::vector<std::uint64_t> raw_;  // the block loaded last
  std::size_t raw_bytes_ = 0;
  std::size_t at_ = 0;
  std::uint64_t next_seq_ = 0;
  std::uint64_t offset_ = 0;
  std::optional<Error> error_;
};

Result<void> TapeReader::Core::open() {
  auto file = storage_.open(path_, OpenMode::kRead);
  if (!file) return file.error();
  file_ = std::move(*file);
  TapeHeader header;
  const auto got = file_->read_at(std::as_writable_bytes(std::span(&header, 1)), 0);
  if (!got) return got.error();
  if (*got < sizeof header) {
    return Error(Errc::kTruncated, "tape header", static_cast<std::int64_t>(*got));
  }
  if (header.magic != kTapeMagic) return corrupt("not a tape", 0);
  if (header.oldest_reader > kTapeVersion) {
    return Error(Errc::kUnsupported, "tape format version", header.format_version);
  }
  if (header.codec != kTapeCodecZstd) return Error(Errc::kUnsupported, "tape codec", header.codec);
  if (checksum(header) != header.header_crc32c) {
    return corrupt("tape header checksum", offsetof(TapeHeader, header_crc32c));
  }
  const auto size = file_->size();
  if (!size) return size.error();
  if (*size < header.file_bytes) {
    return Error(Errc::kTruncated, "tape", static_cast<std::int64_t>(*size));
  }
  return read_trailer(header);
}

Result<void> TapeReader::Core::read_trailer(const TapeHeader& header) {
  const std::uint64_t at = header.trailer_offset;
  const bool plausible = header.trailer_bytes >= sizeof(TapeTrailerHead) &&
                         header.trailer_bytes <= kTrailerBytesMax && at >= sizeof(TapeHeader) &&
                         at + header.trailer_bytes == header.file_bytes;
  if (!plausible) return corrupt("tape header", offsetof(TapeHeader, trailer_offset));
  if (auto checked = check_trailer(header); !checked) return checked;

  TapeTrailerHead head;
  const auto head_bytes = std::as_writable_bytes(std::span(&head, 1));
  if (auto read = read_exactly(*file_, head_bytes, at, "tape index"); !read) return read;
  TapeIndexPlace place;
  place.blocks = head.blocks;
  place.instrument_words = head.instrument_words;
  place.blocks_at = at + sizeof head;
  place.instruments_at = place.blocks_at + std::uint64_t{head.blocks} * sizeof(TapeBlock);
  // Both factors are below 2^32: what a tape can hold at all keeps them from running over.
  const std::uint64_t words = std::uint64_t{head.blocks} * head.instrument_words;
  const std::uint64_t text_at =
      place.instruments_at + std::min(words, kTrailerBytesMax) * sizeof(std::uint64_t);
  const std::uint64_t text_bytes = std::uint64_t{head.catalogue_bytes} + head.description_bytes;
  if (text_at + text_bytes != header.file_bytes) return corrupt("tape index", at);
  std::string text(text_bytes, '\0');
  const auto bytes = std::as_writable_bytes(std::span(text));
  if (auto read = read_exactly(*file_, bytes, text_at, "tape index"); !read) return read;
  auto info = parse_tape_description(std::string_view(text).substr(head.catalogue_bytes));
  if (!info) return corrupt("tape description", text_at);
  info_ = std::move(*info);
  text.resize(head.catalogue_bytes);
  info_.catalogue = std::move(text);
  auto foreign = model::check_catalogue(info_.catalogue);
  if (!foreign) return foreign.error();
  foreign_ = std::move(*foreign);
  index_ = TapeIndex(*file_, place);
  return index_.check(at, info_.records);
}

Result<void> TapeReader::Core::check_trailer(const TapeHeader& header) {
  std::vector<std::byte> piece(std::size_t{64} << 10U);
  std::uint32_t found = 0;
  for (std::uint64_t done = 0; done < header.trailer_bytes; done += piece.size()) {
    piece.resize(std::min<std::uint64_t>(piece.size(), header.trailer_bytes - done));
    const auto read = read_exactly(*file_, piece, header.trailer_offset + done, "tape index");
    if (!read) return read;
    found = base::crc32c(piece, found);
  }
  if (found != header.trailer_crc32c) {
    return corrupt("tape index checksum", header.trailer_offset);
  }
  return {};
}

Result<void> TapeReader::Core::load(const TapeBlock& block) {
  offset_ = block.offset;
  compressed_.resize(sizeof(TapeBlockHead) + block.head.compressed_bytes);
  auto read = read_exactly(*file_, compressed_, block.offset, "block of tape");
  if (!read) return read;
  TapeBlockHead head;
  std::memcpy(&head, compressed_.data(), sizeof head);
  const auto bytes = std::span<const std::byte>(compressed_).subspan(sizeof head);
  if (std::memcmp(&head, &block.head, sizeof head) != 0 || checksum(head, bytes) != head.crc32c) {
    return corrupt("block of tape: checksum", block.offset);
  }
  raw_.resize(head.raw_bytes / 8);
  const std::size_t size =
      ZSTD_decompressDCtx(context_.get(), raw_.data(), head.raw_bytes, bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != head.raw_bytes) {
    return corrupt("block of tape: compression", block.offset);
  }
  raw_bytes_ = size;
  at_ = 0;
  next_seq_ = block.first_seq;
  return {};
}

Result<std::uint64_t> TapeReader::Core::blocks_of(std::uint32_t instrument) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < index_.size(); ++i) {
    const auto has = index_.has(i, instrument);
    if (!has) return has.error();
    count += *has ? 1 : 0;
  }
  return count;
}

Result<bool> TapeReader::Core::wants(std::size_t block) {
  if (const auto for_all = index_.has(block, kTapeForAll); !for_all || *for_all) return for_all;
  const auto found = index_.block(block);
  if (!found) return found.error();
  const TapeBlockHead& head = (*found)->head;
  if (head.last_ts < selection_.from_ts || head.first_ts >= selection_.to_ts) return false;
  if (selection_.instruments.empty()) return true;
  for (const std::uint32_t instrument : selection_.instruments) {
    if (const auto has = index_.has(block, instrument); !has || *has) return has;
  }
  return false;
}

bool TapeReader::Core::wants(const writ_record& record) const noexcept {
  if (!is_tape_event(record.type)) return true;
  if (record.ingest_ts < selection_.from_ts || record.ingest_ts >= selection_.to_ts) return false;
  const std::uint32_t instrument = tape_instrument(record);
  return selection_.instruments.empty() || instrument == kTapeForAll ||
         std::find(selection_.instruments.begin(), selection_.instruments.end(), instrument) !=
             selection_.instruments.end();
}

// The next block that is wanted; false after the last.
Result<bool> TapeReader::Core::load_next() {
  for (;; ++block_) {
    if (block_ == index_.size()) return false;
    const auto wanted = wants(block_);
    if (!wanted) return wanted;
    if (*wanted) break;
  }
  const auto block = index_.block(block_);
  if (!block) return block.error();
  if (auto loaded = load(**block); !loaded) return loaded.error();
  ++block_;
  ++blocks_read_;
  return true;
}

Result<const writ_record*> TapeReader::Core::next() {
  for (;;) {
    auto record = next_of_blocks();
    if (!record || *record == nullptr || wants(**record)) return record;
  }
}

Result<const writ_record*> TapeReader::Core::next_of_blocks() {
  if (error_) return *error_;
  const auto failed = [this](const Error& error) {
    error_ = error;
    return error;
  };
  if (at_ == raw_bytes_) {
    const auto loaded = load_next();
    if (!loaded) return failed(loaded.error());
    if (!*loaded) return nullptr;
  }
  const std::size_t left = raw_bytes_ - at_;
  const auto& record =
      *reinterpret_cast<const writ_record*>(reinterpret_cast<const std::byte*>(raw_.data()) + at_);
  if (left < sizeof(writ_record) || record.size > left) {
    return failed(corrupt("block of tape: record size", offset_));
  }
  const auto foreign = foreign_.empty() ? foreign_.end() : foreign_.find(record.type);
  const char* wrong = nullptr;
  if (foreign == foreign_.end()) {
    wrong = model::validate(record);
  } else if (record.size < foreign->second || record.size % 8 != 0) {
    wrong = "record is shorter than its fixed part";
  }
  if (wrong != nullptr) return failed(corrupt(wrong, offset_));
  if (record.seq != next_seq_) return failed(corrupt("block of tape: record sequence", offset_));
  ++next_seq_;
  at_ += record.size;
  return &record;
}

TapeReader::TapeReader(std::unique_ptr<Core> core) : core_(std::move(core)) {}
TapeReader::~TapeReader() = default;
TapeReader::TapeReader(TapeReader&&) noexcept = default;
TapeReader& TapeReader::operator=(TapeReader&&) noexcept = default;

Result<TapeReader> TapeReader::open(Storage& storage, const std::filesystem::path& path) {
  auto core = std::make_unique<Core>(storage, path);
  if (auto opened = core->open(); !opened) return opened.error();
  return TapeReader(std::move(core));
}

Result<const writ_record*> TapeReader::next() { return core_->next(); }
void TapeReader::reset() noexcept { core_->go_to_block(0); }
void TapeReader::select(TapeSelection selection) { core_->select(std::move(selection)); }
std::uint64_t TapeReader::blocks() const noexcept { return core_->blocks(); }
Result<std::uint64_t> TapeReader::blocks_of(std::uint32_t instrument) {
  return core_->blocks_of(instrument);
}
std::uint64_t TapeReader::blocks_read() const noexcept { return core_->blocks_read(); }
const TapeInfo& TapeReader::info() const noexcept { return core_->info(); }
const std::filesystem::path& TapeReader::path() const noexcept { return core_->path(); }
std::string TapeReader::describe(const Error& error) const {
  return core_->path().string() + ": offset " + std::to_string(error.detail()) + ": " +
         error.step() + ": " + base::to_string(error.code());
}

}  // namespace writ::journal
