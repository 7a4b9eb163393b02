#pragma once

#include <writ/abi/market.h>

#include <cstdint>

namespace writ::market {

/// How a change stands to what is known.
enum class Succession : std::uint8_t {
  kOld,   ///< all of it is contained already
  kNext,  ///< it follows
  kGap    ///< something between is missing
};

/// The venue's rule by which depth changes follow an image and each other, and where one is in it.
/// Contiguous (Binance spot): a change with last_id <= the book's is old; first_id may not lie past
/// the book's id + 1. Linked (Binance USDT-M futures): the first change after an image has
/// first_id <= id <= last_id, or its prev_id is the image's; then each prev_id is the last_id
/// before. Neither flag: the source orders its changes itself, each follows.
struct DepthContinuity {
  std::uint64_t id = 0;  ///< of the last change contained, or of the image
  bool linked = false;   ///< a linked change has followed since the image

  [[nodiscard]] Succession of(const writ_book_delta& change) const noexcept {
    if ((change.flags & WRIT_DELTA_CONTIGUOUS) != 0) {
      if (change.last_id <= id) return Succession::kOld;
      return change.first_id > id + 1 ? Succession::kGap : Succession::kNext;
    }
    if ((change.flags & WRIT_DELTA_LINKED) == 0) return Succession::kNext;
    if (linked) return change.prev_id == id ? Succession::kNext : Succession::kGap;
    if (change.last_id < id) return Succession::kOld;
    return change.first_id > id && change.prev_id != id ? Succession::kGap : Succession::kNext;
  }
  void advance(const writ_book_delta& change) noexcept {
    id = change.last_id;
    linked = (change.flags & WRIT_DELTA_LINKED) != 0;
  }
};

}  // namespace writ::market
