#include "messages.hpp"

#include <writ/rounding.hpp>

#include <utility>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

std::string at_8(Money amount) { return fixed(amount, 8); }

/// The price and the quantity of a listing, as its messages write them.
struct Texts {
  const Listing& listing;
  [[nodiscard]] std::string operator()(Price price) const {
    return fixed(price, listing.price_decimals);
  }
  [[nodiscard]] std::string operator()(Quantity quantity) const {
    return fixed(quantity, listing.quantity_decimals);
  }
};

std::string average_price(const Listing& listing, const Order& order) {
  const auto average = unit_price(order.executed_quote, order.executed, Rounding::kHalfEven);
  return fixed(average.value_or(Price{}), listing.price_decimals);
}

/// What the spot market calls GTC a LIMIT_MAKER too.
std::string_view time_in_force_word(const Order& order) {
  return order.type == OrderType::kLimitMaker ? "GTC" : to_word(order.time_in_force);
}

json::object spot_order(const Listing& listing, const Order& order) {
  const Texts text{listing};
  return {{"symbol", order.symbol},
          {"orderId", order.id},
          {"orderListId", -1},
          {"clientOrderId", order.client_id},
          {"price", text(order.price)},
          {"origQty", text(order.quantity)},
          {"executedQty", text(order.executed)},
          {"origQuoteOrderQty", at_8(order.quote_quantity)},
          {"cummulativeQuoteQty", at_8(order.executed_quote)},
          {"status", to_word(order.status)},
          {"timeInForce", time_in_force_word(order)},
          {"type", to_word(order.type)},
          {"side", to_word(order.side)}};
}

json::object future_order(const Listing& listing, const Order& order) {
  const Texts text{listing};
  return {{"orderId", order.id},
          {"symbol", order.symbol},
          {"status", to_word(order.status)},
          {"clientOrderId", order.client_id},
          {"price", text(order.price)},
          {"avgPrice", average_price(listing, order)},
          {"origQty", text(order.quantity)},
          {"executedQty", text(order.executed)},
          {"cumQty", text(order.executed)},
          {"cumQuote", at_8(order.executed_quote)},
          {"timeInForce", to_word(order.time_in_force)},
          {"type", to_word(order.type)},
          {"reduceOnly", order.reduce_only},
          {"closePosition", false},
          {"side", to_word(order.side)},
          {"positionSide", "BOTH"},
          {"stopPrice", text(Price{})},
          {"workingType", "CONTRACT_PRICE"},
          {"priceProtect", false},
          {"origType", to_word(order.type)},
          {"priceMatch", "NONE"},
          {"selfTradePreventionMode", to_word(order.self_trade)},
          {"goodTillDate", to_ms(order.good_till_ts)},
          {"updateTime", to_ms(order.updated_ts)}};
}

std::string_view spot_execution(Execution execution) {
  switch (execution) {
    case Execution::kNew:
      return "NEW";
    case Execution::kTrade:
      return "TRADE";
    case Execution::kCanceled:
      return "CANCELED";
    case Execution::kExpired:
      return "EXPIRED";
    case Execution::kPrevented:
      return "TRADE_PREVENTION";
    case Execution::kAmended:
      return "REPLACED";
  }
  return "";
}

std::string_view future_execution(const OrderEvent& event) {
  switch (event.execution) {
    case Execution::kTrade:
      return event.order.forced ? "CALCULATED" : "TRADE";
    case Execution::kPrevented:
      return "EXPIRED";
    case Execution::kAmended:
      return "AMENDMENT";
    default:
      return spot_execution(event.execution);
  }
}

json::object execution_report(const Listing& listing, const OrderEvent& event) {
  const Texts text{listing};
  const Order& order = event.order;
  // A cancel has an id of its own, and the order's moves from `c` to `C`.
  const bool renamed = event.execution == Execution::kCanceled && !event.cancel_id.empty();
  const bool amended = event.execution == Execution::kAmended;
  json::object report = {
      {"e", "executionReport"},
      {"E", to_ms(event.ts)},
      {"s", order.symbol},
      {"c", renamed ? event.cancel_id : order.client_id},
      {"S", to_word(order.side)},
      {"o", to_word(order.type)},
      {"f", time_in_force_word(order)},
      {"q", text(order.quantity)},
      {"p", text(order.price)},
      {"P", text(Price{})},
      {"F", text(Quantity{})},
      {"g", -1},
      {"C", renamed ? order.client_id : (amended ? event.cancel_id : std::string())},
      {"x", spot_execution(event.execution)},
      {"X", to_word(order.status)},
      {"r", "NONE"},
      {"i", order.id},
      {"l", text(event.fill ? event.fill->quantity : Quantity{})},
      {"z", text(order.executed)},
      {"L", text(event.fill ? event.fill->price : Price{})},
      {"n", event.fill ? at_8(event.fill->commission) : "0"},
      {"N", nullptr},
      {"T", to_ms(event.ts)},
      {"t", -1},
      {"I", order.id * 2},
      {"w", is_open(order.status)},
      {"m", event.fill && event.fill->maker},
      {"M", false},
      {"O", to_ms(order.created_ts)},
      {"Z", at_8(order.executed_quote)},
      {"Y", at_8(event.fill ? event.fill->quote : Money{})},
      {"Q", at_8(order.quote_quantity)},
      {"W", to_ms(order.created_ts)},
      {"V", to_word(order.self_trade)}};
  if (event.fill) {
    report["N"] = event.fill->commission_asset;
    report["t"] = event.fill->trade_id;
  }
  return report;
}

