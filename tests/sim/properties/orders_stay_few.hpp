#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <cstdint>
#include <deque>
#include <map>

namespace writ::test {

/// What adds is approved only while the strategy's orders in the window, its orders per fill, and
/// its open orders in the instrument stay in their limits, and never as the same again that still
/// works.
class OrdersStayFew final : public Property {
 public:
  explicit OrdersStayFew(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  using Times = std::deque<std::int64_t>;
  /// An approved intent, as far as it makes another one its duplicate.
  struct Asked {
    std::int64_t ts;
    std::uint64_t intent_id;
    writ_intent intent;
  };

  void on_verdict(const Judged& judged, const RunState& run);
  void check_adding(const Judged& judged, const RunState& run);
  void check_duplicates(const Judged& judged, const RunState& run);

  const RuleBook& rules_;
  std::map<RunState::Key, Times> orders_;  // approved, by account and instance
  std::map<RunState::Key, Times> fills_;
  std::map<RunState::Key, std::deque<Asked>> asked_;
};

}  // namespace writ::test
