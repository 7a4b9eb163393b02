#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

namespace writ::test {

/// Whenever an order that adds is made or amended, what its market can lose, and what all markets
/// of the account can, is within the limit, with everything that may still fill filled where that
/// is worse. The legs of a group are orders of their own: one alone is counted before the next.
class WorstCasesStayLimited final : public Property {
 public:
  explicit WorstCasesStayLimited(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  const RuleBook& rules_;
};

}  // namespace writ::test
