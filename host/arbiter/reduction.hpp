#pragma once

#include "host/arbiter/checks/check_result.hpp"

#include <writ/quantity.hpp>

#include <optional>

namespace writ::arbiter {

using Check = std::optional<CheckResult> (*)(const Case&);

/// Whether the intent may be approved for less than it asks: an order that may rest or fill in
/// parts, that adds on its own, and is not marked all or nothing.
[[nodiscard]] bool may_be_reduced(const writ_intent& intent, const OrderTerms& terms);

/// Cuts the order of the case to the largest quantity on the lot that passes a check it fails, or
/// to the part that only closes if that is more. Relies on this: a check that cuts passes for less
/// of what it passes for. False, and the case
/// unchanged, if nothing passes or the venue does not take so little.
[[nodiscard]] bool reduce_to_pass(Check check, Case& c);

/// The intent's quantity that stands for the order of the case: of a target the position.
[[nodiscard]] Quantity approved_quantity(const Case& c);

}  // namespace writ::arbiter
