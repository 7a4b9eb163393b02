#include "host/base/crc32c.hpp"
#include "host/journal/tape.hpp"
#include "host/journal/tape_format.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr int kLevel = 3;
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

bool is_table(std::uint16_t type) {
  return type == WRIT_RECORD_ASSET || type == WRIT_RECORD_INSTRUMENT ||
         type == WRIT_RECORD_STREAM || type == WRIT_RECORD_CONVERSION;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

void put(std::vector<std::byte>& out, const void* bytes, std::size_t size) {
  const auto* from = static_cast<const std::byte*>(bytes);
  out.insert(out.end(), from, from + size);
}

}  // namespace

class TapeWriter::Core {
 public:
  Core(Storage& storage, std::filesystem::path path, std::string importer,
       std::vector<TapeSource> sources)
      : storage_(storage), path_(std::move(path)), unfinished_(path_.string() + ".unfinished") {
    info_.importer = std::move(importer);
    info_.sources = std::move(sources);
  }
  ~Core() {
    if (!file_) return;
    file_.reset();
    (void)storage_.remove(unfinished_);  // nobody is left to be told
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Result<void> begin();
  Result<void> append(const writ_record& record);
  Result<TapeInfo> finish();

 private:
  void note_instrument(std::uint32_t instrument);
  Result<void> close_block();
  Result<void> write_trailer();

  Storage& storage_;
  std::filesystem::path path_;
  std::filesystem::path unfinished_;
  std::unique_ptr<File> file_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_{ZSTD_createCCtx()};
  TapeInfo info_;
  model::InstrumentTable table_;
  base::Sha256 content_;
  std::uint64_t end_ = sizeof(TapeHeader);
  std::vector<std::byte> raw_;
  std::vector<std::byte> compressed_;
  TapeBlock block_;
  std::vector<std::uint64_t> instruments_;  // of the block, a bit each
  std::vector<TapeBlock> blocks_;
  std::vector<std::vector<std::uint64_t>> instruments_of_;  // by block
};

Result<void> TapeWriter::Core::begin() {
  const auto there = storage_.exists(path_);
  if (!there) return there.error();
  if (*there) return Error(Errc::kExists, "tape");
  const auto left_over = storage_.exists(unfinished_);
  if (!left_over) return left_over.error();
  if (*left_over) {
    if (auto removed = storage_.remove(unfinished_); !removed) return removed;
  }
  auto file = storage_.open(unfinished_, OpenMode::kCreateNew);
  if (!file) return file.error();
  file_ = std::move(*file);
  return {};
}

Result<void> TapeWriter::Core::append(const writ_record& record) {
  if (!file_) return Error(Errc::kState, "append to tape");
  const auto number = static_cast<std::int64_t>(info_.records + 1);
  if (const char* wrong = model::validate(record)) return Error(Errc::kInvalid, wrong, number);
  const bool event = is_tape_event(record.type);
  if (!event && !is_table(record.type)) {
    return Error(Errc::kInvalid, "record type is not one of a tape", number);
  }
  if (event && info_.events != 0 && record.ingest_ts < info_.last_ts) {
    return Error(Errc::kInvalid, "time runs backwards in a tape", number);
  }
  if (tape_instrument(record) > model::InstrumentTable::kNumberMax) {
    return Error(Errc::kInvalid, "instrument number out of range", number);
  }
  if (!event) {
    if (auto applied = table_.apply(record); !applied) return applied;
  }
  // Tables at the beginning stay in blocks of their own: who seeks by time has had them.
  const bool first_event = event && info_.events == 0;
  if (raw_.size() >= kTapeBlockBytes || (first_event && !raw_.empty())) {
    if (auto closed = close_block(); !closed) return closed;
  }

  if (raw_.empty()) {
    block_ = TapeBlock{};
    block_.first_seq = info_.records + 1;
    block_.head.first_ts = kNoTime;
    block_.head.last_ts = kNoTime;
  }
  ++info_.records;
  ++block_.head.records;
  note_instrument(tape_instrument(record));
  const std::size_t at = raw_.size();
  put(raw_, &record, record.size);
  std::memcpy(raw_.data() + at + offsetof(writ_record, seq), &info_.records, sizeof record.seq);
  content_.update(std::span<const std::byte>(raw_).subspan(at));
  if (event) {
    if (++info_.events == 1) info_.first_ts = record.ingest_ts;
    info_.last_ts = record.ingest_ts;
    if (block_.head.first_ts == kNoTime) block_.head.first_ts = record.ingest_ts;
    block_.head.last_ts = record.ingest_ts;
  }
  return {};
}

void TapeWriter::Core::note_instrument(std::uint32_t instrument) {
  if (instruments_.size() <= instrument / 64) instruments_.resize(instrument / 64 + 1, 0);
  instruments_[instrument / 64] |= std::uint64_t{1} << instrument % 64;
}

Result<void> TapeWriter::Core::close_block() {
  compressed_.resize(ZSTD_compressBound(raw_.size()));
  const std::size_t size = ZSTD_compressCCtx(context_.get(), compressed_.data(), compressed_.size(),
                                             raw_.data(), raw_.size(), kLevel);
  if (ZSTD_isError(size) != 0) return Error(Errc::kIo, "compress block of tape");
  const auto bytes = std::span<const std::byte>(compressed_).first(size);
  block_.offset = end_;
  block_.head.compressed_bytes = static_cast<std::uint32_t>(size);
  block_.head.raw_bytes = static_cast<std::uint32_t>(raw_.size());
  block_.head.crc32c = checksum(block_.head, bytes);
  if (auto written = file_->write_at(std::as_bytes(std::span(&block_.head, 1)), end_); !written) {
    return written;
  }
  if (auto written = file_->write_at(bytes, end_ + sizeof(TapeBlockHead)); !written) return written;
  end_ += sizeof(TapeBlockHead) + size;
  blocks_.push_back(block_);
  instruments_of_.push_back(std::exchange(instruments_, {}));
  raw_.clear();
  return {};
}

Result<void> TapeWriter::Core::write_trailer() {
  const std::string& catalogue = model::catalogue_json();
  const std::string description = describe_tape(info_);
  std::size_t words = 0;
  for (const auto& instruments : instruments_of_) words = std::max(words, instruments.size());
  const TapeTrailerHead head{
      static_cast<std::uint32_t>(blocks_.size()), static_cast<std::uint32_t>(catalogue.size()),
      static_cast<std::uint32_t>(description.size()), static_cast<std::uint32_t>(words)};
  std::vector<std::byte> trailer;
  put(trailer, &head, sizeof head);
  put(trailer, blocks_.data(), blocks_.size() * sizeof(TapeBlock));
  for (auto& instruments : instruments_of_) {
    instruments.resize(words, 0);
    put(trailer, instruments.data(), words * sizeof(std::uint64_t));
  }
  put(trailer, catalogue.data(), catalogue.size());
  put(trailer, description.data(), description.size());
  if (auto written = file_->write_at(trailer, end_); !written) return written;

  TapeHeader header;
  header.magic = kTapeMagic;
  header.format_version = kTapeVersion;
  header.oldest_reader = kTapeOldestReader;
  header.codec = kTapeCodecZstd;
  header.trailer_offset = end_;
  header.trailer_bytes = trailer.size();
  header.trailer_crc32c = base::crc32c(trailer);
  header.file_bytes = end_ + trailer.size();
  header.header_crc32c = checksum(header);
  return file_->write_at(std::as_bytes(std::span(&header, 1)), 0);
}

Result<TapeInfo> TapeWriter::Core::finish() {
  if (!file_) return Error(Errc::kState, "finish tape");
  if (!raw_.empty()) {
    if (auto closed = close_block(); !closed) return closed.error();
  }
  info_.content_hash = content_.digest();
  info_.catalogue = model::catalogue_json();
  for (const writ_instrument* instrument : table_.instruments()) {
    info_.instruments.push_back(model::canonical_name(*instrument));
  }
  if (auto written = write_trailer(); !written) return written.error();
  if (auto synced = file_->sync(); !synced) return synced.error();
  if (auto renamed = storage_.rename(unfinished_, path_); !renamed) return renamed.error();
  file_.reset();
  if (auto synced = storage_.sync_folder(path_.parent_path()); !synced) return synced.error();
  return info_;
}

TapeWriter::TapeWriter(std::unique_ptr<Core> core) : core_(std::move(core)) {}
TapeWriter::~TapeWriter() = default;

Result<std::unique_ptr<TapeWriter>> TapeWriter::create(Storage& storage,
                                                       const std::filesystem::path& path,
                                                       std::string importer,
                                                       std::vector<TapeSource> sources) {
  auto core = std::make_unique<Core>(storage, path, std::move(importer), std::move(sources));
  if (auto begun = core->begin(); !begun) return begun.error();
  return std::unique_ptr<TapeWriter>(new TapeWriter(std::move(core)));
}

Result<void> TapeWriter::append(const writ_record& record) { return core_->append(record); }
Result<TapeInfo> TapeWriter::finish() { return core_->finish(); }

}  // namespace writ::journal
