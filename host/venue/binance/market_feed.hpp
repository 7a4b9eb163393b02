#pragma once

#include "host/base/spsc_queue.hpp"
#include "host/feed/feed_source.hpp"
#include "host/model/record_words.hpp"
#include "host/venue/binance/market_receiver.hpp"
#include "host/venue/binance/trade_continuity.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ::venue::binance {

struct MarketFeedOptions {
  MarketReceiverOptions receiver;
  std::size_t queue_records = 65'536;  ///< that may wait for the sequencer
  /// Called when a record came for a sequencer that may be waiting. [I/O thread]
  std::function<void()> wake;
  /// As MarketReceiver::Handlers. [I/O thread]
  std::function<void(std::string_view message, std::int64_t received_ts)> capture = {};
  std::function<void(std::string_view line)> trouble = {};
};

/// The live market data of one of Binance's markets as the sequencer's source. A sequencer that
/// does not keep up loses records, never their order: when there is room again it is told
/// DISCONNECTED and CONNECTED, and gets new images. Which trades are missing, whatever lost them,
/// it is told before the next one.
class MarketFeed final : public feed::FeedSource {
 public:
  /// Begins to connect. Throws base::Failure if a CA file cannot be used. `thread` outlives it.
  MarketFeed(net::IoThread& thread, MarketFeedOptions options);
  ~MarketFeed() override;

  [[nodiscard]] std::optional<std::int64_t> next_ts() override;
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override { return false; }

  /// Records that found no room so far. [any thread]
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  void put(const writ_record& record);
  [[nodiscard]] bool tell(const writ_record& record);

  net::IoThread& thread_;
  base::SpscQueue<model::RecordWords> queue_;
  std::function<void()> wake_;
  std::atomic<std::uint64_t> lost_{0};
  bool losing_ = false;     // [I/O thread]
  TradeContinuity trades_;  // [I/O thread]
  std::unique_ptr<MarketReceiver> receiver_;
  std::optional<model::RecordWords> next_;
  model::RecordWords taken_;
};

}  // namespace writ::venue::binance