json::object order_trade_update(const Listing& listing, const OrderEvent& event) {
  const Texts text{listing};
  const Order& order = event.order;
  json::object update = {{"s", order.symbol},
                         {"c", order.client_id},
                         {"S", to_word(order.side)},
                         {"o", to_word(order.type)},
                         {"f", to_word(order.time_in_force)},
                         {"q", text(order.quantity)},
                         {"p", text(order.price)},
                         {"ap", average_price(listing, order)},
                         {"sp", "0"},
                         {"x", future_execution(event)},
                         {"X", to_word(order.status)},
                         {"i", order.id},
                         {"l", text(event.fill ? event.fill->quantity : Quantity{})},
                         {"z", text(order.executed)},
                         {"L", text(event.fill ? event.fill->price : Price{})}};
  if (event.fill) {
    update["n"] = at_8(event.fill->commission);
    update["N"] = event.fill->commission_asset;
  }
  update["T"] = to_ms(event.ts);
  update["t"] = event.fill ? event.fill->trade_id : 0;
  update["b"] = "0";
  update["a"] = "0";
  update["m"] = event.fill && event.fill->maker;
  update["R"] = order.reduce_only;
  update["wt"] = "CONTRACT_PRICE";
  update["ot"] = to_word(order.type);
  update["ps"] = "BOTH";
  update["cp"] = false;
  update["pP"] = false;
  update["si"] = 0;
  update["ss"] = 0;
  update["rp"] = at_8(event.fill ? event.fill->realised : Money{});
  update["V"] = to_word(order.self_trade);
  update["pm"] = "NONE";
  update["gtd"] = to_ms(order.good_till_ts);
  update["er"] = "0";
  return {{"e", "ORDER_TRADE_UPDATE"},
          {"E", to_ms(event.ts)},
          {"T", to_ms(event.ts)},
          {"o", std::move(update)}};
}

json::object account_position(const BalanceEvent& event) {
  json::array balances;
  for (const auto& [asset, balance] : event.balances) {
    balances.push_back(
        json::object{{"a", asset}, {"f", at_8(balance.free)}, {"l", at_8(balance.locked)}});
  }
  return {{"e", "outboundAccountPosition"},
          {"E", to_ms(event.ts)},
          {"u", to_ms(event.ts)},
          {"B", std::move(balances)}};
}

std::string_view word_of(BalanceReason reason) {
  switch (reason) {
    case BalanceReason::kOrder:
      return "ORDER";
    case BalanceReason::kDeposit:
      return "DEPOSIT";
    case BalanceReason::kFunding:
      return "FUNDING_FEE";
  }
  return "";
}

json::object account_update(const Exchange& exchange, const BalanceEvent& event) {
  json::array balances;
  for (const auto& [asset, balance] : event.balances) {
    const bool told = event.asset == asset;
    balances.push_back(json::object{{"a", asset},
                                    {"wb", at_8(balance.free)},
                                    {"cw", at_8(balance.free)},
                                    {"bc", at_8(told ? event.change : Money{})}});
  }
  json::array positions;
  for (const auto& [symbol, position] : event.positions) {
    const ListedBook& listed = exchange.listed(symbol);
    positions.push_back(
        json::object{{"s", symbol},
                     {"pa", fixed(position.amount, listed.listing.quantity_decimals)},
                     {"ep", fixed(position.entry_price(), 8)},
                     {"bep", fixed(position.entry_price(), 8)},
                     {"cr", at_8(position.realised)},
                     {"up", at_8(position.unrealised(listed.mark.mark))},
                     {"mt", "cross"},
                     {"iw", "0"},
                     {"ps", "BOTH"}});
  }
  return {{"e", "ACCOUNT_UPDATE"},
          {"E", to_ms(event.ts)},
          {"T", to_ms(event.ts)},
          {"a", json::object{{"m", word_of(event.reason)},
                             {"B", std::move(balances)},
                             {"P", std::move(positions)}}}};
}

}  // namespace

