#pragma once

#include <writ/abi/outcome.h>
#include <writ/ids.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/state.hpp>
#include <writ/time.hpp>

#include <cstdint>
#include <optional>

namespace writ::market_maker {

/// What stands, or was asked for, on one side of one book.
class QuoteSlot {
 public:
  /// An answer that takes longer than this is no longer waited for.
  static constexpr Duration kAnswerTimeout = seconds(5);

  [[nodiscard]] bool empty() const noexcept { return !placed_; }
  /// The intent that made the order; only if not empty.
  [[nodiscard]] IntentId intent() const noexcept { return *placed_; }
  [[nodiscard]] Price price() const noexcept { return price_; }
  [[nodiscard]] Quantity filled() const noexcept { return filled_; }
  [[nodiscard]] ReceiveTime changed() const noexcept { return changed_; }

  [[nodiscard]] bool waiting(ReceiveTime now) const noexcept {
    return asked_ && now - *asked_since_ < kAnswerTimeout;
  }
  [[nodiscard]] bool blocked(ReceiveTime now) const noexcept { return now < blocked_until_; }

  void placed(IntentId intent, Price price, ReceiveTime now) noexcept {
    placed_ = intent;
    price_ = price;
    filled_ = {};
    asked(intent, now);
  }
  /// A cancel or replace of the order that stands.
  void asked(IntentId intent, ReceiveTime now) noexcept {
    asked_ = intent;
    asked_since_ = now;
    changed_ = now;
  }

  /// Takes note of a verdict; false if it is not about this slot. A veto blocks the side for a
  /// while, so that what was refused is not asked for again with every change of the book.
  bool on_verdict(const writ_verdict& verdict, ReceiveTime now, Duration block) noexcept {
    const IntentId intent{verdict.intent_id};
    const bool about_order = placed_ == intent;
    if (!about_order && asked_ != intent) return false;
    if (verdict.approved != 0) return true;
    if (about_order) clear();
    asked_.reset();
    blocked_until_ = now + block;
    return true;
  }

  /// Whether a transition says that the quote stays where it was, though it was to be moved.
  [[nodiscard]] bool stays(const writ_order& order) const noexcept {
    const bool moving = asked_ && asked_ != placed_;
    return moving && placed_ && placed_->raw() == order.intent_id && is_answer(order) &&
           Price{order.price} != price_;
  }

  /// Takes note of a transition; false if it is not about this slot.
  bool on_order(const writ_order& order) noexcept {
    if (!placed_ || placed_->raw() != order.intent_id) return false;
    switch (order.state) {
      case WRIT_ORDER_FILLED:
      case WRIT_ORDER_CANCELLED:
      case WRIT_ORDER_EXPIRED:
      case WRIT_ORDER_REJECTED:
      case WRIT_ORDER_FAILED:
        clear();
        return true;
      default:
        break;
    }
    price_ = Price{order.price};
    filled_ = Quantity{order.filled};
    if (is_answer(order)) asked_.reset();
    return true;
  }

  void save(StateWriter& state) const {
    save_id(state, placed_);
    save_id(state, asked_);
    state.put(price_);
    state.put(filled_);
    state.put(asked_since_.value_or(ReceiveTime{}));
    state.put(changed_);
    state.put(blocked_until_);
  }
  void load(StateReader& state) {
    placed_ = load_id(state);
    asked_ = load_id(state);
    price_ = state.get<Price>();
    filled_ = state.get<Quantity>();
    asked_since_ = state.get<ReceiveTime>();
    changed_ = state.get<ReceiveTime>();
    blocked_until_ = state.get<ReceiveTime>();
  }

 private:
  static bool is_answer(const writ_order& order) noexcept {
    return order.command == WRIT_COMMAND_NONE &&
           (order.state == WRIT_ORDER_OPEN || order.state == WRIT_ORDER_PARTIAL);
  }
  void clear() noexcept {
    placed_.reset();
    asked_.reset();
    filled_ = {};
  }
  static void save_id(StateWriter& state, const std::optional<IntentId>& id) {
    state.put(id ? id->raw() : std::uint64_t{0});
  }
  static std::optional<IntentId> load_id(StateReader& state) {
    const auto raw = state.get<std::uint64_t>();
    return raw == 0 ? std::nullopt : std::optional(IntentId{raw});
  }

  std::optional<IntentId> placed_;
  std::optional<IntentId> asked_;  // not answered yet: the placing, a cancel or a replace
  Price price_;
  Quantity filled_;
  std::optional<ReceiveTime> asked_since_;
  ReceiveTime changed_;
  ReceiveTime blocked_until_;
};

}  // namespace writ::market_maker
