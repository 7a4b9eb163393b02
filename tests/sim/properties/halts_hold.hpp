#pragma once

#include "tests/sim/property.hpp"

namespace writ::test {

/// While an account is killed, paused or halted by its drawdown, nothing that adds is approved and
/// no order that adds leaves.
class HaltsHold final : public Property {
 public:
  void on_record(const writ_record& record, const RunState& run) override;
};

}  // namespace writ::test
