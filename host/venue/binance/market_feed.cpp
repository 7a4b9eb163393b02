#include "host/venue/binance/market_feed.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <utility>

namespace writ::venue::binance {

MarketFeed::MarketFeed(net::IoThread& thread, MarketFeedOptions options)
    : thread_(thread),
      queue_(options.queue_records),
      wake_(std::move(options.wake)),
      trades_(options.receiver.market, options.receiver.subscriptions) {
  thread_.run([&] {
    receiver_ = std::make_unique<MarketReceiver>(
        thread_, std::move(options.receiver),
        MarketReceiver::Handlers{[this](const writ_record& record) { put(record); },
                                 std::move(options.capture), std::move(options.trouble)});
  });
}

MarketFeed::~MarketFeed() {
  thread_.run([this] { receiver_.reset(); });
}

void MarketFeed::put(const writ_record& record) {
  if (losing_) {
    const auto* status = model::as<writ_market_status>(record);
    const bool has_room = queue_.size() < queue_.capacity() / 2;
    const bool begins_anew = status != nullptr && status->status == WRIT_MARKET_DISCONNECTED;
    losing_ = !(has_room && begins_anew);
    if (losing_ && has_room) receiver_->resync();
  }
  if (!losing_) {
    const writ_record* missing = trades_.missing_before(record);
    losing_ = (missing != nullptr && !tell(*missing)) || !tell(record);
  }
  if (losing_) ++lost_;
}

bool MarketFeed::tell(const writ_record& record) {
  if (!queue_.try_push(model::words_of(record))) return false;
  trades_.on_told(record);
  if (wake_) wake_();
  return true;
}

std::optional<std::int64_t> MarketFeed::next_ts() {
  if (!next_) next_ = queue_.try_pop();
  if (!next_) return std::nullopt;
  return model::record_in(*next_).ingest_ts;
}

const writ_record& MarketFeed::take() {
  WRIT_ASSERT(next_.has_value());
  taken_ = std::move(*next_);
  next_.reset();
  return model::record_in(taken_);
}

}  // namespace writ::venue::binance
