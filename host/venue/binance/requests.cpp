#include "host/venue/binance/requests.hpp"

#include "host/base/assert.hpp"
#include "host/execution/client_order_id.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>

#include <charconv>
#include <utility>

namespace writ::venue::binance {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::int64_t kMs = 1'000'000;

bool is_spot(Market market) noexcept { return market == Market::kSpot; }

std::string number(std::int64_t nano) { return DecimalText(nano, 9).str(); }

std::string_view side_word(std::uint16_t side) noexcept {
  return side == WRIT_SIDE_BUY ? "BUY" : "SELL";
}

bool has(const writ_order& order, std::uint32_t flags) noexcept {
  return (order.flags & flags) != 0;
}

void name_order(const writ_order& order, Parameters& parameters) {
  const std::string_view client_id = model::text_of(order.client_order_id);
  if (execution::is_own_client_order_id(client_id)) {
    parameters.add("origClientOrderId", client_id);
  } else {
    const std::string_view text = model::text_of(order.venue_order_id);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    parameters.add("orderId", number);
  }
}

/// `timeInForce` of a limit order; kUnsupported if the market has none such.
Result<std::string_view> time_in_force(Market market, const writ_order& order) {
  const bool post_only = has(order, WRIT_INTENT_POST_ONLY);
  if (post_only && order.time_in_force != WRIT_TIF_GTC) {
    return Error(Errc::kUnsupported, "post-only with a time in force other than GTC");
  }
  switch (order.time_in_force) {
    case WRIT_TIF_GTC:
      return std::string_view(post_only ? "GTX" : "GTC");
    case WRIT_TIF_IOC:
      return std::string_view("IOC");
    case WRIT_TIF_FOK:
      return std::string_view("FOK");
    case WRIT_TIF_GTD:
      if (!is_spot(market) && order.expire_ts != WRIT_NONE) return std::string_view("GTD");
      break;
    default:
      break;
  }
  return Error(Errc::kUnsupported, "this time in force");
}

Result<VenueRequest> send_request(Market market, std::string_view symbol, const writ_order& order,
                                  const OrderTerms& terms) {
  VenueRequest request;
  request.method = "POST";
  request.path = is_spot(market) ? "/api/v3/order" : "/fapi/v1/order";
  request.ws_method = "order.place";
  request.kind = RequestKind::kOrder;
  request.weight = is_spot(market) ? 1 : 0;
  Parameters& to = request.parameters;
  to.add("symbol", symbol).add("side", side_word(order.side));
  if (order.order_type == WRIT_ORDER_MARKET) {
    to.add("type", "MARKET").add("quantity", number(order.quantity));
  } else {
    const auto force = time_in_force(market, order);
    if (!force) return force.error();
    if (is_spot(market) && *force == "GTX") {  // an order type of its own there
      to.add("type", "LIMIT_MAKER");
    } else {
      to.add("type", "LIMIT").add("timeInForce", *force);
    }
    to.add("quantity", number(order.quantity)).add("price", number(order.price));
    if (*force == "GTD") to.add("goodTillDate", order.expire_ts / kMs);
  }
  if (!is_spot(market) && has(order, WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION)) {
    to.add("reduceOnly", "true");
  }
  if (!terms.self_trade_prevention.empty()) {
    to.add("selfTradePreventionMode", terms.self_trade_prevention);
  }
  to.add("newClientOrderId", model::text_of(order.client_order_id));
  to.add("newOrderRespType", "RESULT");
  return request;
}

VenueRequest plain(std::string_view method, std::string_view path, std::string_view ws_method,
                   std::int64_t weight, Security security = Security::kSigned) {
  VenueRequest request;
  request.method = method;
  request.path = path;
  request.ws_method = ws_method;
  request.weight = weight;
  request.security = security;
  return request;
}

Parameters stamped(const VenueRequest& request, const RequestStamp& stamp) {
  Parameters parameters = request.parameters;
  parameters.add("recvWindow", stamp.recv_window_ms).add("timestamp", stamp.timestamp_ms);
  return parameters;
}

}  // namespace

