#include "host/arbiter/amendment.hpp"
#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/exposure.hpp"

#include <array>

namespace writ::arbiter {
namespace {

/// Of the holding with this order beside its others, in the reporting currency.
std::optional<Money> exposure_with_order(const Case& c, const Holding& others) {
  const std::uint32_t kind = c.view.instrument->kind;
  const auto with = [&](const Holding& holding, const OrderTerms& terms) -> std::optional<Money> {
    MarkPrices marks = c.view.marks;  // where nothing was ever quoted the order's price stands in
    if (marks.of_long.is_none()) marks.of_long = terms.price;
    if (marks.of_short.is_none()) marks.of_short = terms.price;
    if (kind != WRIT_KIND_RUNNER) {
      return reported(gross_exposure_with(terms, holding, marks), c.view.reporting_rate);
    }
    Holding whole = holding;
    if (!add_order(kind, terms, whole)) return std::nullopt;
    return reported(gross_exposure(kind, whole, marks), c.view.reporting_rate);
  };
  if (c.intent.kind != WRIT_INTENT_REPLACE) return with(others, c.terms);
  Holding holding = others;
  leave_out_replaced(c.intent, c.view, holding);
  return worst_cost(c, [&](const OrderTerms& terms) { return with(holding, terms); });
}

std::optional<Money> sum(std::optional<Money> here, Money elsewhere) {
  return here ? checked_add(*here, elsewhere) : std::nullopt;
}

}  // namespace

std::optional<CheckResult> exposure_within_limits(const Case& c) {
  if (!c.terms.makes_order || c.view.instrument == nullptr) return std::nullopt;
  const RiskLimits& limits = c.limits;
  const ExposureElsewhere& elsewhere = c.view.exposure_elsewhere;
  std::optional<CheckResult> tightest;
  const auto check = [&](const std::optional<Money>& limit, std::optional<Money> here,
                         Money beside) {
    if (!limit || (tightest && !tightest->passed)) return;
    const CheckResult result = money_at_most(sum(here, beside), *limit);
    const bool tighter = !tightest || !result.passed ||
                         result.limit - result.value < tightest->limit - tightest->value;
    if (tighter) tightest = result;
  };
  if (limits.instrument_exposure_max || limits.market_exposure_max || limits.venue_exposure_max ||
      limits.account_exposure_max) {
    const auto here = exposure_with_order(c, c.view.account);
    check(limits.instrument_exposure_max, here, Money{});
    check(limits.market_exposure_max, here, elsewhere.market);
    check(limits.venue_exposure_max, here, elsewhere.venue);
    check(limits.account_exposure_max, here, elsewhere.account);
  }
  if (limits.strategy_exposure_max) {
    check(limits.strategy_exposure_max, exposure_with_order(c, c.view.strategy),
          elsewhere.strategy);
  }
  return tightest;
}

}  // namespace writ::arbiter
