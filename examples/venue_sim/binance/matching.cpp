// How orders meet, and what a trade does to who traded.
#include "exchange.hpp"
#include "host/base/assert.hpp"

#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::venue_sim {
namespace {

constexpr std::size_t kKept = 1'000;
constexpr Int128 kVenueUnit = 10'000'000'000;  // 1e-8 of 1e-18

/// A commission: what the venue cannot write it does not take.
Money commission_of(Money amount, Rate rate) {
  const auto exact = scaled(amount, rate, Rounding::kFloor);
  WRIT_ASSERT(exact);
  return Money{exact->raw / kVenueUnit * kVenueUnit};
}

template <class T>
void keep(std::deque<T>& last, T one) {
  last.push_back(std::move(one));
  if (last.size() > kKept) last.pop_front();
}

}  // namespace

void Exchange::match(ListedBook& listed, Taker& taker) {
  const Side other = opposite(taker.side);
  while (taker.left.raw > 0) {
    const Resting* front = listed.book.front(other);
    if (front == nullptr) break;
    const Price price = *listed.book.best(other);
    if (taker.side == Side::kBuy ? price > taker.limit : price < taker.limit) break;
    Order* maker = front->account == kRestOfMarket ? nullptr : &orders_.at(front->order);
    if (taker.order != nullptr && maker != nullptr && maker->account == taker.order->account &&
        taker.order->self_trade != SelfTrade::kNone) {
      if (!prevent_self_trade(taker, *maker)) return;
      continue;
    }
    const Quantity quantity = tradable(listed, taker, maker, price, front->left);
    if (quantity.raw <= 0) break;
    listed.book.take_front(other, quantity);
    taker.left = taker.left - quantity;
    print(listed, taker, maker, price, quantity);
    if (maker != nullptr) expire_needless_reductions(maker->account, maker->symbol);
    if (taker.order != nullptr && !is_open(taker.order->status)) return;
  }
}

Quantity Exchange::tradable(const ListedBook& listed, const Taker& taker, const Order* maker,
                            Price price, Quantity resting) const {
  Quantity quantity = std::min(taker.left, resting);
  for (const Order* order : {static_cast<const Order*>(taker.order), maker}) {
    if (order == nullptr || !order->reduce_only) continue;
    const Quantity held = accounts_[order->account].position_of(order->symbol);
    const bool reduces = held.raw != 0 && (held.raw > 0) == (order->side == Side::kSell);
    quantity = std::min(quantity, reduces ? abs(held) : Quantity{});
  }
  if (taker.order != nullptr && taker.order->quote_quantity.raw != 0) {
    const Money left = taker.order->quote_quantity - taker.order->executed_quote;
    const auto affordable = quantity_for(left, price, Rounding::kFloor);
    WRIT_ASSERT(affordable);
    const std::int64_t step = listed.listing.step.raw;
    quantity = std::min(quantity, Quantity{affordable->raw / step * step});
  }
  return quantity;
}

bool Exchange::prevent_self_trade(Taker& taker, Order& maker) {
  const SelfTrade mode = taker.order->self_trade;
  if (mode != SelfTrade::kExpireTaker) {
    end(maker, Status::kExpiredInMatch, Execution::kPrevented);
  }
  if (mode == SelfTrade::kExpireMaker) return true;
  end(*taker.order, Status::kExpiredInMatch, Execution::kPrevented);
  return false;
}

void Exchange::print(ListedBook& listed, const Taker& taker, Order* maker, Price price,
                     Quantity quantity) {
  const PublicTrade trade{listed.listing.symbol,    listed.next_trade_id++, price, quantity, now_,
                          taker.side == Side::kSell};
  listed.last = price;
  keep(listed.trades, trade);
  events_.emplace_back(trade);
  aggregate(listed, trade);
  if (maker != nullptr) fill(listed, *maker, trade, true);
  if (taker.order != nullptr) fill(listed, *taker.order, trade, false);
}

void Exchange::aggregate(ListedBook& listed, const PublicTrade& trade) {
  AggregateTrade sum{trade, trade.id, trade.id};
  sum.trade.id = listed.next_aggregate_id++;
  keep(listed.aggregates, sum);
  events_.emplace_back(sum);
}

