#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book_sync.hpp"
#include "host/market/features.hpp"
#include "host/market/market_view.hpp"
#include "host/market/top_check.hpp"
#include "host/model/record_sink.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>

#include <cstdint>
#include <string>

namespace writ::market {

/// One instrument's market: what Markets keeps for each.
class Market {
 public:
  Market(const writ_instrument& instrument, const FeatureOptions& options);

  void set_instrument(const writ_instrument& instrument);
  [[nodiscard]] const writ_instrument& instrument() const noexcept { return instrument_; }
  /// venue/market or venue/market/selection.
  [[nodiscard]] std::string name() const;

  // Each returns whether the top changed.
  bool on_image(const writ_book_snapshot& image, model::RecordSink& sink);
  bool on_change(const writ_book_delta& change, model::RecordSink& sink);
  void on_venue_top(const writ_book_top& top, model::RecordSink& sink);
  void on_trade(const writ_trade& trade);
  void on_mark_price(const writ_mark_price& mark);
  void on_tick_change(const writ_tick_change& change);
  /// Whether anything changed.
  bool on_status(std::uint32_t status, std::int64_t now);

  /// STALE_FEED once per episode if the book is older than stale_ns.
  void check_stale(std::int64_t now, std::int64_t stale_ns, model::RecordSink& sink);
  /// Core time at which the book, if nothing comes, gets stale: later than that it is. The largest
  /// time if it cannot or was reported.
  [[nodiscard]] std::int64_t stale_after(std::int64_t stale_ns) const noexcept;
  void finish(model::RecordSink& sink);

  [[nodiscard]] const BookSync& sync() const noexcept { return sync_; }
  [[nodiscard]] const TopCheck& top_check() const noexcept { return top_check_; }
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
  [[nodiscard]] std::uint64_t trades() const noexcept { return trades_; }
  [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }
  [[nodiscard]] MarketView view(std::int64_t now, std::int64_t stale_ns) const;
  [[nodiscard]] FeatureVector features(std::int64_t now) const {
    return features_.evaluate(now, sync_.book(), usable());
  }

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  struct Top {
    writ_level bid{WRIT_NONE, WRIT_NONE};
    writ_level ask{WRIT_NONE, WRIT_NONE};
    bool usable = false;
  };

  [[nodiscard]] bool usable() const noexcept { return sync_.in_sync() && !sync_.book().crossed(); }
  [[nodiscard]] Top top() const noexcept;
  void set_tick(std::int64_t tick);
  bool on_book_record(const writ_record& input, SyncStep step, model::RecordSink& sink);
  void report_sync(const writ_record& input, const SyncStep& lost, bool broke,
                   model::RecordSink& sink);
  void report_crossed(const writ_record& input, model::RecordSink& sink);
  void report_top(const writ_record& input, const TopCheck::Result& result,
                  model::RecordSink& sink);
  bool note_top(std::int64_t now);

  writ_instrument instrument_;
  BookSync sync_;
  TopCheck top_check_;
  FeatureTracker features_;
  Top last_top_;  // as told to the feature tracker and to callers

  bool suspended_ = false;
  bool closed_ = false;
  std::int64_t last_update_ts_ = WRIT_NONE;
  std::int64_t last_trade_price_ = WRIT_NONE;
  std::int64_t last_trade_quantity_ = WRIT_NONE;
  std::int64_t last_trade_ts_ = WRIT_NONE;
  std::uint16_t last_trade_side_ = WRIT_SIDE_NONE;
  std::int64_t mark_price_ = WRIT_NONE;
  std::int64_t index_price_ = WRIT_NONE;
  std::int64_t funding_rate_ = WRIT_NONE;
  std::int64_t next_funding_ts_ = WRIT_NONE;

  std::uint64_t changes_ = 0;
  std::uint64_t trades_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t waiting_ = 0;  // changes that came while there was no image
  // Episodes: reported and not over yet.
  bool gap_reported_ = false;
  bool crossed_reported_ = false;
  bool mismatch_reported_ = false;
  bool stale_reported_ = false;
  bool never_tradable_reported_ = false;
};

}  // namespace writ::market
