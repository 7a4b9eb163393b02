#include "host/journal/segment_chain.hpp"

#include "host/journal/folder.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace writ::journal {

using base::Result;

std::uint64_t SegmentChain::allocation() const noexcept {
  constexpr std::uint64_t kSealRoom = 4096;
  return options_.segment_bytes + options_.ahead_bytes + options_.reserve_bytes + header_bytes_ +
         kSealRoom;
}

Result<void> SegmentChain::begin() {
  SegmentHeader header;
  header.catalogue = model::catalogue_json();
  header_bytes_ = static_cast<std::uint32_t>(encode_header(header).size());
  auto segment = SegmentFile::create(storage_, next_path(), allocation());
  if (!segment) return segment.error();
  return begin_segment(std::move(*segment), Seq{1}, {});
}

Result<void> SegmentChain::sync_beginning() {
  if (!options_.syncs) return {};
  if (auto synced = segment_->sync(); !synced) return synced;
  if (auto synced = storage_.sync_folder(options_.run_folder); !synced) return synced;
  return storage_.sync_folder(options_.run_folder.parent_path());
}

Result<void> SegmentChain::write(std::span<const std::byte> frames) {
  return segment_->write(frames);
}

Result<void> SegmentChain::prepare_next() {
  if (next_ || segment_->bytes() + options_.ahead_bytes <= options_.segment_bytes) return {};
  auto next = SegmentFile::create(storage_, next_path(), allocation());
  if (!next) return next.error();
  next_.emplace(std::move(*next));
  return {};
}

Result<void> SegmentChain::roll_if_due(Seq last_seq) {
  if (!next_ || segment_->bytes() < options_.segment_bytes) return {};
  position_ = segment_->position();
  const auto previous = segment_->seal(last_seq);
  if (!previous) return previous.error();
  if (options_.syncs) {
    if (auto synced = segment_->sync(); !synced) return synced;
  }
  SegmentFile next = std::move(*next_);
  next_.reset();
  return begin_segment(std::move(next), Seq{last_seq.raw() + 1}, *previous);
}

Result<void> SegmentChain::begin_segment(SegmentFile segment, Seq first_seq,
                                         const base::Sha256Digest& previous) {
  take_tables_before(first_seq);
  SegmentHeader header;
  header.identity = options_.identity;
  header.number = ++number_;
  header.first_seq = first_seq;
  header.first_position = position_;
  header.previous = previous;
  header.catalogue = model::catalogue_json();
  for (const writ_record* record : tables_.records()) {
    const auto bytes = model::bytes_of(*record);
    header.tables.insert(header.tables.end(), bytes.begin(), bytes.end());
  }
  if (auto begun = segment.begin(header); !begun) return begun;
  header_bytes_ = std::max(header_bytes_, header.header_bytes);
  // A header is on disk before its segment has a name; the first is made durable later.
  const bool sync_now = options_.syncs && segment_.has_value();
  if (sync_now) {
    if (auto synced = segment.sync(); !synced) return synced;
  }
  const auto path = options_.run_folder / segment_name(header.number);
  if (auto renamed = storage_.rename(next_path(), path); !renamed) return renamed;
  if (sync_now) {
    if (auto synced = storage_.sync_folder(options_.run_folder); !synced) return synced;
  }
  if (segment_ && !options_.syncs) let_go(segment_->take_file());
  segment_.emplace(std::move(segment));
  return {};
}

// A long run that nobody syncs would fill the machine's memory with pages of its journal, then wait
// for the disk all at once: each segment sets out when it is sealed, and leaves when the disk has
// had the time of two more.
void SegmentChain::let_go(std::unique_ptr<File> sealed) {
  constexpr std::size_t kLeavingMax = 2;
  sealed->begin_write_back();
  leaving_.push_back(std::move(sealed));
  if (leaving_.size() <= kLeavingMax) return;
  leaving_.front()->leave_cache();
  leaving_.pop_front();
}

Result<void> SegmentChain::finish(Seq last_seq) {
  if (const auto sealed = segment_->seal(last_seq); !sealed) return sealed.error();
  if (options_.syncs) {
    if (auto synced = segment_->sync(); !synced) return synced;
  }
  segment_.reset();
  if (!next_) return {};
  next_.reset();
  return storage_.remove(next_path());
}

void SegmentChain::remove() noexcept {
  segment_.reset();
  next_.reset();
  for (const auto& path : {next_path(), options_.run_folder / segment_name(1)}) {
    const auto there = storage_.exists(path);
    if (there && *there) (void)storage_.remove(path);
  }
}

void SegmentChain::remember_table(const writ_record& record) {
  std::vector<std::uint64_t> words(record.size / 8);
  std::memcpy(words.data(), &record, record.size);
  const std::lock_guard guard(mutex_);
  new_tables_.push_back(std::move(words));
}

void SegmentChain::take_tables_before(Seq first_seq) {
  const std::lock_guard guard(mutex_);
  std::size_t taken = 0;
  for (; taken < new_tables_.size(); ++taken) {
    const auto& record = *reinterpret_cast<const writ_record*>(new_tables_[taken].data());
    if (record.seq >= first_seq.raw()) break;
    (void)tables_.apply(record);  // what is wrong with it is the host's matter, not the journal's
  }
  new_tables_.erase(new_tables_.begin(), new_tables_.begin() + static_cast<std::ptrdiff_t>(taken));
}

}  // namespace writ::journal
