#pragma once

#include "host/base/result.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/pipeline.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/journal/checkpoint.hpp"
#include "host/journal/reader.hpp"

namespace writ::engine {

/// Reads the beginning of a run, its tables included, up to and with its first checkpoint: makes
/// the tables known and gives the checkpoint, which nobody has taken over yet. Errors: kNotFound if
/// the run has none, or as Reader.
[[nodiscard]] base::Result<journal::Checkpoint> read_beginning(journal::Reader& reader,
                                                               CoreSink& sink, Pipeline& pipeline,
                                                               execution::OrderGateway& gateway);

}  // namespace writ::engine
