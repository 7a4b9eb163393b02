#pragma once

#include "tests/sim/excuse.hpp"
#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <array>
#include <map>

namespace writ::test {

/// After every event no set of fills takes an account's position beyond its limit, but as far as an
/// exit put it there.
class PositionsStayLimited final : public Property {
 public:
  explicit PositionsStayLimited(const RuleBook& rules) : rules_(rules) {}
  void on_event_end(const RunState& run) override;

 private:
  void check(std::uint32_t account, const RunState& run);

  const RuleBook& rules_;
  std::map<RunState::Key, std::array<Excuse, 2>> excuses_;  // by account, instrument and way
};

}  // namespace writ::test