void Exchange::fill(ListedBook& listed, Order& order, const PublicTrade& trade, bool maker) {
  Fill fill;
  fill.trade_id = trade.id;
  fill.order_id = order.id;
  fill.account = order.account;
  fill.symbol = order.symbol;
  fill.side = order.side;
  fill.price = trade.price;
  fill.quantity = trade.quantity;
  fill.quote = notional(trade.price, trade.quantity);
  fill.maker = maker;
  fill.ts = now_;

  order.executed += trade.quantity;
  order.executed_quote += fill.quote;
  order.updated_ts = now_;
  const bool by_quote = order.quote_quantity.raw != 0;
  order.status = !by_quote && order.left().raw == 0 ? Status::kFilled : Status::kPartiallyFilled;
  if (by_quote) {
    const auto more =
        quantity_for(order.quote_quantity - order.executed_quote, trade.price, Rounding::kFloor);
    if (more && more->raw < listed.listing.step.raw) order.status = Status::kFilled;
  }
  if (!is_open(order.status)) {
    open_[order.account].erase(order.id);
    order.resting = false;
  }

  if (market_ == Market::kSpot) {
    settle_spot(listed.listing, order, fill);
  } else {
    settle_future(listed.listing, order, fill);
  }
  order.fills.push_back(fills_.size());
  fills_.push_back(fill);
  report(order, Execution::kTrade, &fill);
}

void Exchange::settle_spot(const Listing& listing, Order& order, Fill& fill) {
  unlock(order, fill.quantity);
  Account& account = accounts_[order.account];
  const bool buys = order.side == Side::kBuy;
  Balance& base = account.balances[listing.base];
  Balance& quote = account.balances[listing.quote];
  const Money amount = amount_of(fill.quantity);
  base.free += buys ? amount : -amount;
  quote.free += buys ? -fill.quote : fill.quote;

  fill.commission_asset = buys ? listing.base : listing.quote;
  fill.commission =
      commission_of(buys ? amount : fill.quote, fill.maker ? fees_.maker : fees_.taker);
  if (account.fees_in_bnb) pay_in_bnb(listing, account, fill);
  account.balances[fill.commission_asset].free += -fill.commission;
  touch(order.account, listing.base);
  touch(order.account, listing.quote);
  touch(order.account, fill.commission_asset);
}

void Exchange::settle_future(const Listing& listing, Order& order, Fill& fill) {
  Account& account = accounts_[order.account];
  Position& position = account.positions[order.symbol];
  fill.realised = position.trade(order.side, fill.price, fill.quantity);
  position.updated_ts = now_;
  fill.commission = commission_of(fill.quote, fill.maker ? fees_.maker : fees_.taker);
  fill.commission_asset = listing.quote;
  if (account.fees_in_bnb) pay_in_bnb(listing, account, fill);
  account.balances[listing.quote].free += fill.realised;
  account.balances[fill.commission_asset].free += -fill.commission;
  record_income(order.account, order.symbol, "REALIZED_PNL", fill.realised, listing.quote,
                fill.trade_id);
  record_income(order.account, order.symbol, "COMMISSION", -fill.commission, fill.commission_asset,
                fill.trade_id);
  touch(order.account, listing.quote);
  touch(order.account, fill.commission_asset);
  touch_position(order.account, order.symbol);
}

/// In BNB a commission is a quarter cheaper on spot and a tenth on futures. Where its price or the
/// account's BNB is missing it stays as it is.
void Exchange::pay_in_bnb(const Listing& listing, Account& account, Fill& fill) {
  const Rate discount{market_ == Market::kSpot ? 750'000'000 : 900'000'000};
  const Money full = commission_of(fill.quote, fill.maker ? fees_.maker : fees_.taker);
  const auto cheaper = scaled(full, discount, Rounding::kFloor);
  const auto bnb = listed_.find("BNB" + listing.quote);
  const Price price = bnb == listed_.end() ? Price{600'000'000'000} : bnb->second.last;
  const auto quantity = quantity_for(*cheaper, price, Rounding::kFloor);
  if (!quantity) return;
  const Money amount = amount_of(Quantity{quantity->raw / 10 * 10});
  Balance& purse = account.balances["BNB"];
  if (amount.raw == 0 || purse.free < amount) return;
  fill.commission = amount;
  fill.commission_asset = "BNB";
}

void Exchange::expire_needless_reductions(std::uint32_t account, const std::string& symbol) {
  if (market_ == Market::kSpot) return;
  const Quantity held = accounts_[account].position_of(symbol);
  for (const Order* open : open_orders(account, symbol)) {
    const bool reduces = held.raw != 0 && (held.raw > 0) == (open->side == Side::kSell);
    if (!open->reduce_only || reduces || open->forced) continue;
    Order& order = orders_.at(open->id);
    end(order, Status::kExpired, Execution::kExpired);
  }
}

}  // namespace writ::venue_sim
