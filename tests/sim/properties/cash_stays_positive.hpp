#pragma once

#include "tests/sim/excuse.hpp"
#include "tests/sim/property.hpp"
#include "tests/sim/rule_book.hpp"

#include <map>

namespace writ::test {

/// No balance is negative, nor can it become so by any set of fills or by any result of a market
/// that ends, but as far as an exit costs what nobody set aside, no more than it can at prices
/// inside the stress grid, or what funding, a result taken back, a reduction or a person took.
/// (What prices do to a perpetual shows in the balance itself.)
class CashStaysPositive final : public Property {
 public:
  explicit CashStaysPositive(const RuleBook& rules) : rules_(rules) {}
  void on_record(const writ_record& record, const RunState& run) override;
  void on_event_end(const RunState& run) override;

 private:
  [[nodiscard]] Int128 explained(std::uint32_t account, std::uint32_t asset,
                                 const RunState& run) const;
  void check(std::uint32_t account, const RunState& run);
  void check_results(std::uint32_t account, const RunState& run,
                     std::map<std::uint32_t, Int128> owed);

  const RuleBook& rules_;
  std::map<RunState::Key, Excuse> result_excuses_;
  std::map<RunState::Key, Excuse> excuses_;       // by account and asset
  std::map<std::uint64_t, Int128> market_price_;  // of market buys, the most they cost, by order
};

}  // namespace writ::test
