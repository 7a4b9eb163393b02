#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <cstdint>
#include <map>

namespace writ::test {

/// Nothing that adds is approved once the account lost its limit since the first portfolio of the
/// UTC day; money moved in or out is no gain and no loss.
class LossesStopAdding final : public Property {
 public:
  explicit LossesStopAdding(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  struct Day {
    std::int64_t day = 0;
    Int128 first = 0;  // equity beyond what was paid in
    Int128 last = 0;
  };

  const RuleBook& rules_;
  std::map<std::uint32_t, Day> days_;  // by account
};

}  // namespace writ::test
