// A signal with a parameter of each type and kind of bound: for what editors and the host say of
// configurations.
#include <writ/module.hpp>
#include <writ/signal.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace {

class Knobs final : public writ::Signal {
 public:
  static constexpr writ::Parameter<std::int64_t> kCount{
      .id = 1, .name = "count", .doc = "A number that must be given.", .min = "-3", .max = "12"};
  static constexpr writ::Parameter<writ::Price> kPrice{
      .id = 2, .name = "price", .doc = "Any price.", .unit = "quote asset", .default_value = "1.5"};
  static constexpr writ::Parameter<writ::Rate> kShare{.id = 3,
                                                      .name = "share",
                                                      .doc = "Above nothing, at most all.",
                                                      .default_value = "0.5",
                                                      .min = "0.000000001",
                                                      .max = "1",
                                                      .live = true};
  static constexpr writ::Parameter<bool> kLoud{
      .id = 4, .name = "loud", .doc = "Whether.", .default_value = "false"};
  static constexpr writ::Parameter<std::string_view> kWord{
      .id = 5, .name = "word", .doc = "Any text.", .default_value = ""};
  static constexpr writ::Parameter<writ::Duration> kPause{.id = 6,
                                                          .name = "pause",
                                                          .doc = "How long.",
                                                          .default_value = "1s",
                                                          .min = "1ms",
                                                          .max = "1h"};
  static constexpr auto kParameters =
      writ::parameters(kCount, kPrice, kShare, kLoud, kWord, kPause);
  static constexpr std::array kSignalsIn{writ::port(1, "trend", "Any signal.")};
  static constexpr std::array kSignalsOut{writ::port(1, "value", "Nothing of meaning.")};
  static constexpr writ::Description kDescription{
      .id = "test.knobs", .name = "Knobs", .version = "1.0.0", .doc = "Has parameters."};
  void on_signal(std::uint32_t, const writ_signal& signal) override {
    publish(1, 0, signal.value, writ::Warmth::kWarm);
  }
};

}  // namespace

WRIT_MODULE("Writ tests", Knobs)
