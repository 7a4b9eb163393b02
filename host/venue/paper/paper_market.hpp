#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book_sync.hpp"
#include "host/venue/paper/outbox.hpp"
#include "host/venue/paper/paper_options.hpp"
#include "host/venue/paper/queue_model.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/journal.h>
#include <writ/abi/market.h>
#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace writ::venue::paper {

/// One instrument at the simulated exchange: its recorded book, what we took from it, and our
/// orders that rest in it. Times are exchange times and never go back. Every outcome goes to the
/// outbox.
class PaperMarket {
 public:
  PaperMarket(const PaperOptions& options, const writ_instrument& instrument);

  // What the market did.
  void on_instrument(const writ_instrument& instrument, std::int64_t now, Outbox& out);
  void on_tick_change(const writ_tick_change& change) {
    instrument_.tick = change.tick;
    sync_.set_tick(change.tick);
  }
  void on_image(const writ_book_snapshot& image, std::int64_t now, Outbox& out);
  void on_change(const writ_book_delta& change, std::int64_t now, Outbox& out);
  void on_trade(const writ_trade& trade, std::int64_t now, Outbox& out);
  /// Orders end with the market: when it closes, and when it turns in play, where none persists.
  void on_status(const writ_market_status& status, std::int64_t now, Outbox& out);
  /// Positions end with the orders.
  void on_settlement(std::int64_t now, Outbox& out);
  /// A person put the books of the account right: there is no other truth of what it holds.
  void on_adjustment(const writ_adjustment& adjustment, std::int64_t now, Outbox& out);
  /// Another runner of the market, or this one, is out: what rests and stays on wrong terms ends.
  void on_reduction(const writ_reduction& reduction, std::int64_t now, Outbox& out);

  [[nodiscard]] std::uint32_t market_group() const noexcept { return instrument_.market_group; }
  /// Whether new orders are taken.
  [[nodiscard]] bool is_open() const noexcept;
  /// How long a new order waits before it can trade: in play the betting delay, else 0.
  [[nodiscard]] std::int64_t bet_delay_ns() const noexcept { return in_play_ ? bet_delay_ns_ : 0; }
  /// Whether the amendment only takes back some of a resting order.
  [[nodiscard]] bool only_shrinks(const writ_order& order) const;

  // What we ask of it, on arrival.
  void submit(writ_order order, std::int64_t now, Outbox& out);
  void cancel(const writ_order& order, std::int64_t now, Outbox& out);
  void replace(const writ_order& order, std::int64_t now, Outbox& out);
  void look_up(const writ_order& order, std::int64_t now, Outbox& out);
  /// Ends the orders whose time is up at `now`.
  void expire(std::int64_t now, Outbox& out);
  /// The earliest expire_ts of a resting order.
  [[nodiscard]] std::optional<std::int64_t> next_expiry() const;

  /// The market as it is, without what is ours: orders, positions, and what we took from levels.
  [[nodiscard]] PaperMarket without_orders() const;

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

  /// The side of the book the order rests on.
  [[nodiscard]] market::Side side_of(const writ_order& order) const;
  /// The book holds a continuous, uncrossed image: its liquidity is real.
  [[nodiscard]] bool has_book() const noexcept;
  [[nodiscard]] std::int64_t available(market::Side side, const writ_level& level) const;
  /// The best price of a side with liquidity left; nothing if there is none.
  [[nodiscard]] std::optional<std::int64_t> best_available(market::Side side) const;
  [[nodiscard]] std::int64_t displayed(const writ_order& order) const;
  /// What the order may still trade: of a reduce-only one no more than the position of its strategy
  /// or of the account, whichever is larger.
  [[nodiscard]] std::int64_t tradable(const writ_order& order) const;
  [[nodiscard]] std::int64_t whole_lots(std::int64_t quantity) const;

  /// `change`: what the book changed by; nullptr: any of it may be another.
  void take_steps(const market::SyncStep& step, const writ_book_delta* change, std::int64_t now,
                  Outbox& out);
  void on_book_moved(const writ_book_delta* change, std::int64_t now, Outbox& out);
  void fill_resting(Resting& resting, std::int64_t quantity, std::int64_t now, Outbox& out);
  /// One fill of the order; false if its value is out of bounds: no such trade.
  bool fill(writ_order& order, std::int64_t price, std::int64_t quantity, std::uint16_t liquidity,
            std::int64_t now, Outbox& out);
  void move_position(std::uint32_t account, std::uint32_t instance, std::int64_t change);
  /// Forgets what is filled and ends the reduce-only orders that nothing is left for.
  void drop_finished(std::int64_t now, Outbox& out);
  template <class Ends>
  void end_orders(std::uint16_t kind, std::uint16_t reason, std::int64_t now, Outbox& out,
                  Ends ends);
  void end_all(std::int64_t now, Outbox& out);
  [[nodiscard]] bool would_take(const writ_order& order) const;
  [[nodiscard]] std::vector<Step> plan(const writ_order& order) const;
  void enter(writ_order order, std::int64_t now, Outbox& out);
  void rest(const writ_order& order);
  [[nodiscard]] std::vector<Resting>::iterator find(std::uint64_t order_id);

  PaperOptions options_;
  writ_instrument instrument_;
  market::BookSync sync_;
  bool connected_ = true;
  bool in_play_ = false;
  std::int64_t bet_delay_ns_ = 0;
  std::uint32_t trading_ = WRIT_MARKET_OPEN;
  /// What we took of a level since it was last updated, by price; bids and asks.
  std::map<std::int64_t, std::int64_t> consumed_[2];
  /// Of a perpetual, by account and instance; instance 0: the account as a whole.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> positions_;
  /// In time priority.
  std::vector<Resting> resting_;
};

}  // namespace writ::venue::paper
