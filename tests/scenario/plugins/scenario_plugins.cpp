// Strategies and signals for scenarios: between them they use everything a plugin may do, and their
// state shows every event that was lost, doubled or reordered.
#include "tests/scenario/plugins/scripted.hpp"

#include <writ/module.hpp>
#include <writ/signal.hpp>
#include <writ/strategy.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr std::uint64_t mix(std::uint64_t digest, std::uint64_t value) {
  digest ^= value + 0x9e37'79b9'7f4a'7c15U + (digest << 6U) + (digest >> 2U);
  return digest;
}

/// Does a bit of everything, as its random sequence says.
class Churn final : public Strategy {
 public:
  static constexpr Parameter<Quantity> kSize{
      .id = 1, .name = "size", .doc = "Of an order.", .default_value = "0.001", .min = "0.00001"};
  static constexpr Parameter<std::int64_t> kPace{.id = 2,
                                                 .name = "pace",
                                                 .doc = "Acts on one evaluation in so many.",
                                                 .default_value = "1",
                                                 .min = "1"};
  static constexpr auto kParameters = parameters(kSize, kPace);
  static constexpr std::array kSignalsIn{port(1, "flow", "Any signal.")};
  static constexpr Description kDescription{.id = "test.churn",
                                            .name = "Churn",
                                            .version = "1.0.0",
                                            .doc = "Does a bit of everything.",
                                            .capabilities = WRIT_CAN_RANDOM,
                                            .state_schema = 1,
                                            .state_schema_min = 1};

  void on_start() override { set_timer(99, ReceiveTime{now().ns + 700'000'000}); }
  void on_snapshot(const Snapshot& snapshot) override;
  void on_verdict(const writ_verdict& verdict) override {
    note(verdict.intent_id, verdict.reason);
    if (verdict.approved == 0) forget(IntentId{verdict.intent_id});
    // Outcomes lead to intents, within one input.
    if (verdict.approved == 0 && random() % 2 == 0) {
      no_op(verdict.instrument).because(rationale().add("action", "pity")).submit();
    }
  }
  void on_order(const writ_order& order) override {
    note(order.order_id, order.state);
    const bool done = order.state >= WRIT_ORDER_FILLED && order.state != WRIT_ORDER_UNKNOWN;
    if (done) forget(IntentId{order.intent_id});
    if (order.state == WRIT_ORDER_EXPIRED) no_op(order.instrument).submit();
  }
  void on_fill(const writ_fill& fill) override {
    note(fill.order_id, static_cast<std::uint64_t>(fill.quantity));
    position_ += fill.side == WRIT_SIDE_BUY ? fill.quantity : -fill.quantity;
  }
  void on_timer(std::uint64_t timer, ReceiveTime due) override {
    note(timer, static_cast<std::uint64_t>(due.ns));
    if (timer == 99) set_timer(99, ReceiveTime{now().ns + 700'000'000});
    if (timer == 2 && !instruments().empty()) cancel_all(instruments()[0].instrument).submit();
  }
  void on_signal(std::uint32_t input, const writ_signal& signal) override {
    note(input, static_cast<std::uint64_t>(signal.value * 16));
  }
  void on_trade(const writ_trade& trade) override {
    note(trade.trade_id, static_cast<std::uint64_t>(trade.price));
  }

  void save(StateWriter& state) const override {
    state.put(digest_);
    state.put(events_);
    state.put(evaluations_);
    state.put(position_);
    state.put(static_cast<std::uint64_t>(placed_.size()));
    for (const IntentId intent : placed_) state.put(intent);
  }
  void load(StateReader& state, std::uint32_t) override {
    digest_ = state.get<std::uint64_t>();
    events_ = state.get<std::uint64_t>();
    evaluations_ = state.get<std::uint64_t>();
    position_ = state.get<std::int64_t>();
    placed_.clear();
    for (auto left = state.get_count(8); left > 0; --left) {
      placed_.push_back(IntentId{state.get<std::uint64_t>()});
    }
  }

