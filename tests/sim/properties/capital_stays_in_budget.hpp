#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

namespace writ::test {

/// Whenever an order that adds is made or amended, what the strategy's positions cost (of what was
/// sold short or laid in a market that pays at most one a unit: what it can lose) and its working
/// orders reserve is within its budget.
class CapitalStaysInBudget final : public Property {
 public:
  explicit CapitalStaysInBudget(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  const RuleBook& rules_;
};

}  // namespace writ::test
