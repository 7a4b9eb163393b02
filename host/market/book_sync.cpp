#include "host/market/book_sync.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <cstring>

namespace writ::market {
namespace {

struct Levels {
  std::span<const writ_level> bids;
  std::span<const writ_level> asks;
  bool complete = false;  // as many as the record says
};

template <class Record>
Levels levels_of(const Record& record) noexcept {
  const std::size_t bids = record.bid_count;
  const std::size_t asks = record.ask_count;
  const auto all = model::tail_array<writ_level>(record, bids + asks);
  if (all.size() != bids + asks) return {};
  return {all.first(bids), all.subspan(bids), true};
}

bool valid_changes(std::span<const writ_level> levels) noexcept {
  for (const writ_level& level : levels) {
    if (level.quantity < 0 || level.price == WRIT_NONE) return false;
  }
  return true;
}

}  // namespace

SyncStep BookSync::on_image(const writ_book_snapshot& image) {
  // In sync, an image older than the book would take it back.
  if (in_sync() && image.last_id < at_.id) return {SyncOutcome::kIgnored, at_.id, image.last_id};
  const Levels levels = levels_of(image);
  if (!levels.complete || !book_.replace(levels.bids, levels.asks)) {
    state_ = SyncState::kGap;
    return {SyncOutcome::kInvalid, at_.id, image.last_id};
  }
  at_ = {image.last_id, false};
  state_ = SyncState::kInSync;
  ever_in_sync_ = true;
  return {SyncOutcome::kApplied, at_.id, at_.id};
}

SyncStep BookSync::on_change(const writ_book_delta& change) {
  if (!in_sync()) {
    keep(change);
    return {SyncOutcome::kBuffered, 0, change.last_id};
  }
  WRIT_ASSERT(buffered_.empty());
  const SyncStep step = follow(change);
  if (step.outcome == SyncOutcome::kGap) keep(change);  // the next image may reach it
  return step;
}

SyncStep BookSync::apply_buffered() {
  WRIT_ASSERT(has_buffered());
  const Words& words = buffered_.front();
  const auto& change = *reinterpret_cast<const writ_book_delta*>(words.data());
  const SyncStep step = follow(change);
  if (step.outcome != SyncOutcome::kGap) {
    buffered_bytes_ -= words.size() * 8;
    buffered_.pop_front();
  }
  return step;
}

SyncStep BookSync::follow(const writ_book_delta& change) {
  const bool contiguous = (change.flags & WRIT_DELTA_CONTIGUOUS) != 0;
  const std::uint64_t expected = contiguous ? at_.id + 1 : at_.id;
  switch (at_.of(change)) {
    case Succession::kOld:
      return {SyncOutcome::kIgnored, expected, change.last_id};
    case Succession::kGap:
      state_ = SyncState::kGap;
      return {SyncOutcome::kGap, expected, at_.linked ? change.prev_id : change.first_id};
    case Succession::kNext:
      break;
  }

  const Levels levels = levels_of(change);
  if (!levels.complete || !valid_changes(levels.bids) || !valid_changes(levels.asks)) {
    state_ = SyncState::kGap;
    return {SyncOutcome::kInvalid, at_.id, change.last_id};
  }
  for (const writ_level& level : levels.bids) book_.set(Side::kBid, level.price, level.quantity);
  for (const writ_level& level : levels.asks) book_.set(Side::kAsk, level.price, level.quantity);
  at_.advance(change);
  return {SyncOutcome::kApplied, at_.id, at_.id};
}

void BookSync::keep(const writ_book_delta& change) {
  const auto bytes = model::bytes_of(change.header);
  if (bytes.size() > kBufferedBytesMax) return;
  while (!buffered_.empty() &&
         (buffered_.size() >= kBufferedMax || buffered_bytes_ + bytes.size() > kBufferedBytesMax)) {
    buffered_bytes_ -= buffered_.front().size() * 8;
    buffered_.pop_front();
  }
  Words words((bytes.size() + 7) / 8, 0);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  buffered_bytes_ += words.size() * 8;
  buffered_.push_back(std::move(words));
}

void BookSync::disconnect() {
  state_ = SyncState::kWaiting;
  at_ = {};
  buffered_.clear();
  buffered_bytes_ = 0;
}

void BookSync::save(base::ByteWriter& out) const {
  book_.save(out);
  out.put(static_cast<std::uint8_t>(state_));
  out.put(static_cast<std::uint8_t>(ever_in_sync_));
  out.put(static_cast<std::uint8_t>(at_.linked));
  out.put(at_.id);
  out.put(static_cast<std::uint64_t>(buffered_.size()));
  for (const Words& words : buffered_) out.put_bytes(std::as_bytes(std::span{words}));
}

base::Result<void> BookSync::load(base::ByteReader& in) {
  disconnect();
  ever_in_sync_ = false;
  const base::Error corrupt(base::Errc::kCorrupt, "saved book state");
  if (const auto loaded = book_.load(in); !loaded) return loaded;
  const auto state = in.get<std::uint8_t>();
  const auto ever_in_sync = in.get<std::uint8_t>();
  const auto linked = in.get<std::uint8_t>();
  at_.id = in.get<std::uint64_t>();
  const auto count = in.get<std::uint64_t>();
  if (!in.ok() || state > static_cast<std::uint8_t>(SyncState::kGap) || count > kBufferedMax) {
    return corrupt;
  }
  state_ = static_cast<SyncState>(state);
  ever_in_sync_ = ever_in_sync != 0;
  at_.linked = linked != 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto bytes = in.get_bytes();
    if (!in.ok() || bytes.size() < sizeof(writ_book_delta) || bytes.size() % 8 != 0) return corrupt;
    Words words(bytes.size() / 8);
    std::memcpy(words.data(), bytes.data(), bytes.size());
    if (reinterpret_cast<const writ_record*>(words.data())->size != bytes.size()) return corrupt;
    buffered_bytes_ += bytes.size();
    buffered_.push_back(std::move(words));
  }
  return {};
}

}  // namespace writ::market
