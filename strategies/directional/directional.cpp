// writ.directional: takes a position in the direction a signal points to.
//
// Flat: when the signal is warm and its size reaches the threshold, an immediate-or-cancel limit
// order takes what is offered within a few ticks. In a position: it is closed when the signal turns
// against it, when it has lost or won enough, or when it has been held long enough. One position at
// a time in each instrument; after it, or after a veto, a pause.
#include <writ/module.hpp>
#include <writ/money_abi.hpp>
#include <writ/order_size.hpp>
#include <writ/quantize.hpp>
#include <writ/strategy.hpp>
#include <writ/tick.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace writ::directional {
namespace {

constexpr std::uint32_t kSignal = 1;
constexpr Int128 kMoneyPerQuantity = 1'000'000'000;  // 1e-18 of an asset in 1e-9 of it

class Directional final : public Strategy {
 public:
  static constexpr Parameter<Money> kOrderNotional{
      .id = 1,
      .name = "order_notional",
      .doc = "Value of a position; rounded down to the lot, never below the venue's minimum.",
      .unit = "quote asset",
      .default_value = "100",
      .min = "0.000001",
      .live = true};
  static constexpr Parameter<Rate> kThreshold{
      .id = 2,
      .name = "threshold",
      .doc = "A position is opened when the signal is at least this, or at most minus this.",
      .default_value = "0.4",
      .min = "0.000000001",
      .live = true};
  static constexpr Parameter<Rate> kReverse{
      .id = 3,
      .name = "reverse",
      .doc = "A position is closed when the signal points against it by at least this.",
      .default_value = "0.1",
      .min = "0",
      .live = true};
  static constexpr Parameter<Duration> kHold{.id = 4,
                                             .name = "hold",
                                             .doc = "A position is closed after this long.",
                                             .default_value = "60s",
                                             .min = "1ms",
                                             .live = true};
  static constexpr Parameter<Rate> kStop{
      .id = 5,
      .name = "stop",
      .doc = "A position is closed when the mid is this share of its price against it; 0 = never.",
      .default_value = "0.002",
      .min = "0",
      .max = "1",
      .live = true};
  static constexpr Parameter<Rate> kTake{
      .id = 6,
      .name = "take",
      .doc = "A position is closed when the mid is this share of its price in favour; 0 = never.",
      .default_value = "0.004",
      .min = "0",
      .max = "10",
      .live = true};
  static constexpr Parameter<std::int64_t> kSlippageTicks{
      .id = 7,
      .name = "slippage_ticks",
      .doc = "How far past the best price an opening order may take.",
      .unit = "ticks",
      .default_value = "5",
      .min = "0",
      .max = "1000000",
      .live = true};
  static constexpr Parameter<Duration> kPause{
      .id = 8,
      .name = "pause",
      .doc = "After a position, or a veto, none is opened for this long.",
      .default_value = "5s",
      .min = "0s",
      .live = true};
  static constexpr Parameter<std::string_view> kSides{
      .id = 9, .name = "sides", .doc = "both, long or short.", .default_value = "both"};
  static constexpr auto kParameters = parameters(kOrderNotional, kThreshold, kReverse, kHold, kStop,
                                                 kTake, kSlippageTicks, kPause, kSides);

  static constexpr std::array kSignalsIn{
      port(kSignal, "signal", "Where the price is going: positive up, negative down.")};

  static constexpr Description kDescription{
      .id = "writ.directional",
      .name = "Directional",
      .version = "1.0.0",
      .doc =
          "Opens a position in the direction of a signal and closes it by reversal, stop, profit "
          "or time.",
      .state_schema = 1,
      .state_schema_min = 1};

  void on_start() override {
    const std::string_view sides = value(kSides);
    if (sides != "both" && sides != "long" && sides != "short") {
      throw std::invalid_argument("parameter sides is none of both, long, short");
    }
  }
  void on_snapshot(const Snapshot& snapshot) override;
  void on_verdict(const writ_verdict& verdict) override;
  void on_order(const writ_order& order) override;
  void on_fill(const writ_fill& fill) override;
  void save(StateWriter& state) const override;
  void load(StateReader& state, std::uint32_t schema) override;

 private:
  /// One instrument's position as its own fills made it.
  struct Market {
    std::optional<IntentId> asked;  // an entry or exit without an outcome yet
    ReceiveTime asked_since;
    Quantity position;
    Money cost;  // of the position, signed like it
    ReceiveTime opened;
    ReceiveTime idle_until;
  };
  // An answer that takes longer than this is no longer waited for.
  static constexpr Duration kAnswerTimeout = seconds(5);

