#pragma once

#include "host/base/result.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/market.hpp"
#include "host/venue/binance/parameters.hpp"
#include "host/venue/binance/rate_windows.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::venue::binance {

/// What a request must prove.
enum class Security : std::uint8_t { kNone, kKey, kSigned };

/// A request before it is stamped and signed: one thing asked, in both of the venue's forms.
struct VenueRequest {
  std::string_view method;     ///< of REST: GET, POST, PUT, DELETE
  std::string_view path;       ///< of REST
  std::string_view ws_method;  ///< of the WebSocket API; empty: it has none
  Security security = Security::kSigned;
  RequestKind kind = RequestKind::kOther;
  std::int64_t weight = 1;  ///< as documented
  Parameters parameters;
  std::uint64_t order_seq = 0;  ///< of the ORDER record it carries out; 0: of none
};

/// How orders are sent.
struct OrderTerms {
  /// `selfTradePreventionMode`; empty: the venue's default for the symbol.
  std::string_view self_trade_prevention;
};

/// The request of a SEND, CANCEL or LOOKUP. Ours are named by their client order id, others by the
/// venue's number. Errors: kUnsupported, for what the market has no order for (GTD on spot;
/// post-only together with anything but GTC); nothing must be sent then. Source: Binance Spot API,
/// "Trading endpoints"; USDS-M futures, "Trade".
[[nodiscard]] base::Result<VenueRequest> order_request(Market market,
                                                       const writ_instrument& instrument,
                                                       const writ_order& command,
                                                       const OrderTerms& terms);

/// The request of a REPLACE of an order that rests on these terms. Errors: kUnsupported, where the
/// market cannot amend an order and keep it: spot can only take quantity back.
[[nodiscard]] base::Result<VenueRequest> replace_request(Market market,
                                                         const writ_instrument& instrument,
                                                         const writ_order& command,
                                                         std::int64_t resting_price,
                                                         std::int64_t resting_quantity);

/// Fills of one order, by the venue's number; or, with 0, of the symbol from a time on (ns).
[[nodiscard]] VenueRequest trades_request(Market market, std::string_view symbol,
                                          std::int64_t order_id, std::int64_t since);
/// Trades of the symbol from this number on.
[[nodiscard]] VenueRequest trades_from_request(Market market, std::string_view symbol,
                                               std::int64_t trade_id);
/// Open orders of a symbol, or of all (dear) if it is empty.
[[nodiscard]] VenueRequest open_orders_request(Market market, std::string_view symbol);
/// Orders of the symbol, ended ones too, from this number of the venue's on, or with 0 the newest;
/// 1,000 at most. They are from the venue's database, which may be behind what it has in memory.
[[nodiscard]] VenueRequest all_orders_request(Market market, std::string_view symbol,
                                              std::int64_t order_id);
[[nodiscard]] VenueRequest cancel_all_request(Market market, std::string_view symbol);
[[nodiscard]] VenueRequest account_request(Market market);
[[nodiscard]] VenueRequest commission_request(Market market, std::string_view symbol);
[[nodiscard]] VenueRequest exchange_info_request(Market market);
/// The image of a book, as deep as it is worth its weight: 1,000 levels a side.
[[nodiscard]] VenueRequest depth_request(Market market, std::string_view symbol);
[[nodiscard]] VenueRequest time_request(Market market);
/// Futures only.
[[nodiscard]] VenueRequest countdown_request(std::string_view symbol, std::int64_t countdown_ms);
/// What was paid and received as funding in all symbols, from a time on (ns). Futures only.
[[nodiscard]] VenueRequest funding_request(std::int64_t since);
/// `method`: POST makes or finds the key, PUT keeps it, DELETE ends it.
[[nodiscard]] VenueRequest listen_key_request(std::string_view method);
/// Spot only: the user data stream over the WebSocket API, under any kind of key.
[[nodiscard]] VenueRequest subscribe_request();

/// When a request leaves.
struct RequestStamp {
  std::int64_t timestamp_ms;  ///< of the venue's clock
  std::int64_t recv_window_ms;
};

/// A REST request as it is written; everything is in the target. Holds the key: never logged.
struct HttpRequest {
  std::string_view method;
  std::string target;
  std::string_view api_key;  ///< of the header X-MBX-APIKEY; empty: none
};

/// Valid while the credentials are.
[[nodiscard]] HttpRequest to_http(const VenueRequest& request, const Credentials& credentials,
                                  const RequestStamp& stamp);
/// The WebSocket API message, under an id of ours of [a-zA-Z0-9-_]{1,36}. Has a ws_method.
[[nodiscard]] std::string to_message(const VenueRequest& request, std::string_view id,
                                     const Credentials& credentials, const RequestStamp& stamp);

}  // namespace writ::venue::binance
