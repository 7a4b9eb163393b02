#pragma once

#include "host/market/depth_continuity.hpp"

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace writ::venue::binance {

/// Says when one symbol's book needs an image, and which of the changes and images that come are of
/// use to it. It follows ids only: the book itself is the market's, which keeps changes before an
/// image and judges by the same rule. Source: Binance Spot API, web-socket-streams.md, and USDS-M
/// futures, "How to manage a local order book correctly".
class DepthSync {
 public:
  /// As many changes as the market keeps without an image.
  static constexpr std::size_t kKeptMax = 1'024;

  enum class Image : std::uint8_t {
    kUsed,     ///< for the book, which is continuous from here
    kTooOld,   ///< a change between it and the first one kept is missing: another is needed
    kUnwanted  ///< the book is continuous as it is
  };

  /// A new connection: nothing follows from what came before.
  void restart();
  /// False: it came before, and goes nowhere.
  [[nodiscard]] bool on_change(const writ_book_delta& change);
  [[nodiscard]] Image on_image(const writ_book_snapshot& image);

  [[nodiscard]] bool in_sync() const noexcept { return in_sync_; }
  /// Whether a change waits for an image: only then an image taken now is sure to be new enough.
  [[nodiscard]] bool has_change() const noexcept { return !kept_.empty(); }
  /// Times continuity broke since the beginning.
  [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }

 private:
  market::DepthContinuity at_;
  std::deque<writ_book_delta> kept_;  // without levels; of before an image
  std::uint64_t last_id_ = 0;         // of the newest change
  bool in_sync_ = false;
  std::uint64_t gaps_ = 0;
};

}  // namespace writ::venue::binance
