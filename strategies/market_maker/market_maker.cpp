// writ.market_maker: quotes both sides of each of its instruments around the mid.
//
// How far from the mid, says the model (GLFT by default): further when the market is volatile, and
// shifted against the inventory, so that it tends back to nothing. When not to quote at all: a book
// that cannot be traded, no known volatility, a toxic flow, a mid that moved more than three sigma
// in a second, an instrument about to expire, a feed that fell silent. Sizes are given in money,
// the model's parameters per tick and per order, so that one set of defaults fits any instrument.
#include "mid_window.hpp"
#include "quote_model.hpp"
#include "quote_slot.hpp"

#include <writ/module.hpp>
#include <writ/order_size.hpp>
#include <writ/quantize.hpp>
#include <writ/strategy.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace writ::market_maker {
namespace {

class MarketMaker final : public Strategy {
 public:
  static constexpr Parameter<Money> kOrderNotional{
      .id = 1,
      .name = "order_notional",
      .doc = "Value of one quote; rounded down to the lot, never below the venue's minimum.",
      .unit = "quote asset",
      .default_value = "100",
      .min = "0.000001",
      .live = true};
  static constexpr Parameter<Money> kInventoryMax{
      .id = 2,
      .name = "inventory_max",
      .doc = "Value of the largest position; a side that would exceed it is not quoted.",
      .unit = "quote asset",
      .default_value = "500",
      .min = "0",
      .live = true};
  static constexpr Parameter<std::string_view> kModel{
      .id = 3,
      .name = "model",
      .doc =
          "glft: Guéant-Lehalle-Fernandez-Tapia, stationary. as: Avellaneda-Stoikov with horizon.",
      .default_value = "glft"};
  static constexpr Parameter<Rate> kGamma{
      .id = 4,
      .name = "gamma",
      .doc = "Risk aversion for an inventory of one order and a move of one tick.",
      .unit = "1/tick",
      .default_value = "0.1",
      .min = "0.000001",
      .max = "100",
      .live = true};
  static constexpr Parameter<Rate> kFillDecay{
      .id = 5,
      .name = "fill_decay",
      .doc = "k: fills arrive with intensity A e^(-k d) at a distance of d ticks from the mid.",
      .unit = "1/tick",
      .default_value = "1",
      .min = "0.000001",
      .max = "100",
      .live = true};
  static constexpr Parameter<Rate> kFillIntensity{.id = 6,
                                                  .name = "fill_intensity",
                                                  .doc = "A: fills per second at the mid.",
                                                  .unit = "1/s",
                                                  .default_value = "1",
                                                  .min = "0.000001",
                                                  .max = "100000",
                                                  .live = true};
  static constexpr Parameter<Duration> kHorizon{
      .id = 7,
      .name = "horizon",
      .doc = "Time to the end of the position, model as only.",
      .default_value = "60s",
      .min = "1s",
      .live = true};
  static constexpr Parameter<Rate> kLogitVolatility{
      .id = 8,
      .name = "logit_volatility",
      .doc = "Volatility of the log-odds of a binary market; other kinds use the measured one.",
      .unit = "per square root of an hour",
      .default_value = "0.5",
      .min = "0.000001",
      .max = "100",
      .live = true};
  static constexpr Parameter<Rate> kFeeCover{
      .id = 9,
      .name = "fee_cover",
      .doc =
          "No quote is nearer to the mid than this multiple of the maker fee; 0 leaves it to the "
          "model, which knows no fees.",
      .default_value = "1",
      .min = "0",
      .max = "10",
      .live = true};
  static constexpr Parameter<std::int64_t> kRequoteTicks{
      .id = 10,
      .name = "requote_ticks",
      .doc = "A quote is moved when it is at least this far from where it should be.",
      .unit = "ticks",
      .default_value = "1",
      .min = "1",
      .max = "1000000",
      .live = true};
  static constexpr Parameter<Duration> kRequoteInterval{
      .id = 11,
      .name = "requote_interval",
      .doc = "A side is moved at most once in this time; withdrawing is never delayed.",
      .default_value = "250ms",
      .min = "0s",
      .live = true};
  static constexpr Parameter<Rate> kMoveSigmas{
      .id = 12,
      .name = "move_sigmas",
      .doc = "All quotes are withdrawn while the mid moved more than this many sigma in a second.",
      .unit = "sigma",
      .default_value = "3",
      .min = "0.1",
      .max = "1000",
      .live = true};
  static constexpr Parameter<Duration> kStaleAfter{
      .id = 13,
      .name = "stale_after",
      .doc = "All quotes are withdrawn when the book has not changed for this long.",
      .default_value = "10s",
      .min = "100ms",
      .live = true};
  static constexpr Parameter<Duration> kStopBeforeExpiry{
      .id = 14,
      .name = "stop_before_expiry",
      .doc = "No quotes in an instrument that expires, or is resolved, within this time.",
      .default_value = "15m",
      .min = "0s",
      .live = true};
  static constexpr Parameter<Rate> kToxicityMax{
      .id = 15,
      .name = "toxicity_max",
      .doc = "No quotes while the toxicity of the order flow is above this.",
      .default_value = "0.8",
      .min = "0",
      .max = "1",
      .live = true};
  static constexpr Parameter<Rate> kCrowdingMax{
      .id = 16,
      .name = "crowding_max",
      .doc = "Half the size while crowding is above this.",
      .default_value = "0.7",
      .min = "0",
      .max = "1",
      .live = true};
  static constexpr Parameter<Duration> kRetryAfter{
      .id = 17,
      .name = "retry_after",
      .doc = "A side that was vetoed is not quoted again for this long.",
      .default_value = "5s",
      .min = "0s",
      .live = true};
  static constexpr auto kParameters = parameters(
      kOrderNotional, kInventoryMax, kModel, kGamma, kFillDecay, kFillIntensity, kHorizon,
      kLogitVolatility, kFeeCover, kRequoteTicks, kRequoteInterval, kMoveSigmas, kStaleAfter,
      kStopBeforeExpiry, kToxicityMax, kCrowdingMax, kRetryAfter);