Result<VenueRequest> order_request(Market market, const writ_instrument& instrument,
                                   const writ_order& command, const OrderTerms& terms) {
  const std::string_view symbol = model::text_of(instrument.symbol);
  if (command.command == WRIT_COMMAND_SEND) return send_request(market, symbol, command, terms);
  WRIT_ASSERT(command.command == WRIT_COMMAND_CANCEL || command.command == WRIT_COMMAND_LOOKUP);
  const std::string_view path = is_spot(market) ? "/api/v3/order" : "/fapi/v1/order";
  const bool cancel = command.command == WRIT_COMMAND_CANCEL;
  VenueRequest request = cancel ? plain("DELETE", path, "order.cancel", 1)
                                : plain("GET", path, "order.status", is_spot(market) ? 4 : 1);
  if (cancel) request.kind = RequestKind::kCancel;
  request.parameters.add("symbol", symbol);
  name_order(command, request.parameters);
  return request;
}

Result<VenueRequest> replace_request(Market market, const writ_instrument& instrument,
                                     const writ_order& command, std::int64_t resting_price,
                                     std::int64_t resting_quantity) {
  WRIT_ASSERT(command.command == WRIT_COMMAND_REPLACE);
  const std::string_view symbol = model::text_of(instrument.symbol);
  if (!is_spot(market)) {
    VenueRequest request = plain("PUT", "/fapi/v1/order", "order.modify", 0);
    request.kind = RequestKind::kOrder;
    request.parameters.add("symbol", symbol).add("side", side_word(command.side));
    name_order(command, request.parameters);
    request.parameters.add("quantity", number(command.quantity));
    request.parameters.add("price", number(command.price));
    return request;
  }
  if (command.price != resting_price || command.quantity >= resting_quantity) {
    return Error(Errc::kUnsupported, "amend a spot order but for less at its price");
  }
  VenueRequest request =
      plain("PUT", "/api/v3/order/amend/keepPriority", "order.amend.keepPriority", 4);
  request.parameters.add("symbol", symbol);
  name_order(command, request.parameters);
  // Without it the venue gives the order another name.
  request.parameters.add("newClientOrderId", model::text_of(command.client_order_id));
  request.parameters.add("newQty", number(command.quantity));
  return request;
}

VenueRequest trades_request(Market market, std::string_view symbol, std::int64_t order_id,
                            std::int64_t since) {
  const bool one = order_id != 0;
  VenueRequest request = is_spot(market)
                             ? plain("GET", "/api/v3/myTrades", "myTrades", one ? 5 : 20)
                             : plain("GET", "/fapi/v1/userTrades", "", 5);
  request.parameters.add("symbol", symbol);
  if (one) {
    request.parameters.add("orderId", order_id);
  } else {
    request.parameters.add("startTime", since / kMs);
  }
  request.parameters.add("limit", 1000);
  return request;
}

VenueRequest trades_from_request(Market market, std::string_view symbol, std::int64_t trade_id) {
  VenueRequest request = is_spot(market) ? plain("GET", "/api/v3/myTrades", "myTrades", 20)
                                         : plain("GET", "/fapi/v1/userTrades", "", 5);
  request.parameters.add("symbol", symbol).add("fromId", trade_id).add("limit", 1000);
  return request;
}

VenueRequest open_orders_request(Market market, std::string_view symbol) {
  const bool all = symbol.empty();
  VenueRequest request = is_spot(market)
                             ? plain("GET", "/api/v3/openOrders", "openOrders.status", all ? 80 : 6)
                             : plain("GET", "/fapi/v1/openOrders", "", all ? 40 : 1);
  if (!all) request.parameters.add("symbol", symbol);
  return request;
}

