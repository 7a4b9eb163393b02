// Strategies that mean no good: whatever the ABI lets through, in any order, as often as it goes.
#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace writ::test {
namespace {

constexpr std::int64_t kUnit = 1'000'000'000;

/// What a strategy is fondest of.
enum class Manner : std::int64_t { kGambler = 1, kFlooder, kMeddler, kFool, kTargeter, kGrouper };

/// A cheap sequence begun by one draw of the host's.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebU;
    return z ^ (z >> 31U);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first + 1)));
  }
  template <std::size_t N>
  std::int64_t any_of(const std::array<std::int64_t, N>& values) {
    return values[below(N)];
  }

 private:
  std::uint64_t state_;
};

class Hostile final : public Strategy {
 public:
  static constexpr Parameter<std::int64_t> kManner{
      .id = 1, .name = "manner", .doc = "What it is fondest of.", .min = "1", .max = "6"};
  static constexpr Parameter<Quantity> kLimit{
      .id = 2, .name = "limit", .doc = "The position limit it runs into.", .default_value = "40"};
  static constexpr auto kParameters = parameters(kManner, kLimit);
  static constexpr Description kDescription{.id = "test.hostile",
                                            .name = "Hostile",
                                            .version = "1.0.0",
                                            .doc = "Submits anything.",
                                            .capabilities = WRIT_CAN_RANDOM,
                                            .state_schema = 1,
                                            .state_schema_min = 1};

