// What the futures market answers that spot does not, and the paths of all it answers.
#include "answers.hpp"
#include "messages.hpp"
#include "refusal.hpp"

#include <writ/decimal.hpp>

#include <algorithm>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

json::object symbol_json(const Listing& listing) {
  return {
      {"symbol", listing.symbol},
      {"pair", listing.symbol},
      {"contractType", "PERPETUAL"},
      {"deliveryDate", 4'133'404'800'000},
      {"onboardDate", 1'569'398'400'000},
      {"status", "TRADING"},
      {"maintMarginPercent", "2.5000"},
      {"requiredMarginPercent", "5.0000"},
      {"baseAsset", listing.base},
      {"quoteAsset", listing.quote},
      {"marginAsset", listing.quote},
      {"pricePrecision", listing.price_decimals},
      {"quantityPrecision", listing.quantity_decimals},
      {"baseAssetPrecision", 8},
      {"quotePrecision", 8},
      {"underlyingType", "COIN"},
      {"underlyingSubType", json::array{"PoW"}},
      {"triggerProtect", "0.0500"},
      {"liquidationFee", "0.012500"},
      {"marketTakeBound", "0.05"},
      {"filters",
       json::array{json::object{{"filterType", "PRICE_FILTER"},
                                {"minPrice", to_string(listing.tick)},
                                {"maxPrice", to_string(listing.price_max)},
                                {"tickSize", fixed(listing.tick, listing.price_decimals)}},
                   json::object{{"filterType", "LOT_SIZE"},
                                {"minQty", to_string(listing.quantity_min)},
                                {"maxQty", to_string(listing.quantity_max)},
                                {"stepSize", to_string(listing.step)}},
                   json::object{{"filterType", "MARKET_LOT_SIZE"},
                                {"minQty", to_string(listing.quantity_min)},
                                {"maxQty", to_string(listing.quantity_max)},
                                {"stepSize", to_string(listing.step)}},
                   json::object{{"filterType", "MAX_NUM_ORDERS"}, {"limit", listing.orders_max}},
                   json::object{{"filterType", "MIN_NOTIONAL"},
                                {"notional", to_string(listing.notional_min)}},
                   json::object{{"filterType", "PERCENT_PRICE"},
                                {"multiplierUp", fixed(listing.band_up, 4)},
                                {"multiplierDown", fixed(listing.band_down, 4)},
                                {"multiplierDecimal", "4"}}}},
      {"orderTypes", json::array{"LIMIT", "MARKET"}},
      {"timeInForce", json::array{"GTC", "IOC", "FOK", "GTX", "GTD"}}};
}

json::value exchange_info(Call& call) {
  json::array symbols;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    symbols.push_back(symbol_json(listed.listing));
  }
  return json::object{
      {"timezone", "UTC"},
      {"serverTime", to_ms(call.exchange.now())},
      {"futuresType", "U_MARGINED"},
      {"rateLimits", call.limits.listed()},
      {"exchangeFilters", json::array{}},
      {"assets", json::array{json::object{
                     {"asset", "USDT"}, {"marginAvailable", true}, {"autoAssetExchange", "0"}}}},
      {"symbols", std::move(symbols)}};
}

json::value premium_index(Call& call) {
  const auto make = [&](const ListedBook& listed) {
    return json::object{{"symbol", listed.listing.symbol},
                        {"markPrice", fixed(listed.mark.mark, 8)},
                        {"indexPrice", fixed(listed.mark.index, 8)},
                        {"estimatedSettlePrice", fixed(listed.mark.mark, 8)},
                        {"lastFundingRate", fixed(listed.mark.funding_rate, 8)},
                        {"interestRate", "0.00010000"},
                        {"nextFundingTime", to_ms(listed.mark.next_funding_ts)},
                        {"time", to_ms(call.exchange.now())}};
  };
  if (call.request.has("symbol")) return make(call.exchange.listed(call.request.text("symbol")));
  json::array all;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) all.push_back(make(listed));
  return all;
}

json::value funding_rates(Call& call) {
  const std::string wanted = call.request.text_or("symbol", "");
  json::array rates;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    if (!wanted.empty() && wanted != symbol) continue;
    for (const FundingPaid& paid : listed.fundings) {
      rates.push_back(json::object{{"symbol", paid.symbol},
                                   {"fundingTime", to_ms(paid.ts)},
                                   {"fundingRate", fixed(paid.rate, 8)},
                                   {"markPrice", fixed(paid.mark, 8)}});
    }
  }
  return rates;
}

