#pragma once

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <string_view>

namespace writ::engine {

/// Whose the people's own orders are, in every run: an instance without a plugin. No other may be
/// called so.
inline constexpr std::string_view kOperatorName = "operator";

/// Its record. It has no account of its own: each order names one.
[[nodiscard]] inline writ_instance operator_instance(std::uint32_t number) {
  auto record = model::make_record<writ_instance>();
  record.instance = number;
  record.state = 1;
  const bool fits = model::set_text(record.name, kOperatorName);
  WRIT_ASSERT(fits);
  return record;
}

}  // namespace writ::engine