VenueRequest all_orders_request(Market market, std::string_view symbol, std::int64_t order_id) {
  VenueRequest request = is_spot(market) ? plain("GET", "/api/v3/allOrders", "allOrders", 20)
                                         : plain("GET", "/fapi/v1/allOrders", "", 5);
  request.parameters.add("symbol", symbol);
  if (order_id != 0) request.parameters.add("orderId", order_id);
  request.parameters.add("limit", std::int64_t{1'000});
  return request;
}

VenueRequest cancel_all_request(Market market, std::string_view symbol) {
  VenueRequest request = is_spot(market)
                             ? plain("DELETE", "/api/v3/openOrders", "openOrders.cancelAll", 1)
                             : plain("DELETE", "/fapi/v1/allOpenOrders", "", 1);
  request.kind = RequestKind::kCancel;
  request.parameters.add("symbol", symbol);
  return request;
}

VenueRequest account_request(Market market) {
  return is_spot(market) ? plain("GET", "/api/v3/account", "account.status", 20)
                         : plain("GET", "/fapi/v3/account", "v2/account.status", 5);
}

VenueRequest commission_request(Market market, std::string_view symbol) {
  VenueRequest request = is_spot(market)
                             ? plain("GET", "/api/v3/account/commission", "account.commission", 20)
                             : plain("GET", "/fapi/v1/commissionRate", "", 20);
  request.parameters.add("symbol", symbol);
  return request;
}

VenueRequest exchange_info_request(Market market) {
  return is_spot(market) ? plain("GET", "/api/v3/exchangeInfo", "exchangeInfo", 20, Security::kNone)
                         : plain("GET", "/fapi/v1/exchangeInfo", "", 1, Security::kNone);
}

VenueRequest depth_request(Market market, std::string_view symbol) {
  VenueRequest request = is_spot(market)
                             ? plain("GET", "/api/v3/depth", "depth", 50, Security::kNone)
                             : plain("GET", "/fapi/v1/depth", "depth", 20, Security::kNone);
  request.parameters.add("symbol", symbol);
  request.parameters.add("limit", std::int64_t{1'000});
  return request;
}

VenueRequest time_request(Market market) {
  return is_spot(market) ? plain("GET", "/api/v3/time", "time", 1, Security::kNone)
                         : plain("GET", "/fapi/v1/time", "", 1, Security::kNone);
}

VenueRequest countdown_request(std::string_view symbol, std::int64_t countdown_ms) {
  VenueRequest request = plain("POST", "/fapi/v1/countdownCancelAll", "", 10);
  request.kind = RequestKind::kCancel;  // what cancels must find room
  request.parameters.add("symbol", symbol).add("countdownTime", countdown_ms);
  return request;
}

VenueRequest funding_request(std::int64_t since) {
  VenueRequest request = plain("GET", "/fapi/v1/income", "", 30);
  request.parameters.add("incomeType", "FUNDING_FEE").add("startTime", since / kMs);
  request.parameters.add("limit", 1000);
  return request;
}

VenueRequest listen_key_request(std::string_view method) {
  const std::string_view ws_method = method == "POST"  ? "userDataStream.start"
                                     : method == "PUT" ? "userDataStream.ping"
                                                       : "userDataStream.stop";
  return plain(method, "/fapi/v1/listenKey", ws_method, 1, Security::kKey);
}

VenueRequest subscribe_request() { return plain("", "", "userDataStream.subscribe.signature", 2); }

HttpRequest to_http(const VenueRequest& request, const Credentials& credentials,
                    const RequestStamp& stamp) {
  WRIT_ASSERT(!request.path.empty());
  HttpRequest http{request.method, std::string(request.path), {}};
  if (request.security != Security::kNone) http.api_key = credentials.api_key;
  const std::string query = request.security == Security::kSigned
                                ? stamped(request, stamp).signed_query(credentials.signer)
                                : request.parameters.query();
  if (!query.empty()) http.target.append("?").append(query);
  return http;
}

std::string to_message(const VenueRequest& request, std::string_view id,
                       const Credentials& credentials, const RequestStamp& stamp) {
  WRIT_ASSERT(!request.ws_method.empty());
  Parameters parameters =
      request.security == Security::kSigned ? stamped(request, stamp) : request.parameters;
  if (request.security != Security::kNone) parameters.add("apiKey", credentials.api_key);
  std::string text = R"({"id":")";
  text.append(id).append(R"(","method":")").append(request.ws_method).append(R"(","params":)");
  text += request.security == Security::kSigned ? parameters.signed_json(credentials.signer)
                                                : parameters.json();
  return text += '}';
}

}  // namespace writ::venue::binance
