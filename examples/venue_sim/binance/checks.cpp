// What the venue refuses before an order exists, in its own codes and words, and what margin an
// account has.
#include "exchange.hpp"
#include "host/base/assert.hpp"
#include "refusal.hpp"

#include <writ/decimal.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::venue_sim {
namespace {

constexpr std::int64_t kGoodTillLeastNs = 600LL * 1'000'000'000;

[[noreturn]] void filter_failure(const char* name) {
  throw Refusal(-1013, std::string("Filter failure: ") + name);
}

void check_spot_filters(const Listing& listing, const NewOrder& wanted, Price reference) {
  const bool priced = wanted.type != OrderType::kMarket;
  if (priced) {
    if (wanted.price < listing.tick || wanted.price > listing.price_max ||
        wanted.price.raw % listing.tick.raw != 0) {
      filter_failure("PRICE_FILTER");
    }
    const auto up = scaled(reference, listing.band_up, Rounding::kFloor);
    const auto down = scaled(reference, listing.band_down, Rounding::kCeil);
    if ((up && wanted.price > *up) || (down && wanted.price < *down)) {
      filter_failure("PERCENT_PRICE_BY_SIDE");
    }
  }
  if (wanted.quote_quantity.raw == 0) {
    if (wanted.quantity < listing.quantity_min || wanted.quantity > listing.quantity_max ||
        wanted.quantity.raw % listing.step.raw != 0) {
      filter_failure("LOT_SIZE");
    }
  }
  const Money value = wanted.quote_quantity.raw != 0
                          ? wanted.quote_quantity
                          : notional(priced ? wanted.price : reference, wanted.quantity);
  if (value < listing.notional_min) filter_failure("NOTIONAL");
}

void check_future_filters(const Listing& listing, const NewOrder& wanted, Price mark) {
  if (wanted.quantity.raw <= 0) throw Refusal(-4003, "Quantity less than or equal to zero.");
  if (wanted.quantity.raw % listing.step.raw != 0) {
    throw Refusal(-1111, "Precision is over the maximum defined for this asset.");
  }
  if (wanted.quantity < listing.quantity_min) {
    throw Refusal(-4004, "Quantity less than min quantity.");
  }
  if (wanted.quantity > listing.quantity_max) {
    throw Refusal(-4005, "Quantity greater than max quantity.");
  }
  const bool priced = wanted.type != OrderType::kMarket;
  if (priced) {
    if (wanted.price.raw <= 0) throw Refusal(-4001, "Price less than 0.");
    if (wanted.price > listing.price_max) throw Refusal(-4002, "Price greater than max price.");
    if (wanted.price.raw % listing.tick.raw != 0) {
      throw Refusal(-4014, "Price not increased by tick size.");
    }
    const auto up = scaled(mark, listing.band_up, Rounding::kFloor);
    const auto down = scaled(mark, listing.band_down, Rounding::kCeil);
    if (up && wanted.side == Side::kBuy && wanted.price > *up) {
      throw Refusal(-4016, "Limit price can't be higher than " + to_string(*up) + ".");
    }
    if (down && wanted.side == Side::kSell && wanted.price < *down) {
      throw Refusal(-4024, "Limit price can't be lower than " + to_string(*down) + ".");
    }
  }
  if (!wanted.reduce_only &&
      notional(priced ? wanted.price : mark, wanted.quantity) < listing.notional_min) {
    throw Refusal(-4164, "Order's notional must be no smaller than " +
                             to_string(listing.notional_min) + " (unless you choose reduce only).");
  }
}

}  // namespace

void Exchange::check(std::uint32_t account, const NewOrder& wanted) const {
  const ListedBook& listed = this->listed(wanted.symbol);
  if (const Order* same =
          wanted.client_id.empty() ? nullptr : find(account, wanted.symbol, {0, wanted.client_id});
      same != nullptr && is_open(same->status)) {
    if (market_ == Market::kSpot) throw Refusal(-2010, "Duplicate order sent.");
    throw Refusal(-4116, "ClientOrderId is duplicated.");
  }
  check_filters(listed.listing, wanted, account);
  const std::size_t open = open_orders(account, wanted.symbol).size();
  if (open >= static_cast<std::size_t>(listed.listing.orders_max)) {
    if (market_ == Market::kSpot) filter_failure("MAX_NUM_ORDERS");
    throw Refusal(-2025, "Reach max open order limit.");
  }
  check_reduction(wanted, account);
  check_crossing(listed, wanted, account);
  check_funds(listed, wanted, account);
}

void Exchange::check_filters(const Listing& listing, const NewOrder& wanted,
                             std::uint32_t /*account*/) const {
  const ListedBook& listed = this->listed(listing.symbol);
  if (market_ == Market::kSpot) {
    check_spot_filters(listing, wanted, listed.last);
  } else {
    check_future_filters(listing, wanted, listed.mark.mark);
    if (wanted.time_in_force == TimeInForce::kGtd &&
        wanted.good_till_ts < now_ + kGoodTillLeastNs) {
      throw Refusal(-5040,
                    "The goodTillDate timestamp must be greater than the current time plus "
                    "600 seconds.");
    }
  }
}

