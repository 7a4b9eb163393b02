#pragma once

#include "tests/sim/reference_betting.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/journal.h>
#include <writ/abi/market.h>
#include <writ/abi/outcome.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace writ::test {

/// Open lots, first in first out; quantities signed at 1e-9, money at 1e-18.
class Lots {
 public:
  /// Buying so much for that cost (selling: both negative). What closing realised, gross of fees.
  Int128 trade(Int128 quantity, Int128 cost);
  [[nodiscard]] Int128 position() const noexcept { return position_; }
  /// What the open ones cost; negative of a short position.
  [[nodiscard]] Int128 cost() const noexcept { return cost_; }
  /// What they are worth more at this price than they cost.
  [[nodiscard]] Int128 unrealized(std::int64_t price) const { return position_ * price - cost_; }

 private:
  struct Lot {
    Int128 quantity;
    Int128 cost;
  };
  std::deque<Lot> lots_;
  Int128 position_ = 0;
  Int128 cost_ = 0;
};

/// Running sums of a strategy or an account, at 1e-18. Fees are positive when paid.
struct Results {
  Int128 realized = 0;
  Int128 fees = 0;
  Int128 funding = 0;
  Int128 adjustments = 0;
  friend bool operator==(const Results&, const Results&) = default;
};

/// Money and positions by the plainest arithmetic there is, from what came in: fills, deposits,
/// funding, settlements, tokens. Nothing in it comes from the ledger under test.
class ReferenceBooks {
 public:
  using Instruments = std::map<std::uint32_t, writ_instrument>;
  struct Strategy {
    Lots lots;
    Results results;
    std::vector<Bet> bets;  ///< of a runner, matched and not settled
  };
  /// (instrument, instance)
  using Strategies = std::map<std::pair<std::uint32_t, std::uint32_t>, Strategy>;
  /// What a settlement closed, to be opened again if it is taken back.
  struct Settled {
    struct Part {
      Strategy before;
      Int128 result = 0;
      Int128 profit = 0;  ///< of its bets
    };
    std::map<std::uint32_t, Part> parts;  ///< by instance
    Lots truth;
    Int128 paid = 0;
  };
  struct Account {
    std::map<std::uint32_t, Int128> cash;  ///< by asset
    std::map<std::uint32_t, Lots> truth;   ///< by instrument
    Strategies strategies;
    Results results;
    std::map<std::uint32_t, MarketWinnings> winnings;       ///< by betting market
    std::map<std::uint32_t, std::vector<Settled>> settled;  ///< by instrument, the last one last
  };

  /// A fill that is to be booked.
  void trade(const writ_fill& fill, const writ_instrument& instrument);
  /// Money; coins are a position in the spot instrument besides, bought at this price.
  void deposit(std::uint32_t account, std::uint32_t asset, Int128 amount);
  void hold_coins(std::uint32_t account, const writ_instrument& instrument, Int128 quantity,
                  std::int64_t price);
  /// Every position open at its instant pays by the mark, each strategy's part rounded half to
  /// even; of a fill that is reported later, then.
  void fund(const writ_funding& funding, const Instruments& instruments);
  /// Closes every position at what it pays, and of a betting market that is over charges commission
  /// on what was won in it; while a bet is open there, or is so again, none is due. A result that
  /// is taken back opens what it closed, unless that was traded since.
  void settle(const writ_settlement& settlement, const Instruments& instruments);
  /// Cuts the odds of matched bets on the other runners.
  void reduce(const writ_reduction& reduction, const Instruments& instruments);
  /// Splits at `mid`, merges, redeems at what it pays; nothing if more is asked than there is.
  void change_tokens(const writ_token_change& change, const Instruments& instruments,
                     std::int64_t mid);

  [[nodiscard]] const std::map<std::uint32_t, Account>& accounts() const noexcept {
    return accounts_;
  }
  [[nodiscard]] const Account& account(std::uint32_t number) const;
  [[nodiscard]] Int128 position(std::uint32_t account, std::uint32_t instrument) const;
  [[nodiscard]] Int128 strategy_position(std::uint32_t account, std::uint32_t instrument,
                                         std::uint32_t instance) const;

 private:
  using Holder = std::pair<std::uint32_t, std::uint32_t>;  // (account, instance)
  struct Funding {
    writ_funding record;
    std::uint32_t asset;
    std::map<Holder, Int128> positions;  ///< that it was paid for
  };

  /// Brings what a holder has paid to that of this position.
  void pay(Funding& funding, const Holder& holder, Int128 position);
  static void settle(Account& account, const writ_settlement& settlement,
                     const writ_instrument& row);
  static void take_back(Account& account, const writ_instrument& row);
  void redeem(const writ_token_change& change, const writ_instrument& token);
  void charge_commission(Account& account, const writ_instrument& row,
                         const Instruments& instruments);

  std::map<std::uint32_t, Account> accounts_;
  std::deque<Funding> fundings_;
};

}  // namespace writ::test
