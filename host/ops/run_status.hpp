#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace writ::engine {
class Run;
class StageTimes;
}  // namespace writ::engine

namespace writ::ops {

/// How long each stage of an input's way took: `stage, count, p50_ns, p99_ns, p999_ns, max_ns`, in
/// the order of the way. [sequencer-thread]
[[nodiscard]] boost::json::array stage_times(const engine::StageTimes& times);

/// What `writ status` shows: how far the run is, what it made, accounts and instances with their
/// state. Ids and times are texts and ns. [sequencer-thread]
[[nodiscard]] boost::json::object run_status(const engine::Run& run);

}  // namespace writ::ops
