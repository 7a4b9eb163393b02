#pragma once

#include "host/plugin/descriptor.hpp"
#include "host/plugin/json_text.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/signal.h>

#include <cstdint>
#include <span>

namespace writ::plugin {

/// Longest parts of what a plugin may submit or publish, in bytes.
inline constexpr std::uint32_t kTagsMax = 1024;
inline constexpr std::uint32_t kRationaleMax = 16 * 1024;
inline constexpr std::uint32_t kPayloadMax = 64 * 1024;

/// Whether a plugin's record has the shape its header file documents: size, enumerations, flags,
/// UTF-8 and JSON of its texts. What the numbers would mean for trading is the arbiter's to judge,
/// on record. WRIT_OK, or WRIT_E_INVALID.
[[nodiscard]] writ_status check_intent(const writ_intent& intent, JsonText& json);
/// The same for what signals publish: WRIT_E_NOT_FOUND for a port that `publisher` does not have.
[[nodiscard]] writ_status check_signal(const writ_signal& signal, const Descriptor& publisher);
[[nodiscard]] writ_status check_signal_report(const writ_signal_report& report,
                                              const Descriptor& publisher, JsonText& json);

}  // namespace writ::plugin
