#pragma once

#include "tests/sim/order_register.hpp"
#include "tests/sim/reference_books.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/journal.h>
#include <writ/abi/record.h>
#include <writ/int128.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace writ::test {

/// What must never be exceeded, as the host was told.
struct CheckedLimits {
  std::map<std::uint32_t, Int128> position_max;  ///< of an account, by instrument
  std::uint32_t open_orders_max = 0;             ///< of a strategy in an instrument
  std::uint32_t order_rate_max = 0;              ///< of a strategy in the window
  std::int64_t order_rate_window_ns = 0;
  std::int64_t slippage = 0;  ///< at 1e-9: a market buy may cost so much more than the best ask
};

/// What was seen, so that a run that proves nothing is noticed.
struct Seen {
  std::uint64_t events = 0;
  std::uint64_t intents = 0;
  std::uint64_t by_host = 0;
  std::uint64_t approved = 0;
  std::uint64_t reducing = 0;
  std::uint64_t orders = 0;
  std::uint64_t fills = 0;
  std::uint64_t repeated_fills = 0;
  std::uint64_t portfolios = 0;
  std::uint64_t halts = 0;
  std::uint64_t kills = 0;
  std::map<std::uint32_t, std::uint64_t> vetoes;        ///< by WRIT_CHECK_*
  std::map<std::uint32_t, std::uint64_t> order_states;  ///< by WRIT_ORDER_*
};

/// No check of risk blocks an exit, so an exit may put more within reach than a limit allows, where
/// other orders work beside it. What it left there may only shrink again.
class Excuse {
 public:
  /// Whether `reach` breaks the limit. `exits`: an exit was sent in this event.
  [[nodiscard]] bool breaks(Int128 reach, Int128 limit, bool exits) {
    if (exits) excused_ = std::max(excused_, reach);
    excused_ = std::min(excused_, reach);
    return reach > std::max(limit, excused_);
  }
  [[nodiscard]] Int128 excused() const noexcept { return excused_; }

 private:
  Int128 excused_ = 0;
};

/// Judges a run by its records alone: computes positions, cash, what orders may still do and every
/// rule anew, with nothing of the host's own sums. The first thing wrong ends it.
class MoneyChecker {
 public:
  explicit MoneyChecker(CheckedLimits limits) : limits_(std::move(limits)) {}

  /// Every record, inputs and derived, in order.
  void on_record(const writ_record& record);
  /// After the last record that follows an input.
  void on_event_end();

  /// Empty while everything was right.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  [[nodiscard]] const Seen& seen() const noexcept { return seen_; }
  [[nodiscard]] const ReferenceBooks& books() const noexcept { return books_; }
  [[nodiscard]] const OrderRegister& orders() const noexcept { return orders_; }
  /// Whether the account's drawdown halted it.
  [[nodiscard]] bool drawdown_halted(std::uint32_t account) const;

  /// Notes what is wrong, if it is the first.
  void fail(const std::string& what);

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;
  struct Quote {
    std::int64_t bid = WRIT_NONE;
    std::int64_t ask = WRIT_NONE;
  };
  /// An approved intent, until its event ends.
  struct Approved {
    writ_intent intent;
    writ_verdict verdict;
  };

  void on_input(const writ_record& input);
  void on_book(const writ_book_snapshot& image);
  void on_deposit(const writ_deposit& deposit);
  void on_funding(const writ_funding& funding);
  void on_command(const writ_command& command);
  void on_fill(const writ_fill& fill);
  void on_intent(const writ_intent& intent);
  void on_verdict(const writ_verdict& verdict);
  void check_exit(const writ_intent& intent, const writ_verdict& verdict);
  void check_adds(const writ_intent& intent, const writ_verdict& verdict);
  [[nodiscard]] bool only_closes(const writ_intent& intent, const writ_verdict& verdict) const;
  [[nodiscard]] bool surely_reduces(const writ_intent& intent) const;
  void on_order(const writ_order& order);
  void check_new_order(const writ_order& order, KnownOrder& known);
  void on_ledger(const writ_ledger& row);
  void on_executed_trade(const writ_executed_trade& leg);
  void on_portfolio(const writ_portfolio& portfolio);
  void check_positions(const writ_portfolio& portfolio);
  void on_incident(const writ_incident& incident);

  /// The account's orders that may still fill, one a line.
  [[nodiscard]] std::string open_orders(std::uint32_t account) const;
  void check_fill_booked();
  void check_results();
  void check_reach(std::uint32_t account);
  void check_cash(std::uint32_t account);
  [[nodiscard]] bool blocked(std::uint32_t account, std::uint32_t instance) const;
  [[nodiscard]] const writ_instrument* instrument(std::uint32_t number) const;

  CheckedLimits limits_;
  Seen seen_;
  std::string failure_;
  std::map<std::uint32_t, writ_instrument> instruments_;
  std::map<std::uint32_t, Quote> quotes_;
  std::map<std::uint32_t, std::uint32_t> operators_;  // instances that are no strategy
  ReferenceBooks books_;
  OrderRegister orders_;

  std::map<std::uint32_t, std::map<std::uint32_t, Int128>> cash_;  // by CASH rows
  std::map<std::pair<std::uint32_t, Key>, Results> pnl_;           // by PNL rows
  std::set<std::uint32_t> killed_;
  std::set<Key> paused_;
  std::map<std::uint32_t, std::uint32_t> tiers_;
  std::map<Key, std::deque<std::int64_t>> approvals_;      // by account and instance
  std::map<Key, std::array<Excuse, 2>> position_excuses_;  // by account, instrument and way
  std::map<Key, Excuse> cash_excuses_;                     // by account and asset

  // Of the event.
  std::uint64_t input_seq_ = 0;
  std::int64_t now_ = 0;
  std::map<std::uint64_t, writ_intent> unjudged_;  // by the seq of the intent
  std::map<std::uint64_t, Approved> approved_;     // by intent id
  std::set<Key> exits_;                            // (account, instrument) where one was sent
  std::set<std::uint32_t> exiting_;                // accounts where one was sent
  std::set<std::uint32_t> touched_;                // accounts
  const writ_fill* fill_ = nullptr;
  writ_fill fill_copy_{};
  bool fill_counts_ = false;
  Int128 traded_ = 0;
};

}  // namespace writ::test
