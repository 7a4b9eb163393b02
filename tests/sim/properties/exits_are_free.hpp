#pragma once

#include "tests/sim/property.hpp"

namespace writ::test {

/// Risk never blocks an exit: what reduces or is neutral is refused only by what it says itself, by
/// its group, or because nobody judged it; and a cancel, a flatten, or an order that closes part of
/// what both the account and the strategy hold, even if everything else that works the same way
/// fills first, is never classed as adding.
class ExitsAreFree final : public Property {
 public:
  void on_record(const writ_record& record, const RunState& run) override;

 private:
  [[nodiscard]] static bool surely_reduces(const writ_intent& intent, const RunState& run);
};

}  // namespace writ::test