  void on_snapshot(const Snapshot& snapshot) override {
    Dice dice{random()};
    recent_[seen_++ % recent_.size()] = {snapshot.instrument(), snapshot.bid().raw,
                                         snapshot.ask().raw};
    const auto manner = Manner{value(kManner)};
    const std::uint64_t count =
        manner == Manner::kFlooder && dice.one_in(400) ? 300 : 1 + dice.below(3);
    for (std::uint64_t i = 0; i < count; ++i) act(snapshot, manner, dice);
    if (dice.one_in(50'000)) throw std::runtime_error("out of spite");
  }
  void on_verdict(const writ_verdict& verdict) override {
    // Outcomes lead to intents, whose outcomes lead to intents.
    if (verdict.tag % 64 == 63) submit(blank(WRIT_INTENT_CANCEL_ALL, verdict.instrument));
  }
  void on_order(const writ_order& order) override {
    if (order.state == WRIT_ORDER_REJECTED && order.tag % 4 == 1) {
      auto again = blank(WRIT_INTENT_PLACE, order.instrument);
      again.side = order.side;
      again.order_type = order.order_type;
      again.time_in_force = WRIT_TIF_IOC;
      again.urgency = WRIT_URGENCY_TAKER;
      again.price = order.price;
      again.quantity = order.quantity;
      submit(again);
    }
  }

  void save(StateWriter& state) const override {
    state.put(last_id_);
    state.put(groups_);
    for (const auto id : ids_) state.put(id);
    state.put(seen_);
    for (const auto& top : recent_) {
      state.put(top.instrument);
      state.put(top.bid);
      state.put(top.ask);
    }
  }
  void load(StateReader& state, std::uint32_t) override {
    last_id_ = state.get<std::uint64_t>();
    groups_ = state.get<std::uint64_t>();
    for (auto& id : ids_) id = state.get<std::uint64_t>();
    seen_ = state.get<std::uint64_t>();
    for (auto& top : recent_) {
      top.instrument = state.get<std::uint32_t>();
      top.bid = state.get<std::int64_t>();
      top.ask = state.get<std::int64_t>();
    }
  }

 private:
  static writ_intent blank(std::uint16_t kind, std::uint32_t market) {
    writ_intent intent{};
    intent.header.size = sizeof intent;
    intent.header.type = WRIT_RECORD_INTENT;
    intent.kind = kind;
    intent.instrument = market;
    intent.price = WRIT_NONE;
    intent.expire_ts = WRIT_NONE;
    return intent;
  }

  void act(const Snapshot& snapshot, Manner manner, Dice& dice) {
    const bool in_character = !dice.one_in(3);
    switch (in_character ? manner : Manner{dice.between(1, 6)}) {
      case Manner::kMeddler:
        return meddle(snapshot, dice);
      case Manner::kFool:
        return talk_nonsense(snapshot, dice);
      case Manner::kTargeter:
        return aim(snapshot, dice);
      case Manner::kGrouper:
        return group(snapshot, dice);
      case Manner::kGambler:
      case Manner::kFlooder:
        return remember(submit(order(snapshot, dice)), dice);
    }
  }

  /// An order that may be meant: any side, size, type and place in the book.
  writ_intent order(const Snapshot& snapshot, Dice& dice) {
    auto intent = blank(WRIT_INTENT_PLACE, snapshot.instrument());
    intent.side = dice.one_in(2) ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    intent.quantity = size(snapshot, dice);
    intent.tag = dice.next();
    intent.urgency = static_cast<std::uint16_t>(dice.between(1, 3));
    if (dice.one_in(6)) {
      intent.order_type = WRIT_ORDER_MARKET;
      intent.time_in_force = static_cast<std::uint16_t>(dice.between(1, 3));
    } else {
      intent.order_type = WRIT_ORDER_LIMIT;
      intent.time_in_force = static_cast<std::uint16_t>(dice.between(1, 4));
      intent.price = price(snapshot, dice);
      if (intent.time_in_force == WRIT_TIF_GTD) {
        intent.expire_ts = now().ns + dice.between(-1'000'000, 20'000'000'000);
      }
      if (dice.one_in(6)) intent.flags |= WRIT_INTENT_POST_ONLY;
    }
    if (dice.one_in(8)) intent.flags |= WRIT_INTENT_REDUCE_ONLY;
    if (dice.one_in(16)) intent.flags |= WRIT_INTENT_CLOSE_POSITION;
    if (dice.one_in(16)) intent.ttl_ns = dice.between(1, kUnit);
    if (dice.one_in(8)) intent.target_intent = ids_[dice.below(ids_.size())];  // that means nothing
    if (dice.one_in(4)) intent.confidence = dice.between(0, kUnit);
    if (dice.one_in(4)) intent.expected_value = to_abi(Money{dice.between(-kUnit, kUnit)});
    return intent;
  }

  /// From dust to absurd, and what closes exactly.
  std::int64_t size(const Snapshot& snapshot, Dice& dice) {
    const auto* market = instrument(snapshot.instrument());
    const std::int64_t lot = market == nullptr ? 1 : market->lot;
    const std::int64_t held = std::abs(snapshot.position().raw);
    const std::int64_t held_by_all = std::abs(snapshot.account_position().raw);
    switch (dice.below(12)) {
      case 0:
        return lot;
      case 1:
        return lot * dice.between(1, 10);
      case 2:
        return held != 0 ? held : lot;
      case 3:
        return held_by_all != 0 ? held_by_all : lot;
      case 4:
        return value(kLimit).raw;
      case 5:
        return lot * dice.between(1, 1'000'000'000);
      case 6:
        return held / lot / 2 * lot;
      default:
        return lot * dice.between(1, 20'000);
    }
  }

  /// From deep in the book to through it, and beyond all bounds.
  std::int64_t price(const Snapshot& snapshot, Dice& dice) {
    const auto* market = instrument(snapshot.instrument());
    const std::int64_t tick = market == nullptr ? 1 : market->tick;
    const std::int64_t best = dice.one_in(2) ? snapshot.bid().raw : snapshot.ask().raw;
    if (best == WRIT_NONE) return tick * dice.between(1, 20'000);
    switch (dice.below(10)) {
      case 0:
        return tick * dice.between(1, 20'000);
      case 1:
        return best;
      case 2:
        return best + tick * dice.between(-500, 500);
      case 3:
        return best + dice.between(-tick, tick);
      default:
        return best + tick * dice.between(-20, 20);
    }
  }

  /// Touches orders: its own, others', finished, never made.
  void meddle(const Snapshot& snapshot, Dice& dice) {
    const std::uint64_t known = ids_[dice.below(ids_.size())];
    const std::uint64_t target =
        dice.one_in(5) ? last_id_ + dice.below(64) - std::uint64_t{32} : known;
    if (dice.one_in(8)) {
      submit(blank(WRIT_INTENT_CANCEL_ALL, snapshot.instrument()));
    } else if (dice.one_in(2)) {
      auto cancel = blank(WRIT_INTENT_CANCEL, snapshot.instrument());
      cancel.target_intent = target;
      submit(cancel);
    } else {
      auto replace = order(snapshot, dice);
      replace.kind = WRIT_INTENT_REPLACE;
      replace.target_intent = target;
      replace.order_type = WRIT_ORDER_LIMIT;
      replace.time_in_force = WRIT_TIF_GTC;
      replace.price = price(snapshot, dice);
      submit(replace);
    }
    if (dice.one_in(2)) remember(submit(order(snapshot, dice)), dice);
  }

  /// Numbers nobody means.
  void talk_nonsense(const Snapshot& snapshot, Dice& dice) {
    constexpr std::array<std::int64_t, 12> kNumbers{0,
                                                    1,
                                                    -1,
                                                    kUnit,
                                                    -kUnit,
                                                    INT64_MAX,
                                                    INT64_MIN,
                                                    INT64_MAX - 1,
                                                    INT64_MIN + 1,
                                                    INT64_MAX / 2,
                                                    INT64_MIN / 2,
                                                    kUnit + 1};
    auto intent = order(snapshot, dice);
    if (dice.one_in(2)) intent.kind = static_cast<std::uint16_t>(dice.between(1, 7));
    for (auto left = dice.between(1, 3); left > 0; --left) {
      switch (dice.below(12)) {
        case 0:
          intent.price = dice.any_of(kNumbers);
          break;
        case 1:
          intent.quantity = dice.any_of(kNumbers);
          break;
        case 2:
          intent.expire_ts = dice.any_of(kNumbers);
          break;
        case 3:
          intent.ttl_ns = dice.any_of(kNumbers);
          break;
        case 4:
          intent.side = static_cast<std::uint16_t>(dice.between(0, 3));
          break;
        case 5:
          intent.order_type = static_cast<std::uint16_t>(dice.between(0, 3));
          break;
        case 6:
          intent.time_in_force = static_cast<std::uint16_t>(dice.between(0, 5));
          break;
        case 7:
          intent.urgency = static_cast<std::uint16_t>(dice.between(0, 4));
          break;
        case 8:
          intent.flags = static_cast<std::uint32_t>(dice.next());
          break;
        case 9:
          intent.account = static_cast<std::uint32_t>(dice.between(0, 3));
          break;
        case 10:
          intent.expected_value = {dice.next(), dice.any_of(kNumbers)};
          break;
        default:
          intent.target_intent = dice.next();
          break;
      }
    }
    submit(intent);
  }

  /// Targets, flattens, decisions not to trade.
  void aim(const Snapshot& snapshot, Dice& dice) {
    if (dice.one_in(12)) {
      submit(blank(WRIT_INTENT_NOOP, snapshot.instrument()));
      return;
    }
    auto intent = order(snapshot, dice);
    intent.kind = dice.one_in(3) ? WRIT_INTENT_FLATTEN : WRIT_INTENT_TARGET;
    if (dice.one_in(2)) intent.quantity = -intent.quantity;
    if (dice.one_in(5)) intent.quantity = 0;
    if (dice.one_in(2)) {
      intent.order_type = 0;
      intent.time_in_force = 0;
      intent.price = WRIT_NONE;
      intent.flags &= ~std::uint32_t{WRIT_INTENT_POST_ONLY};
    }
    remember(submit(intent), dice);
  }

  /// Groups whole and broken, and the same order over again; most of them meant.
  void group(const Snapshot& snapshot, Dice& dice) {
    const bool meant = !dice.one_in(4);
    const auto legs = static_cast<std::uint32_t>(dice.between(meant ? 2 : 1, 3));
    const auto policy = static_cast<std::uint16_t>(dice.one_in(3) ? WRIT_GROUP_ALL_OR_NONE
                                                                  : WRIT_GROUP_ALL_OR_NONE_UNWIND);
    ++groups_;
    for (std::uint32_t leg = 0; leg < legs; ++leg) {
      auto intent = meant ? at_the_touch(dice) : order(snapshot, dice);
      intent.group_id = groups_;
      intent.group_size = !meant && dice.one_in(10) ? legs + 1 : legs;
      intent.group_policy = policy;
      remember(submit(intent), dice);
      if (!meant && dice.one_in(10)) submit(intent);
    }
  }

  /// An order somewhere it was lately, small enough to pass, that takes what is there or joins it.
  writ_intent at_the_touch(Dice& dice) {
    const Top& top = recent_[dice.below(recent_.size())];
    auto intent = blank(WRIT_INTENT_PLACE, top.instrument);
    const bool buys = dice.one_in(2);
    const bool takes = !dice.one_in(4);
    const auto* market = instrument(top.instrument);
    intent.side = buys ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.time_in_force = takes && dice.one_in(2) ? WRIT_TIF_IOC : WRIT_TIF_GTC;
    // Of odds it is the other side that one takes.
    const bool odds = market != nullptr && market->kind == WRIT_KIND_RUNNER;
    intent.price = buys == (takes != odds) ? top.ask : top.bid;
    intent.quantity = (market == nullptr ? 1 : market->lot) * dice.between(1, 3'000);
    intent.tag = dice.next();
    return intent;
  }

  /// The id the host gave it; 0 if it would not take it.
  std::uint64_t submit(const writ_intent& intent) {
    std::uint64_t id = 0;
    return host()->submit(host(), &intent, &id) < 0 ? 0 : id;
  }
  void remember(std::uint64_t id, Dice& dice) {
    if (id == 0) return;
    last_id_ = id;
    ids_[dice.below(ids_.size())] = id;
  }

  /// A market as it was last seen.
  struct Top {
    std::uint32_t instrument = 1;
    std::int64_t bid = WRIT_NONE;
    std::int64_t ask = WRIT_NONE;
  };

  std::uint64_t last_id_ = 1;
  std::uint64_t groups_ = 0;
  std::array<std::uint64_t, 24> ids_{};
  std::uint64_t seen_ = 0;
  std::array<Top, 4> recent_{};
};

}  // namespace
}  // namespace writ::test

WRIT_MODULE("Test", writ::test::Hostile)
