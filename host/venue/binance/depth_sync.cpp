#include "host/venue/binance/depth_sync.hpp"

namespace writ::venue::binance {

using market::Succession;

void DepthSync::restart() {
  at_ = {};
  kept_.clear();
  last_id_ = 0;
  in_sync_ = false;
}

bool DepthSync::on_change(const writ_book_delta& change) {
  if (change.last_id <= last_id_) return false;
  last_id_ = change.last_id;
  if (in_sync_) {
    switch (at_.of(change)) {
      case Succession::kOld:  // the image contains it
        return true;
      case Succession::kNext:
        at_.advance(change);
        return true;
      case Succession::kGap:
        in_sync_ = false;
        ++gaps_;
        break;
    }
  }
  if (kept_.size() == kKeptMax) kept_.pop_front();
  kept_.push_back(change);
  return true;
}

DepthSync::Image DepthSync::on_image(const writ_book_snapshot& image) {
  if (in_sync_) return Image::kUnwanted;
  market::DepthContinuity at{image.last_id, false};
  bool follows = true;
  for (const writ_book_delta& change : kept_) {
    const Succession succession = at.of(change);
    if (succession == Succession::kGap) follows = false;
    if (succession == Succession::kNext) at.advance(change);
    if (!follows) break;
  }
  if (!follows) return Image::kTooOld;
  at_ = at;
  kept_.clear();
  in_sync_ = true;
  return Image::kUsed;
}

}  // namespace writ::venue::binance
