// writ.order_flow: who is aggressive, and on which side the book is heavier.
//
// For each instrument: the cumulative volume delta over a window of trades, the imbalance of the
// first levels of the book, and a flow score that mixes both in [-1, 1]; positive is buying.
// Volumes are summed as exact integers; what is published is rounded to 1e-9.
#include "flow_window.hpp"

#include <writ/module.hpp>
#include <writ/quantize.hpp>
#include <writ/signal.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>

namespace writ::order_flow {
namespace {

constexpr std::uint32_t kCvd = 1;
constexpr std::uint32_t kImbalance = 2;
constexpr std::uint32_t kFlow = 3;
constexpr std::size_t kLevelsMax = 50;

class OrderFlow final : public Signal {
 public:
  static constexpr Parameter<Duration> kWindow{.id = 1,
                                               .name = "window",
                                               .doc = "Trades of this long are summed.",
                                               .default_value = "30s",
                                               .min = "1ms",
                                               .max = "1d"};
  static constexpr Parameter<std::int64_t> kLevels{
      .id = 2,
      .name = "levels",
      .doc = "Levels of each side of the book that are compared.",
      .default_value = "5",
      .min = "1",
      .max = "50",
      .live = true};
  static constexpr Parameter<Rate> kTradeWeight{
      .id = 3,
      .name = "trade_weight",
      .doc = "Share of the trades' imbalance in the flow score; the book's has the rest.",
      .default_value = "0.5",
      .min = "0",
      .max = "1",
      .live = true};
  static constexpr Parameter<Duration> kInterval{
      .id = 4,
      .name = "interval",
      .doc = "Published at most once in this time, for each instrument.",
      .default_value = "100ms",
      .min = "0s",
      .live = true};
  static constexpr auto kParameters = parameters(kWindow, kLevels, kTradeWeight, kInterval);

  static constexpr std::array kSignalsOut{
      port(kCvd, "cvd", "Cumulative volume delta of the window: bought minus sold by aggressors.",
           "base"),
      port(kImbalance, "imbalance",
           "(bid - ask) / (bid + ask) quantity of the first levels, [-1, 1]."),
      port(kFlow, "flow", "Imbalance of trades and of the book together, [-1, 1]; positive buys.")};

  // The book is looked at when its top changed, not with every level.
  static constexpr std::array kSubscriptions{subscribe(WRIT_RECORD_TRADE),
                                             subscribe(WRIT_RECORD_BOOK_DELTA, WRIT_TRIGGER_TOP)};

  static constexpr Description kDescription{
      .id = "writ.order_flow",
      .name = "Order flow",
      .version = "1.0.0",
      .doc = "Cumulative volume delta, book imbalance and a flow score of both, per instrument.",
      .state_schema = 1,
      .state_schema_min = 1};

  void on_trade(const writ_trade& trade) override {
    if ((trade.flags & WRIT_TRADE_OUTSIDE_BOOK) != 0) return;
    const ReceiveTime time{trade.header.ingest_ts};
    markets_[trade.instrument].window.add(time, trade.side, Quantity{trade.quantity});
    publish_if_due(trade.instrument, time);
  }

  void on_book_delta(const writ_book_delta& delta, std::span<const writ_level>,
                     std::span<const writ_level>) override {
    publish_if_due(delta.instrument, ReceiveTime{delta.header.ingest_ts});
  }

  void save(StateWriter& state) const override {
    state.put(static_cast<std::uint64_t>(markets_.size()));
    for (const auto& [instrument, market] : markets_) {
      state.put(instrument);
      state.put(market.published);
      state.put(market.due);
      market.window.save(state);
    }
  }

  void load(StateReader& state, std::uint32_t) override {
    markets_.clear();
    const std::size_t count = state.get_count(8);
    for (std::size_t i = 0; i < count; ++i) {
      Market& market = markets_[state.get<std::uint32_t>()];
      market.published = state.get_bool();
      market.due = state.get<ReceiveTime>();
      market.window.load(state);
    }
  }

 private:
  struct Market {
    FlowWindow window;
    bool published = false;
    ReceiveTime due;
  };

  /// (a - b) / (a + b), 0 where there is nothing.
  [[nodiscard]] static double balance(Int128 difference, Int128 sum) noexcept {
    return sum == 0 ? 0 : static_cast<double>(difference) / static_cast<double>(sum);
  }

  [[nodiscard]] double book_imbalance(std::uint32_t instrument) const {
    std::array<writ_level, kLevelsMax> buffer;
    const auto wanted = static_cast<std::size_t>(value(kLevels));
    const auto quantity = [&](std::uint32_t side) {
      Int128 sum = 0;
      for (const writ_level& level : book(instrument, side, std::span(buffer).first(wanted))) {
        sum += level.quantity;
      }
      return sum;
    };
    const Int128 bids = quantity(WRIT_SIDE_BUY);
    const Int128 asks = quantity(WRIT_SIDE_SELL);
    return balance(bids - asks, bids + asks);
  }

  void publish_if_due(std::uint32_t instrument, ReceiveTime time) {
    Market& market = markets_[instrument];
    if (market.published && time < market.due) return;
    market.published = true;
    market.due = time + value(kInterval);

    market.window.advance(time, value(kWindow));
    const double trades = balance(market.window.cvd(), market.window.volume());
    const double depth = book_imbalance(instrument);
    const double weight = to_double(value(kTradeWeight));
    const double flow = std::clamp(weight * trades + (1 - weight) * depth, -1.0, 1.0);
    const auto warmth = market.window.warm(time, value(kWindow)) ? Warmth::kWarm : Warmth::kCold;
    publish(kCvd, instrument, rounded(static_cast<double>(market.window.cvd()) / 1e9), warmth);
    publish(kImbalance, instrument, rounded(depth), warmth);
    publish(kFlow, instrument, rounded(flow), warmth);
  }

  /// The same number on every machine; as it is where it has no nine decimals.
  [[nodiscard]] static double rounded(double value) noexcept {
    const auto raw = quantized(value);
    return raw ? static_cast<double>(*raw) / 1e9 : value;
  }

  std::map<std::uint32_t, Market> markets_;
};

}  // namespace
}  // namespace writ::order_flow

WRIT_MODULE("Writ", writ::order_flow::OrderFlow)