json::object order_json(Market market, const Listing& listing, const Order& order) {
  if (market == Market::kUsdm) {
    json::object made = future_order(listing, order);
    made["time"] = to_ms(order.created_ts);
    return made;
  }
  json::object made = spot_order(listing, order);
  made["stopPrice"] = fixed(Price{}, 8);
  made["icebergQty"] = fixed(Quantity{}, 8);
  made["time"] = to_ms(order.created_ts);
  made["updateTime"] = to_ms(order.updated_ts);
  made["isWorking"] = true;
  made["workingTime"] = to_ms(order.created_ts);
  made["selfTradePreventionMode"] = to_word(order.self_trade);
  return made;
}

json::object placed_json(const Exchange& exchange, const Order& order, AnswerKind kind) {
  const Listing& listing = exchange.listed(order.symbol).listing;
  if (exchange.market() == Market::kUsdm) return future_order(listing, order);
  if (kind == AnswerKind::kAck) {
    return {{"symbol", order.symbol},
            {"orderId", order.id},
            {"orderListId", -1},
            {"clientOrderId", order.client_id},
            {"transactTime", to_ms(order.updated_ts)}};
  }
  json::object made = spot_order(listing, order);
  made["transactTime"] = to_ms(order.updated_ts);
  made["workingTime"] = to_ms(order.created_ts);
  made["selfTradePreventionMode"] = to_word(order.self_trade);
  if (kind == AnswerKind::kResult) return made;
  json::array fills;
  const Texts text{listing};
  for (const std::size_t place : order.fills) {
    const Fill& fill = exchange.fills()[place];
    fills.push_back(json::object{{"price", text(fill.price)},
                                 {"qty", text(fill.quantity)},
                                 {"commission", at_8(fill.commission)},
                                 {"commissionAsset", fill.commission_asset},
                                 {"tradeId", fill.trade_id}});
  }
  made["fills"] = std::move(fills);
  return made;
}

json::object cancelled_json(Market market, const Listing& listing, const Order& order,
                            const std::string& cancel_id) {
  if (market == Market::kUsdm) return future_order(listing, order);
  json::object made = spot_order(listing, order);
  made["origClientOrderId"] = order.client_id;
  made["clientOrderId"] = cancel_id;
  made["transactTime"] = to_ms(order.updated_ts);
  made["selfTradePreventionMode"] = to_word(order.self_trade);
  return made;
}

json::object fill_json(Market market, const Listing& listing, const Fill& fill) {
  const Texts text{listing};
  json::object made = {{"symbol", fill.symbol},
                       {"id", fill.trade_id},
                       {"orderId", fill.order_id},
                       {"price", text(fill.price)},
                       {"qty", text(fill.quantity)},
                       {"quoteQty", at_8(fill.quote)},
                       {"commission", at_8(fill.commission)},
                       {"commissionAsset", fill.commission_asset},
                       {"time", to_ms(fill.ts)}};
  const bool buyer = fill.side == Side::kBuy;
  if (market == Market::kSpot) {
    made["orderListId"] = -1;
    made["isBuyer"] = buyer;
    made["isMaker"] = fill.maker;
    made["isBestMatch"] = true;
  } else {
    made["side"] = to_word(fill.side);
    made["positionSide"] = "BOTH";
    made["realizedPnl"] = at_8(fill.realised);
    made["buyer"] = buyer;
    made["maker"] = fill.maker;
  }
  return made;
}

json::array levels_json(const Listing& listing, const BookLevels& levels) {
  const Texts text{listing};
  json::array made;
  made.reserve(levels.size());
  for (const BookLevel& level : levels) {
    made.push_back(json::array{text(level.price), text(level.quantity)});
  }
  return made;
}

json::object trade_json(const Listing& listing, const PublicTrade& trade) {
  const Texts text{listing};
  return {{"id", trade.id},
          {"price", text(trade.price)},
          {"qty", text(trade.quantity)},
          {"quoteQty", at_8(notional(trade.price, trade.quantity))},
          {"time", to_ms(trade.ts)},
          {"isBuyerMaker", trade.buyer_is_maker},
          {"isBestMatch", true}};
}

json::object aggregate_json(const Listing& listing, const AggregateTrade& trade) {
  const Texts text{listing};
  return {{"a", trade.trade.id},
          {"p", text(trade.trade.price)},
          {"q", text(trade.trade.quantity)},
          {"f", trade.first_id},
          {"l", trade.last_id},
          {"T", to_ms(trade.trade.ts)},
          {"m", trade.trade.buyer_is_maker}};
}

