#pragma once

#include "host/model/record_view.hpp"
#include "host/plugin/fault_words.hpp"

#include <writ/abi/journal.h>

#include <cstdint>

namespace writ::engine {

/// A call into the instance came back after so long, which is too late: an input.
[[nodiscard]] inline writ_plugin_fault late_call(std::uint32_t instance, std::int64_t took_ns) {
  const plugin::Fault late(plugin::FaultReason::kLate, static_cast<std::uint64_t>(took_ns));
  auto told = model::make_record<writ_plugin_fault>();
  told.instance = instance;
  told.fault = late.kind();
  told.detail = late.packed();
  return told;
}

}  // namespace writ::engine
