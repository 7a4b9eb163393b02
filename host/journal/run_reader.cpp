#include "host/journal/run_reader.hpp"

#include "host/base/crc32c.hpp"
#include "host/journal/folder.hpp"
#include "host/model/catalogue.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::size_t kBufferBytes = std::size_t{256} << 10U;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

const std::byte* bytes_in(const std::vector<std::uint64_t>& words) {
  return reinterpret_cast<const std::byte*>(words.data());
}

/// The copy out of the mapping is complete before the counters are looked at again.
void copies_come_before_what_follows() noexcept {
#ifdef __SANITIZE_THREAD__
  std::atomic_signal_fence(std::memory_order_acq_rel);  // it knows no fence between threads
#else
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
}

std::span<std::byte> writable(std::vector<std::uint64_t>& words) {
  return std::as_writable_bytes(std::span(words));
}

}  // namespace

RunReader::RunReader(Storage& storage, std::filesystem::path run_folder, ReadLimit limit, Ends ends)
    : storage_(&storage),
      folder_(std::move(run_folder)),
      limit_(limit),
      ends_(ends),
      buffer_(kBufferBytes / 8) {}

Result<void> RunReader::open() {
  place_ = {folder_, 0};
  const auto there = storage_->exists(folder_);
  if (!there) return there.error();
  if (!*there) return Error(Errc::kNotFound, "run folder");
  const auto segments = list_segments(*storage_, folder_);
  if (!segments) return segments.error();
  if (segments->empty()) return Error(Errc::kNotFound, "segment of the run");
  if (auto opened = open_segment(segments->front()); !opened) return opened;
  first_seq_ = header_.first_seq;
  last_seq_ = Seq{first_seq_.raw() - 1};
  return open_tail();
}

Result<void> RunReader::open_tail() {
  auto mapping = map_tail(*storage_, folder_, OpenMode::kRead);
  if (mapping && !*mapping) return {};
  const auto checked =
      mapping ? check_tail((*mapping)->bytes(), header_.identity) : Result<void>(mapping.error());
  if (!checked) {
    // Lost with the machine's power before it was on disk: then nothing was appended, or all of it
    // is in the segments.
    const bool lost =
        checked.error().code() == Errc::kTruncated || checked.error().code() == Errc::kCorrupt;
    if (ends_ == Ends::kIsDead && lost) return {};
    place_ = {folder_ / kTailName, 0};
    return checked;
  }
  const auto bytes = (*mapping)->bytes();
  mapping_ = std::move(*mapping);
  tail_ = reinterpret_cast<const TailHeader*>(bytes.data());
  ring_ = Ring(bytes.subspan(kTailHeaderBytes));
  return {};
}

Result<void> RunReader::open_segment(std::uint32_t number) {
  file_path_ = folder_ / segment_name(number);
  place_ = {file_path_, 0};
  auto file = storage_->open(file_path_, OpenMode::kRead);
  if (!file) return file.error();
  auto header = read_header(**file);
  if (!header) {
    if (header.error().code() != Errc::kUnsupported) {
      place_.offset = static_cast<std::uint64_t>(header.error().detail());
    }
    return header.error();
  }
  if (header->number != number) return Error(Errc::kCorrupt, "segment number", 80);
  if (header->catalogue != checked_catalogue_) {
    auto foreign = model::check_catalogue(header->catalogue);
    if (!foreign) return foreign.error();
    foreign_ = std::move(*foreign);
    checked_catalogue_ = header->catalogue;
  }
  file_ = std::move(*file);
  header_ = std::move(*header);
  offset_ = header_.header_bytes;
  buffer_bytes_ = 0;
  sealed_ = false;
  return {};
}

bool RunReader::live() const noexcept { return tail_ != nullptr && load(tail_->closed) == 0; }

/// How far the segments may be read: what lies behind is not written yet.
std::uint64_t RunReader::limit_position(bool growing) const noexcept {
  if (!growing) return kNoLimit;
  return load(limit_ == ReadLimit::kDurable ? tail_->durable : tail_->moved);
}

bool RunReader::closed() { return sealed_ && !live(); }

