#pragma once

#include "tests/sim/property.hpp"

namespace writ::test {

/// An order made to flatten, or by a target nearer to zero, together with everything else of its
/// strategy that may still fill the same way in the instrument, never takes the strategy's position
/// through zero. Of bets the closing stake depends on the odds it will meet: not judged here.
class ExitsNeverFlip final : public Property {
 public:
  void on_record(const writ_record& record, const RunState& run) override;
};

}  // namespace writ::test