  static constexpr Description kDescription{
      .id = "writ.market_maker",
      .name = "Market maker",
      .version = "1.0.0",
      .doc =
          "Quotes both sides around the mid by the GLFT or Avellaneda-Stoikov model, skewed "
          "against its inventory; for spot, perpetual and binary markets.",
      .capabilities = WRIT_CAN_TIMER,
      .state_schema = 1,
      .state_schema_min = 1};

  void on_start() override { read_parameters(); }
  void on_parameter(std::uint32_t) override { read_parameters(); }
  void on_snapshot(const Snapshot& snapshot) override;
  void on_timer(std::uint64_t timer, ReceiveTime due) override;
  void on_verdict(const writ_verdict& verdict) override;
  void on_order(const writ_order& order) override;
  void save(StateWriter& state) const override;
  void load(StateReader& state, std::uint32_t schema) override;

 private:
  /// One instrument's quotes.
  struct Market {
    QuoteSlot bid;
    QuoteSlot ask;
    MidWindow mids;
    ReceiveTime seen;  // last snapshot
    bool withdrawn = false;
  };
  /// Parameters as the model wants them.
  struct Settings {
    bool stationary = true;
    double gamma = 0;
    double decay = 0;
    double intensity = 0;
    double horizon_s = 0;
    double logit_sigma = 0;  // per square root of a second
    double fee_cover = 0;
    double move_sigmas = 0;
    double toxicity_max = 0;
    double crowding_max = 0;
  };
  struct Quote {
    Price price;
    Quantity quantity;
  };
  /// What the model wants now and what led to it.
  struct Plan {
    double mid = 0;
    double sigma = 0;
    HalfSpreads half;
    std::optional<Quote> bid;
    std::optional<Quote> ask;
  };

  void read_parameters();
  [[nodiscard]] std::optional<double> sigma_of(const Snapshot& snapshot,
                                               const writ_instrument& instrument, double mid) const;
  [[nodiscard]] const char* reason_not_to_quote(const Snapshot& snapshot,
                                                const writ_instrument& instrument,
                                                const Market& market,
                                                std::optional<double> sigma) const;
  [[nodiscard]] Plan plan_quotes(const Snapshot& snapshot, const writ_instrument& instrument,
                                 double sigma) const;
  [[nodiscard]] std::optional<Quantity> quote_size(const Snapshot& snapshot,
                                                   const writ_instrument& instrument) const;
  void withdraw(std::uint32_t instrument, Market& market, const char* reason);
  void give_up(std::uint32_t instrument, QuoteSlot& slot);
  void quote(const Snapshot& snapshot, const Plan& plan, Side side, QuoteSlot& slot,
             const std::optional<Quote>& wanted, Price tick);
  JsonObject& explain(const char* action, const Snapshot& snapshot, const Plan& plan, Side side);