Result<const writ_record*> RunReader::next() {
  if (error_) return *error_;
  for (;;) {
    const bool growing = ends_ == Ends::kMayGrow && live();
    // Asked once: a run closed between two looks would have a last seal in a growing run.
    const std::uint64_t limit = limit_position(growing);
    if (position() >= limit) {
      if (limit_ == ReadLimit::kDurable || position() >= load(tail_->head)) return nullptr;
      const Found found = look_in_mapping();
      // While it was copied the writer may have moved it to a segment and used its place again.
      copies_come_before_what_follows();
      if (load(tail_->moved) > position() || !live()) continue;
      if (found == Found::kRecord) {
        ahead_ = true;
        return deliver_from_mapping();
      }
      place_ = {folder_ / kTailName, kTailHeaderBytes + position() % ring_.size()};
      return damage();
    }

    if (ahead_) {
      if (auto located = find_segment_of_position(); !located) {
        error_ = located.error();
        return *error_;
      }
      ahead_ = false;
    }
    auto found = from_mapping_ ? Result<Found>(Found::kNothing) : look_in_segment(limit);
    if (!found) return found.error();
    if (*found == Found::kRecord) return deliver_from_segment();
    if (*found == Found::kSeal) {
      const auto moved_on = go_to_next_segment();
      if (!moved_on) {
        error_ = moved_on.error();
        return *error_;
      }
      if (*moved_on) continue;
      sealed_ = true;
      if (ends_ == Ends::kMayGrow) {
        if (!growing) return nullptr;
        wrong_ = "segment is missing";
        return damage();
      }
      found = Found::kNothing;
    }
    place_ = {file_path_, offset_};
    if (ends_ == Ends::kIsDead) return end_of_dead_run();
    // A run is open, or sealed: there is no third way to end.
    if (*found == Found::kNothing) wrong_ = growing ? "record is missing" : "seal is missing";
    return damage();
  }
}

/// No writer is alive: what the segments lack may still be in the mapping.
Result<const writ_record*> RunReader::end_of_dead_run() {
  const std::uint64_t durable = tail_ == nullptr ? 0 : load(tail_->durable);
  const auto following = storage_->exists(folder_ / segment_name(header_.number + 1));
  if (!following) return following.error();
  if (position() < durable || (*following && !sealed_)) {
    error_ = Error(Errc::kCorrupt, *wrong_ == '\0' ? "durable record is missing" : wrong_,
                   static_cast<std::int64_t>(offset_));
    return *error_;
  }
  if (mapping_ && look_in_mapping() == Found::kRecord) {
    if (!from_mapping_) {
      from_mapping_ = true;
      segment_end_ = offset_;
      segment_last_seq_ = last_seq_;
    }
    return deliver_from_mapping();
  }
  if (!from_mapping_ && !sealed_) {
    const auto bytes = bytes_to_last_nonzero();
    if (!bytes) return bytes.error();
    torn_bytes_ = *bytes;
    if (torn_bytes_ != 0) return nullptr;
  }
  if (tail_ != nullptr && position() < load(tail_->head)) {
    torn_bytes_ = load(tail_->head) - position();
    place_ = {folder_ / kTailName, kTailHeaderBytes + position() % ring_.size()};
  }
  return nullptr;
}

Error RunReader::damage() {
  const bool known_whole = live() ? position() < load(tail_->durable) : segment_is_finished();
  error_ = Error(known_whole ? Errc::kCorrupt : Errc::kTruncated, wrong_,
                 static_cast<std::int64_t>(place_.offset));
  return *error_;
}

/// Whether the segment is known to have been ended: another follows, or a seal is at its end.
bool RunReader::segment_is_finished() {
  const auto following = storage_->exists(folder_ / segment_name(header_.number + 1));
  if (following && *following) return true;
  const auto size = file_->size();
  if (!size || *size < kSealBytes) return false;
  std::vector<std::byte> bytes(kSealBytes);
  const auto got = file_->read_at(bytes, *size - kSealBytes);
  if (!got || *got != bytes.size()) return false;
  FrameHead head;
  std::memcpy(&head, bytes.data(), sizeof head);
  return head.length == kSealMark &&
         head.crc32c == base::crc32c(std::span<const std::byte>(bytes).subspan(sizeof head));
}

