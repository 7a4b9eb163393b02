// A strategy whose every step can be foretold: an order at each so many snapshots, buying and
// selling in turn, whether or not it may trade. PULSE_EVERY is built in, so that two builds differ
// in nothing else.
#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <cstdint>

namespace {

class Pulse final : public writ::Strategy {
 public:
  static constexpr writ::Parameter<std::int64_t> kLots{.id = 1,
                                                       .name = "lots",
                                                       .doc = "Of an order.",
                                                       .unit = "lots",
                                                       .default_value = "100",
                                                       .min = "1",
                                                       .live = true};
  static constexpr writ::Parameter<bool> kStraight{
      .id = 2, .name = "straight", .doc = "Only ever buys.", .default_value = "false"};
  static constexpr auto kParameters = writ::parameters(kLots, kStraight);
  static constexpr writ::Description kDescription{.id = "test.pulse",
                                                  .name = "Pulse",
                                                  .version = "1.0.0",
                                                  .doc = "An order at each so many snapshots.",
                                                  .state_schema = 1,
                                                  .state_schema_min = 1};

  void on_snapshot(const writ::Snapshot& snapshot) override {
    const writ_instrument* market = instrument(snapshot.instrument());
    if (market == nullptr || !snapshot.two_sided()) return;
    if (++seen_ % PULSE_EVERY != 0) return;
    const bool buys = value(kStraight) || (seen_ / PULSE_EVERY) % 2 == 0;
    const writ::Price price = buys ? snapshot.bid() : snapshot.ask();
    order(snapshot.instrument(), buys ? writ::Side::kBuy : writ::Side::kSell,
          writ::Quantity{value(kLots) * market->lot}, price)
        .because(rationale().add("seen", seen_))
        .submit();
  }

  void save(writ::StateWriter& state) const override { state.put(seen_); }
  void load(writ::StateReader& state, std::uint32_t) override { seen_ = state.get<std::int64_t>(); }

 private:
  std::int64_t seen_ = 0;
};

}  // namespace

WRIT_MODULE("Writ tests", Pulse)
