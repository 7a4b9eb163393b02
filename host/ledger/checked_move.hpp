#pragma once

#include <writ/money.hpp>

#include <utility>
#include <vector>

namespace writ::ledger {

/// Running sums that move together: all of them, once it is known that each fits, or none.
class CheckedMove {
 public:
  /// Adds `amount` to `*sum` on commit. A sum may be named once.
  void add(Money& sum, Money amount) {
    const auto moved = checked_add(sum, amount);
    if (moved) {
      moves_.emplace_back(&sum, *moved);
    } else {
      ok_ = false;
    }
  }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  void commit() {
    for (const auto& [sum, value] : moves_) *sum = value;
  }

 private:
  std::vector<std::pair<Money*, Money>> moves_;
  bool ok_ = true;
};

}  // namespace writ::ledger
