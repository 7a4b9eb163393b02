#pragma once

#include "tests/sim/order_register.hpp"
#include "tests/sim/reference_books.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/intent.h>
#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>
#include <writ/abi/record.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace writ::test {

/// Best prices; WRIT_NONE where there is none.
struct Quote {
  std::int64_t bid = WRIT_NONE;
  std::int64_t ask = WRIT_NONE;
  [[nodiscard]] bool two_sided() const noexcept { return bid != WRIT_NONE && ask != WRIT_NONE; }
  [[nodiscard]] bool crossed() const noexcept { return two_sided() && bid >= ask; }
};

/// What the market records said of one instrument.
struct SeenMarket {
  Quote book;                     ///< as it is
  Quote valid;                    ///< each side as it last was in a book that was not crossed
  std::int64_t mark = WRIT_NONE;  ///< the venue's own
  std::int64_t last_trade = WRIT_NONE;

  /// What a long position is worth a unit, and what a short one costs; WRIT_NONE: never quoted.
  [[nodiscard]] std::int64_t mark_of(bool is_long) const noexcept;
};

/// An intent and its verdict.
struct Judged {
  writ_intent intent{};
  writ_verdict verdict{};
};

[[nodiscard]] bool makes_order(std::uint16_t kind) noexcept;

/// What a run is by its records: tables, markets, orders, money, halts. Nothing in it was computed
/// by the host but what the records themselves state of orders and verdicts.
class RunState {
 public:
  using Key = std::pair<std::uint32_t, std::uint32_t>;

  /// Every record, inputs and derived, in order.
  void apply(const writ_record& record);
  /// After the last record that follows an input.
  void end_records();
  /// And when that was judged.
  void end_event();

  [[nodiscard]] std::int64_t now() const noexcept { return now_; }
  [[nodiscard]] std::uint64_t input_seq() const noexcept { return input_seq_; }
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  /// Of a record of this life of the host.
  [[nodiscard]] std::uint64_t id_of(const writ_record& record) const;
  [[nodiscard]] const std::map<std::uint32_t, writ_instrument>& instruments() const noexcept {
    return instruments_;
  }
  /// nullptr: unknown.
  [[nodiscard]] const writ_instrument* instrument(std::uint32_t number) const;
  [[nodiscard]] const SeenMarket& market(std::uint32_t instrument) const;
  [[nodiscard]] const ReferenceBooks& books() const noexcept { return books_; }
  [[nodiscard]] const OrderRegister& orders() const noexcept { return orders_; }

  [[nodiscard]] std::uint32_t tier(std::uint32_t account) const;
  [[nodiscard]] bool drawdown_halted(std::uint32_t account) const;
  /// Killed, paused or halted: nothing that adds may leave.
  [[nodiscard]] bool blocked(std::uint32_t account, std::uint32_t instance) const;

  // Of the event.
  /// Accounts whose orders or money changed.
  [[nodiscard]] const std::set<std::uint32_t>& touched() const noexcept { return touched_; }
  /// Intents without a verdict so far, by id.
  [[nodiscard]] const std::map<std::uint64_t, writ_intent>& unjudged() const noexcept {
    return unjudged_;
  }
  /// The fill that came in; nullptr: another input.
  [[nodiscard]] const writ_fill* fill() const noexcept { return fill_; }
  /// The order the fill is of and counts for: not the second time it is told of.
  [[nodiscard]] const KnownOrder* filled_order() const noexcept { return filled_order_; }
  /// By how much exits that left, and what people moved, lengthen the account's position on their
  /// own, or shorten it.
  [[nodiscard]] Int128 moved_by_exits(std::uint32_t account, std::uint32_t instrument,
                                      bool longer) const;
  /// What they cost of an asset, at the most while prices stay inside the stress grid; and what
  /// funding, results taken back, reductions and token changes took.
  [[nodiscard]] Int128 cost_of_exits(std::uint32_t account, std::uint32_t asset) const;
  /// Funding takes more than its rate of what is held, at the highest price of the stress grid.
  [[nodiscard]] bool dear_funding() const noexcept { return dear_funding_; }

  // Of the record.
  /// A verdict, with its intent; nullptr: none is known that has no verdict yet.
  [[nodiscard]] const Judged* judged() const noexcept { return judged_; }
  /// An order that is new or was amended, its cause, and whether that adds; else nullptr.
  [[nodiscard]] const KnownOrder* made() const noexcept { return made_; }
  [[nodiscard]] const Judged* cause() const noexcept { return cause_; }
  [[nodiscard]] bool adds() const noexcept;

 private:
  void on_input(const writ_record& input);
  void on_book(const writ_book_snapshot& image);
  void on_deposit(const writ_deposit& deposit);
  void touch_all();
  /// What the accounts had before an input that nobody decides on.
  struct Holdings {
    std::map<Key, Int128> cash;       ///< by account and asset
    std::map<Key, Int128> positions;  ///< by account and instrument
  };
  [[nodiscard]] Holdings holdings() const;
  void excuse_change(const Holdings& before);
  void excuse_move(std::uint32_t account, std::uint32_t instrument, Int128 quantity);
  void excuse_cost(std::uint32_t account, std::uint32_t asset, Int128 amount);
  void excuse_exit(const writ_instrument& row, std::uint32_t account, std::uint16_t side,
                   std::int64_t quantity, std::int64_t price);
  void excuse_funding(const writ_funding& funding);
  void on_tokens(const writ_token_change& change);
  void on_command(const writ_command& command);
  void on_fill(const writ_fill& fill);
  void on_verdict(const writ_verdict& verdict);
  void on_order(const writ_order& order);
  void on_new_order(KnownOrder& known);
  void on_incident(const writ_incident& incident);

  std::map<std::uint32_t, writ_instrument> instruments_;
  std::map<std::uint32_t, SeenMarket> markets_;
  ReferenceBooks books_;
  OrderRegister orders_;
  std::map<std::uint32_t, std::uint32_t> shadowed_;  // by shadow account
  std::set<std::uint32_t> killed_;
  std::set<Key> paused_;
  std::map<std::uint32_t, std::uint32_t> tiers_;
  std::map<std::uint64_t, Judged> approved_;  // by intent id

  std::uint64_t events_ = 0;
  std::uint32_t life_ = 1;
  std::uint64_t input_seq_ = 0;
  std::int64_t now_ = 0;
  std::map<std::uint64_t, writ_intent> unjudged_;
  std::map<std::pair<Key, bool>, Int128> moved_by_exits_;  // by account and instrument, and way
  std::map<Key, Int128> cost_of_exits_;                    // by account and asset
  std::set<std::uint32_t> touched_;
  bool dear_funding_ = false;
  const writ_fill* fill_ = nullptr;
  writ_fill fill_copy_{};
  const KnownOrder* filled_order_ = nullptr;
  const Judged* judged_ = nullptr;
  Judged judged_copy_;
  const KnownOrder* made_ = nullptr;
  const Judged* cause_ = nullptr;
};

}  // namespace writ::test
