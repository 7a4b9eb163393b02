#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

namespace writ::test {

/// Whenever an order that adds is made or amended, gross exposure of its instrument, market, venue,
/// account and strategy is within the limit, with everything that may still fill filled where that
/// is worse. So a move of the market may carry an exposure beyond its limit, and an exit may, but
/// until it is back nothing is added.
///
/// A long position counts at the best bid, a short one at the best ask, each as last seen in a book
/// that was not crossed; a bet at the most it can lose.
class ExposuresStayLimited final : public Property {
 public:
  explicit ExposuresStayLimited(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  void check(const char* what, Int128 exposure, Int128 limit, const writ_order& order,
             const RunState& run);

  const RuleBook& rules_;
};

}  // namespace writ::test