/// From the next frame to the last byte of the file that is not zero.
Result<std::uint64_t> RunReader::bytes_to_last_nonzero() {
  std::vector<std::byte> block(kBufferBytes);
  std::uint64_t last = 0;
  for (std::uint64_t at = offset_;;) {
    const auto got = file_->read_at(block, at);
    if (!got) return got.error();
    for (std::size_t i = *got; i-- > 0;) {
      if (block[i] == std::byte{0}) continue;
      last = at + i + 1 - offset_;
      break;
    }
    at += *got;
    if (*got < block.size()) return last;
  }
}

/// Makes the file's bytes [offset, offset + size) be in the buffer; false if it does not have them
/// or they lie behind the limit.
Result<bool> RunReader::fill(std::uint64_t offset, std::size_t size, std::uint64_t limit) {
  if (offset >= buffer_offset_ && offset + size <= buffer_offset_ + buffer_bytes_) return true;
  std::uint64_t room = kNoLimit;
  if (limit != kNoLimit) {
    const std::uint64_t end = header_.header_bytes + (limit - header_.first_position);
    room = end - std::min(end, offset);
  }
  const std::size_t wanted = std::max(kBufferBytes, (size + 7) / 8 * 8);
  if (buffer_.size() * 8 < wanted) buffer_.resize(wanted / 8);
  buffer_offset_ = offset;
  const auto got =
      file_->read_at(writable(buffer_).first(std::min<std::uint64_t>(wanted, room)), offset);
  buffer_bytes_ = got ? *got : 0;
  if (!got) return got.error();
  return buffer_bytes_ >= size;
}

Result<RunReader::Found> RunReader::look_in_segment(std::uint64_t limit) {
  wrong_ = "";
  const auto has_head = fill(offset_, sizeof(FrameHead), limit);
  if (!has_head) return has_head.error();
  if (!*has_head) {
    if (buffer_bytes_ == 0) return Found::kNothing;
    wrong_ = "record is cut off";
    return Found::kDamage;
  }
  FrameHead head;
  std::memcpy(&head, at_offset(), sizeof head);
  if (head.length == 0) {
    buffer_bytes_ = 0;  // not written yet: another look must read again
    return Found::kNothing;
  }
  if (head.length == kSealMark) return look_at_seal();
  if (!is_record_length(head.length)) {
    wrong_ = "record length";
    return Found::kDamage;
  }
  const auto whole = fill(offset_, sizeof head + head.length, limit);
  if (!whole) return whole.error();
  wrong_ =
      *whole ? check_record(head, {at_offset() + sizeof head, head.length}) : "record is cut off";
  if (wrong_ == nullptr) return Found::kRecord;
  buffer_bytes_ = 0;
  return Found::kDamage;
}

Result<RunReader::Found> RunReader::look_at_seal() {
  wrong_ = "seal";
  // Positions count frames, not seals: the limit says nothing about what follows the last frame.
  const auto whole = fill(offset_, kSealBytes, kNoLimit);
  if (!whole) return whole.error();
  if (!*whole) return Found::kDamage;
  const std::byte* at = at_offset();
  FrameHead head;
  Seal seal;
  std::memcpy(&head, at, sizeof head);
  std::memcpy(&seal, at + sizeof head, sizeof seal);
  const bool good = head.crc32c == base::crc32c({at + sizeof head, sizeof seal}) &&
                    seal.last_seq == last_seq_.raw() && seal.end_position == position();
  if (!good) return Found::kDamage;
  wrong_ = "";
  return Found::kSeal;
}

RunReader::Found RunReader::look_in_mapping() {
  wrong_ = "record length";
  FrameHead head;
  ring_.read(position(), &head, sizeof head);
  if (!is_record_length(head.length) || head.length > ring_.size() / 2) return Found::kDamage;
  const std::size_t size = sizeof head + head.length;
  frame_.resize(size / 8);
  ring_.read(position(), frame_.data(), size);
  std::memcpy(frame_.data(), &head, sizeof head);
  const char* wrong = check_record(head, {bytes_in(frame_) + sizeof head, head.length});
  if (wrong == nullptr) return Found::kRecord;
  wrong_ = wrong;
  return Found::kDamage;
}

