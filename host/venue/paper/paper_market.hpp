#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book_sync.hpp"
#include "host/venue/paper/outbox.hpp"
#include "host/venue/paper/paper_options.hpp"
#include "host/venue/paper/queue_model.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>
#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace writ::venue::paper {

/// One instrument at the simulated exchange: its recorded book, what we took from it, and our
/// orders that rest in it. Times are exchange times and never go back. Every outcome goes to the
/// outbox.
class PaperMarket {
 public:
  PaperMarket(const PaperOptions& options, const writ_instrument& instrument);

  // What the market did.
  void on_instrument(const writ_instrument& instrument) {
    if (instrument.tick != instrument_.tick) sync_.set_tick(instrument.tick);
    instrument_ = instrument;
  }
  void on_tick_change(const writ_tick_change& change) {
    instrument_.tick = change.tick;
    sync_.set_tick(change.tick);
  }
  void on_image(const writ_book_snapshot& image, std::int64_t now, Outbox& out);
  void on_change(const writ_book_delta& change, std::int64_t now, Outbox& out);
  void on_trade(const writ_trade& trade, std::int64_t now, Outbox& out);
  void on_status(std::uint32_t status, std::int64_t now, Outbox& out);

  // What we ask of it, on arrival.
  void submit(writ_order order, std::int64_t now, Outbox& out);
  void cancel(const writ_order& order, std::int64_t now, Outbox& out);
  void replace(const writ_order& order, std::int64_t now, Outbox& out);
  void look_up(const writ_order& order, std::int64_t now, Outbox& out);
  /// Ends the orders whose time is up at `now`.
  void expire(std::int64_t now, Outbox& out);
  /// The earliest expire_ts of a resting order.
  [[nodiscard]] std::optional<std::int64_t> next_expiry() const;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  /// An order of ours in the book; `order.filled` is what the exchange filled.
  struct Resting {
    writ_order order;
    QueuePosition queue;
    std::int64_t displayed;  ///< last seen at its price on its side
  };
  /// One step of a taker through the other side.
  struct Step {
    enum class Kind : std::uint8_t { kTake, kOwnOrder };
    Kind kind;
    std::int64_t price;
    std::int64_t quantity;  ///< kTake
    std::size_t own;        ///< kOwnOrder: place in resting_
  };

  [[nodiscard]] bool is_open() const noexcept;
  /// The book holds a continuous, uncrossed image: its liquidity is real.
  [[nodiscard]] bool has_book() const noexcept;
  [[nodiscard]] std::int64_t available(market::Side side, const writ_level& level) const;
  /// The best price of a side with liquidity left; nothing if there is none.
  [[nodiscard]] std::optional<std::int64_t> best_available(market::Side side) const;
  [[nodiscard]] std::int64_t displayed(std::uint16_t side, std::int64_t price) const;
  [[nodiscard]] std::int64_t whole_lots(std::int64_t quantity) const;

  void take_steps(const market::SyncStep& step, std::int64_t now, Outbox& out);
  void on_book_moved(std::int64_t now, Outbox& out);
  void fill_resting(Resting& resting, std::int64_t quantity, std::int64_t now, Outbox& out);
  void drop_finished();
  [[nodiscard]] bool would_take(const writ_order& order) const;
  [[nodiscard]] std::vector<Step> plan(const writ_order& order) const;
  void enter(writ_order order, std::int64_t now, Outbox& out);
  void rest(const writ_order& order);
  [[nodiscard]] std::vector<Resting>::iterator find(std::uint64_t order_id);

  PaperOptions options_;
  writ_instrument instrument_;
  market::BookSync sync_;
  bool connected_ = true;
  std::uint32_t trading_ = WRIT_MARKET_OPEN;
  /// What we took of a level since it was last updated, by price; bids and asks.
  std::map<std::int64_t, std::int64_t> consumed_[2];
  /// In time priority.
  std::vector<Resting> resting_;
};

}  // namespace writ::venue::paper
