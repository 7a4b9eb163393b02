#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

namespace writ::test {

/// An order made to flatten, or by a target nearer to zero, together with everything else of its
/// strategy that may still fill the same way in the instrument, never takes the strategy's position
/// through zero. A bet counts its win units: a lay at its odds, a back at the better ones that are
/// there as well.
class ExitsNeverFlip final : public Property {
 public:
  explicit ExitsNeverFlip(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  const RuleBook& rules_;
};

}  // namespace writ::test
