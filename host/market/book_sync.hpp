#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book.hpp"
#include "host/market/depth_continuity.hpp"

#include <writ/abi/market.h>

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace writ::market {

enum class SyncState : std::uint8_t {
  kWaiting,  ///< no image yet; changes are kept until one comes
  kInSync,   ///< the book holds a continuous image
  kGap,      ///< a change is missing; changes are kept until the next image
};

/// What one image or change did to the book.
enum class SyncOutcome : std::uint8_t {
  kIgnored,   ///< older than the book
  kBuffered,  ///< kept until an image comes
  kApplied,   ///< the book has moved to its id
  kGap,       ///< it does not follow: out of sync until the next image
  kInvalid,   ///< contradicts its own format: out of sync until the next image
};

struct SyncStep {
  SyncOutcome outcome = SyncOutcome::kIgnored;
  std::uint64_t expected = 0;  ///< with kGap: the id that should have followed ...
  std::uint64_t found = 0;     ///< ... and the one that came
};

/// Keeps one book continuous by the venues' documented rules (DepthContinuity). Changes before an
/// image are kept and applied after it by the same rules.
class BookSync {
 public:
  /// At most so many changes and bytes are kept without an image; then the oldest are dropped, and
  /// an image that does not reach the rest is refused as a gap.
  static constexpr std::size_t kBufferedMax = 1024;
  static constexpr std::size_t kBufferedBytesMax = 4U << 20U;

  /// `tick` of the instrument, 0 if there is none: how fast the book is, not what it holds.
  explicit BookSync(std::int64_t tick = 0) : book_(tick) {}
  void set_tick(std::int64_t tick) { book_.set_tick(tick); }

  /// Call `apply_buffered` after kApplied until it has nothing left.
  [[nodiscard]] SyncStep on_image(const writ_book_snapshot& image);
  [[nodiscard]] SyncStep on_change(const writ_book_delta& change);

  /// Whether a kept change waits to be applied: the book is in sync and there is one.
  [[nodiscard]] bool has_buffered() const noexcept {
    return state_ == SyncState::kInSync && !buffered_.empty();
  }
  /// Applies the oldest kept change. Needs has_buffered().
  [[nodiscard]] SyncStep apply_buffered();

  /// Forgets continuity, not the levels: what comes next is of a new connection.
  void disconnect();

  [[nodiscard]] SyncState state() const noexcept { return state_; }
  [[nodiscard]] bool in_sync() const noexcept { return state_ == SyncState::kInSync; }
  /// Was in sync at least once.
  [[nodiscard]] bool ever_in_sync() const noexcept { return ever_in_sync_; }
  /// The venue's id of the last change the book contains.
  [[nodiscard]] std::uint64_t id() const noexcept { return at_.id; }
  [[nodiscard]] const Book& book() const noexcept { return book_; }
  [[nodiscard]] std::size_t buffered() const noexcept { return buffered_.size(); }

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  using Words = std::vector<std::uint64_t>;  // a record's bytes, aligned

  [[nodiscard]] SyncStep follow(const writ_book_delta& change);
  void keep(const writ_book_delta& change);

  Book book_;
  SyncState state_ = SyncState::kWaiting;
  bool ever_in_sync_ = false;
  DepthContinuity at_;
  std::deque<Words> buffered_;
  std::size_t buffered_bytes_ = 0;
};

}  // namespace writ::market
