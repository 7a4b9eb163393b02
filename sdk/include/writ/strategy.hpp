#pragma once

#include <writ/intent_builder.hpp>
#include <writ/json_object.hpp>
#include <writ/plugin.hpp>
#include <writ/snapshot.hpp>

#include <cstdint>

namespace writ {

/// The base of a strategy: override the hooks, submit intents, register with WRIT_MODULE
/// (<writ/module.hpp>). A submitted intent is on record when submit returns, and judged after the
/// hook has returned; what becomes of it comes back through on_verdict, on_order and on_fill.
///
///   class Joiner final : public writ::Strategy {
///    public:
///     static constexpr writ::Parameter<writ::Quantity> kSize{
///         .id = 1, .name = "size", .doc = "Of an order.", .unit = "base", .default_value =
///         "0.01"};
///     static constexpr auto kParameters = writ::parameters(kSize);
///     static constexpr writ::Description kDescription{
///         .id = "com.example.joiner", .name = "Joiner", .version = "1.0.0", .doc = "Joins the
///         bid."};
///
///     void on_snapshot(const writ::Snapshot& snapshot) override {
///       if (!snapshot.can_trade() || snapshot.bid().is_none() || snapshot.open_orders() > 0)
///       return; buy(snapshot.instrument(), value(kSize), snapshot.bid()).post_only().submit();
///     }
///   };
///   WRIT_MODULE("Example", Joiner)
class Strategy : public Plugin {
 public:
  /// Evaluated: when, says kDescription.snapshot_trigger.
  virtual void on_snapshot(const Snapshot& snapshot) { (void)snapshot; }
  /// Each submitted intent gets exactly one.
  virtual void on_verdict(const writ_verdict& verdict) { (void)verdict; }
  /// An order of this instance, after each transition.
  virtual void on_order(const writ_order& order) { (void)order; }
  virtual void on_fill(const writ_fill& fill) { (void)fill; }

 protected:
  /// A limit order.
  IntentBuilder buy(std::uint32_t instrument, Quantity quantity, Price price) {
    return place(instrument, Side::kBuy, quantity).limit(price);
  }
  IntentBuilder sell(std::uint32_t instrument, Quantity quantity, Price price) {
    return place(instrument, Side::kSell, quantity).limit(price);
  }
  IntentBuilder order(std::uint32_t instrument, Side side, Quantity quantity, Price price) {
    return place(instrument, side, quantity).limit(price);
  }
  IntentBuilder market_order(std::uint32_t instrument, Side side, Quantity quantity) {
    return place(instrument, side, quantity).market();
  }
  /// The order that `intent` made.
  IntentBuilder cancel(std::uint32_t instrument, IntentId intent) {
    return begin(WRIT_INTENT_CANCEL, instrument).about(intent);
  }
  /// The order that `intent` made becomes one of this quantity and price.
  IntentBuilder replace(std::uint32_t instrument, IntentId intent, Side side, Quantity quantity,
                        Price price) {
    return begin(WRIT_INTENT_REPLACE, instrument)
        .about(intent)
        .side(side)
        .quantity(quantity)
        .limit(price);
  }
  /// All orders of this instance in the instrument.
  IntentBuilder cancel_all(std::uint32_t instrument) {
    return begin(WRIT_INTENT_CANCEL_ALL, instrument);
  }
  /// Closes this instance's position in the instrument.
  IntentBuilder flatten(std::uint32_t instrument) {
    return begin(WRIT_INTENT_FLATTEN, instrument).urgency(Urgency::kTaker);
  }
  /// Reaches a position of this signed size.
  IntentBuilder target(std::uint32_t instrument, Quantity position) {
    return begin(WRIT_INTENT_TARGET, instrument).quantity(position).urgency(Urgency::kNeutral);
  }
  /// Puts the decision not to trade on record, with its reason.
  IntentBuilder no_op(std::uint32_t instrument) { return begin(WRIT_INTENT_NOOP, instrument); }

  /// An empty object to say why in; one per strategy, so build, pass to because(), submit.
  [[nodiscard]] JsonObject& rationale() { return rationale_.clear(); }

 private:
  template <class T>
  friend class detail::Adapter;

  IntentBuilder begin(std::uint16_t kind, std::uint32_t instrument) {
    return {host(), scratch_, kind, instrument};
  }
  IntentBuilder place(std::uint32_t instrument, Side side, Quantity quantity) {
    return begin(WRIT_INTENT_PLACE, instrument).side(side).quantity(quantity);
  }

  writ_status deliver(const writ_event& event) override {
    switch (event.type) {
      case WRIT_RECORD_VERDICT:
        on_verdict(detail::as<writ_verdict>(event));
        return WRIT_OK;
      case WRIT_RECORD_ORDER:
        on_order(detail::as<writ_order>(event));
        return WRIT_OK;
      case WRIT_RECORD_FILL:
        on_fill(detail::as<writ_fill>(event));
        return WRIT_OK;
      default:
        return Plugin::deliver(event);
    }
  }

  IntentScratch scratch_;
  JsonObject rationale_;
};

}  // namespace writ
