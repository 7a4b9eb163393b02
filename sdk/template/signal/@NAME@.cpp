// @NAME@: how far the last trade is from their moving average, as a share of it.
#include <writ/module.hpp>
#include <writ/quantize.hpp>
#include <writ/signal.hpp>

#include <array>
#include <cstdint>
#include <map>

namespace {

class @CLASS@ final : public writ::Signal {
 public:
  // Checked by the host, shown by `writ plugin list`.
  static constexpr writ::Parameter<std::int64_t> kTrades{.id = 1,
                                                         .name = "trades",
                                                         .doc = "Weight of the moving average.",
                                                         .unit = "trades",
                                                         .default_value = "100",
                                                         .min = "1",
                                                         .max = "1000000"};
  static constexpr auto kParameters = writ::parameters(kTrades);

  static constexpr std::uint32_t kMomentum = 1;
  static constexpr std::array kSignalsOut{
      writ::port(kMomentum, "momentum", "Last price over its moving average, minus 1.")};

  static constexpr writ::Description kDescription{.id = "example.@NAME@",
                                                  .name = "@CLASS@",
                                                  .version = "0.1.0",
                                                  .doc = "Momentum of the trades' prices.",
                                                  .state_schema = 1,
                                                  .state_schema_min = 1};

  // Called for each trade of the instruments it was given.
  void on_trade(const writ_trade& trade) override {
    Average& average = averages_[trade.instrument];
    const double price = writ::to_double(writ::Price{trade.price});
    const std::int64_t weight = average.count < value(kTrades) ? ++average.count : value(kTrades);
    average.price += (price - average.price) / static_cast<double>(weight);

    const auto momentum = writ::quantized_rate(price / average.price - 1);
    if (!momentum) return;
    publish(kMomentum, trade.instrument, writ::to_double(*momentum),
            average.count < value(kTrades) ? writ::Warmth::kCold : writ::Warmth::kWarm);
  }

  // Saved at checkpoints, so that a restart or a new build goes on where this one was.
  void save(writ::StateWriter& state) const override {
    state.put(static_cast<std::uint64_t>(averages_.size()));
    for (const auto& [instrument, average] : averages_) {
      state.put(instrument);
      state.put(average.count);
      state.put(average.price);
    }
  }
  void load(writ::StateReader& state, std::uint32_t) override {
    averages_.clear();
    const std::size_t count = state.get_count(8);
    for (std::size_t i = 0; i < count; ++i) {
      Average& average = averages_[state.get<std::uint32_t>()];
      average.count = state.get<std::int64_t>();
      average.price = state.get<double>();
    }
  }

 private:
  struct Average {
    std::int64_t count = 0;
    double price = 0;
  };
  std::map<std::uint32_t, Average> averages_;
};

}  // namespace

WRIT_MODULE("example", @CLASS@)