  void enter(const Snapshot& snapshot, const writ_instrument& instrument, Market& market,
             double signal);
  void leave(const Snapshot& snapshot, Market& market, const char* reason, Price entry);
  [[nodiscard]] const char* reason_to_leave(const Snapshot& snapshot, const Market& market,
                                            const double* signal, Price entry) const;

  std::map<std::uint32_t, Market> markets_;
};

/// Whether `signal` is at least `limit`, exactly.
[[nodiscard]] bool reaches(double signal, Rate limit) noexcept {
  const auto raw = quantized(signal);
  return raw && *raw >= limit.raw;
}

/// What a venue would not take back: it stays, and leaves with the next position. Perpetuals close
/// in any number of lots.
[[nodiscard]] bool is_rest(const writ_instrument& instrument, Quantity position, Price price) {
  const Quantity size = abs(position);
  if (size.raw < instrument.lot) return true;
  return instrument.kind == WRIT_KIND_SPOT &&
         (size.raw < instrument.quantity_min ||
          notional(price, size) < from_abi(instrument.notional_min));
}

/// What a fill made of the position: a fee may have been taken of what was received.
[[nodiscard]] Quantity change_of(const writ_instrument& instrument, const writ_fill& fill) {
  if (fill.side != WRIT_SIDE_BUY) return -Quantity{fill.quantity};
  const bool taken = fill.fee_asset != 0 && fill.fee_asset == instrument.base_asset;
  const auto fee = taken ? from_abi(fill.fee_asset_quantity) : Money{};
  return Quantity{fill.quantity - static_cast<std::int64_t>(fee.raw / kMoneyPerQuantity)};
}

void Directional::on_snapshot(const Snapshot& snapshot) {
  const writ_instrument* found = instrument(snapshot.instrument());
  if (found == nullptr || !snapshot.can_trade() || !snapshot.two_sided()) return;
  Market& market = markets_[snapshot.instrument()];
  if (market.asked && snapshot.time() - market.asked_since < kAnswerTimeout) return;
  market.asked.reset();

  const writ_signal_value* latest = snapshot.signal(kSignal);
  const bool warm = latest != nullptr && (latest->flags & WRIT_SIGNAL_WARM) != 0;
  const double* signal = warm ? &latest->value : nullptr;
  const Price mid = midpoint(snapshot.bid(), snapshot.ask(), Rounding::kHalfEven);
  const bool holding = !is_rest(*found, market.position, mid);
  if (holding) {
    const auto entry = unit_price(market.cost, market.position, Rounding::kHalfEven);
    if (!entry) return;
    if (const char* reason = reason_to_leave(snapshot, market, signal, *entry)) {
      leave(snapshot, market, reason, *entry);
    }
  } else if (signal != nullptr && snapshot.time() >= market.idle_until) {
    enter(snapshot, *found, market, *signal);
  }
}

void Directional::enter(const Snapshot& snapshot, const writ_instrument& instrument, Market& market,
                        double signal) {
  const Rate threshold = value(kThreshold);
  Side side = Side::kNone;
  if (reaches(signal, threshold) && value(kSides) != "short") side = Side::kBuy;
  if (reaches(-signal, threshold) && value(kSides) != "long") side = Side::kSell;
  if (side == Side::kNone) return;

  const auto slippage = checked_mul(Price{instrument.tick}, value(kSlippageTicks));
  if (!slippage) return;
  const auto limit = side == Side::kBuy ? checked_add(snapshot.ask(), *slippage)
                                        : checked_sub(snapshot.bid(), *slippage);
  if (!limit || limit->raw <= 0) return;
  const auto size = order_size(instrument, value(kOrderNotional), *limit);
  if (!size) return;
  const auto confidence = quantized_rate(std::min(std::abs(signal), 1.0));
  const auto intent = order(snapshot.instrument(), side, *size, *limit)
                          .immediate_or_cancel()
                          .tags({"directional", "enter"})
                          .confidence(confidence.value_or(Rate{}))
                          .because(rationale()
                                       .add("action", "enter")
                                       .add("signal", signal)
                                       .add("threshold", threshold)
                                       .add("bid", snapshot.bid())
                                       .add("ask", snapshot.ask()))
                          .submit();
  if (!intent) return;
  market.asked = intent;
  market.asked_since = snapshot.time();
}

const char* Directional::reason_to_leave(const Snapshot& snapshot, const Market& market,
                                         const double* signal, Price entry) const {
  const bool is_long = market.position.raw > 0;
  if (signal != nullptr) {
    const double against = is_long ? -*signal : *signal;
    if (against > 0 && reaches(against, value(kReverse))) return "signal reversed";
  }
  const Price mid = midpoint(snapshot.bid(), snapshot.ask(), Rounding::kHalfEven);
  const auto gain = is_long ? checked_sub(mid, entry) : checked_sub(entry, mid);
  const auto stop = scaled(entry, value(kStop), Rounding::kHalfEven);
  const auto take = scaled(entry, value(kTake), Rounding::kHalfEven);
  if (gain && stop && stop->raw > 0 && gain->raw <= -stop->raw) return "stop";
  if (gain && take && take->raw > 0 && gain->raw >= take->raw) return "profit";
  if (snapshot.time() - market.opened >= value(kHold)) return "held long enough";
  return nullptr;
}

void Directional::leave(const Snapshot& snapshot, Market& market, const char* reason, Price entry) {
  const writ_signal_value* signal = snapshot.signal(kSignal);
  const auto intent = flatten(snapshot.instrument())
                          .tags({"directional", "leave"})
                          .because(rationale()
                                       .add("action", "leave")
                                       .add("reason", reason)
                                       .add("signal", signal == nullptr ? 0 : signal->value)
                                       .add("entry", entry)
                                       .add("position", market.position)
                                       .add("bid", snapshot.bid())
                                       .add("ask", snapshot.ask()))
                          .submit();
  if (!intent) return;
  market.asked = intent;
  market.asked_since = snapshot.time();
}

void Directional::on_verdict(const writ_verdict& verdict) {
  const auto found = markets_.find(verdict.instrument);
  if (found == markets_.end() || verdict.approved != 0) return;
  Market& market = found->second;
  if (market.asked != IntentId{verdict.intent_id}) return;
  market.asked.reset();
  market.idle_until = now() + value(kPause);
}

void Directional::on_order(const writ_order& order) {
  const auto found = markets_.find(order.instrument);
  if (found == markets_.end()) return;
  Market& market = found->second;
  if (market.asked != IntentId{order.intent_id}) return;
  switch (order.state) {
    case WRIT_ORDER_FILLED:
    case WRIT_ORDER_CANCELLED:
    case WRIT_ORDER_EXPIRED:
      market.asked.reset();
      break;
    case WRIT_ORDER_REJECTED:
    case WRIT_ORDER_FAILED:
      market.asked.reset();
      market.idle_until = now() + value(kPause);
      break;
    default:
      break;
  }
}

void Directional::on_fill(const writ_fill& fill) {
  const writ_instrument* found = instrument(fill.instrument);
  if (found == nullptr) return;
  Market& market = markets_[fill.instrument];
  const Quantity before = market.position;
  const Quantity change = change_of(*found, fill);
  const auto rests = [&](Quantity position) {
    return is_rest(*found, position, Price{fill.price});
  };
  const Quantity after = before + change;
  const bool opens = before.raw == 0 || (before.raw > 0) == (change.raw > 0);
  const bool turned = after.raw != 0 && (after.raw > 0) != (before.raw > 0);
  if (opens) {
    if (rests(before)) market.opened = now();
    market.cost += notional(Price{fill.price}, change);
  } else if (turned) {
    market.opened = now();
    market.cost = notional(Price{fill.price}, after);
  } else if (after.raw == 0) {
    market.cost = {};
  } else if (const auto price = unit_price(market.cost, before, Rounding::kHalfEven)) {
    market.cost = notional(*price, after);
  }
  market.position = after;
  if (!opens && rests(after)) market.idle_until = now() + value(kPause);
}

void Directional::save(StateWriter& state) const {
  state.put(static_cast<std::uint64_t>(markets_.size()));
  for (const auto& [instrument, market] : markets_) {
    state.put(instrument);
    state.put(market.asked ? market.asked->raw() : std::uint64_t{0});
    state.put(market.asked_since);
    state.put(market.position);
    const writ_money cost = to_abi(market.cost);
    state.put(cost.lo);
    state.put(cost.hi);
    state.put(market.opened);
    state.put(market.idle_until);
  }
}

void Directional::load(StateReader& state, std::uint32_t) {
  markets_.clear();
  const std::size_t count = state.get_count(8);
  for (std::size_t i = 0; i < count; ++i) {
    Market& market = markets_[state.get<std::uint32_t>()];
    const auto asked = state.get<std::uint64_t>();
    if (asked != 0) market.asked = IntentId{asked};
    market.asked_since = state.get<ReceiveTime>();
    market.position = state.get<Quantity>();
    writ_money cost{};
    cost.lo = state.get<std::uint64_t>();
    cost.hi = state.get<std::int64_t>();
    market.cost = from_abi(cost);
    market.opened = state.get<ReceiveTime>();
    market.idle_until = state.get<ReceiveTime>();
  }
}

}  // namespace
}  // namespace writ::directional

WRIT_MODULE("Writ", writ::directional::Directional)