json::value funding_info(Call& call) {
  json::array all;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    all.push_back(json::object{{"symbol", symbol},
                               {"adjustedFundingRateCap", "0.02000000"},
                               {"adjustedFundingRateFloor", "-0.02000000"},
                               {"fundingIntervalHours", 8}});
  }
  return all;
}

struct Margins {
  Money wallet;
  Money unrealised;
  Money positions;
  Money orders;
  Money available;
};

Margins margins_of(const Call& call) {
  const auto& balances = call.exchange.account(call.account).balances;
  const auto wallet = balances.find("USDT");
  return {wallet == balances.end() ? Money{} : wallet->second.free,
          call.exchange.unrealised(call.account), call.exchange.position_margin(call.account),
          call.exchange.order_margin(call.account), call.exchange.available_margin(call.account)};
}

json::value balance(Call& call) {
  const Margins margins = margins_of(call);
  json::array all;
  for (const auto& [asset, held] : call.exchange.account(call.account).balances) {
    const bool usdt = asset == "USDT";
    const Money available = usdt ? margins.available : held.free;
    all.push_back(
        json::object{{"accountAlias", "sim"},
                     {"asset", asset},
                     {"balance", fixed(held.free, 8)},
                     {"crossWalletBalance", fixed(held.free, 8)},
                     {"crossUnPnl", fixed(usdt ? margins.unrealised : Money{}, 8)},
                     {"availableBalance", fixed(available, 8)},
                     {"maxWithdrawAmount", fixed(available, 8)},
                     {"marginAvailable", true},
                     {"updateTime", to_ms(call.exchange.account(call.account).updated_ts)}});
  }
  return all;
}

json::object position_json(const Call& call, const std::string& symbol, const Position& position) {
  const ListedBook& listed = call.exchange.listed(symbol);
  const Price mark = listed.mark.mark;
  const Money value = notional(mark, position.amount);
  const std::int64_t leverage = call.exchange.account(call.account).leverage_of(symbol);
  const std::string margin = fixed(Money{abs(value).raw / leverage}, 8);
  return {{"symbol", symbol},
          {"positionSide", "BOTH"},
          {"positionAmt", fixed(position.amount, listed.listing.quantity_decimals)},
          {"entryPrice", fixed(position.entry_price(), 8)},
          {"breakEvenPrice", fixed(position.entry_price(), 8)},
          {"markPrice", fixed(mark, 8)},
          {"unRealizedProfit", fixed(position.unrealised(mark), 8)},
          {"unrealizedProfit", fixed(position.unrealised(mark), 8)},
          {"liquidationPrice", "0"},
          {"leverage", std::to_string(leverage)},
          {"maxNotionalValue", "10000000"},
          {"marginType", "cross"},
          {"isolated", false},
          {"isolatedMargin", "0"},
          {"isAutoAddMargin", "false"},
          {"notional", fixed(value, 8)},
          {"marginAsset", listed.listing.quote},
          {"isolatedWallet", "0"},
          {"initialMargin", margin},
          {"maintMargin", fixed(Money{abs(value).raw / 250}, 8)},
          {"positionInitialMargin", margin},
          {"openOrderInitialMargin", "0"},
          {"adl", 0},
          {"bidNotional", "0"},
          {"askNotional", "0"},
          {"updateTime", to_ms(position.updated_ts)}};
}

/// Version 2 names every symbol, version 3 only what is held.
json::array positions_json(const Call& call, bool every_symbol) {
  const Account& owner = call.exchange.account(call.account);
  const std::string wanted = call.request.text_or("symbol", "");
  json::array all;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    if (!wanted.empty() && wanted != symbol) continue;
    const auto held = owner.positions.find(symbol);
    const Position position = held == owner.positions.end() ? Position{} : held->second;
    if (!every_symbol && position.amount.raw == 0) continue;
    all.push_back(position_json(call, symbol, position));
  }
  return all;
}

json::value positions_v2(Call& call) { return positions_json(call, true); }
json::value positions_v3(Call& call) { return positions_json(call, false); }

