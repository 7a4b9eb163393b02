#pragma once

#include "host/base/random.hpp"
#include "host/feed/feed_source.hpp"
#include "host/feed/simulated_book.hpp"

#include <writ/abi/instrument.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace writ::feed {

/// One instrument of the simulated market. Prices and quantities at 1e-9.
struct SimulatedInstrument {
  std::string market = "BTCUSDT";
  std::string base = "BTC";
  std::string quote = "USDT";
  std::uint32_t kind = WRIT_KIND_SPOT;      ///< or WRIT_KIND_PERP
  std::int64_t price = 60'000'000'000'000;  ///< where the walk starts
  std::int64_t tick = 100'000'000;
  std::int64_t lot = 10'000;
  std::int64_t typical_quantity = 500'000'000;  ///< around which sizes are drawn
  std::int64_t maker_fee = 1'000'000;           ///< rate at 1e-9
  std::int64_t taker_fee = 1'000'000;
  std::uint32_t levels = 20;  ///< a side
};

struct SimulatedOptions {
  std::uint64_t seed = 1;
  std::int64_t start_ts = 1'700'000'000'000'000'000;
  std::int64_t duration_ns = 0;          ///< 0 = without end
  std::uint32_t events_per_second = 50;  ///< steps of all instruments together, on average
  std::string venue = "sim";
  std::vector<SimulatedInstrument> instruments = {{}};
  std::uint32_t first_number = 1;  ///< of instruments, assets and streams
  // Chance of each oddity a step, in millionths.
  std::uint32_t burst = 2'000;          ///< for a while steps come twenty times as fast
  std::uint32_t sweep = 5'000;          ///< a taker trades through several levels
  std::uint32_t gap = 300;              ///< changes are lost; an image follows
  std::uint32_t one_sided = 300;        ///< one side of the book is empty for a while
  std::uint32_t crossed = 0;            ///< one change leaves the book crossed
  std::uint32_t clock_offset = 0;       ///< for a while events are stamped 1.5 s late
  std::uint32_t regime_change = 5'000;  ///< calm, trending up or down, volatile
};

/// A market made up from a seed: what runs where there are no data. Per instrument a mid that walks
/// in regimes, a book of some levels sent as one image and contiguous changes, takers who consume
/// it (each level they reach is a trade), the venue's own best bid and ask, for perpetuals a mark
/// price each second; and the oddities of the options. Same options, same records. The records of a
/// step have one time; times do not go back. First come ASSET, INSTRUMENT and STREAM records.
/// Instruments have canonical names `venue/market`. No floating point.
class SimulatedMarket final : public FeedSource {
 public:
  explicit SimulatedMarket(SimulatedOptions options);
  ~SimulatedMarket() override;
  SimulatedMarket(SimulatedMarket&&) noexcept;
  SimulatedMarket& operator=(SimulatedMarket&&) noexcept;

  [[nodiscard]] std::optional<std::int64_t> next_ts() override;
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override;

  /// Goes on after a stop: the market moves to `ts` without a record, then come DISCONNECTED and
  /// CONNECTED of the source and an image of each book, at `ts`; from there on the records are
  /// those of an uninterrupted run. The tables are not repeated. To be called before the first
  /// take().
  void fast_forward(std::int64_t ts);

  /// The true book, best first. For tests.
  [[nodiscard]] const SimulatedBook& book(std::size_t instrument) const;

 private:
  struct Instrument;
  using Words = std::vector<std::uint64_t>;

  void write_tables();
  void step();
  void step(Instrument& instrument);
  void schedule();
  void move_price(Instrument& instrument);
  void trade(Instrument& instrument, bool sweep);
  void quote(Instrument& instrument);
  void settle(Instrument& instrument);
  void emit_image(Instrument& instrument);
  void emit_changes(Instrument& instrument);
  void emit_top(Instrument& instrument);
  void emit_mark(Instrument& instrument);
  void emit_status(std::uint32_t status);
  void emit(writ_record& record, std::uint16_t stream);
  [[nodiscard]] bool chance(std::uint32_t millionths);
  [[nodiscard]] std::int64_t draw_quantity(Instrument& instrument);

  SimulatedOptions options_;
  base::RandomStream random_;
  std::vector<std::unique_ptr<Instrument>> instruments_;
  std::int64_t now_ = 0;      // of the step last made
  std::int64_t next_at_ = 0;  // of the step to come
  std::int64_t burst_until_ = 0;
  std::int64_t offset_until_ = 0;
  bool muted_ = false;  // steps are made, not sent
  std::deque<Words> ready_;
  Words taken_;
};

}  // namespace writ::feed
