#include "host/arbiter/checks/checks.hpp"
#include "host/model/price_ladder.hpp"

#include <writ/money_abi.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/tick.hpp>

namespace writ::arbiter {
namespace {

using Fault = std::optional<CheckResult>;  // nothing: fine so far

constexpr std::uint32_t kKnownFlags = WRIT_INTENT_POST_ONLY | WRIT_INTENT_REDUCE_ONLY |
                                      WRIT_INTENT_CLOSE_POSITION | WRIT_INTENT_WARMUP |
                                      WRIT_INTENT_OPAQUE_RATIONALE | WRIT_INTENT_BY_HOST |
                                      WRIT_INTENT_NO_REDUCTION;
constexpr std::int64_t kOne = 1'000'000'000;

Fault fault(std::uint32_t unit, Int128 value, Int128 limit) {
  return CheckResult{false, unit, value, limit};
}

/// An enumeration's value within [first, last].
Fault check_word(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
  if (value < first) return fault(WRIT_UNIT_COUNT, value, first);
  if (value > last) return fault(WRIT_UNIT_COUNT, value, last);
  return std::nullopt;
}

bool makes_order(std::uint16_t kind) {
  return kind == WRIT_INTENT_PLACE || kind == WRIT_INTENT_REPLACE || kind == WRIT_INTENT_FLATTEN ||
         kind == WRIT_INTENT_TARGET;
}

bool is_limit(const writ_intent& intent) {
  return intent.kind == WRIT_INTENT_REPLACE || intent.order_type == WRIT_ORDER_LIMIT;
}

Fault check_words(const writ_intent& intent) {
  if (const auto f = check_word(intent.kind, WRIT_INTENT_PLACE, WRIT_INTENT_NOOP)) return f;
  if (const auto f = check_word(intent.urgency, 0, WRIT_URGENCY_TAKER)) return f;
  if (const auto f =
          check_word(intent.group_policy, WRIT_GROUP_NONE, WRIT_GROUP_ALL_OR_NONE_UNWIND)) {
    return f;
  }
  if (intent.group_policy != WRIT_GROUP_NONE && intent.kind != WRIT_INTENT_PLACE) {
    return fault(WRIT_UNIT_COUNT, intent.kind, WRIT_INTENT_PLACE);
  }
  if ((intent.flags & ~kKnownFlags) != 0) {
    return fault(WRIT_UNIT_COUNT, intent.flags, kKnownFlags);
  }
  if (intent.confidence < 0 || intent.confidence > kOne) {
    return fault(WRIT_UNIT_RATE, intent.confidence, kOne);
  }
  if (intent.ttl_ns < 0) return fault(WRIT_UNIT_NS, intent.ttl_ns, 0);
  return std::nullopt;
}

/// The words and fields each kind of order needs.
Fault check_form(const Case& c) {
  const writ_intent& intent = c.intent;
  const bool places = intent.kind == WRIT_INTENT_PLACE;
  if (places) {
    if (const auto f = check_word(intent.side, WRIT_SIDE_BUY, WRIT_SIDE_SELL)) return f;
    if (const auto f = check_word(intent.order_type, WRIT_ORDER_LIMIT, WRIT_ORDER_MARKET)) return f;
    if (const auto f = check_word(intent.time_in_force, WRIT_TIF_GTC, WRIT_TIF_GTD)) return f;
  } else {
    if (const auto f = check_word(intent.order_type, 0, WRIT_ORDER_MARKET)) return f;
    if (const auto f = check_word(intent.time_in_force, 0, WRIT_TIF_GTD)) return f;
  }
  if (intent.time_in_force == WRIT_TIF_GTD && intent.expire_ts <= c.view.now) {
    return fault(WRIT_UNIT_NS, intent.expire_ts, c.view.now);
  }
  if (is_limit(intent)) {
    if (intent.price == WRIT_NONE) return fault(WRIT_UNIT_PRICE, WRIT_NONE, 0);
  } else if (places && intent.price != WRIT_NONE) {
    return fault(WRIT_UNIT_PRICE, intent.price, WRIT_NONE);  // a market order has none
  }
  if ((intent.flags & WRIT_INTENT_POST_ONLY) != 0) {
    if (!is_limit(intent)) {
      return fault(WRIT_UNIT_COUNT, intent.order_type, WRIT_ORDER_LIMIT);
    }
    if (intent.time_in_force == WRIT_TIF_IOC || intent.time_in_force == WRIT_TIF_FOK) {
      return fault(WRIT_UNIT_COUNT, intent.time_in_force, WRIT_TIF_GTC);
    }
  }
  if (intent.kind == WRIT_INTENT_TARGET && Quantity{intent.quantity}.is_none()) {
    return fault(WRIT_UNIT_QUANTITY, intent.quantity, 0);
  }
  if ((places || intent.kind == WRIT_INTENT_REPLACE) && intent.quantity <= 0) {
    return fault(WRIT_UNIT_QUANTITY, intent.quantity, 0);
  }
  return std::nullopt;
}

Fault check_price(const Case& c) {
  const writ_instrument& instrument = *c.view.instrument;
  const Price price{c.intent.price};
  if (price.raw <= 0) return fault(WRIT_UNIT_PRICE, price.raw, 0);
  if (instrument.price_min != WRIT_NONE && price.raw < instrument.price_min) {
    return fault(WRIT_UNIT_PRICE, price.raw, instrument.price_min);
  }
  if (instrument.price_max != WRIT_NONE && price.raw > instrument.price_max) {
    return fault(WRIT_UNIT_PRICE, price.raw, instrument.price_max);
  }
  if (const model::PriceLadder ladder(instrument); !ladder.contains(price)) {
    return fault(WRIT_UNIT_PRICE, price.raw, ladder.step_at(price).raw);
  }
  // An order that must rest, from a strategy that wants to make: the venue would refuse it.
  const bool must_rest = (c.intent.flags & WRIT_INTENT_POST_ONLY) != 0;
  if (must_rest && c.intent.urgency == WRIT_URGENCY_MAKER) {
    const bool odds = instrument.kind == WRIT_KIND_RUNNER;
    const bool meets_asks = (c.terms.side == WRIT_SIDE_BUY) != odds;
    const std::int64_t opposite = meets_asks ? c.view.market.ask_price : c.view.market.bid_price;
    if (opposite != WRIT_NONE && (meets_asks ? price.raw >= opposite : price.raw <= opposite)) {
      return fault(WRIT_UNIT_PRICE, price.raw, opposite);
    }
  }
  return std::nullopt;
}

Fault check_size(const Case& c) {
  const writ_instrument& instrument = *c.view.instrument;
  const Quantity size = whole_quantity(c);
  if (instrument.lot > 0 && !is_on_lot(size, Quantity{instrument.lot})) {
    return fault(WRIT_UNIT_QUANTITY, size.raw, instrument.lot);
  }
  if (instrument.quantity_min != WRIT_NONE && size.raw < instrument.quantity_min) {
    return fault(WRIT_UNIT_QUANTITY, size.raw, instrument.quantity_min);
  }
  // What closes or reaches a position is sent in as many orders as the venue wants.
  const bool in_parts = c.intent.kind == WRIT_INTENT_FLATTEN || c.intent.kind == WRIT_INTENT_TARGET;
  if (!in_parts && instrument.quantity_max != WRIT_NONE && size.raw > instrument.quantity_max) {
    return fault(WRIT_UNIT_QUANTITY, size.raw, instrument.quantity_max);
  }
  if (c.terms.price.is_none()) return std::nullopt;  // a market order into the unknown
  const Money value = notional(c.terms.price, size);
  const Money least = from_abi(instrument.notional_min);
  const Money most = from_abi(instrument.notional_max);
  if (least != Money{} && value < least) return fault(WRIT_UNIT_MONEY, value.raw, least.raw);
  if (!in_parts && most != Money{} && value > most)
    return fault(WRIT_UNIT_MONEY, value.raw, most.raw);
  if (!value.in_bounds()) return fault(WRIT_UNIT_MONEY, value.raw, kMoneyLimit);
  return std::nullopt;
}

Fault find_fault(const Case& c) {
  if (const auto f = check_words(c.intent)) return f;
  const bool by_order = c.intent.kind == WRIT_INTENT_CANCEL || c.intent.kind == WRIT_INTENT_REPLACE;
  if (by_order && c.intent.target_intent == 0) return fault(WRIT_UNIT_ID, 0, 1);
  const bool needs_instrument =
      makes_order(c.intent.kind) || c.intent.kind == WRIT_INTENT_CANCEL_ALL;
  if (needs_instrument && c.view.instrument == nullptr) {
    return fault(WRIT_UNIT_ID, c.intent.instrument, 0);
  }
  if (!makes_order(c.intent.kind)) return std::nullopt;
  if (const auto divisor = c.view.instrument->each_way_divisor; divisor != 0) {
    return fault(WRIT_UNIT_RATE, divisor, 0);  // positions know no bet that is placed
  }
  if (const auto f = check_form(c)) return f;
  if (is_limit(c.intent)) {
    if (const auto f = check_price(c)) return f;
  }
  // Without an order there is nothing to size: a target that is reached, a replace that takes back
  // what is left, or one of an order that is not working, which has a check of its own.
  if (!c.terms.makes_order) return std::nullopt;
  return check_size(c);
}

}  // namespace

Quantity whole_quantity(const Case& c) {
  if (c.intent.kind != WRIT_INTENT_REPLACE) return c.terms.quantity;
  return Quantity{c.terms.quantity.raw + c.view.target.filled.raw};
}

bool size_admitted(const Case& c) { return !check_size(c); }

std::optional<CheckResult> valid_by_venue_rules(const Case& c) {
  if (const auto found = find_fault(c)) return found;
  return CheckResult{true, WRIT_UNIT_NONE, 0, 0};
}

}  // namespace writ::arbiter
