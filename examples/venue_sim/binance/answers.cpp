#include "answers.hpp"

#include "messages.hpp"
#include "refusal.hpp"

#include <algorithm>
#include <map>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

/// The symbols asked for, one or all.
template <class Make>
json::value of_symbols(Call& call, Make make) {
  if (call.request.has("symbol")) return make(call.exchange.listed(call.request.text("symbol")));
  json::array all;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) all.push_back(make(listed));
  return all;
}

std::size_t limit_of(const Call& call, std::int64_t otherwise, std::int64_t most) {
  const std::int64_t limit = call.request.integer_or("limit", otherwise);
  if (limit < 1) throw Refusal(-1130, "Data sent for parameter 'limit' is not valid.");
  return static_cast<std::size_t>(std::min(limit, most));
}

/// As many of the newest as are asked for, oldest first.
template <class Said, class InJson>
json::array newest_of(const Call& call, const std::deque<Said>& all, const InJson& in_json) {
  const std::size_t count = std::min(limit_of(call, 500, 1'000), all.size());
  json::array newest;
  for (std::size_t at = all.size() - count; at < all.size(); ++at) {
    newest.push_back(in_json(all[at]));
  }
  return newest;
}

/// Whether a client id is of the venue's characters and length.
void check_client_id(Market market, const std::string& id) {
  const bool spot = market == Market::kSpot;
  const bool legal = id.size() <= 36 && std::all_of(id.begin(), id.end(), [&](char c) {
                       const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                          (c >= '0' && c <= '9') || c == '-' || c == '_';
                       return plain || (!spot && (c == '.' || c == ':' || c == '/'));
                     });
  if (!legal) {
    throw Refusal(-1100, std::string("Illegal characters found in parameter 'newClientOrderId'; "
                                     "legal range is '") +
                             (spot ? "^[a-zA-Z0-9-_]{1,36}$" : "^[\\.A-Z\\:/a-z0-9_-]{1,36}$") +
                             "'.");
  }
}

template <class Enum>
Enum known(std::optional<Enum> value, std::int64_t code, const char* text) {
  if (!value) throw Refusal(code, text);
  return *value;
}

void read_limit_terms(Market market, const Request& request, NewOrder& order) {
  order.quantity = request.quantity("quantity");
  order.price = request.price("price");
  request.must_not_have("quoteOrderQty");
  if (order.type == OrderType::kLimitMaker) {
    request.must_not_have("timeInForce");
    return;
  }
  order.time_in_force =
      known(time_in_force_of(request.text("timeInForce")), -1115, "Invalid timeInForce.");
  const bool futures_only =
      order.time_in_force == TimeInForce::kGtx || order.time_in_force == TimeInForce::kGtd;
  if (market == Market::kSpot && futures_only) throw Refusal(-1115, "Invalid timeInForce.");
  if (order.time_in_force == TimeInForce::kGtd) {
    order.good_till_ts = request.integer("goodTillDate") * 1'000'000;
  }
}

NewOrder read_new_order(Market market, const Request& request) {
  NewOrder order;
  order.symbol = request.text("symbol");
  order.side = known(side_of(request.text("side")), -1117, "Invalid side.");
  const std::string type = request.text("type");
  const bool conditional =
      type.find("STOP") != std::string::npos || type.find("TAKE_PROFIT") != std::string::npos;
  if (market == Market::kUsdm && conditional) {
    throw Refusal(-4120,
                  "Order type not supported for this endpoint. Please use the Algo Order "
                  "API endpoints instead.");
  }
  order.type = known(order_type_of(type), -1116, "Invalid orderType.");
  if (market == Market::kUsdm && order.type == OrderType::kLimitMaker) {
    throw Refusal(-1116, "Invalid orderType.");
  }
  if (order.type == OrderType::kMarket) {
    request.must_not_have("price");
    if (market == Market::kSpot) request.must_not_have("timeInForce");
    if (market == Market::kSpot && request.has("quoteOrderQty")) {
      request.must_not_have("quantity");
      order.quote_quantity = request.money("quoteOrderQty");
    } else {
      order.quantity = request.quantity("quantity");
    }
  } else {
    read_limit_terms(market, request, order);
  }
  const char* mode = market == Market::kSpot ? "NONE" : "EXPIRE_MAKER";
  order.self_trade = known(self_trade_of(request.text_or("selfTradePreventionMode", mode)), -1013,
                           "This symbol does not allow the specified self-trade prevention mode.");
  order.client_id = request.text_or("newClientOrderId", "");
  if (!order.client_id.empty()) check_client_id(market, order.client_id);
  if (market == Market::kUsdm) {
    order.reduce_only = request.flag_or("reduceOnly", false);
    if (request.text_or("positionSide", "BOTH") != "BOTH") {
      throw Refusal(-4061, "Order's position side does not match user's setting.");
    }
  }
  return order;
}

AnswerKind answer_kind(Market market, const Request& request, const NewOrder& order) {
  const bool full = market == Market::kSpot && order.type != OrderType::kLimitMaker;
  const std::string word = request.text_or("newOrderRespType", full ? "FULL" : "ACK");
  if (word == "FULL") return AnswerKind::kFull;
  return word == "RESULT" ? AnswerKind::kResult : AnswerKind::kAck;
}

std::int64_t interval_ns(const std::string& word) {
  static const std::map<std::string, std::int64_t> kSeconds = {
      {"1s", 1},      {"1m", 60},    {"3m", 180},   {"5m", 300},    {"15m", 900},
      {"30m", 1'800}, {"1h", 3'600}, {"2h", 7'200}, {"4h", 14'400}, {"1d", 86'400}};
  const auto found = kSeconds.find(word);
  if (found == kSeconds.end()) throw Refusal(-1120, "Invalid interval.");
  return found->second * 1'000'000'000;
}

json::array candle(const Listing& listing, std::int64_t open_ts, std::int64_t length,
                   const std::vector<const PublicTrade*>& trades) {
  Price high = trades.front()->price;
  Price low = high;
  Quantity volume;
  Quantity bought;
  Money value;
  Money bought_value;
  for (const PublicTrade* trade : trades) {
    high = std::max(high, trade->price);
    low = std::min(low, trade->price);
    volume += trade->quantity;
    value += notional(trade->price, trade->quantity);
    if (trade->buyer_is_maker) continue;
    bought += trade->quantity;
    bought_value += notional(trade->price, trade->quantity);
  }
  const int decimals = listing.price_decimals;
  return {to_ms(open_ts),
          fixed(trades.front()->price, decimals),
          fixed(high, decimals),
          fixed(low, decimals),
          fixed(trades.back()->price, decimals),
          fixed(volume, listing.quantity_decimals),
          to_ms(open_ts + length) - 1,
          fixed(value, 8),
          trades.size(),
          fixed(bought, listing.quantity_decimals),
          fixed(bought_value, 8),
          "0"};
}

}  // namespace

OrderName order_name(const Request& request) {
  if (request.has("orderId")) return {static_cast<std::uint64_t>(request.integer("orderId")), ""};
  if (!request.has("origClientOrderId")) {
    throw Refusal(-1102,
                  "Param 'origClientOrderId' or 'orderId' must be sent, but both were "
                  "empty/null!");
  }
  return {0, request.text("origClientOrderId")};
}

const Listing& listing_of(const Call& call) {
  return call.exchange.listed(call.request.text("symbol")).listing;
}

json::value ping_answer(Call& /*call*/) { return json::object{}; }

json::value time_answer(Call& call) {
  return json::object{{"serverTime", to_ms(call.exchange.now())}};
}

json::value depth_answer(Call& call) {
  const ListedBook& listed = call.exchange.listed(call.request.text("symbol"));
  const bool spot = call.exchange.market() == Market::kSpot;
  const std::size_t depth = limit_of(call, spot ? 100 : 500, spot ? 5'000 : 1'000);
  json::object snapshot = {{"lastUpdateId", listed.book.last_id()}};
  if (!spot) {
    snapshot["E"] = to_ms(call.exchange.now());
    snapshot["T"] = to_ms(call.exchange.now());
  }
  snapshot["bids"] = levels_json(listed.listing, listed.book.levels(Side::kBuy, depth));
  snapshot["asks"] = levels_json(listed.listing, listed.book.levels(Side::kSell, depth));
  return snapshot;
}

json::value trades_answer(Call& call) {
  const ListedBook& listed = call.exchange.listed(call.request.text("symbol"));
  return newest_of(call, listed.trades,
                   [&](const PublicTrade& trade) { return trade_json(listed.listing, trade); });
}

json::value aggregates_answer(Call& call) {
  const ListedBook& listed = call.exchange.listed(call.request.text("symbol"));
  return newest_of(call, listed.aggregates, [&](const AggregateTrade& trade) {
    return aggregate_json(listed.listing, trade);
  });
}

json::value candles_answer(Call& call) {
  const ListedBook& listed = call.exchange.listed(call.request.text("symbol"));
  const std::int64_t length = interval_ns(call.request.text("interval"));
  std::map<std::int64_t, std::vector<const PublicTrade*>> by_interval;
  for (const PublicTrade& trade : listed.trades) {
    by_interval[trade.ts / length * length].push_back(&trade);
  }
  json::array candles;
  for (const auto& [open_ts, trades] : by_interval) {
    candles.push_back(candle(listed.listing, open_ts, length, trades));
  }
  return candles;
}

json::value price_answer(Call& call) {
  return of_symbols(call, [&](const ListedBook& listed) {
    json::object price = {{"symbol", listed.listing.symbol},
                          {"price", fixed(listed.last, listed.listing.price_decimals)}};
    if (call.exchange.market() == Market::kUsdm) price["time"] = to_ms(call.exchange.now());
    return json::value(price);
  });
}

json::value book_ticker_answer(Call& call) {
  return of_symbols(call, [&](const ListedBook& listed) {
    const BookLevel bid = listed.book.top(Side::kBuy).value_or(BookLevel{});
    const BookLevel ask = listed.book.top(Side::kSell).value_or(BookLevel{});
    const Listing& listing = listed.listing;
    json::object ticker = {{"symbol", listing.symbol},
                           {"bidPrice", fixed(bid.price, listing.price_decimals)},
                           {"bidQty", fixed(bid.quantity, listing.quantity_decimals)},
                           {"askPrice", fixed(ask.price, listing.price_decimals)},
                           {"askQty", fixed(ask.quantity, listing.quantity_decimals)}};
    if (call.exchange.market() == Market::kUsdm) ticker["time"] = to_ms(call.exchange.now());
    return json::value(ticker);
  });
}

json::value day_answer(Call& call) {
  return of_symbols(call, [&](const ListedBook& listed) {
    const Listing& listing = listed.listing;
    const auto price = [&](Price one) { return fixed(one, listing.price_decimals); };
    Price high = listed.last;
    Price low = listed.last;
    Quantity volume;
    Money value;
    for (const PublicTrade& trade : listed.trades) {
      high = std::max(high, trade.price);
      low = std::min(low, trade.price);
      volume += trade.quantity;
      value += notional(trade.price, trade.quantity);
    }
    const Price open = listed.trades.empty() ? listed.last : listed.trades.front().price;
    const BookLevel bid = listed.book.top(Side::kBuy).value_or(BookLevel{});
    const BookLevel ask = listed.book.top(Side::kSell).value_or(BookLevel{});
    return json::value(
        json::object{{"symbol", listing.symbol},
                     {"priceChange", price(listed.last - open)},
                     {"priceChangePercent", "0.000"},
                     {"weightedAvgPrice", price(listed.last)},
                     {"prevClosePrice", price(open)},
                     {"lastPrice", price(listed.last)},
                     {"lastQty", "0"},
                     {"bidPrice", price(bid.price)},
                     {"bidQty", fixed(bid.quantity, listing.quantity_decimals)},
                     {"askPrice", price(ask.price)},
                     {"askQty", fixed(ask.quantity, listing.quantity_decimals)},
                     {"openPrice", price(open)},
                     {"highPrice", price(high)},
                     {"lowPrice", price(low)},
                     {"volume", fixed(volume, listing.quantity_decimals)},
                     {"quoteVolume", fixed(value, 8)},
                     {"openTime", to_ms(call.exchange.now()) - 86'400'000},
                     {"closeTime", to_ms(call.exchange.now())},
                     {"firstId", listed.trades.empty() ? 0 : listed.trades.front().id},
                     {"lastId", listed.trades.empty() ? 0 : listed.trades.back().id},
                     {"count", listed.trades.size()}});
  });
}

json::value place_answer(Call& call) {
  const Market market = call.exchange.market();
  NewOrder wanted = read_new_order(market, call.request);
  const AnswerKind kind = answer_kind(market, call.request, wanted);
  const Order& order = call.exchange.place(call.account, std::move(wanted));
  if (!order.fills.empty()) call.limits.uncount_order(call.account, call.exchange.now());
  json::object placed = placed_json(call.exchange, order, kind);
  if (market == Market::kUsdm && kind == AnswerKind::kAck) {
    // An acknowledgement is of the order as it came, before it met the book.
    placed["status"] = "NEW";
    placed["avgPrice"] = fixed(Price{}, 2);
    placed["executedQty"] = placed["cumQty"] =
        fixed(Quantity{}, listing_of(call).quantity_decimals);
    placed["cumQuote"] = fixed(Money{}, 8);
  }
  return placed;
}

json::value test_answer(Call& call) {
  call.exchange.check(call.account, read_new_order(call.exchange.market(), call.request));
  return json::object{};
}

json::value order_answer(Call& call) {
  const Listing& listing = listing_of(call);
  const Order* order = call.exchange.find(call.account, listing.symbol, order_name(call.request));
  if (order == nullptr) throw Refusal(-2013, "Order does not exist.");
  return order_json(call.exchange.market(), listing, *order);
}

json::value cancel_answer(Call& call) {
  const Listing& listing = listing_of(call);
  const OrderName name = order_name(call.request);
  if (const std::string only = call.request.text_or("cancelRestrictions", ""); !only.empty()) {
    const Order* order = call.exchange.find(call.account, listing.symbol, name);
    const bool untouched = order != nullptr && order->status == Status::kNew;
    if (order != nullptr && untouched != (only == "ONLY_NEW")) {
      throw Refusal(-2011, "Order was not canceled due to cancel restrictions.");
    }
  }
  const std::string cancel_id = call.request.text_or(
      "newClientOrderId", "cancel-" + std::to_string(call.exchange.now() / 1'000));
  const Order& order = call.exchange.cancel(call.account, listing.symbol, name, cancel_id);
  return cancelled_json(call.exchange.market(), listing, order, cancel_id);
}

json::value open_orders_answer(Call& call) {
  const std::string symbol = call.request.text_or("symbol", "");
  if (!symbol.empty()) static_cast<void>(call.exchange.listed(symbol));
  json::array orders;
  for (const Order* order : call.exchange.open_orders(call.account, symbol)) {
    orders.push_back(
        order_json(call.exchange.market(), call.exchange.listed(order->symbol).listing, *order));
  }
  return orders;
}

json::value all_orders_answer(Call& call) {
  const Listing& listing = listing_of(call);
  const auto from = static_cast<std::uint64_t>(call.request.integer_or("orderId", 0));
  const std::int64_t since = call.request.integer_or("startTime", 0) * 1'000'000;
  const std::size_t limit = limit_of(call, 500, 1'000);
  std::vector<const Order*> found;
  for (const auto& [id, order] : call.exchange.orders()) {
    const bool wanted = order.account == call.account && order.symbol == listing.symbol &&
                        id >= from && order.created_ts >= since;
    if (wanted) found.push_back(&order);
  }
  // From an order or a time on the first are meant, else the last.
  const bool first = from != 0 || since != 0;
  const std::size_t begin = first || found.size() <= limit ? 0 : found.size() - limit;
  json::array orders;
  for (std::size_t at = begin; at < std::min(found.size(), begin + limit); ++at) {
    orders.push_back(order_json(call.exchange.market(), listing, *found[at]));
  }
  return orders;
}

json::value fills_answer(Call& call) {
  const Listing& listing = listing_of(call);
  const auto order_id = static_cast<std::uint64_t>(call.request.integer_or("orderId", 0));
  const auto from = static_cast<std::uint64_t>(call.request.integer_or("fromId", 0));
  const std::int64_t since = call.request.integer_or("startTime", 0) * 1'000'000;
  const std::int64_t until = call.request.integer_or("endTime", 0) * 1'000'000;
  const std::size_t limit = limit_of(call, 500, 1'000);
  std::vector<const Fill*> found;
  for (const Fill& fill : call.exchange.fills()) {
    const bool wanted = fill.account == call.account && fill.symbol == listing.symbol &&
                        (order_id == 0 || fill.order_id == order_id) && fill.trade_id >= from &&
                        fill.ts >= since && (until == 0 || fill.ts < until + 1'000'000);
    if (wanted) found.push_back(&fill);
  }
  const bool first = from != 0 || since != 0;
  const std::size_t begin = first || found.size() <= limit ? 0 : found.size() - limit;
  json::array fills;
  for (std::size_t at = begin; at < std::min(found.size(), begin + limit); ++at) {
    fills.push_back(fill_json(call.exchange.market(), listing, *found[at]));
  }
  return fills;
}

json::value logon_answer(Call& call) {
  const std::int64_t now = to_ms(call.exchange.now());
  return json::object{{"apiKey", *call.session->api_key},
                      {"authorizedSince", now},
                      {"connectedSince", now},
                      {"returnRateLimits", true},
                      {"serverTime", now}};
}

json::value logout_answer(Call& call) {
  call.session->api_key.reset();
  return json::object{{"apiKey", nullptr}, {"serverTime", to_ms(call.exchange.now())}};
}

}  // namespace writ::venue_sim
