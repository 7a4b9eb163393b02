// The strategies of average_rules.hpp as an author would write them, and those that answer each
// trade with an order.
#include "tests/bench/plugins/average_rules.hpp"

#include <writ/module.hpp>

#include <cmath>
#include <stdexcept>

namespace {

class TradeAverage final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{.id = "bench.trade_average",
                                                  .name = "Trade average",
                                                  .version = "1.0.0",
                                                  .doc = "Averages the prices of all trades."};

  void on_trade(const writ_trade& trade) override {
    average_.add(static_cast<double>(trade.price) * 1e-9);
    // Of the standard trades; a run that skipped some of them is not to be timed.
    constexpr std::uint64_t kTrades = 5'000'000;
    constexpr double kAtEnd = 49945.262;
    if (average_.count == kTrades && !(std::abs(average_.value - kAtEnd) < 0.001)) {
      throw std::runtime_error("average of the standard trades is another");
    }
  }

 private:
  writ::bench::PriceAverage average_;
};

class BarCross final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{
      .id = "bench.bar_cross",
      .name = "Bar cross",
      .version = "1.0.0",
      .doc = "Long while the average of 20 closes is above that of 100, else short."};

  void on_bar(const writ_bar& bar) override {
    if (!cross_.add(bar.close)) return;
    (void)target(bar.instrument, writ::Quantity{cross_.side * std::int64_t{1'000'000'000}})
        .submit();
  }

 private:
  writ::bench::AverageCross cross_;
};

class OrderEach final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{.id = "bench.order_each",
                                                  .name = "Order each",
                                                  .version = "1.0.0",
                                                  .doc = "Answers each trade with an order."};

  void on_trade(const writ_trade& trade) override {
    constexpr std::int64_t kLot = 1'000'000;
    constexpr std::uint64_t kSizes = 64;  // so that no order is a duplicate of the one before
    (void)buy(trade.instrument,
              writ::Quantity{kLot * static_cast<std::int64_t>(1 + count_++ % kSizes)},
              writ::Price{trade.price})
        .submit();
  }

 private:
  std::uint64_t count_ = 0;
};

class ProbeEach final : public writ::Strategy {
 public:
  static constexpr writ::Description kDescription{
      .id = "bench.probe_each",
      .name = "Probe each",
      .version = "1.0.0",
      .doc = "Answers each trade with an order a hundredth below it that is good for a moment."};

  void on_trade(const writ_trade& trade) override {
    constexpr std::int64_t kLot = 1'000'000;
    constexpr std::int64_t kTick = 10'000'000;
    constexpr std::uint64_t kSizes = 64;  // so that no order is a duplicate of the one before
    (void)buy(trade.instrument,
              writ::Quantity{kLot * static_cast<std::int64_t>(1 + count_++ % kSizes)},
              writ::Price{trade.price / 100 * 99 / kTick * kTick})
        .immediate_or_cancel()
        .submit();
  }

 private:
  std::uint64_t count_ = 0;
};

}  // namespace

WRIT_MODULE("Writ", TradeAverage, BarCross, OrderEach, ProbeEach)
