// model_signal: publishes what a model in a process of its own forecasts. It asks over a Unix
// socket and never waits for the answer: a question goes out at one tick of a timer, and what has
// come by a later one is published.
//
// What a model says is no function of the market's records, so the signal says of itself that it is
// nondeterministic. The host then puts each value on record as an input: a replay takes it from
// there and neither runs this plugin nor needs the model.
#include "line_socket.hpp"

#include <writ/module.hpp>
#include <writ/signal.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace {

class ModelSignal final : public writ::Signal {
 public:
  static constexpr writ::Parameter<std::string_view> kSocket{
      .id = 1,
      .name = "socket",
      .doc = "Where the model listens: the path of a Unix socket.",
      .default_value = "model.sock"};
  static constexpr writ::Parameter<writ::Duration> kPeriod{.id = 2,
                                                           .name = "period",
                                                           .doc = "Between two looks at the model.",
                                                           .default_value = "50ms",
                                                           .min = "1ms",
                                                           .max = "1h"};
  static constexpr auto kParameters = writ::parameters(kSocket, kPeriod);
  static constexpr std::array kSignalsOut{
      writ::port(1, "forecast", "What the model says of the price to come.", "[-1, 1]")};
  static constexpr writ::Description kDescription{
      .id = "example.model_signal",
      .name = "Model signal",
      .version = "1.0.0",
      .doc = "Publishes the forecasts of a model behind a Unix socket.",
      .capabilities = WRIT_NONDETERMINISTIC};

  void on_start() override { look_later(); }

  void on_trade(const writ_trade& trade) override { news_[trade.instrument] = trade.price; }

  void on_timer(std::uint64_t, writ::ReceiveTime) override {
    look_later();
    if (!reached()) return;
    while (const auto line = model_.take()) publish_answer(*line);
    ask();
  }

 private:
  static constexpr std::uint64_t kLook = 1;

  void look_later() { set_timer(kLook, now() + value(kPeriod)); }

  /// A model that is not there is looked for ever less often.
  bool reached() {
    if (model_.connected()) return true;
    if (now() < next_try_) return false;
    if (model_.connect(value(kSocket))) {
      pause_ = kPauseMin;
      return true;
    }
    next_try_ = now() + pause_;
    pause_ = std::min(writ::Duration{2 * pause_.ns}, kPauseMax);
    return false;
  }

  /// One line for each market that traded: its number and the last price, at 1e-9.
  void ask() {
    std::string question;
    for (const auto& [instrument, price] : news_) {
      question += std::to_string(instrument) + " " + std::to_string(price) + "\n";
    }
    news_.clear();
    if (!question.empty()) model_.send(question);
  }

  /// The number of a market and a forecast. Whatever else it says is ignored: it is not ours to
  /// trust.
  void publish_answer(const std::string& line) {
    std::uint32_t market = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), market);
    if (error != std::errc() || instrument(market) == nullptr) return;
    const double forecast = std::strtod(rest, nullptr);
    if (!std::isfinite(forecast)) return;
    publish(1, market, forecast, writ::Warmth::kWarm);
  }

  static constexpr writ::Duration kPauseMin{100'000'000};
  static constexpr writ::Duration kPauseMax{60'000'000'000};

  LineSocket model_;
  writ::ReceiveTime next_try_;
  writ::Duration pause_ = kPauseMin;
  std::map<std::uint32_t, std::int64_t> news_;
};

}  // namespace

WRIT_MODULE("Writ examples", ModelSignal)
