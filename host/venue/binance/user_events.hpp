#pragma once

#include "host/base/result.hpp"
#include "host/execution/reconciliation.hpp"
#include "host/venue/binance/answer_records.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

/// Why balances changed, as far as it matters here.
enum class AccountCause : std::uint8_t {
  kOrder,     ///< trades, whose fills are told by themselves
  kFunding,   ///< `changes` is what was paid or received
  kTransfer,  ///< `changes` came from or went outside: DEPOSIT records tell of them
  kOther
};

/// One event of the user data stream. Views are valid until the next decode.
struct UserEvent {
  enum class Kind : std::uint8_t {
    kOrder,        ///< `records`; none if the symbol is not traded here
    kAccount,      ///< `balances`, `positions`, `changes`, `records`
    kStreamEnded,  ///< nothing more comes: subscribe again, then reconcile
    kMarginCall,   ///< a position is near its liquidation
    kNothing,      ///< known, and tells nothing that another event does not
    kNew           ///< of a type not known here
  };
  Kind kind = Kind::kNothing;
  std::string_view name;
  std::span<writ_record* const> records;
  AccountCause cause = AccountCause::kOther;
  std::vector<execution::VenueBalance> balances;  ///< as they are now, what orders hold included
  std::vector<execution::VenuePosition> positions;
  std::vector<execution::VenueBalance> changes;  ///< amounts, signed
  bool hedged = false;  ///< a position of LONG or SHORT: the account is not in one-way mode
  std::vector<std::string> unpriced_fees;  ///< assets of fees whose worth nobody knows
  std::vector<std::string> unknown_names;  ///< symbols and assets this run does not know
};

/// Decodes the user data stream of spot and USDT-M futures, bare or wrapped: executionReport,
/// outboundAccountPosition, balanceUpdate; ORDER_TRADE_UPDATE, ACCOUNT_UPDATE, MARGIN_CALL; the
/// ends of a stream. Orders nobody here sent (liquidation, auto-deleveraging, settlement, people)
/// come out as EXTERNAL reports and fills. Fields not known are ignored, new event types are
/// counted. A trade told early without its fee (TRADE_LITE) is left to its ORDER_TRADE_UPDATE.
/// Source: Binance Spot, user-data-stream.md; USDS-M futures, "User Data Streams".
class UserEvents {
 public:
  /// `names` must outlive this.
  UserEvents(const VenueNames& names, AssetPrice price);
  ~UserEvents();
  UserEvents(UserEvents&&) noexcept;

  /// Errors: kCorrupt (not JSON), kInvalid (step names the field): nothing came of it.
  [[nodiscard]] base::Result<UserEvent> decode(std::string_view json);

  /// How often each new event type was seen.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& new_events() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace writ::venue::binance
