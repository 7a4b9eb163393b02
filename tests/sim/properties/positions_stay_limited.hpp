#pragma once

#include "tests/sim/excuse.hpp"
#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <array>
#include <map>

namespace writ::test {

/// After every event no set of fills takes an account's position beyond its limit, but as far as an
/// exit put it there. A runner's position counts win units, which a back may get more of as odds
/// move while it is on its way: there it is so whenever an order that adds is made or amended, by
/// the odds as they are then; a bet at market does not count while nobody offers any.
class PositionsStayLimited final : public Property {
 public:
  explicit PositionsStayLimited(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;
  void on_event_end(const RunState& run) override;

 private:
  void fail_beyond(Int128 reach, Int128 limit, bool longer, std::uint32_t account,
                   std::uint32_t instrument, const RunState& run);
  void check(std::uint32_t account, const RunState& run);

  const RuleBook& rules_;
  std::map<RunState::Key, std::array<Excuse, 2>> excuses_;  // by account, instrument and way
};

}  // namespace writ::test
