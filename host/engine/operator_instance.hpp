#pragma once

#include "host/base/assert.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <string_view>

namespace writ::engine {

/// Whose the people's own orders are, in every run: an instance without a plugin. No other may be
/// called so.
inline constexpr std::string_view kOperatorName = "operator";

/// The record of an instance that is the host's own.
[[nodiscard]] inline writ_instance instance_without_plugin(std::uint32_t number,
                                                           std::string_view name) {
  auto record = model::make_record<writ_instance>();
  record.instance = number;
  record.state = WRIT_INSTANCE_RUNNING;
  const bool fits = model::set_text(record.name, name);
  WRIT_ASSERT(fits);
  return record;
}

/// The operator's. It has no account of its own: each order names one.
[[nodiscard]] inline writ_instance operator_instance(std::uint32_t number) {
  return instance_without_plugin(number, kOperatorName);
}

/// Whether the number stands for it. Of those without a plugin only it has orders.
[[nodiscard]] inline bool is_operator(const model::InstrumentTable& tables,
                                      std::uint32_t instance) {
  const auto* known = tables.instance(instance);
  return known != nullptr && known->kind == 0;
}

}  // namespace writ::engine
