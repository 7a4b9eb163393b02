#include "host/arbiter/rule_table.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace writ::arbiter {
namespace {

constexpr std::uint32_t kNumbers = 6;

RiskLimits random_limits(base::RandomStream& random) {
  RiskLimits limits;
  const auto some = [&] { return random.below(3) == 0; };
  const auto number = [&] { return static_cast<std::int64_t>(1 + random.below(1'000'000)); };
  if (some()) limits.position_max = Quantity{number()};
  if (some()) limits.duplicate_window_ns = number();
  if (some()) limits.account_exposure_max = Money{number()};
  if (some()) limits.order_rate_max = static_cast<std::uint32_t>(number());
  if (some()) limits.order_rate_window_ns = number();
  return limits;
}

ArbiterOptions random_options(base::RandomStream& random) {
  ArbiterOptions options;
  const auto number = [&] { return static_cast<std::uint32_t>(random.below(kNumbers)); };
  options.defaults = random_limits(random);
  for (auto left = random.below(3); left > 0; --left) {
    options.accounts[1 + number()] = random_limits(random);
    options.strategies[number()] = random_limits(random);
    options.instruments[{number(), number()}] = random_limits(random);
    options.instrument_circuit_breaks[number()] = {Rate{number()}, number(), number()};
    options.instrument_ownership[number()] = Ownership::kShared;
    options.priorities[number()] = static_cast<std::int32_t>(number());
  }
  if (random.below(2) == 0) options.circuit_break = CircuitBreakRule{Rate{7}, 8, 9};
  return options;
}

auto fields_of(const RiskLimits& limits) {
  return std::tuple(limits.position_max, limits.duplicate_window_ns, limits.account_exposure_max,
                    limits.order_rate_max, limits.order_rate_window_ns);
}

auto fields_of(const CircuitBreakRule* rule) {
  return rule == nullptr ? std::tuple(Rate{-1}, std::int64_t{0}, std::int64_t{0})
                         : std::tuple(rule->move, rule->window_ns, rule->pause_ns);
}

TEST(RuleTable, SaysWhatTheRuleBookSaysWhoeverAsks) {
  base::RandomStream random(3, "rule_table");
  const std::size_t asked = test::scaled(100'000);
  for (std::size_t i = 0; i < asked;) {
    const ArbiterOptions options = random_options(random);
    const RuleTable table(options);
    for (int j = 0; j < 100; ++j, ++i) {
      const auto number = [&] { return static_cast<std::uint32_t>(random.below(kNumbers + 3)); };
      const std::uint32_t account = number(), instrument = number(), instance = number();
      ASSERT_EQ(fields_of(table.limits(account, instrument, instance)),
                fields_of(options.limits(account, instrument, instance)));
      ASSERT_EQ(fields_of(table.circuit_break_of(instrument)),
                fields_of(options.circuit_break_of(instrument)));
      ASSERT_EQ(table.ownership_of(instrument), options.ownership_of(instrument));
      ASSERT_EQ(table.priority_of(instance), options.priority_of(instance));
    }
  }
}

}  // namespace
}  // namespace writ::arbiter
