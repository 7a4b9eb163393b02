#pragma once

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <tuple>
#include <utility>

namespace writ::test {

/// Open lots, first in first out; quantities signed, money at 1e-18.
class Lots {
 public:
  /// What closing realised, gross of fees.
  Int128 trade(Int128 quantity, std::int64_t price);
  [[nodiscard]] Int128 position() const noexcept { return position_; }
  /// What they are worth more at this price than they cost.
  [[nodiscard]] Int128 unrealized(std::int64_t price) const;

 private:
  struct Lot {
    Int128 quantity;
    std::int64_t price;
  };
  std::deque<Lot> lots_;
  Int128 position_ = 0;
};

/// Running sums of a strategy or an account, at 1e-18. Fees are positive when paid.
struct Results {
  Int128 realized = 0;
  Int128 fees = 0;
  Int128 funding = 0;
  friend bool operator==(const Results&, const Results&) = default;
};

/// Money and positions by the plainest arithmetic there is, from what came in: fills, deposits,
/// funding. Nothing in it comes from the ledger under test.
class ReferenceBooks {
 public:
  struct Strategy {
    Lots lots;
    Results results;
  };
  /// (instrument, instance)
  using Strategies = std::map<std::pair<std::uint32_t, std::uint32_t>, Strategy>;
  struct Account {
    std::map<std::uint32_t, Int128> cash;  ///< by asset
    std::map<std::uint32_t, Lots> truth;   ///< by instrument
    Strategies strategies;
    Results results;
  };

  /// A fill that is to be booked.
  void trade(const writ_fill& fill, const writ_instrument& instrument);
  /// Money; coins are a position in the spot instrument besides, bought at this price.
  void deposit(std::uint32_t account, std::uint32_t asset, Int128 amount);
  void hold_coins(std::uint32_t account, std::uint32_t instrument, Int128 quantity,
                  std::int64_t price);
  /// Every open position pays by the mark, each strategy's part rounded half to even.
  void fund(std::uint32_t instrument, std::uint32_t asset, std::int64_t mark, std::int64_t rate);

  [[nodiscard]] const std::map<std::uint32_t, Account>& accounts() const noexcept {
    return accounts_;
  }
  [[nodiscard]] const Account& account(std::uint32_t number) { return accounts_[number]; }
  [[nodiscard]] Int128 position(std::uint32_t account, std::uint32_t instrument) const;
  [[nodiscard]] Int128 strategy_position(std::uint32_t account, std::uint32_t instrument,
                                         std::uint32_t instance) const;

 private:
  std::map<std::uint32_t, Account> accounts_;
};

}  // namespace writ::test
