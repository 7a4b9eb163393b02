#include "host/engine/own_orders.hpp"

#include <algorithm>

namespace writ::engine {
namespace {

constexpr Price kOne{1'000'000'000};

bool rests(const writ_order& order) {
  return order.order_type == WRIT_ORDER_LIMIT && order.time_in_force != WRIT_TIF_IOC &&
         order.time_in_force != WRIT_TIF_FOK;
}

bool cancelled_by(const writ_intent& intent, const writ_order& order) {
  const bool cancels = intent.kind == WRIT_INTENT_FLATTEN || intent.kind == WRIT_INTENT_TARGET;
  return cancels && order.instance == intent.instance && order.instrument == intent.instrument;
}

}  // namespace

std::vector<OwnOrderMet> own_orders_met(const execution::Orders& orders,
                                        const writ_instrument& instrument,
                                        const writ_intent& intent,
                                        const arbiter::OrderTerms& terms) {
  // In odds a taker that buys (backs) wants a high price.
  const bool pays_up = (terms.side == WRIT_SIDE_BUY) != (instrument.kind == WRIT_KIND_RUNNER);
  const auto meets = [&](Price resting) {
    if (terms.price.is_none()) return true;
    return pays_up ? terms.price >= resting : terms.price <= resting;
  };
  std::vector<OwnOrderMet> met;
  const auto look_at = [&](const writ_order& order, bool complement) {
    const bool opposite = (order.side != terms.side) != complement;
    const OrderId id{order.order_id};
    if (!opposite || !rests(order) || cancelled_by(intent, order) || orders.is_cancelling(id)) {
      return;
    }
    // Until the venue answers a replace, either price may be the one that is met.
    for (const Price price : {Price{order.price}, orders.agreed_price(id)}) {
      const Price there = complement ? Price{kOne.raw - price.raw} : price;
      if (!meets(there)) continue;
      met.push_back({id, there});
      return;
    }
  };
  orders.for_each_working({intent.account, intent.instrument, 0},
                          [&](const writ_order& order) { look_at(order, false); });
  if (instrument.complement != 0) {
    orders.for_each_working({intent.account, instrument.complement, 0},
                            [&](const writ_order& order) { look_at(order, true); });
  }
  std::stable_sort(met.begin(), met.end(), [&](const OwnOrderMet& a, const OwnOrderMet& b) {
    return pays_up ? a.price < b.price : a.price > b.price;
  });
  return met;
}

Price price_reached(const market::Book& book, const writ_instrument& instrument,
                    const arbiter::OrderTerms& terms) {
  if (!terms.market) return terms.price;
  const bool takes_asks = (terms.side == WRIT_SIDE_BUY) != (instrument.kind == WRIT_KIND_RUNNER);
  Int128 left = terms.quantity.raw;
  Price reached = Price::none();
  book.for_each(takes_asks ? market::Side::kAsk : market::Side::kBid, [&](const writ_level& level) {
    reached = Price{level.price};
    left -= level.quantity;
    return left > 0;
  });
  if (left > 0 || terms.price.is_none()) return terms.price;
  return takes_asks ? std::min(reached, terms.price) : std::max(reached, terms.price);
}

}  // namespace writ::engine