void Exchange::check_reduction(const NewOrder& wanted, std::uint32_t account) const {
  if (!wanted.reduce_only) return;
  const Quantity held = accounts_[account].position_of(wanted.symbol);
  const bool reduces = held.raw != 0 && (held.raw > 0) == (wanted.side == Side::kSell);
  if (!reduces) throw Refusal(-2022, "ReduceOnly Order is rejected.");
}

bool Exchange::crosses(const ListedBook& listed, Side side, Price price) const {
  const auto best = listed.book.best(opposite(side));
  return best && (side == Side::kBuy ? *best <= price : *best >= price);
}

void Exchange::check_crossing(const ListedBook& listed, const NewOrder& wanted,
                              std::uint32_t account) const {
  if (wanted.type == OrderType::kLimitMaker && crosses(listed, wanted.side, wanted.price)) {
    throw Refusal(-2010, "Order would immediately match and take.");
  }
  if (wanted.time_in_force == TimeInForce::kGtx && crosses(listed, wanted.side, wanted.price)) {
    throw Refusal(-5022,
                  "Due to the order could not be executed as maker, the Post Only order will be "
                  "rejected. The order will not be recorded in the order history.");
  }
  if (market_ == Market::kUsdm && wanted.time_in_force == TimeInForce::kFok &&
      listed.book.available(opposite(wanted.side), wanted.price, account) < wanted.quantity) {
    throw Refusal(-5021,
                  "Due to the order could not be filled immediately, the FOK order has been "
                  "rejected. The order will not be recorded in the order history.");
  }
}

Money Exchange::market_cost(const ListedBook& listed, const NewOrder& wanted) const {
  if (wanted.quote_quantity.raw != 0) return wanted.quote_quantity;
  Money cost;
  Quantity left = wanted.quantity;
  for (const BookLevel& level : listed.book.levels(opposite(wanted.side), 10'000)) {
    const Quantity part = std::min(left, level.quantity);
    cost += notional(level.price, part);
    left = left - part;
    if (left.raw == 0) break;
  }
  return cost;
}

void Exchange::check_funds(const ListedBook& listed, const NewOrder& wanted,
                           std::uint32_t account) const {
  const Account& owner = accounts_[account];
  const bool market_order = wanted.type == OrderType::kMarket;
  if (market_ == Market::kSpot) {
    const bool buys = wanted.side == Side::kBuy;
    const std::string& asset = buys ? listed.listing.quote : listed.listing.base;
    const auto found = owner.balances.find(asset);
    const Money free = found == owner.balances.end() ? Money{} : found->second.free;
    const Money needed = !buys          ? amount_of(wanted.quantity)
                         : market_order ? market_cost(listed, wanted)
                                        : notional(wanted.price, wanted.quantity);
    if (needed > free) {
      throw Refusal(-2010, "Account has insufficient balance for requested action.");
    }
    return;
  }
  if (wanted.reduce_only) return;
  const Quantity held = owner.position_of(wanted.symbol);
  Quantity adds = wanted.quantity;
  if (held.raw != 0 && (held.raw > 0) == (wanted.side == Side::kSell)) {
    adds = adds - std::min(adds, abs(held));
  }
  const Price price = market_order ? listed.mark.mark : wanted.price;
  const Money margin{notional(price, adds).raw / owner.leverage_of(wanted.symbol)};
  if (margin > available_margin(account)) throw Refusal(-2019, "Margin is insufficient.");
}

Money Exchange::position_margin(std::uint32_t account) const {
  Money sum;
  const Account& owner = accounts_.at(account);
  for (const auto& [symbol, position] : owner.positions) {
    sum += Money{abs(notional(listed_.at(symbol).mark.mark, position.amount)).raw /
                 owner.leverage_of(symbol)};
  }
  return sum;
}

Money Exchange::order_margin(std::uint32_t account) const {
  Money sum;
  for (const Order* order : open_orders(account, {})) {
    if (order->reduce_only) continue;
    sum += Money{notional(order->price, order->left()).raw /
                 accounts_.at(account).leverage_of(order->symbol)};
  }
  return sum;
}

Money Exchange::unrealised(std::uint32_t account) const {
  Money sum;
  for (const auto& [symbol, position] : accounts_.at(account).positions) {
    sum += position.unrealised(listed_.at(symbol).mark.mark);
  }
  return sum;
}

Money Exchange::available_margin(std::uint32_t account) const {
  const auto found = accounts_.at(account).balances.find("USDT");
  const Money wallet = found == accounts_.at(account).balances.end() ? Money{} : found->second.free;
  return wallet + unrealised(account) - position_margin(account) - order_margin(account);
}

void Exchange::liquidate_the_insolvent() {
  for (std::uint32_t id = 1; id < accounts(); ++id) {
    Account& owner = accounts_[id];
    Money value;
    for (const auto& [symbol, position] : owner.positions) {
      value += abs(notional(listed_.at(symbol).mark.mark, position.amount));
    }
    if (value.raw == 0) continue;
    const Money maintenance{value.raw / 250};  // 0.4 %
    if (owner.balances["USDT"].free + unrealised(id) >= maintenance) continue;
    const auto positions = owner.positions;
    for (const auto& [symbol, position] : positions) {
      if (position.amount.raw != 0) liquidate(id, symbol);
    }
  }
}

}  // namespace writ::venue_sim
