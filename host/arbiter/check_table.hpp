#pragma once

#include "host/arbiter/effect.hpp"

#include <writ/abi/outcome.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ::arbiter {

/// One row of the rule: which effects a check applies to, and the reason it gives.
struct CheckRule {
  std::uint16_t check;   ///< WRIT_CHECK_*
  std::uint16_t reason;  ///< WRIT_REASON_* of a veto
  bool adds;
  bool reduces;
  bool neutral;
  bool cuts;                     ///< an adding intent may be approved for a part instead
  std::string_view passes_when;  ///< one sentence for the documentation

  [[nodiscard]] constexpr bool applies_to(Effect effect) const noexcept {
    switch (effect) {
      case Effect::kAdds:
        return adds;
      case Effect::kReduces:
        return reduces;
      case Effect::kNeutral:
        return neutral;
    }
    return false;
  }
};

/// Every check, in the order they are made. Risk never blocks an exit: a reducing or neutral intent
/// can be refused only by what it says itself and by the venue's rules.
[[nodiscard]] std::span<const CheckRule> check_table() noexcept;

/// The table as Markdown: what docs/CHECKS.md holds.
[[nodiscard]] std::string check_table_markdown();

}  // namespace writ::arbiter