json::value account_of(Call& call, bool every_symbol) {
  const Margins margins = margins_of(call);
  const Money initial = margins.positions + margins.orders;
  json::array assets;
  for (const auto& [asset, held] : call.exchange.account(call.account).balances) {
    const bool usdt = asset == "USDT";
    const Money unrealised = usdt ? margins.unrealised : Money{};
    assets.push_back(
        json::object{{"asset", asset},
                     {"walletBalance", fixed(held.free, 8)},
                     {"unrealizedProfit", fixed(unrealised, 8)},
                     {"marginBalance", fixed(held.free + unrealised, 8)},
                     {"maintMargin", "0.00000000"},
                     {"initialMargin", fixed(usdt ? initial : Money{}, 8)},
                     {"positionInitialMargin", fixed(usdt ? margins.positions : Money{}, 8)},
                     {"openOrderInitialMargin", fixed(usdt ? margins.orders : Money{}, 8)},
                     {"crossWalletBalance", fixed(held.free, 8)},
                     {"crossUnPnl", fixed(unrealised, 8)},
                     {"availableBalance", fixed(usdt ? margins.available : held.free, 8)},
                     {"maxWithdrawAmount", fixed(usdt ? margins.available : held.free, 8)},
                     {"marginAvailable", true},
                     {"updateTime", to_ms(call.exchange.account(call.account).updated_ts)}});
  }
  return json::object{{"feeTier", 0},
                      {"canTrade", true},
                      {"canDeposit", true},
                      {"canWithdraw", true},
                      {"updateTime", 0},
                      {"multiAssetsMargin", false},
                      {"tradeGroupId", -1},
                      {"totalInitialMargin", fixed(initial, 8)},
                      {"totalMaintMargin", "0.00000000"},
                      {"totalWalletBalance", fixed(margins.wallet, 8)},
                      {"totalUnrealizedProfit", fixed(margins.unrealised, 8)},
                      {"totalMarginBalance", fixed(margins.wallet + margins.unrealised, 8)},
                      {"totalPositionInitialMargin", fixed(margins.positions, 8)},
                      {"totalOpenOrderInitialMargin", fixed(margins.orders, 8)},
                      {"totalCrossWalletBalance", fixed(margins.wallet, 8)},
                      {"totalCrossUnPnl", fixed(margins.unrealised, 8)},
                      {"availableBalance", fixed(margins.available, 8)},
                      {"maxWithdrawAmount", fixed(margins.available, 8)},
                      {"assets", std::move(assets)},
                      {"positions", positions_json(call, every_symbol)}};
}

json::value account_v2(Call& call) { return account_of(call, true); }
json::value account_v3(Call& call) { return account_of(call, false); }

json::value modify(Call& call) {
  const Listing& listing = listing_of(call);
  const auto side = side_of(call.request.text("side"));
  if (!side) throw Refusal(-1117, "Invalid side.");
  const Order& order =
      call.exchange.modify(call.account, listing.symbol, order_name(call.request), *side,
                           call.request.price("price"), call.request.quantity("quantity"));
  return order_json(Market::kUsdm, listing, order);
}

json::value cancel_all(Call& call) {
  call.exchange.cancel_all(call.account, listing_of(call).symbol, "");
  return json::object{{"code", 200}, {"msg", "The operation of cancel all open order is done."}};
}

json::value open_order(Call& call) {
  const Listing& listing = listing_of(call);
  const Order* order = call.exchange.find(call.account, listing.symbol, order_name(call.request));
  if (order == nullptr || !is_open(order->status)) throw Refusal(-2013, "Order does not exist.");
  return order_json(Market::kUsdm, listing, *order);
}

json::value countdown(Call& call) {
  const std::string symbol = listing_of(call).symbol;
  const std::int64_t ms = call.request.integer("countdownTime");
  if (ms < 0)
    throw Refusal(-1102,
                  "Mandatory parameter 'countdownTime' was not sent, was "
                  "empty/null, or malformed.");
  call.exchange.set_countdown(call.account, symbol, ms * 1'000'000);
  return json::object{{"symbol", symbol}, {"countdownTime", std::to_string(ms)}};
}

json::value start_listen(Call& call) {
  return json::object{{"listenKey", call.listen_keys.keep(call.account, call.exchange.now())}};
}

json::value keep_listen(Call& call) {
  if (!call.listen_keys.has(call.account)) {
    throw Refusal(-1125, "This listenKey does not exist.");
  }
  return start_listen(call);
}

json::value end_listen(Call& call) {
  call.listen_keys.end(call.account);
  return json::object{};
}

