// A signal that publishes what a trade's price says, NaN and infinity included.
#include <writ/module.hpp>
#include <writ/signal.hpp>

#include <array>
#include <cstdint>
#include <limits>

namespace writ::test {
namespace {

class BadSignal final : public Signal {
 public:
  static constexpr std::array kSignalsOut{port(1, "value", "Whatever was asked for.")};
  static constexpr Description kDescription{.id = "test.bad_signal",
                                            .name = "Bad signal",
                                            .version = "1.0.0",
                                            .doc = "Publishes good and bad values."};

  void on_trade(const writ_trade& trade) override {
    JsonObject payload;
    payload.add("id", trade.trade_id);
    switch (trade.trade_id) {
      case 0:
        return publish(1, trade.instrument, 0.25, Warmth::kWarm);
      case 1:
        return publish(1, trade.instrument, std::numeric_limits<double>::quiet_NaN(),
                       Warmth::kWarm);
      case 2:
        return publish(1, trade.instrument, std::numeric_limits<double>::infinity(), Warmth::kWarm);
      case 3:
        return publish(9, trade.instrument, 1, Warmth::kWarm);
      case 4:
        return publish_report(1, trade.instrument, 1, Warmth::kCold, payload, "all");
      case 5:
        return publish(1, trade.instrument + 1, 1, Warmth::kWarm);
      default:
        return publish(1, 0, 1, Warmth::kWarm);
    }
  }
};

}  // namespace
}  // namespace writ::test

WRIT_MODULE("Writ tests", writ::test::BadSignal)
