// What the spot market answers that futures do not, and the paths of all it answers.
#include "answers.hpp"
#include "messages.hpp"
#include "refusal.hpp"

#include <writ/decimal.hpp>

#include <set>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

json::object symbol_json(const Listing& listing) {
  const std::string step = fixed(listing.step, 8);
  return {{"symbol", listing.symbol},
          {"status", "TRADING"},
          {"baseAsset", listing.base},
          {"baseAssetPrecision", 8},
          {"quoteAsset", listing.quote},
          {"quotePrecision", 8},
          {"quoteAssetPrecision", 8},
          {"baseCommissionPrecision", 8},
          {"quoteCommissionPrecision", 8},
          {"orderTypes", json::array{"LIMIT", "LIMIT_MAKER", "MARKET"}},
          {"icebergAllowed", false},
          {"ocoAllowed", false},
          {"otoAllowed", false},
          {"quoteOrderQtyMarketAllowed", true},
          {"allowTrailingStop", false},
          {"cancelReplaceAllowed", false},
          {"amendAllowed", true},
          {"isSpotTradingAllowed", true},
          {"isMarginTradingAllowed", false},
          {"filters", json::array{json::object{{"filterType", "PRICE_FILTER"},
                                               {"minPrice", fixed(listing.tick, 8)},
                                               {"maxPrice", fixed(listing.price_max, 8)},
                                               {"tickSize", fixed(listing.tick, 8)}},
                                  json::object{{"filterType", "LOT_SIZE"},
                                               {"minQty", fixed(listing.quantity_min, 8)},
                                               {"maxQty", fixed(listing.quantity_max, 8)},
                                               {"stepSize", step}},
                                  json::object{{"filterType", "PERCENT_PRICE_BY_SIDE"},
                                               {"bidMultiplierUp", to_string(listing.band_up)},
                                               {"bidMultiplierDown", to_string(listing.band_down)},
                                               {"askMultiplierUp", to_string(listing.band_up)},
                                               {"askMultiplierDown", to_string(listing.band_down)},
                                               {"avgPriceMins", 0}},
                                  json::object{{"filterType", "NOTIONAL"},
                                               {"minNotional", fixed(listing.notional_min, 8)},
                                               {"applyMinToMarket", true},
                                               {"maxNotional", "9000000.00000000"},
                                               {"applyMaxToMarket", false},
                                               {"avgPriceMins", 0}},
                                  json::object{{"filterType", "MAX_NUM_ORDERS"},
                                               {"maxNumOrders", listing.orders_max}}}},
          {"permissions", json::array{}},
          {"permissionSets", json::array{json::array{"SPOT"}}},
          {"defaultSelfTradePreventionMode", "NONE"},
          {"allowedSelfTradePreventionModes",
           json::array{"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"}}};
}

json::value exchange_info(Call& call) {
  json::array symbols;
  if (call.request.has("symbol")) {
    symbols.push_back(symbol_json(listing_of(call)));
  } else {
    const std::string wanted = call.request.text_or("symbols", "");
    for (const auto& [symbol, listed] : call.exchange.all_listed()) {
      if (!wanted.empty() && wanted.find('"' + symbol + '"') == std::string::npos) continue;
      symbols.push_back(symbol_json(listed.listing));
    }
  }
  return json::object{{"timezone", "UTC"},
                      {"serverTime", to_ms(call.exchange.now())},
                      {"rateLimits", call.limits.listed()},
                      {"exchangeFilters", json::array{}},
                      {"symbols", std::move(symbols)}};
}