 private:
  void note(std::uint64_t a, std::uint64_t b) {
    digest_ = mix(mix(digest_, a), b);
    ++events_;
  }
  void forget(IntentId intent) { std::erase(placed_, intent); }
  void remember(std::optional<IntentId> intent) {
    if (intent) placed_.push_back(*intent);
  }

  std::uint64_t digest_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t evaluations_ = 0;
  std::int64_t position_ = 0;
  std::vector<IntentId> placed_;
};

void Churn::on_snapshot(const Snapshot& snapshot) {
  note(static_cast<std::uint64_t>(snapshot.bid().raw), static_cast<std::uint64_t>(position_));
  if (!snapshot.can_trade() || !snapshot.two_sided()) return;
  if (++evaluations_ % static_cast<std::uint64_t>(value(kPace)) != 0) return;
  const std::uint32_t market = snapshot.instrument();
  const std::uint64_t draw = random();
  const auto side = (draw & 1U) != 0 ? Side::kBuy : Side::kSell;
  const auto best = side == Side::kBuy ? snapshot.bid() : snapshot.ask();
  const Quantity size{value(kSize).raw * static_cast<std::int64_t>(1 + (draw >> 8U) % 3)};
  switch ((draw >> 16U) % 14) {
    case 0:
    case 1:
    case 2:
    case 3:
      if (placed_.size() < 6) remember(order(market, side, size, best).post_only().submit());
      break;
    case 4:
      if (!placed_.empty()) cancel(market, placed_.front()).submit();
      break;
    case 5:
      if (!placed_.empty()) replace(market, placed_.back(), side, size, best).submit();
      break;
    case 6:
      cancel_all(market).submit();
      break;
    case 7:
      target(market, (draw & 2U) != 0 ? size : Quantity{0}).submit();
      break;
    case 8:
      flatten(market).submit();
      break;
    case 9:
      no_op(market).because(rationale().add("action", "wait").add("bid", snapshot.bid())).submit();
      break;
    case 10:
      remember(market_order(market, side, size).submit());
      break;
    case 11:
      set_timer(draw % 3, ReceiveTime{now().ns + static_cast<std::int64_t>(draw % 2'000'000'000)});
      break;
    case 12:
      log(Severity::kInfo, "considering");
      order(market, side, Quantity{size.raw + 1}, best).submit();  // not a multiple of the lot
      break;
    default:
      order(market, side, size, best).immediate_or_cancel().ttl(Duration{1}).submit();
      remember(order(market, side, size, best).submit());
      break;
  }
}

/// Buys once, rests far below, and waits; the simplest life an intent can have.
class Once final : public Strategy {
 public:
  static constexpr Parameter<bool> kTake{
      .id = 1, .name = "take", .doc = "Takes the ask instead.", .default_value = "false"};
  static constexpr Parameter<bool> kGreedy{
      .id = 2, .name = "greedy", .doc = "Orders more than it can pay.", .default_value = "false"};
  static constexpr auto kParameters = parameters(kTake, kGreedy);
  static constexpr Description kDescription{.id = "test.once",
                                            .name = "Once",
                                            .version = "1.0.0",
                                            .doc = "Places one order.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};
  void on_snapshot(const Snapshot& snapshot) override {
    if (done_ || !snapshot.can_trade() || !snapshot.two_sided()) return;
    done_ = true;
    const Quantity size{value(kGreedy) ? 1'000'000'000'000 : 1'000'000};
    const auto price = value(kTake) ? snapshot.ask() : snapshot.bid();
    auto wanted = buy(snapshot.instrument(), size, price);
    if (value(kGreedy)) static_cast<void>(wanted.all_or_nothing());
    wanted.tag(77).because(rationale().add("why", "once")).submit();
  }
  void save(StateWriter& state) const override { state.put(done_); }
  void load(StateReader& state, std::uint32_t) override { done_ = state.get_bool(); }

 private:
  bool done_ = false;
};

/// Records how it is called, as NOOP intents: a text for each call.
class Witness : public Strategy {
 public:
  static constexpr Description kDescription{.id = "test.witness",
                                            .name = "Witness",
                                            .version = "1.0.0",
                                            .doc = "Says when it is evaluated."};
  void on_snapshot(const Snapshot& snapshot) override {
    no_op(snapshot.instrument()).because(rationale().add("call", "snapshot")).submit();
  }
};

class TimerWitness final : public Witness {
 public:
  static constexpr Description kDescription{.id = "test.timer_witness",
                                            .name = "Witness of time",
                                            .version = "1.0.0",
                                            .doc = "Evaluated each second.",
                                            .snapshot_trigger = WRIT_TRIGGER_TIMER,
                                            .snapshot_interval_ns = 1'000'000'000};
  void on_snapshot(const Snapshot& snapshot) override { Witness::on_snapshot(snapshot); }
};

class ConflatedWitness final : public Witness {
 public:
  static constexpr Description kDescription{.id = "test.conflated_witness",
                                            .name = "Witness of less",
                                            .version = "1.0.0",
                                            .doc = "Evaluated at most each second.",
                                            .snapshot_trigger = WRIT_TRIGGER_CONFLATED,
                                            .snapshot_interval_ns = 1'000'000'000};
  void on_snapshot(const Snapshot& snapshot) override { Witness::on_snapshot(snapshot); }
};

class WarmWitness final : public Witness {
 public:
  static constexpr Description kDescription{.id = "test.warm_witness",
                                            .name = "Witness with history",
                                            .version = "1.0.0",
                                            .doc = "Counts after so many events.",
                                            .warmup_events = 5};
  void on_snapshot(const Snapshot& snapshot) override { Witness::on_snapshot(snapshot); }
};

/// Sets a timer that is due at once, again and again.
class Hasty final : public Strategy {
 public:
  static constexpr Description kDescription{.id = "test.hasty",
                                            .name = "Hasty",
                                            .version = "1.0.0",
                                            .doc = "Asks for timers that are due already."};
  void on_trade(const writ_trade&) override { set_timer(1, now()); }
  void on_timer(std::uint64_t, ReceiveTime) override {
    if (++fired_ < 3) set_timer(1, ReceiveTime{now().ns - 5});
  }

 private:
  int fired_ = 0;
};

/// Answers each verdict with an intent.
class Stubborn final : public Strategy {
 public:
  static constexpr Description kDescription{
      .id = "test.stubborn", .name = "Stubborn", .version = "1.0.0", .doc = "Never stops asking."};
  void on_trade(const writ_trade& trade) override { no_op(trade.instrument).submit(); }
  void on_verdict(const writ_verdict& verdict) override { no_op(verdict.instrument).submit(); }
};

/// Places an order, then fails in every call that brings a trade, after another submit.
class Faulty final : public Strategy {
 public:
  static constexpr Description kDescription{.id = "test.faulty",
                                            .name = "Faulty",
                                            .version = "1.0.0",
                                            .doc = "Fails after submitting.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};
  void on_snapshot(const Snapshot& snapshot) override {
    if (placed_ || !snapshot.can_trade() || !snapshot.two_sided()) return;
    placed_ = true;  // far below, where nothing fills it
    buy(snapshot.instrument(), Quantity{1'000'000}, Price{snapshot.bid().raw / 2 / kTick * kTick})
        .submit();
  }
  void on_trade(const writ_trade& trade) override {
    if (!placed_) return;
    no_op(trade.instrument).submit();
    throw std::runtime_error("as intended");
  }
  void save(StateWriter& state) const override { state.put(placed_); }
  void load(StateReader& state, std::uint32_t) override { placed_ = state.get_bool(); }

 private:
  static constexpr std::int64_t kTick = 100'000'000;
  bool placed_ = false;
};

/// Not a function of what it is given: does otherwise each time it is made.
class Fickle final : public Strategy {
 public:
  static constexpr Description kDescription{.id = "test.fickle",
                                            .name = "Fickle",
                                            .version = "1.0.0",
                                            .doc = "Breaks the contract of determinism.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};
  void on_start() override { made_ = ++kMade; }
  void on_trade(const writ_trade& trade) override { no_op(trade.instrument).tag(made_).submit(); }
  void save(StateWriter& state) const override { state.put(std::uint64_t{0}); }
  void load(StateReader& state, std::uint32_t) override { (void)state.get<std::uint64_t>(); }

 private:
  static inline std::uint64_t kMade = 0;
  std::uint64_t made_ = 0;
};

/// Without state: counts trades, orders on each tenth.
class Forgetful final : public Strategy {
 public:
  static constexpr Description kDescription{.id = "test.forgetful",
                                            .name = "Forgetful",
                                            .version = "1.0.0",
                                            .doc = "Cannot be checkpointed."};
  void on_start() override { set_timer(7, ReceiveTime{now().ns + 2'000'000'000}); }
  void on_trade(const writ_trade& trade) override {
    if (++trades_ % 10 == 0) {
      buy(trade.instrument, Quantity{1'000'000}, Price{trade.price}).submit();
    }
  }
  void on_timer(std::uint64_t, ReceiveTime) override {
    set_timer(7, ReceiveTime{now().ns + 2'000'000'000});
  }

 private:
  std::uint64_t trades_ = 0;
};

/// Cannot be started.
class Refusing final : public Strategy {
 public:
  static constexpr Description kDescription{
      .id = "test.refusing", .name = "Refusing", .version = "1.0.0", .doc = "Never starts."};
  void on_start() override {
    set_timer(1, ReceiveTime{1});
    throw std::runtime_error("not today");
  }
};

/// The sum of traded quantity, and how often its timer came.
class Flow final : public Signal {
 public:
  static constexpr std::array kSignalsOut{port(1, "sum", "Quantity traded."),
                                          port(2, "beat", "Timers so far.")};
  static constexpr Description kDescription{.id = "test.flow",
                                            .name = "Flow",
                                            .version = "1.0.0",
                                            .doc = "Sums trades.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};
  void on_start() override { set_timer(1, ReceiveTime{now().ns + 500'000'000}); }
  void on_trade(const writ_trade& trade) override {
    sum_ += static_cast<double>(trade.quantity) * 1e-9;
    publish(1, trade.instrument, sum_, Warmth::kWarm);
  }
  void on_timer(std::uint64_t, ReceiveTime) override {
    publish(2, 0, static_cast<double>(++beats_), Warmth::kWarm);
    set_timer(1, ReceiveTime{now().ns + 500'000'000});
  }
  void save(StateWriter& state) const override {
    state.put(sum_);
    state.put(beats_);
  }
  void load(StateReader& state, std::uint32_t) override {
    sum_ = state.get<double>();
    beats_ = state.get<std::uint64_t>();
  }

 private:
  double sum_ = 0;
  std::uint64_t beats_ = 0;
};

/// Another signal's values, halved.
class Half final : public Signal {
 public:
  static constexpr std::array kSignalsIn{port(1, "of", "What is halved.")};
  static constexpr std::array kSignalsOut{port(1, "half", "Half of it.")};
  static constexpr Description kDescription{
      .id = "test.half", .name = "Half", .version = "1.0.0", .doc = "Halves a signal."};
  void on_signal(std::uint32_t, const writ_signal& signal) override {
    publish(1, signal.instrument, signal.value / 2, Warmth::kWarm);
  }
};

/// Says in NOOP intents which values it was given.
class Listener final : public Strategy {
 public:
  static constexpr std::array kSignalsIn{port(1, "in", "Any signal.")};
  static constexpr Description kDescription{
      .id = "test.listener", .name = "Listener", .version = "1.0.0", .doc = "Repeats signals."};
  void on_signal(std::uint32_t input, const writ_signal& signal) override {
    if (instruments().empty()) return;
    no_op(instruments()[0].instrument)
        .tag(signal.header.seq)
        .because(rationale().add("input", input).add("value", signal.value))
        .submit();
  }
};

/// Does at its evaluations what its plan says: words such as `3:buy_ask`, or `3:buy_low/7:2:2` for
/// a leg of group 7, of two legs, with policy 2.
class Planned final : public Strategy {
 public:
  static constexpr Parameter<std::string_view> kPlan{
      .id = 1, .name = "plan", .doc = "What it does when.", .default_value = ""};
  static constexpr auto kParameters = parameters(kPlan);
  static constexpr Description kDescription{.id = "test.planned",
                                            .name = "Planned",
                                            .version = "1.0.0",
                                            .doc = "Follows a plan.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};
  void on_snapshot(const Snapshot& snapshot) override {
    if (!snapshot.can_trade() || !snapshot.two_sided()) return;
    ++evaluations_;
    std::istringstream plan{std::string(value(kPlan))};
    std::uint64_t when = 0;
    char colon = 0;
    std::string what;
    while (plan >> when >> colon >> what) {
      if (when == evaluations_) act(snapshot, what);
    }
  }
  void save(StateWriter& state) const override { state.put(evaluations_); }
  void load(StateReader& state, std::uint32_t) override {
    evaluations_ = state.get<std::uint64_t>();
  }

 private:
  void act(const Snapshot& snapshot, const std::string& what) {
    const auto verb = what.substr(0, what.find('/'));
    const auto market = snapshot.instrument();
    const Quantity size{1'000'000};
    const Price low{snapshot.bid().raw / 2 / kTick * kTick};
    const auto submit = [&](IntentBuilder&& intent) {
      std::istringstream group{what.substr(std::min(what.size(), verb.size() + 1))};
      std::uint64_t name = 0;
      std::uint32_t legs = 0;
      std::uint16_t policy = 0;
      char colon = 0;
      const bool grouped = bool{group >> name >> colon >> legs >> colon >> policy};
      (grouped ? intent.group(name, legs, policy) : intent).submit();
    };
    if (verb == "buy_ask") submit(buy(market, size, snapshot.ask()));
    if (verb == "buy_bid") submit(buy(market, size, snapshot.bid()));
    if (verb == "buy_low") submit(buy(market, size, low));
    if (verb == "buy_low_now") submit(std::move(buy(market, size, low).immediate_or_cancel()));
    if (verb == "buy_all") submit(buy(market, Quantity{1'000'000'000'000}, snapshot.bid()));
    if (verb == "sell_bid") submit(sell(market, size, snapshot.bid()));
    if (verb == "flatten") submit(flatten(market));
    if (verb == "cancel_all") submit(cancel_all(market));
  }

  static constexpr std::int64_t kTick = 100'000'000;
  std::uint64_t evaluations_ = 0;
};

/// Never comes back from a trade while a file exists; another beside it says that it has begun.
class Spinner final : public Strategy {
 public:
  static constexpr Parameter<std::string_view> kWhile{
      .id = 1, .name = "while_exists", .doc = "Path of the file.", .default_value = ""};
  static constexpr auto kParameters = parameters(kWhile);
  static constexpr Description kDescription{.id = "test.spinner",
                                            .name = "Spinner",
                                            .version = "1.0.0",
                                            .doc = "Hangs for ever.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};
  void on_trade(const writ_trade&) override {
    const std::filesystem::path file{value(kWhile)};
    if (!std::filesystem::exists(file)) return;
    std::ofstream(file.string() + ".begun") << "\n";
    while (std::filesystem::exists(file)) {
    }
  }
  void save(StateWriter& state) const override { state.put(std::uint64_t{0}); }
  void load(StateReader& state, std::uint32_t) override { (void)state.get<std::uint64_t>(); }
};

}  // namespace
}  // namespace writ::test

WRIT_MODULE("Test", writ::test::Churn, writ::test::Once, writ::test::Witness,
            writ::test::TimerWitness, writ::test::ConflatedWitness, writ::test::WarmWitness,
            writ::test::Hasty, writ::test::Stubborn, writ::test::Faulty, writ::test::Fickle,
            writ::test::Forgetful, writ::test::Refusing, writ::test::Flow, writ::test::Half,
            writ::test::Listener, writ::test::Planned, writ::test::Spinner, writ::test::Scripted,
            writ::test::ScriptedWarm)
