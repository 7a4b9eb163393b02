#pragma once

#include "host/base/result.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/pipeline.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/journal/checkpoint.hpp"

#include <span>

namespace writ::engine {

/// Section of a checkpoint that holds the gateway's state: that of a simulated venue.
inline constexpr const char* kGatewaySection = "gateway";

/// Puts the core's and the gateway's state on record. [sequencer-thread]
base::Result<void> write_checkpoint(const Pipeline& pipeline,
                                    const execution::OrderGateway& gateway, CoreSink& sink);

/// Takes the gateway's part of a checkpoint over. Errors: kCorrupt.
base::Result<void> load_gateway(const journal::CheckpointSections& sections,
                                execution::OrderGateway& gateway);

}  // namespace writ::engine
