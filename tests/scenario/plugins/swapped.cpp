// One strategy in several builds, SWAPPED_BUILD, for tests that put one in another's place. The
// good ones do the same.
#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <cstdint>
#include <stdexcept>

#define SWAPPED_TEXT_OF(build) #build
#define SWAPPED_TEXT(build) SWAPPED_TEXT_OF(build)

namespace {

enum Build : int {
  kFirst = 1,
  kSecond = 2,
  kThrowsAtOnce = 3,
  kThrowsLater = 4,     // after it has placed orders
  kForgetful = 5,       // has no state, and warms up
  kFailsWarmingUp = 6,  // the same, and throws meanwhile
  kOtherState = 7,      // takes no state of another build
  kStays = 8            // keeps its library in the process
};
constexpr int kBuild = SWAPPED_BUILD;
constexpr bool kRemembers = kBuild != kForgetful && kBuild != kFailsWarmingUp;

struct Pinned {
  Pinned() = default;
  ~Pinned() { gone = true; }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  bool gone = false;
};

class Swapped final : public writ::Strategy {
 public:
  static constexpr writ::Parameter<std::int64_t> kEvery{
      .id = 1, .name = "every", .doc = "Snapshots to an order.", .default_value = "10", .min = "1"};
  static constexpr writ::Parameter<std::int64_t> kLots{.id = 2,
                                                       .name = "lots",
                                                       .doc = "Of an order.",
                                                       .default_value = "100",
                                                       .min = "1",
                                                       .live = true};
  static constexpr auto kParameters = writ::parameters(kEvery, kLots);
  static constexpr writ::Description kDescription{
      .id = "test.swapped",
      .name = "Swapped",
      .version = "1.0." SWAPPED_TEXT(SWAPPED_BUILD),
      .doc = "An order at each so many snapshots.",
      .capabilities = WRIT_CAN_RANDOM,
      .warmup_events = kRemembers ? 0U : 50U,
      .state_schema = kRemembers ? (kBuild == kOtherState ? 2U : 1U) : 0U,
      .state_schema_min = kRemembers ? (kBuild == kOtherState ? 2U : 1U) : 0U};

  void on_start() override {
    if (kBuild == kStays) {
      static thread_local Pinned pinned;
      pinned.gone = false;
    }
    set_timer(1, writ::ReceiveTime{now().ns + 300'000'000});
  }
  void on_timer(std::uint64_t, writ::ReceiveTime) override {
    ++beats_;
    set_timer(1, writ::ReceiveTime{now().ns + 300'000'000});
  }
  void on_snapshot(const writ::Snapshot& snapshot) override {
    ++calls_;
    if (kBuild == kThrowsAtOnce) throw std::runtime_error("at once");
    if (kBuild == kThrowsLater && calls_ > 30) throw std::runtime_error("later");
    if (kBuild == kFailsWarmingUp && calls_ > 5) throw std::runtime_error("warming up");
    if (!snapshot.can_trade() || !snapshot.two_sided()) return;
    if (++seen_ % static_cast<std::uint64_t>(value(kEvery)) != 0) return;
    const writ_instrument* market = instrument(snapshot.instrument());
    const bool buys = (random() & 1U) != 0;
    order(snapshot.instrument(), buys ? writ::Side::kBuy : writ::Side::kSell,
          writ::Quantity{value(kLots) * market->lot}, buys ? snapshot.bid() : snapshot.ask())
        .tag(seen_)
        .because(rationale()
                     .add("seen", static_cast<std::int64_t>(seen_))
                     .add("beats", static_cast<std::int64_t>(beats_))
                     .add("told", static_cast<std::int64_t>(told_)))
        .submit();
  }
  void on_order(const writ_order&) override { ++told_; }
  void on_fill(const writ_fill&) override { ++told_; }

#if SWAPPED_BUILD != 5 && SWAPPED_BUILD != 6
  void save(writ::StateWriter& state) const override {
    state.put(seen_);
    state.put(beats_);
    state.put(told_);
  }
  void load(writ::StateReader& state, std::uint32_t) override {
    seen_ = state.get<std::uint64_t>();
    beats_ = state.get<std::uint64_t>();
    told_ = state.get<std::uint64_t>();
  }
#endif

 private:
  std::uint64_t seen_ = 0;
  std::uint64_t beats_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t calls_ = 0;  // of this build
};

}  // namespace

WRIT_MODULE("Writ tests", Swapped)
