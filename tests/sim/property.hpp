#pragma once

#include "tests/sim/run_state.hpp"

#include <writ/abi/record.h>

#include <string>
#include <utility>

namespace writ::test {

/// One promise of the host, judged by the records alone.
class Property {
 public:
  virtual ~Property() = default;

  /// A record, inputs and derived, in order; `run` has taken it in.
  virtual void on_record(const writ_record& /*record*/, const RunState& /*run*/) {}
  /// After the last record that follows an input.
  virtual void on_event_end(const RunState& /*run*/) {}

  /// Empty while the promise was kept.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 protected:
  void fail(std::string what) {
    if (failure_.empty()) failure_ = std::move(what);
  }

 private:
  std::string failure_;
};

}  // namespace writ::test
