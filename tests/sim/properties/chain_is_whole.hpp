#pragma once

#include "tests/sim/property.hpp"

namespace writ::test {

/// Every intent gets one verdict within its event, every order comes of an approval and is what was
/// asked for and no larger than the venue takes, every fill is its order's, no order fills beyond
/// its size, and no event is too large to be booked.
class ChainIsWhole final : public Property {
 public:
  void on_record(const writ_record& record, const RunState& run) override;
  void on_event_end(const RunState& run) override;

 private:
  void check_fill(const writ_fill& fill, const RunState& run);
  void check_order(const writ_order& order, const RunState& run);
  void check_new_order(const writ_order& order, const Judged& cause);
};

}  // namespace writ::test
