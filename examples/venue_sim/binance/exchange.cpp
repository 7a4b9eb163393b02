#include "exchange.hpp"

#include "host/base/assert.hpp"
#include "refusal.hpp"

#include <writ/rounding.hpp>

#include <algorithm>
#include <limits>

namespace writ::venue_sim {
namespace {

constexpr std::int64_t kFundingPeriodNs = 8LL * 3'600 * 1'000'000'000;

}  // namespace

Exchange::Exchange(Market market, std::vector<Listing> listings, Fees fees)
    : market_(market), fees_(fees) {
  accounts_.push_back({"the rest of the market", {}, {}, {}, {}, false, 0});
  for (Listing& listing : listings) {
    ListedBook& listed = listed_[listing.symbol];
    listed.last = listing.start;
    listed.mark = {listing.start, listing.start, Rate{100'000}, 0};
    listed.listing = std::move(listing);
  }
}

void Exchange::advance(std::int64_t now) {
  WRIT_ASSERT(now >= now_);
  const bool first = now_ == 0;
  now_ = now;
  for (auto& [symbol, listed] : listed_) {
    if (first || listed.mark.next_funding_ts == 0) {
      listed.mark.next_funding_ts = (now / kFundingPeriodNs + 1) * kFundingPeriodNs;
    }
    if (market_ == Market::kUsdm && now >= listed.mark.next_funding_ts) pay_funding(listed);
  }
  end_countdowns();
  end_good_till();
  if (market_ == Market::kUsdm) liquidate_the_insolvent();
}

std::uint32_t Exchange::open_account(std::string name) {
  Account& account = accounts_.emplace_back();
  account.name = std::move(name);
  return accounts() - 1;
}

void Exchange::deposit(std::uint32_t account, const std::string& asset, Money amount) {
  accounts_.at(account).balances[asset].free += amount;
  record_income(account, "", "TRANSFER", amount, asset, 0);
  touch(account, asset);
  report_balances(BalanceReason::kDeposit, asset, amount);
}

const Order& Exchange::place(std::uint32_t account, NewOrder wanted) {
  check(account, wanted);
  ListedBook& listed = book_of(wanted.symbol);

  const std::uint64_t id = next_order_id_++;
  if (wanted.client_id.empty()) wanted.client_id = "sim-" + std::to_string(id);
  Order& order = orders_[id];
  static_cast<NewOrder&>(order) = std::move(wanted);
  order.id = id;
  order.account = account;
  order.created_ts = order.updated_ts = now_;
  open_[account].insert(id);
  by_client_id_[{account, order.symbol + '/' + order.client_id}] = id;
  lock(order, order.quantity);
  report(order, Execution::kNew);

  const bool market_order = order.type == OrderType::kMarket;
  const bool all_or_nothing = order.time_in_force == TimeInForce::kFok;
  Taker taker{order.side, order.price, order.quantity, &order};
  if (market_order) {
    taker.limit = order.side == Side::kBuy ? Price::max() : Price{1};
    if (order.quote_quantity.raw != 0) taker.left = Quantity::max();
  }
  const bool enough = !all_or_nothing || listed.book.available(opposite(order.side), order.price,
                                                               account) >= order.quantity;
  if (enough) match(listed, taker);

  if (order.quote_quantity.raw != 0) order.quantity = order.executed;
  if (is_open(order.status)) {
    const bool ends = market_order || all_or_nothing || order.time_in_force == TimeInForce::kIoc;
    if (ends) {
      end(order, Status::kExpired, Execution::kExpired);
    } else {
      rest(listed, order);
    }
  }
  expire_needless_reductions(account, order.symbol);
  report_balances(BalanceReason::kOrder);
  return order;
}

const Order& Exchange::cancel(std::uint32_t account, const std::string& symbol,
                              const OrderName& name, const std::string& cancel_id) {
  Order& order = open_order(account, symbol, name, -2011, "Unknown order sent.");
  end(order, Status::kCanceled, Execution::kCanceled, cancel_id);
  report_balances(BalanceReason::kOrder);
  return order;
}

std::vector<Order> Exchange::cancel_all(std::uint32_t account, const std::string& symbol,
                                        const std::string& cancel_id) {
  std::vector<Order> cancelled;
  for (const Order* open : open_orders(account, symbol)) {
    Order& order = orders_.at(open->id);
    end(order, Status::kCanceled, Execution::kCanceled, cancel_id);
    cancelled.push_back(order);
  }
  report_balances(BalanceReason::kOrder);
  return cancelled;
}

const Order& Exchange::reduce(std::uint32_t account, const std::string& symbol,
                              const OrderName& name, Quantity quantity,
                              const std::string& client_id) {
  Order& order = open_order(account, symbol, name, -2013, "Order does not exist.");
  if (quantity >= order.quantity || quantity <= order.executed) {
    throw Refusal(-2038,
                  "The amended quantity must be below the order's and above what is filled.");
  }
  const Listing& listing = book_of(symbol).listing;
  if (quantity.raw % listing.step.raw != 0) throw Refusal(-1013, "Filter failure: LOT_SIZE");
  const Quantity by = order.quantity - quantity;
  book_of(symbol).book.reduce(order.side, order.price, order.id, by);
  unlock(order, by);
  order.quantity = quantity;
  order.updated_ts = now_;
  const std::string before = order.client_id;
  if (!client_id.empty()) {
    order.client_id = client_id;
    by_client_id_[{account, symbol + '/' + client_id}] = order.id;
  }
  report(order, Execution::kAmended, nullptr, before);
  report_balances(BalanceReason::kOrder);
  return order;
}

const Order& Exchange::modify(std::uint32_t account, const std::string& symbol,
                              const OrderName& name, Side side, Price price, Quantity quantity) {
  Order& order = open_order(account, symbol, name, -2013, "Order does not exist.");
  if (order.side != side) throw Refusal(-4029, "Side cannot be changed.");
  if (order.price == price && order.quantity == quantity) {
    throw Refusal(-5027, "No need to modify the order.");
  }
  NewOrder wanted = order;
  wanted.price = price;
  wanted.quantity = quantity;
  ListedBook& listed = book_of(symbol);
  check_filters(listed.listing, wanted, account);
  if (wanted.time_in_force == TimeInForce::kGtx) check_crossing(listed, wanted, account);
  listed.book.remove(order.side, order.price, order.id);
  order.resting = false;
  order.price = price;
  order.quantity = std::max(quantity, order.executed);
  order.updated_ts = now_;
  report(order, Execution::kAmended);
  if (order.left().raw == 0) {
    end(order, Status::kCanceled, Execution::kCanceled);
  } else {
    Taker taker{order.side, order.price, order.left(), &order};
    match(listed, taker);
    if (is_open(order.status)) rest(listed, order);
  }
  expire_needless_reductions(account, symbol);
  report_balances(BalanceReason::kOrder);
  return order;
}

void Exchange::set_countdown(std::uint32_t account, const std::string& symbol,
                             std::int64_t countdown_ns) {
  auto& ends = accounts_.at(account).countdown_ends;
  if (countdown_ns == 0) {
    ends.erase(symbol);
  } else {
    ends[symbol] = now_ + countdown_ns;
  }
}

void Exchange::liquidate(std::uint32_t account, const std::string& symbol) {
  cancel_all(account, symbol, "liquidation");
  const Quantity held = accounts_.at(account).position_of(symbol);
  if (held.raw == 0) return;
  ListedBook& listed = book_of(symbol);
  const std::uint64_t id = next_order_id_++;
  Order& order = orders_[id];
  order.symbol = symbol;
  order.side = held.raw > 0 ? Side::kSell : Side::kBuy;
  order.time_in_force = TimeInForce::kIoc;
  order.price = listed.mark.mark;
  order.quantity = abs(held);
  order.client_id = "autoclose-" + std::to_string(id);
  order.reduce_only = true;
  order.forced = true;
  order.id = id;
  order.account = account;
  order.created_ts = order.updated_ts = now_;
  open_[account].insert(id);
  by_client_id_[{account, symbol + '/' + order.client_id}] = id;
  report(order, Execution::kNew);
  Taker taker{order.side, order.side == Side::kBuy ? Price::max() : Price{1}, order.quantity,
              &order};
  match(listed, taker);
  if (is_open(order.status)) end(order, Status::kExpired, Execution::kExpired);
  events_.emplace_back(ForcedEvent{order, now_});
  report_balances(BalanceReason::kOrder);
}

const Order* Exchange::find(std::uint32_t account, const std::string& symbol,
                            const OrderName& name) const {
  std::uint64_t id = name.id;
  if (id == 0) {
    const auto named = by_client_id_.find({account, symbol + '/' + name.client_id});
    if (named == by_client_id_.end()) return nullptr;
    id = named->second;
  }
  const auto found = orders_.find(id);
  const bool theirs =
      found != orders_.end() && found->second.account == account && found->second.symbol == symbol;
  return theirs ? &found->second : nullptr;
}

std::vector<const Order*> Exchange::open_orders(std::uint32_t account,
                                                std::string_view symbol) const {
  std::vector<const Order*> orders;
  const auto ids = open_.find(account);
  if (ids == open_.end()) return orders;
  for (const std::uint64_t id : ids->second) {
    const Order& order = orders_.at(id);
    if (symbol.empty() || order.symbol == symbol) orders.push_back(&order);
  }
  return orders;
}

const ListedBook& Exchange::listed(const std::string& symbol) const {
  const auto found = listed_.find(symbol);
  if (found == listed_.end()) throw Refusal(-1121, "Invalid symbol.");
  return found->second;
}

ListedBook& Exchange::book_of(const std::string& symbol) {
  return const_cast<ListedBook&>(listed(symbol));
}

void Exchange::forget_changes(const std::string& symbol, std::uint64_t up_to_id) {
  book_of(symbol).book.forget(up_to_id);
}

void Exchange::others_offer(const std::string& symbol, Side side, Price price, Quantity quantity) {
  ListedBook& listed = book_of(symbol);
  const Quantity there = listed.book.others_at(side, price);
  if (quantity <= there) {
    listed.book.withdraw_others(side, price, there - quantity);
    return;
  }
  // Never against itself: what it offered on the other side is gone before.
  while (const auto crossed = listed.book.best(opposite(side))) {
    if (side == Side::kBuy ? *crossed > price : *crossed < price) break;
    const Quantity others = listed.book.others_at(opposite(side), *crossed);
    if (others.raw != 0) {
      listed.book.withdraw_others(opposite(side), *crossed, others);
      continue;
    }
    break;
  }
  Taker taker{side, price, quantity - there, nullptr};
  match(listed, taker);
  if (taker.left.raw > 0) listed.book.add(side, price, {0, kRestOfMarket, taker.left});
  report_balances(BalanceReason::kOrder);
}

Quantity Exchange::others_take(const std::string& symbol, Side side, Price limit,
                               Quantity quantity) {
  Taker taker{side, limit, quantity, nullptr};
  match(book_of(symbol), taker);
  report_balances(BalanceReason::kOrder);
  return taker.left;
}

void Exchange::others_print(const std::string& symbol, Side taker, Price price, Quantity quantity) {
  print(book_of(symbol), Taker{taker, price, quantity, nullptr}, nullptr, price, quantity);
}

void Exchange::others_withdraw(const std::string& symbol) {
  ListedBook& listed = book_of(symbol);
  for (const Side side : {Side::kBuy, Side::kSell}) {
    std::vector<BookLevel> levels;
    listed.book.each_others(side, [&](Price price, Quantity quantity) {
      if (quantity.raw > 0) levels.push_back({price, quantity});
      return true;
    });
    for (const BookLevel& level : levels) {
      listed.book.withdraw_others(side, level.price, level.quantity);
    }
  }
}

void Exchange::set_mark(const std::string& symbol, const Mark& mark) {
  ListedBook& listed = book_of(symbol);
  const std::int64_t next = listed.mark.next_funding_ts;
  listed.mark = mark;
  if (mark.next_funding_ts == 0) listed.mark.next_funding_ts = next;
}

std::vector<Event> Exchange::take_events() { return std::exchange(events_, {}); }

void Exchange::lock(Order& order, Quantity quantity) {
  if (market_ == Market::kUsdm || order.type == OrderType::kMarket) return;
  const Listing& listing = listed(order.symbol).listing;
  const bool buys = order.side == Side::kBuy;
  const std::string& asset = buys ? listing.quote : listing.base;
  const Money amount = buys ? notional(order.price, quantity) : amount_of(quantity);
  Balance& balance = accounts_[order.account].balances[asset];
  balance.free = balance.free - amount;
  balance.locked += amount;
  touch(order.account, asset);
}

void Exchange::unlock(Order& order, Quantity quantity) { lock(order, -quantity); }

void Exchange::rest(ListedBook& listed, Order& order) {
  listed.book.add(order.side, order.price, {order.id, order.account, order.left()});
  order.resting = true;
  if (order.time_in_force == TimeInForce::kGtd) good_till_.emplace(order.good_till_ts, order.id);
}

void Exchange::end(Order& order, Status status, Execution execution, const std::string& cancel_id) {
  if (order.resting) book_of(order.symbol).book.remove(order.side, order.price, order.id);
  order.resting = false;
  unlock(order, order.left());
  order.status = status;
  order.updated_ts = now_;
  open_[order.account].erase(order.id);
  report(order, execution, nullptr, cancel_id);
}

Order& Exchange::open_order(std::uint32_t account, const std::string& symbol, const OrderName& name,
                            std::int64_t code, const char* text) {
  static_cast<void>(listed(symbol));
  const Order* found = find(account, symbol, name);
  if (found == nullptr || !is_open(found->status)) throw Refusal(code, text);
  return orders_.at(found->id);
}

void Exchange::report(const Order& order, Execution execution, const Fill* fill,
                      const std::string& cancel_id) {
  OrderEvent event{order, execution, std::nullopt, cancel_id, now_};
  if (fill != nullptr) event.fill = *fill;
  events_.emplace_back(std::move(event));
}

void Exchange::touch(std::uint32_t account, const std::string& asset) {
  touched_[account].first.insert(asset);
}

void Exchange::touch_position(std::uint32_t account, const std::string& symbol) {
  touched_[account].second.insert(symbol);
}

void Exchange::report_balances(BalanceReason reason, const std::string& asset, Money change) {
  for (const auto& [id, names] : std::exchange(touched_, {})) {
    Account& account = accounts_[id];
    account.updated_ts = now_;
    BalanceEvent event;
    event.account = id;
    event.reason = reason;
    event.asset = asset;
    event.change = change;
    event.ts = now_;
    for (const std::string& name : names.first) event.balances[name] = account.balances[name];
    for (const std::string& name : names.second) event.positions[name] = account.positions[name];
    events_.emplace_back(std::move(event));
  }
}

void Exchange::record_income(std::uint32_t account, const std::string& symbol, std::string kind,
                             Money amount, const std::string& asset, std::uint64_t trade_id) {
  if (market_ != Market::kUsdm || amount.raw == 0) return;
  incomes_.push_back(
      {account, symbol, std::move(kind), amount, asset, trade_id, next_income_id_++, now_});
}

void Exchange::pay_funding(ListedBook& listed) {
  const Mark mark = listed.mark;
  listed.mark.next_funding_ts = (now_ / kFundingPeriodNs + 1) * kFundingPeriodNs;
  listed.fundings.push_back(
      {listed.listing.symbol, mark.funding_rate, mark.mark, mark.next_funding_ts});
  for (std::uint32_t id = 1; id < accounts(); ++id) {
    const Quantity held = accounts_[id].position_of(listed.listing.symbol);
    if (held.raw == 0) continue;
    constexpr Int128 kVenueUnit = 10'000'000'000;
    const auto exact = scaled(notional(mark.mark, held), mark.funding_rate, Rounding::kHalfEven);
    WRIT_ASSERT(exact);
    const Money paid{divide_rounded(exact->raw, kVenueUnit, Rounding::kHalfEven) * kVenueUnit};
    accounts_[id].balances[listed.listing.quote].free += -paid;
    record_income(id, listed.listing.symbol, "FUNDING_FEE", -paid, listed.listing.quote, 0);
    touch(id, listed.listing.quote);
    report_balances(BalanceReason::kFunding, listed.listing.quote, -paid);
  }
}

void Exchange::end_countdowns() {
  for (std::uint32_t id = 1; id < accounts(); ++id) {
    auto& ends = accounts_[id].countdown_ends;
    for (auto at = ends.begin(); at != ends.end();) {
      if (now_ < at->second) {
        ++at;
        continue;
      }
      const std::string symbol = at->first;
      at = ends.erase(at);
      cancel_all(id, symbol, "countdown");
    }
  }
}

void Exchange::end_good_till() {
  while (!good_till_.empty() && good_till_.begin()->first <= now_) {
    Order& order = orders_.at(good_till_.begin()->second);
    good_till_.erase(good_till_.begin());
    if (is_open(order.status)) end(order, Status::kExpired, Execution::kExpired);
  }
  report_balances(BalanceReason::kOrder);
}

}  // namespace writ::venue_sim
