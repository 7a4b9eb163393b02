#pragma once

#include "tests/sim/properties/groups_end_as_declared.hpp"
#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"
#include "tests/sim/run_state.hpp"
#include "tests/sim/tally.hpp"

#include <memory>
#include <string>
#include <vector>

namespace writ::test {

/// Judges a run by its records alone: every property of `properties/`, each with arithmetic of its
/// own. The first thing wrong ends it.
class MoneyChecker {
 public:
  explicit MoneyChecker(RuleBook rules);

  /// Every record, inputs and derived, in order.
  void on_record(const writ_record& record);
  /// After the last record that follows an input.
  void on_event_end();

  /// Empty while everything was right.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  [[nodiscard]] const Tally& tally() const noexcept { return tally_; }
  [[nodiscard]] const GroupTally& groups() const noexcept { return groups_->tally(); }
  [[nodiscard]] const RunState& run() const noexcept { return run_; }

  /// Notes what is wrong, if it is the first.
  void fail(const std::string& what);

 private:
  void look_for_failures();

  RuleBook rules_;
  RunState run_;
  Tally tally_;
  std::vector<std::unique_ptr<Property>> properties_;
  const GroupsEndAsDeclared* groups_ = nullptr;  // one of them
  std::string failure_;
};

}  // namespace writ::test