json::object trade_event(const Listing& listing, const PublicTrade& trade) {
  const Texts text{listing};
  return {{"e", "trade"},         {"E", to_ms(trade.ts)},      {"s", trade.symbol},
          {"t", trade.id},        {"p", text(trade.price)},    {"q", text(trade.quantity)},
          {"T", to_ms(trade.ts)}, {"m", trade.buyer_is_maker}, {"M", true}};
}

json::object aggregate_event(const Listing& listing, const AggregateTrade& trade) {
  json::object event = {{"e", "aggTrade"}, {"E", to_ms(trade.trade.ts)}, {"s", trade.trade.symbol}};
  for (auto& member : aggregate_json(listing, trade)) event.insert(member);
  return event;
}

json::object depth_event(Market market, const Listing& listing, const BookChanges& changes,
                         std::uint64_t before_id, std::int64_t ts) {
  json::object event = {{"e", "depthUpdate"}, {"E", to_ms(ts)}};
  if (market == Market::kUsdm) event["T"] = to_ms(ts);
  event["s"] = listing.symbol;
  event["U"] = changes.first_id;
  event["u"] = changes.last_id;
  if (market == Market::kUsdm) event["pu"] = before_id;
  event["b"] = levels_json(listing, changes.bids);
  event["a"] = levels_json(listing, changes.asks);
  return event;
}

json::object partial_depth_event(Market market, const Listing& listing, const Book& book,
                                 std::size_t depth, std::int64_t ts) {
  json::array bids = levels_json(listing, book.levels(Side::kBuy, depth));
  json::array asks = levels_json(listing, book.levels(Side::kSell, depth));
  if (market == Market::kSpot) {
    return {{"lastUpdateId", book.last_id()}, {"bids", std::move(bids)}, {"asks", std::move(asks)}};
  }
  return {{"e", "depthUpdate"},       {"E", to_ms(ts)},       {"T", to_ms(ts)},
          {"s", listing.symbol},      {"U", book.last_id()},  {"u", book.last_id()},
          {"pu", book.last_id() - 1}, {"b", std::move(bids)}, {"a", std::move(asks)}};
}

json::object book_ticker_event(Market market, const Listing& listing, const Book& book,
                               std::int64_t ts) {
  const Texts text{listing};
  const BookLevel bid = book.top(Side::kBuy).value_or(BookLevel{});
  const BookLevel ask = book.top(Side::kSell).value_or(BookLevel{});
  json::object event;
  if (market == Market::kUsdm) event["e"] = "bookTicker";
  event["u"] = book.last_id();
  if (market == Market::kUsdm) {
    event["E"] = to_ms(ts);
    event["T"] = to_ms(ts);
  }
  event["s"] = listing.symbol;
  event["b"] = text(bid.price);
  event["B"] = text(bid.quantity);
  event["a"] = text(ask.price);
  event["A"] = text(ask.quantity);
  return event;
}

json::object mark_price_event(const Listing& listing, const Mark& mark, std::int64_t ts) {
  return {{"e", "markPriceUpdate"},
          {"E", to_ms(ts)},
          {"s", listing.symbol},
          {"p", fixed(mark.mark, 8)},
          {"i", fixed(mark.index, 8)},
          {"P", fixed(mark.mark, 8)},
          {"r", fixed(mark.funding_rate, 8)},
          {"T", to_ms(mark.next_funding_ts)}};
}

json::object force_order_event(const Listing& listing, const ForcedEvent& forced) {
  const Texts text{listing};
  const Order& order = forced.order;
  return {{"e", "forceOrder"},
          {"E", to_ms(forced.ts)},
          {"o", json::object{{"s", order.symbol},
                             {"S", to_word(order.side)},
                             {"o", "LIMIT"},
                             {"f", "IOC"},
                             {"q", text(order.quantity)},
                             {"p", text(order.price)},
                             {"ap", average_price(listing, order)},
                             {"X", to_word(order.status)},
                             {"l", text(order.executed)},
                             {"z", text(order.executed)},
                             {"T", to_ms(forced.ts)}}}};
}

json::object order_event(Market market, const Listing& listing, const OrderEvent& event) {
  return market == Market::kSpot ? execution_report(listing, event)
                                 : order_trade_update(listing, event);
}

json::object balances_event(Market market, const Exchange& exchange, const BalanceEvent& event) {
  return market == Market::kSpot ? account_position(event) : account_update(exchange, event);
}

json::object balance_update_event(const BalanceEvent& event) {
  return {{"e", "balanceUpdate"},
          {"E", to_ms(event.ts)},
          {"a", event.asset},
          {"d", at_8(event.change)},
          {"T", to_ms(event.ts)}};
}

}  // namespace writ::venue_sim