const char* RunReader::check_record(const FrameHead& head, std::span<const std::byte> bytes) {
  if (const char* wrong = check_frame(head, bytes, Seq{last_seq_.raw() + 1})) return wrong;
  const auto& record = *reinterpret_cast<const writ_record*>(bytes.data());
  const auto foreign = foreign_.find(record.type);
  if (foreign == foreign_.end()) return model::validate(record);
  return record.size < foreign->second ? "record is shorter than its fixed part" : nullptr;
}

/// Records were read from the mapping before it was known which segment they would go to.
Result<void> RunReader::find_segment_of_position() {
  const std::uint64_t wanted = position();
  for (;;) {
    const std::uint32_t number = header_.number + 1;
    const auto there = storage_->exists(folder_ / segment_name(number));
    if (!there) return there.error();
    if (!*there) return {};
    const auto file = storage_->open(folder_ / segment_name(number), OpenMode::kRead);
    if (!file) return file.error();
    const auto header = read_header(**file);
    if (!header) return header.error();
    if (header->first_position > wanted) return {};
    const RunIdentity identity = header_.identity;
    if (auto opened = open_segment(number); !opened) return opened;
    if (header_.identity != identity) return Error(Errc::kCorrupt, "segment of another run", 40);
    offset_ = header_.header_bytes + (wanted - header_.first_position);
  }
}

Result<bool> RunReader::go_to_next_segment() {
  const std::uint32_t number = header_.number + 1;
  const auto there = storage_->exists(folder_ / segment_name(number));
  if (!there) return there.error();
  if (!*there) return false;
  const RunIdentity identity = header_.identity;
  const std::uint64_t position_before = position();
  if (auto opened = open_segment(number); !opened) return opened.error();
  if (header_.identity != identity) return Error(Errc::kCorrupt, "segment of another run", 40);
  if (header_.first_seq.raw() != last_seq_.raw() + 1) {
    return Error(Errc::kCorrupt, "first seq of the segment", 64);
  }
  if (header_.first_position != position_before) {
    return Error(Errc::kCorrupt, "first position of the segment", 72);
  }
  return true;
}

const writ_record* RunReader::deliver_from_segment() {
  place_ = {file_path_, offset_};
  return deliver(at_offset());
}

const writ_record* RunReader::deliver_from_mapping() {
  place_ = {folder_ / kTailName, kTailHeaderBytes + position() % ring_.size()};
  return deliver(bytes_in(frame_));
}

const writ_record* RunReader::deliver(const std::byte* frame) {
  const auto& record = *reinterpret_cast<const writ_record*>(frame + sizeof(FrameHead));
  last_seq_ = Seq{record.seq};
  offset_ += sizeof(FrameHead) + record.size;
  return &record;
}

std::span<const std::byte> RunReader::mapping_frame() const noexcept {
  return {bytes_in(frame_), frame_.size() * 8};
}

const std::byte* RunReader::at_offset() const noexcept {
  return bytes_in(buffer_) + (offset_ - buffer_offset_);
}

Result<void> RunReader::seek(Seq seq) {
  error_.reset();
  from_mapping_ = false;
  ahead_ = false;
  const auto segments = list_segments(*storage_, folder_);
  if (!segments) return segments.error();
  std::uint32_t number = 0;
  for (auto candidate = segments->rbegin(); candidate != segments->rend(); ++candidate) {
    if (auto opened = open_segment(*candidate); !opened) {
      error_ = opened.error();
      return *error_;
    }
    if (header_.first_seq <= seq) {
      number = *candidate;
      break;
    }
  }
  last_seq_ = Seq{header_.first_seq.raw() - 1};
  if (number == 0) {
    return Error(Errc::kNotFound, "record of this seq", static_cast<std::int64_t>(seq.raw()));
  }
  while (last_seq_.raw() + 1 < seq.raw()) {
    const auto record = next();
    if (!record) return record.error();
    if (*record == nullptr) break;
  }
  return {};
}

}  // namespace writ::journal