json::value income(Call& call) {
  const std::string symbol = call.request.text_or("symbol", "");
  const std::string kind = call.request.text_or("incomeType", "");
  const std::int64_t since = call.request.integer_or("startTime", 0) * 1'000'000;
  const auto limit = static_cast<std::size_t>(
      std::clamp<std::int64_t>(call.request.integer_or("limit", 100), 1, 1'000));
  json::array all;
  for (const Income& line : call.exchange.incomes()) {
    const bool wanted = line.account == call.account && line.ts >= since &&
                        (symbol.empty() || symbol == line.symbol) &&
                        (kind.empty() || kind == line.kind);
    if (!wanted || all.size() == limit) continue;
    all.push_back(json::object{
        {"symbol", line.symbol},
        {"incomeType", line.kind},
        {"income", fixed(line.amount, 8)},
        {"asset", line.asset},
        {"info", line.kind},
        {"time", to_ms(line.ts)},
        {"tranId", line.id},
        {"tradeId", line.trade_id == 0 ? std::string() : std::to_string(line.trade_id)}});
  }
  return all;
}

json::value set_leverage(Call& call) {
  const std::string symbol = listing_of(call).symbol;
  const std::int64_t leverage = call.request.integer("leverage");
  if (leverage < 1 || leverage > 125) throw Refusal(-4028, "Leverage is not valid.");
  call.exchange.account(call.account).leverages[symbol] = leverage;
  return json::object{{"leverage", leverage}, {"maxNotionalValue", "10000000"}, {"symbol", symbol}};
}

json::value leverage_brackets(Call& call) {
  json::array all;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    all.push_back(json::object{{"symbol", symbol},
                               {"brackets", json::array{json::object{{"bracket", 1},
                                                                     {"initialLeverage", 125},
                                                                     {"notionalCap", 10'000'000},
                                                                     {"notionalFloor", 0},
                                                                     {"maintMarginRatio", 0.004},
                                                                     {"cum", 0}}}}});
  }
  return all;
}

json::value position_mode(Call& /*call*/) { return json::object{{"dualSidePosition", false}}; }

json::value set_position_mode(Call& call) {
  if (call.request.flag_or("dualSidePosition", false)) {
    throw Refusal(-4068, "Position side cannot be changed if there exists position.");
  }
  throw Refusal(-4059, "No need to change position side.");
}

json::value assets_mode(Call& /*call*/) { return json::object{{"multiAssetsMargin", false}}; }

json::value set_assets_mode(Call& call) {
  if (call.request.flag_or("multiAssetsMargin", false)) {
    throw Refusal(-4168, "Unable to adjust to Multi-Assets mode.");
  }
  throw Refusal(-4171, "No need to change to Multi-Assets mode.");
}

json::value set_margin_type(Call& /*call*/) {
  throw Refusal(-4046, "No need to change margin type.");
}

json::value commission_rate(Call& call) {
  const Fees fees = call.exchange.fees();
  return json::object{{"symbol", listing_of(call).symbol},
                      {"makerCommissionRate", fixed(fees.maker, 6)},
                      {"takerCommissionRate", fixed(fees.taker, 6)}};
}

json::value fees_in_bnb(Call& call) {
  Account& owner = call.exchange.account(call.account);
  if (call.request.has("feeBurn")) {
    owner.fees_in_bnb = call.request.flag_or("feeBurn", false);
    return json::object{{"code", 200}, {"msg", "success"}};
  }
  return json::object{{"feeBurn", owner.fees_in_bnb}};
}

json::value account_config(Call& /*call*/) {
  return json::object{{"feeTier", 0},
                      {"canTrade", true},
                      {"canDeposit", true},
                      {"canWithdraw", true},
                      {"dualSidePosition", false},
                      {"updateTime", 0},
                      {"multiAssetsMargin", false},
                      {"tradeGroupId", -1}};
}

json::value symbol_config(Call& call) {
  json::array all;
  for (const auto& [symbol, listed] : call.exchange.all_listed()) {
    all.push_back(
        json::object{{"symbol", symbol},
                     {"marginType", "CROSSED"},
                     {"isAutoAddMargin", false},
                     {"leverage", call.exchange.account(call.account).leverage_of(symbol)},
                     {"maxNotionalValue", "10000000"}});
  }
  return all;
}

}  // namespace

