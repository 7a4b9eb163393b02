#pragma once

#include "host/cli/host_session.hpp"
#include "host/engine/run.hpp"

#include <memory>

namespace writ::cli {

/// What works beside a run, where something does; outlives it.
struct BesideRun {
  engine::RetirementPort* retirement = nullptr;
  engine::IncidentPort* incidents = nullptr;
};

/// Starts the session's run. A plugin that does not come back within plugins.hang_timeout ends the
/// process with status 3 and a line that names it; one that hung in the past the run continues is
/// remembered beside the journal, and left out and stopped by the next start. Throws
/// base::InputError as Run::start, base::Failure for its errors.
[[nodiscard]] std::unique_ptr<engine::Run> start_watched(
    HostSession& session, journal::Storage& storage, const engine::Past* past, engine::Pacer& pacer,
    engine::OperatorPort& operators, const BesideRun& beside = {});

}  // namespace writ::cli
