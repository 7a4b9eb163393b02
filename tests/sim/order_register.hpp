#pragma once

#include <writ/abi/outcome.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace writ::test {

/// One order as records show it.
struct KnownOrder {
  writ_order record{};
  std::uint16_t kind = 0;            ///< of the intent that made it
  bool exits = false;                ///< no check of cash was made for it
  std::uint16_t effect = 0;          ///< of its verdict
  std::int64_t filled = 0;           ///< sum of its fills, each once
  Int128 value = 0;                  ///< of price x quantity of these, at 1e-18
  std::int64_t reported_filled = 0;  ///< the most the venue said
  bool cancel_asked = false;
  bool amending = false;  ///< an amendment has no answer: either of the two holds
  std::int64_t agreed_price = 0;
  std::int64_t agreed_quantity = 0;
  std::uint64_t answer_seq = 0;  ///< of the last report that may settle it
  std::set<std::string> trades;

  [[nodiscard]] bool working() const noexcept;
  /// The most that may still fill.
  [[nodiscard]] Int128 open() const noexcept;
  /// The most its fills may come to.
  [[nodiscard]] std::int64_t whole() const noexcept;
  /// The worst price a limit order may fill at; of a bet they are odds.
  [[nodiscard]] std::int64_t worst_price(bool odds) const noexcept;
};

/// Orders by what ORDER, REPORT and FILL records say of them, and what may still fill: of one that
/// ended too, while the venue said it filled more than it told us of.
class OrderRegister {
 public:
  /// The order after this record, made if it is new; `fresh` says so.
  KnownOrder& apply(const writ_order& order, bool& fresh);
  void apply(const writ_report& report);
  /// The order a fill belongs to if it is known and the fill was not seen before, else nullptr.
  KnownOrder* apply(const writ_fill& fill);

  [[nodiscard]] const std::map<std::uint64_t, KnownOrder>& all() const noexcept { return orders_; }
  /// The last order made for an intent; nullptr: none.
  [[nodiscard]] const KnownOrder* of_intent(std::uint64_t intent_id) const;
  /// Calls `visit` with each order of the account that may still fill.
  template <class Visit>
  void for_each_open(std::uint32_t account, Visit&& visit) const {
    const auto open = open_.find(account);
    if (open == open_.end()) return;
    for (const auto id : open->second) visit(orders_.find(id)->second);
  }
  [[nodiscard]] std::uint32_t working(std::uint32_t account, std::uint32_t instrument,
                                      std::uint32_t instance) const;
  /// Forgets what ended before `ts`.
  void forget_before(std::int64_t ts);

 private:
  void settle(const KnownOrder& order);

  std::map<std::uint64_t, KnownOrder> orders_;
  std::map<std::uint64_t, std::uint64_t> by_intent_;
  std::map<std::uint32_t, std::set<std::uint64_t>> open_;  // by account
};

/// The orders of the account that may still fill, one a line.
[[nodiscard]] std::string to_text(const OrderRegister& orders, std::uint32_t account);

}  // namespace writ::test
