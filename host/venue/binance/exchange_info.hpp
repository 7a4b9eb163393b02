#pragma once

#include "host/base/result.hpp"
#include "host/venue/binance/market.hpp"
#include "host/venue/binance/symbol_rules.hpp"

#include <writ/abi/instrument.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

/// What is counted against a limit.
enum class RateLimitKind : std::uint8_t {
  kRequestWeight,  ///< the weights of all requests of this IP address
  kRawRequests,    ///< how many they are
  kOrders          ///< new orders of the account; on spot those not yet filled
};

/// So much in each interval; intervals begin at multiples of their length.
struct RateLimit {
  RateLimitKind kind;
  std::int64_t interval_ns;
  std::int64_t limit;

  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

class JsonFields;

/// One element of `rateLimits`, which WebSocket API answers carry too; nothing for a kind not known
/// here.
[[nodiscard]] std::optional<RateLimit> read_rate_limit(const JsonFields& fields);

/// A symbol as it is listed. The instrument's ids are 0 and its fees 0: read_commission tells them.
struct ListedSymbol {
  writ_instrument instrument;
  SymbolRules rules;
};

/// What a market lists, in the venue's order.
struct ExchangeInfo {
  std::int64_t server_time = WRIT_NONE;
  std::vector<RateLimit> rate_limits;
  std::vector<ListedSymbol> symbols;
  std::vector<std::string> unusable;     ///< symbols no record can hold, each with why
  std::vector<std::string> new_filters;  ///< kinds of filters not known here, each once
  std::size_t new_rate_limits = 0;       ///< limits of a kind not known here

  /// nullptr if it is not listed or not usable.
  [[nodiscard]] const ListedSymbol* find(std::string_view symbol) const noexcept;
};

/// Reads GET /api/v3/exchangeInfo or /fapi/v1/exchangeInfo. A dated future is a perpetual with an
/// expiry. Errors: kCorrupt (not JSON), kInvalid (step names the field).
/// Source: Binance Spot API, rest-api.md and filters.md; USDS-M futures, "Exchange Information".
[[nodiscard]] base::Result<ExchangeInfo> read_exchange_info(Market market, std::string_view json);

/// Sets the instrument's fees from GET /api/v3/account/commission (all its parts together, the
/// dearer of buyer and seller; without the discount for paying in BNB) or
/// GET /fapi/v1/commissionRate. Errors: as above; the instrument is then as it was.
[[nodiscard]] base::Result<void> read_commission(Market market, std::string_view json,
                                                 writ_instrument& instrument);

/// The asset the account pays its fees in instead of what is traded, at a discount, by
/// GET /api/v3/account/commission; empty: in none. Errors: as above.
[[nodiscard]] base::Result<std::string> read_discount_asset(std::string_view json);

}  // namespace writ::venue::binance