const std::vector<Route>& futures_routes() {
  constexpr Security kOpen = Security::kNone;
  constexpr Security kKey = Security::kKey;
  constexpr Security kSigned = Security::kSigned;
  static const std::vector<Route> kRoutes = {
      {"GET", "/fapi/v1/ping", "ping", kOpen, 1, ping_answer},
      {"GET", "/fapi/v1/time", "time", kOpen, 1, time_answer},
      {"GET", "/fapi/v1/exchangeInfo", "exchangeInfo", kOpen, 1, exchange_info},
      {"GET", "/fapi/v1/depth", "depth", kOpen, 20, depth_answer},
      {"GET", "/fapi/v1/trades", "", kOpen, 5, trades_answer},
      {"GET", "/fapi/v1/aggTrades", "", kOpen, 20, aggregates_answer},
      {"GET", "/fapi/v1/klines", "", kOpen, 5, candles_answer},
      {"GET", "/fapi/v1/ticker/price", "ticker.price", kOpen, 1, price_answer},
      {"GET", "/fapi/v2/ticker/price", "", kOpen, 1, price_answer},
      {"GET", "/fapi/v1/ticker/bookTicker", "ticker.book", kOpen, 2, book_ticker_answer},
      {"GET", "/fapi/v1/ticker/24hr", "", kOpen, 1, day_answer},
      {"GET", "/fapi/v1/premiumIndex", "", kOpen, 1, premium_index},
      {"GET", "/fapi/v1/fundingRate", "", kOpen, 1, funding_rates},
      {"GET", "/fapi/v1/fundingInfo", "", kOpen, 1, funding_info},
      {"POST", "/fapi/v1/order", "order.place", kSigned, 0, place_answer},
      {"POST", "/fapi/v1/order/test", "", kSigned, 0, test_answer},
      {"PUT", "/fapi/v1/order", "order.modify", kSigned, 1, modify},
      {"GET", "/fapi/v1/order", "order.status", kSigned, 1, order_answer},
      {"DELETE", "/fapi/v1/order", "order.cancel", kSigned, 1, cancel_answer},
      {"GET", "/fapi/v1/openOrder", "", kSigned, 1, open_order},
      {"GET", "/fapi/v1/openOrders", "", kSigned, 1, open_orders_answer},
      {"DELETE", "/fapi/v1/allOpenOrders", "", kSigned, 1, cancel_all},
      {"POST", "/fapi/v1/countdownCancelAll", "", kSigned, 10, countdown},
      {"GET", "/fapi/v1/allOrders", "", kSigned, 5, all_orders_answer},
      {"GET", "/fapi/v1/userTrades", "", kSigned, 5, fills_answer},
      {"GET", "/fapi/v1/income", "", kSigned, 30, income},
      {"POST", "/fapi/v1/listenKey", "userDataStream.start", kKey, 1, start_listen},
      {"PUT", "/fapi/v1/listenKey", "userDataStream.ping", kKey, 1, keep_listen},
      {"DELETE", "/fapi/v1/listenKey", "userDataStream.stop", kKey, 1, end_listen},
      {"POST", "/fapi/v1/leverage", "", kSigned, 1, set_leverage},
      {"GET", "/fapi/v1/leverageBracket", "", kSigned, 1, leverage_brackets},
      {"POST", "/fapi/v1/marginType", "", kSigned, 1, set_margin_type},
      {"GET", "/fapi/v1/positionSide/dual", "", kSigned, 30, position_mode},
      {"POST", "/fapi/v1/positionSide/dual", "", kSigned, 1, set_position_mode},
      {"GET", "/fapi/v1/multiAssetsMargin", "", kSigned, 30, assets_mode},
      {"POST", "/fapi/v1/multiAssetsMargin", "", kSigned, 1, set_assets_mode},
      {"GET", "/fapi/v1/commissionRate", "", kSigned, 20, commission_rate},
      {"GET", "/fapi/v1/feeBurn", "", kSigned, 30, fees_in_bnb},
      {"POST", "/fapi/v1/feeBurn", "", kSigned, 1, fees_in_bnb},
      {"GET", "/fapi/v1/accountConfig", "", kSigned, 5, account_config},
      {"GET", "/fapi/v1/symbolConfig", "", kSigned, 5, symbol_config},
      {"GET", "/fapi/v2/account", "account.status", kSigned, 5, account_v2},
      {"GET", "/fapi/v3/account", "v2/account.status", kSigned, 5, account_v3},
      {"GET", "/fapi/v2/balance", "account.balance", kSigned, 5, balance},
      {"GET", "/fapi/v3/balance", "v2/account.balance", kSigned, 5, balance},
      {"GET", "/fapi/v2/positionRisk", "account.position", kSigned, 5, positions_v2},
      {"GET", "/fapi/v3/positionRisk", "v2/account.position", kSigned, 5, positions_v3},
      {"", "", "session.logon", kSigned, 2, logon_answer},
      {"", "", "session.logout", kOpen, 2, logout_answer},
  };
  return kRoutes;
}

}  // namespace writ::venue_sim
