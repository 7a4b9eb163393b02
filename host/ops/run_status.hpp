#pragma once

#include <boost/json/object.hpp>

namespace writ::engine {
class Run;
}

namespace writ::ops {

/// What `writ status` shows: how far the run is, what it made, accounts and instances with their
/// state. Ids and times are texts and ns. [sequencer-thread]
[[nodiscard]] boost::json::object run_status(const engine::Run& run);

}  // namespace writ::ops