  std::map<std::uint32_t, Market> markets_;
  Settings settings_;
};

/// A score of the others' behaviour; 0 until the host has seen enough of it.
[[nodiscard]] double opponent(const Snapshot& snapshot, std::uint32_t feature) {
  if (snapshot.feature(WRIT_FEATURE_WARM).value_or(0) <= 0) return 0;
  return snapshot.feature(feature).value_or(0);
}

[[nodiscard]] double seconds_of(Duration duration) noexcept {
  return static_cast<double>(duration.ns) / 1e9;
}

void MarketMaker::read_parameters() {
  const std::string_view model = value(kModel);
  if (model != "glft" && model != "as") {
    throw std::invalid_argument("parameter model is neither glft nor as");
  }
  settings_.stationary = model == "glft";
  settings_.gamma = to_double(value(kGamma));
  settings_.decay = to_double(value(kFillDecay));
  settings_.intensity = to_double(value(kFillIntensity));
  settings_.horizon_s = seconds_of(value(kHorizon));
  settings_.logit_sigma = to_double(value(kLogitVolatility)) / 60;  // 3600 s in an hour
  settings_.fee_cover = to_double(value(kFeeCover));
  settings_.move_sigmas = to_double(value(kMoveSigmas));
  settings_.toxicity_max = to_double(value(kToxicityMax));
  settings_.crowding_max = to_double(value(kCrowdingMax));
}

void MarketMaker::on_snapshot(const Snapshot& snapshot) {
  const writ_instrument* found = instrument(snapshot.instrument());
  if (found == nullptr) return;
  Market& market = markets_[snapshot.instrument()];
  market.seen = snapshot.time();
  set_timer(snapshot.instrument(), snapshot.time() + value(kStaleAfter));

  std::optional<double> sigma;
  if (snapshot.two_sided()) {
    const Price mid = midpoint(snapshot.bid(), snapshot.ask(), Rounding::kHalfEven);
    market.mids.add(snapshot.time(), mid);
    sigma = sigma_of(snapshot, *found, to_double(mid));
  }
  if (const char* reason = reason_not_to_quote(snapshot, *found, market, sigma)) {
    return withdraw(snapshot.instrument(), market, reason);
  }
  market.withdrawn = false;
  const Plan plan = plan_quotes(snapshot, *found, *sigma);
  quote(snapshot, plan, Side::kBuy, market.bid, plan.bid, Price{found->tick});
  quote(snapshot, plan, Side::kSell, market.ask, plan.ask, Price{found->tick});
}

void MarketMaker::on_timer(std::uint64_t timer, ReceiveTime) {
  const auto found = markets_.find(static_cast<std::uint32_t>(timer));
  if (found == markets_.end()) return;
  if (now() - found->second.seen < value(kStaleAfter)) return;
  withdraw(found->first, found->second, "no change of the book");
}

std::optional<double> MarketMaker::sigma_of(const Snapshot& snapshot,
                                            const writ_instrument& instrument, double mid) const {
  if (instrument.kind == WRIT_KIND_BINARY) return probability_sigma(settings_.logit_sigma, mid);
  return snapshot.feature(WRIT_FEATURE_VOLATILITY);
}

const char* MarketMaker::reason_not_to_quote(const Snapshot& snapshot,
                                             const writ_instrument& instrument,
                                             const Market& market,
                                             std::optional<double> sigma) const {
  if (!snapshot.can_trade()) return snapshot.stale() ? "stale book" : "market not tradable";
  if (instrument.kind == WRIT_KIND_RUNNER) return "prices are odds";
  if (instrument.tick <= 0 || instrument.lot <= 0) return "tick or lot unknown";
  if (!snapshot.two_sided() || snapshot.ask() <= snapshot.bid()) return "book not two-sided";
  if (!sigma) return "volatility unknown";
  const bool expires = instrument.expiry_ts != WRIT_NONE;
  if (expires && snapshot.time().ns >= instrument.expiry_ts - value(kStopBeforeExpiry).ns) {
    return "about to expire";
  }
  const auto limit = quantized_price(settings_.move_sigmas * *sigma);
  // Without any measured volatility every move would be too large: one tick is always allowed.
  const Price allowed = std::max(limit.value_or(Price::max()), Price{instrument.tick});
  if (market.mids.moved() > allowed) return "mid moved too far in a second";
  if (opponent(snapshot, WRIT_FEATURE_TOXICITY) > settings_.toxicity_max) return "toxic flow";
  return nullptr;
}

std::optional<Quantity> MarketMaker::quote_size(const Snapshot& snapshot,
                                                const writ_instrument& instrument) const {
  Money worth = value(kOrderNotional);
  if (opponent(snapshot, WRIT_FEATURE_CROWDING) > settings_.crowding_max) worth.raw /= 2;
  // Measured at the bid, so that the lower of the two quotes is worth enough for the venue too.
  return order_size(instrument, worth, snapshot.bid());
}

MarketMaker::Plan MarketMaker::plan_quotes(const Snapshot& snapshot,
                                           const writ_instrument& instrument, double sigma) const {
  const Price mid = midpoint(snapshot.bid(), snapshot.ask(), Rounding::kHalfEven);
  Plan plan;
  plan.mid = to_double(mid);
  plan.sigma = sigma;
  const auto size = quote_size(snapshot, instrument);
  const auto most = quantity_worth(instrument, value(kInventoryMax), mid, Rounding::kFloor);
  if (!size || !most) return plan;

  // gamma and k are per tick and per order: the model gets them per unit of price and quantity.
  const double tick = to_double(Price{instrument.tick});
  const double lot = to_double(*size);
  const ModelInputs inputs{settings_.gamma / (tick * lot), settings_.decay / tick, sigma,
                           to_double(snapshot.position())};
  if (settings_.stationary) {
    plan.half = glft(inputs, settings_.intensity, lot);
  } else {
    ModelInputs in_orders = inputs;
    in_orders.gamma = settings_.gamma / tick;
    in_orders.inventory = inputs.inventory / lot;
    const auto reservation = avellaneda_stoikov(in_orders, plan.mid, settings_.horizon_s);
    plan.half.bid = plan.mid - reservation.price + reservation.spread / 2;
    plan.half.ask = reservation.price - plan.mid + reservation.spread / 2;
  }
  // Toxic flow widens the quotes, not the lean against the inventory; no side earns less than
  // asked.
  const double lean = (plan.half.bid - plan.half.ask) / 2;
  const double half =
      (plan.half.bid + plan.half.ask) / 2 * (1 + opponent(snapshot, WRIT_FEATURE_TOXICITY));
  const double fee = std::max(0.0, to_double(Rate{instrument.maker_fee})) * plan.mid;
  plan.half.bid = std::max(half + lean, settings_.fee_cover * fee);
  plan.half.ask = std::max(half - lean, settings_.fee_cover * fee);

  const QuoteBounds bounds = bounds_of(instrument, snapshot.bid(), snapshot.ask());
  const auto side = [&](std::optional<Price> price,
                        std::optional<Quantity> room) -> std::optional<Quote> {
    if (!price || !room || *room < *size) return std::nullopt;
    return Quote{*price, *size};
  };
  plan.bid =
      side(bid_quote(plan.mid - plan.half.bid, bounds), checked_sub(*most, snapshot.position()));
  plan.ask =
      side(ask_quote(plan.mid + plan.half.ask, bounds), checked_add(*most, snapshot.position()));
  return plan;
}

JsonObject& MarketMaker::explain(const char* action, const Snapshot& snapshot, const Plan& plan,
                                 Side side) {
  return rationale()
      .add("action", action)
      .add("model", settings_.stationary ? "glft" : "as")
      .add("mid", plan.mid)
      .add("sigma", plan.sigma)
      .add("inventory", snapshot.position())
      .add("c1", plan.half.c1)
      .add("c2", plan.half.c2)
      .add("half_spread", side == Side::kBuy ? plan.half.bid : plan.half.ask);
}

void MarketMaker::quote(const Snapshot& snapshot, const Plan& plan, Side side, QuoteSlot& slot,
                        const std::optional<Quote>& wanted, Price tick) {
  const ReceiveTime time = snapshot.time();
  if (slot.waiting(time) || slot.blocked(time)) return;
  const std::uint32_t market = snapshot.instrument();
  if (!wanted) {
    if (slot.empty()) return;
    const auto intent = cancel(market, slot.intent())
                            .tags({"mm", "cancel"})
                            .because(explain("side not quoted", snapshot, plan, side))
                            .submit();
    if (intent) slot.asked(*intent, time);
    return;
  }
  const Price edge = side == Side::kBuy
                         ? checked_sub(*quantized_price(plan.mid), wanted->price).value_or(Price{})
                         : checked_sub(wanted->price, *quantized_price(plan.mid)).value_or(Price{});
  const double chance = plan.sigma > 0 ? to_double(edge) / (2 * plan.sigma) : 0;
  const Rate confidence = *quantized_rate(std::clamp(chance, 0.0, 1.0));
  if (slot.empty()) {
    const auto intent = order(market, side, wanted->quantity, wanted->price)
                            .post_only()
                            .tags({"mm", "quote"})
                            .expected_value(notional(edge, wanted->quantity))
                            .confidence(confidence)
                            .because(explain("quote", snapshot, plan, side))
                            .submit();
    if (intent) slot.placed(*intent, wanted->price, time);
    return;
  }
  const Price off =
      wanted->price < slot.price() ? slot.price() - wanted->price : wanted->price - slot.price();
  const auto enough = checked_mul(tick, value(kRequoteTicks));
  if (!enough || off < *enough || time - slot.changed() < value(kRequoteInterval)) return;
  const auto whole = checked_add(wanted->quantity, slot.filled());
  if (!whole) return;
  const auto intent =
      replace(market, slot.intent(), side, *whole, wanted->price)
          .post_only()
          .tags({"mm", "requote"})
          .expected_value(notional(edge, wanted->quantity))
          .confidence(confidence)
          .because(explain("requote", snapshot, plan, side).add("from", slot.price()))
          .submit();
  if (intent) slot.asked(*intent, time);
}

void MarketMaker::withdraw(std::uint32_t instrument, Market& market, const char* reason) {
  if (market.withdrawn) return;  // once in an episode
  const bool standing = !market.bid.empty() || !market.ask.empty();
  auto& why = rationale().add("action", "withdraw").add("reason", reason);
  const auto intent = standing
                          ? cancel_all(instrument).tags({"mm", "withdraw"}).because(why).submit()
                          : no_op(instrument).tags({"mm", "hold"}).because(why).submit();
  if (!intent) return;
  market.withdrawn = true;
  for (QuoteSlot* slot : {&market.bid, &market.ask}) {
    if (!slot->empty()) slot->asked(*intent, now());
  }
}

void MarketMaker::on_verdict(const writ_verdict& verdict) {
  const auto found = markets_.find(verdict.instrument);
  if (found == markets_.end()) return;
  Market& market = found->second;
  const Duration block = value(kRetryAfter);
  market.bid.on_verdict(verdict, now(), block);
  market.ask.on_verdict(verdict, now(), block);
}

void MarketMaker::on_order(const writ_order& order) {
  const auto found = markets_.find(order.instrument);
  if (found == markets_.end()) return;
  for (QuoteSlot* slot : {&found->second.bid, &found->second.ask}) {
    const bool stays = slot->stays(order);
    if (!slot->on_order(order)) continue;
    if (stays) give_up(order.instrument, *slot);
    return;
  }
}

// A venue that moves no orders, or not this one: another takes its place.
void MarketMaker::give_up(std::uint32_t instrument, QuoteSlot& slot) {
  const auto intent =
      cancel(instrument, slot.intent())
          .tags({"mm", "cancel"})
          .because(rationale().add("action", "cancel").add("reason", "it could not be moved"))
          .submit();
  if (intent) slot.asked(*intent, now());
}

void MarketMaker::save(StateWriter& state) const {
  state.put(static_cast<std::uint64_t>(markets_.size()));
  for (const auto& [instrument, market] : markets_) {
    state.put(instrument);
    market.bid.save(state);
    market.ask.save(state);
    market.mids.save(state);
    state.put(market.seen);
    state.put(market.withdrawn);
  }
}

void MarketMaker::load(StateReader& state, std::uint32_t) {
  markets_.clear();
  const std::size_t count = state.get_count(8);
  for (std::size_t i = 0; i < count; ++i) {
    Market& market = markets_[state.get<std::uint32_t>()];
    market.bid.load(state);
    market.ask.load(state);
    market.mids.load(state);
    market.seen = state.get<ReceiveTime>();
    market.withdrawn = state.get_bool();
  }
}

}  // namespace
}  // namespace writ::market_maker

WRIT_MODULE("Writ", writ::market_maker::MarketMaker)