json::value account(Call& call) {
  const Account& owner = call.exchange.account(call.account);
  const Fees fees = call.exchange.fees();
  json::array balances;
  for (const auto& [asset, balance] : owner.balances) {
    balances.push_back(json::object{
        {"asset", asset}, {"free", fixed(balance.free, 8)}, {"locked", fixed(balance.locked, 8)}});
  }
  return json::object{{"makerCommission", fees.maker.raw / 100'000},
                      {"takerCommission", fees.taker.raw / 100'000},
                      {"buyerCommission", 0},
                      {"sellerCommission", 0},
                      {"commissionRates", json::object{{"maker", fixed(fees.maker, 8)},
                                                       {"taker", fixed(fees.taker, 8)},
                                                       {"buyer", "0.00000000"},
                                                       {"seller", "0.00000000"}}},
                      {"canTrade", true},
                      {"canWithdraw", true},
                      {"canDeposit", true},
                      {"brokered", false},
                      {"requireSelfTradePrevention", false},
                      {"preventSor", false},
                      {"updateTime", to_ms(owner.updated_ts)},
                      {"accountType", "SPOT"},
                      {"balances", std::move(balances)},
                      {"permissions", json::array{"SPOT"}},
                      {"uid", call.account}};
}

json::value commission(Call& call) {
  const Fees fees = call.exchange.fees();
  const auto rates = [](Rate maker, Rate taker) {
    return json::object{{"maker", fixed(maker, 8)},
                        {"taker", fixed(taker, 8)},
                        {"buyer", "0.00000000"},
                        {"seller", "0.00000000"}};
  };
  return json::object{{"symbol", listing_of(call).symbol},
                      {"standardCommission", rates(fees.maker, fees.taker)},
                      {"specialCommission", rates({}, {})},
                      {"taxCommission", rates({}, {})},
                      {"discount", json::object{{"enabledForAccount",
                                                 call.exchange.account(call.account).fees_in_bnb},
                                                {"enabledForSymbol", true},
                                                {"discountAsset", "BNB"},
                                                {"discount", "0.75000000"}}}};
}

json::value cancel_all(Call& call) {
  const Listing& listing = listing_of(call);
  const std::string id = "cancel-" + std::to_string(call.exchange.now() / 1'000);
  const auto orders = call.exchange.cancel_all(call.account, listing.symbol, id);
  if (orders.empty()) throw Refusal(-2011, "Unknown order sent.");
  json::array cancelled;
  for (const Order& order : orders) {
    cancelled.push_back(cancelled_json(Market::kSpot, listing, order, id));
  }
  return cancelled;
}

json::value amend(Call& call) {
  const Listing& listing = listing_of(call);
  const Order& order = call.exchange.reduce(call.account, listing.symbol, order_name(call.request),
                                            call.request.quantity("newQty"),
                                            call.request.text_or("newClientOrderId", ""));
  return json::object{{"transactTime", to_ms(order.updated_ts)},
                      {"executionId", order.id},
                      {"amendedOrder", order_json(Market::kSpot, listing, order)}};
}

json::value order_counts(Call& call) {
  return call.limits.counted(call.account, call.exchange.now());
}

json::value fees_in_bnb(Call& call) {
  Account& owner = call.exchange.account(call.account);
  owner.fees_in_bnb = call.request.flag_or("spotBNBBurn", owner.fees_in_bnb);
  return json::object{{"spotBNBBurn", owner.fees_in_bnb}, {"interestBNBBurn", false}};
}

json::value coins(Call& call) {
  std::set<std::string> assets;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    assets.insert(listed.listing.base);
    assets.insert(listed.listing.quote);
  }
  json::array all;
  for (const std::string& asset : assets) {
    const auto& balances = call.exchange.account(call.account).balances;
    const auto held = balances.find(asset);
    all.push_back(
        json::object{{"coin", asset},
                     {"depositAllEnable", true},
                     {"withdrawAllEnable", true},
                     {"name", asset},
                     {"free", held == balances.end() ? "0" : fixed(held->second.free, 8)},
                     {"locked", held == balances.end() ? "0" : fixed(held->second.locked, 8)},
                     {"isLegalMoney", false},
                     {"trading", true},
                     {"networkList", json::array{}}});
  }
  return all;
}

json::value average_price(Call& call) {
  const ListedBook& listed = call.exchange.listed(call.request.text("symbol"));
  return json::object{
      {"mins", 5}, {"price", fixed(listed.last, 8)}, {"closeTime", to_ms(call.exchange.now())}};
}

json::value subscribe(Call& call) {
  for (const auto& [id, account] : call.session->subscriptions) {
    if (account == call.account) {
      throw Refusal(-2035, "User Data Stream subscription already active.");
    }
  }
  const std::int64_t id = call.session->next_subscription++;
  call.session->subscriptions[id] = call.account;
  return json::object{{"subscriptionId", id}};
}

json::value unsubscribe(Call& call) {
  if (call.request.has("subscriptionId")) {
    call.session->subscriptions.erase(call.request.integer("subscriptionId"));
  } else {
    call.session->subscriptions.clear();
  }
  return json::object{};
}

json::value no_listen_key(Call& /*call*/) {
  throw Refusal(-1000, "This endpoint is gone; subscribe with the WebSocket API.", 410);
}

}  // namespace

const std::vector<Route>& spot_routes() {
  constexpr Security kOpen = Security::kNone;
  constexpr Security kSigned = Security::kSigned;
  static const std::vector<Route> kRoutes = {
      {"GET", "/api/v3/ping", "ping", kOpen, 1, ping_answer},
      {"GET", "/api/v3/time", "time", kOpen, 1, time_answer},
      {"GET", "/api/v3/exchangeInfo", "exchangeInfo", kOpen, 20, exchange_info},
      {"GET", "/api/v3/depth", "depth", kOpen, 5, depth_answer},
      {"GET", "/api/v3/trades", "trades.recent", kOpen, 25, trades_answer},
      {"GET", "/api/v3/aggTrades", "trades.aggregate", kOpen, 4, aggregates_answer},
      {"GET", "/api/v3/klines", "klines", kOpen, 2, candles_answer},
      {"GET", "/api/v3/avgPrice", "avgPrice", kOpen, 2, average_price},
      {"GET", "/api/v3/ticker/price", "ticker.price", kOpen, 2, price_answer},
      {"GET", "/api/v3/ticker/bookTicker", "ticker.book", kOpen, 2, book_ticker_answer},
      {"GET", "/api/v3/ticker/24hr", "ticker.24hr", kOpen, 2, day_answer},
      {"POST", "/api/v3/order", "order.place", kSigned, 0, place_answer},
      {"POST", "/api/v3/order/test", "order.test", kSigned, 1, test_answer},
      {"GET", "/api/v3/order", "order.status", kSigned, 4, order_answer},
      {"DELETE", "/api/v3/order", "order.cancel", kSigned, 0, cancel_answer},
      {"PUT", "/api/v3/order/amend/keepPriority", "order.amend.keepPriority", kSigned, 4, amend},
      {"GET", "/api/v3/openOrders", "openOrders.status", kSigned, 6, open_orders_answer},
      {"DELETE", "/api/v3/openOrders", "openOrders.cancelAll", kSigned, 0, cancel_all},
      {"GET", "/api/v3/allOrders", "allOrders", kSigned, 20, all_orders_answer},
      {"GET", "/api/v3/myTrades", "myTrades", kSigned, 20, fills_answer},
      {"GET", "/api/v3/account", "account.status", kSigned, 20, account},
      {"GET", "/api/v3/account/commission", "account.commission", kSigned, 20, commission},
      {"GET", "/api/v3/rateLimit/order", "account.rateLimits.orders", kSigned, 40, order_counts},
      {"POST", "/api/v3/userDataStream", "userDataStream.start", Security::kKey, 2, no_listen_key},
      {"", "", "session.logon", kSigned, 2, logon_answer},
      {"", "", "session.logout", kOpen, 2, logout_answer},
      {"", "", "userDataStream.subscribe", Security::kKey, 2, subscribe},
      {"", "", "userDataStream.subscribe.signature", kSigned, 2, subscribe},
      {"", "", "userDataStream.unsubscribe", kOpen, 2, unsubscribe},
      {"GET", "/sapi/v1/capital/config/getall", "", kSigned, 10, coins},
      {"POST", "/sapi/v1/bnbBurn", "", kSigned, 1, fees_in_bnb},
      {"GET", "/sapi/v1/bnbBurn", "", kSigned, 1, fees_in_bnb},
  };
  return kRoutes;
}

}  // namespace writ::venue_sim
