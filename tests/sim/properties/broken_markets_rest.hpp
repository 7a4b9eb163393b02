#pragma once

#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <cstdint>
#include <deque>
#include <map>

namespace writ::test {

/// Nothing that adds is approved in a market for the pause after the middle of one of its books was
/// further than allowed from where it had been within the window. A middle stands until the next.
class BrokenMarketsRest final : public Property {
 public:
  explicit BrokenMarketsRest(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;

  /// How often one broke.
  [[nodiscard]] std::uint64_t breaks() const noexcept { return breaks_; }

 private:
  struct Middle {
    std::int64_t until;
    Int128 doubled;
  };

  void on_middle(const writ_instrument& row, Int128 doubled, std::int64_t now);

  const RuleBook& rules_;
  std::map<std::uint32_t, std::deque<Middle>> middles_;  // by instrument
  std::map<std::uint64_t, std::int64_t> broken_until_;   // by market
  std::uint64_t breaks_ = 0;
};

}  // namespace writ::test
