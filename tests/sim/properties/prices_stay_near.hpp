#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

namespace writ::test {

/// No order that adds is approved at a limit price further than the band from the middle of the
/// book or the venue's mark price, or where neither is known from the last trade.
class PricesStayNear final : public Property {
 public:
  explicit PricesStayNear(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  const RuleBook& rules_;
};

}  // namespace writ::test
