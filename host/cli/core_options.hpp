#pragma once

#include "host/config/config.hpp"
#include "host/engine/restart_reconciliation.hpp"
#include "host/engine/setup.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/journal/writer.hpp"
#include "host/model/instrument_table.hpp"
#include "host/venue/paper/paper_options.hpp"

#include <cstdint>
#include <memory>

namespace writ::cli {

/// The configuration as the modules want it. Names become the numbers of `tables`; a name that is
/// not there has no effect, so that one configuration fits several tapes.
[[nodiscard]] arbiter::ArbiterOptions arbiter_options(const config::Config& config,
                                                      const model::InstrumentTable& tables);
[[nodiscard]] engine::CoreOptions core_options(const config::Config& config,
                                               const model::InstrumentTable& tables,
                                               std::uint64_t seed);
[[nodiscard]] engine::ReconcileOptions reconcile_options(const config::Config& config);
/// Throws base::InputError with the place of a limit whose market or venue no instrument has.
void refuse_unknown_markets(const config::Loaded& loaded, const model::InstrumentTable& tables);
/// Reads paper.latency_file. Throws base::InputError naming it and the line.
[[nodiscard]] venue::paper::PaperOptions paper_options(const config::Config& config);
/// Where orders of a run go that no real venue has a part in: a simulated exchange, in mode live of
/// the shadow book alone.
[[nodiscard]] std::unique_ptr<execution::OrderGateway> gateway_without_venues(
    const config::Config& config);
[[nodiscard]] journal::WriterOptions writer_options(const config::Config& config);

}  // namespace writ::cli
