#pragma once

#include "host/base/assert.hpp"
#include "host/model/instrument_table.hpp"

namespace writ::model {

[[nodiscard]] inline InstrumentTable copy_of(const InstrumentTable& table) {
  InstrumentTable copy;
  for (const auto* record : table.records()) {
    const auto applied = copy.apply(*record);
    WRIT_ASSERT(applied.has_value());
  }
  return copy;
}

}  // namespace writ::model
