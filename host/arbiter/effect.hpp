#pragma once

#include "host/arbiter/order_terms.hpp"
#include "host/arbiter/risk_view.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>

#include <cstdint>

namespace writ::arbiter {

/// What an intent does to the worst-case loss, as WRIT_EFFECT_*.
enum class Effect : std::uint16_t {
  kAdds = WRIT_EFFECT_ADDS,
  kReduces = WRIT_EFFECT_REDUCES,
  kNeutral = WRIT_EFFECT_NEUTRAL,
};

/// Neutral: NOOP, cancels, a TARGET that is reached, a REPLACE that only takes back (not larger,
/// not at a worse price). Reduces: a FLATTEN, and an order of which every unit lowers the
/// worst-case loss (or leaves it, where nothing more can be lost) of both the account and the
/// strategy, whichever of the working orders fill; one marked REDUCE_ONLY or CLOSE_POSITION is held
/// against the account alone. Everything else, and what cannot be valued, adds.
[[nodiscard]] Effect effect_of(const writ_intent& intent, const OrderTerms& terms,
                               const RiskView& view);

}  // namespace writ::arbiter
