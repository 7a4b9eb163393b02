#pragma once

#include "host/venue/binance/rate_windows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::binance {

/// The seconds of a header `Retry-After`, in ns, at most 30 days; nothing: there is none.
[[nodiscard]] std::optional<std::int64_t> retry_after_ns(
    const std::vector<std::pair<std::string, std::string>>& headers);

/// A header such as `X-MBX-USED-WEIGHT-1M: 12` or `x-mbx-order-count-10s: 3`; nothing for another.
[[nodiscard]] std::optional<RateUse> read_rate_header(std::string_view name,
                                                      std::string_view value) noexcept;

/// The limits in a WebSocket API answer; empty where it has none.
[[nodiscard]] std::vector<RateUse> read_rate_uses(std::string_view message);

}  // namespace writ::venue::binance
