#pragma once

#include "words.hpp"

#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace writ::venue_sim {

/// Of one asset. Futures have no locked part: their wallet is `free`.
struct Balance {
  Money free;
  Money locked;
};

/// A perpetual held one way, valued at the average price it was opened at. What its parts realise
/// adds up, to the last unit, to what it cost and brought.
struct Position {
  Quantity amount;  ///< negative: short
  Money cost;       ///< of `amount` at its entry price, of the same sign
  Money realised;   ///< since the account exists
  std::int64_t updated_ts = 0;

  /// Nothing held: 0.
  [[nodiscard]] Price entry_price() const;
  [[nodiscard]] Money unrealised(Price mark) const;
  /// Adds a trade and returns the profit it realised, at 1e-8 unless it ends the position.
  Money trade(Side side, Price price, Quantity quantity);
};

struct Account {
  std::string name;
  std::map<std::string, Balance> balances;
  std::map<std::string, Position> positions;           ///< by symbol
  std::map<std::string, std::int64_t> leverages;       ///< by symbol; 20 where none was set
  std::map<std::string, std::int64_t> countdown_ends;  ///< by symbol: when all orders are cancelled
  bool fees_in_bnb = false;
  std::int64_t updated_ts = 0;

  [[nodiscard]] std::int64_t leverage_of(const std::string& symbol) const;
  [[nodiscard]] Quantity position_of(const std::string& symbol) const;
};

}  // namespace writ::venue_sim
