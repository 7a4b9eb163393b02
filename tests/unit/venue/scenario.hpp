#pragma once

#include <string>
#include <string_view>

namespace writ::test {

/// Runs a story at the paper venue and tells what differs from it; "" if nothing does.
///
/// One line is one event, `#` begins a comment, times are core time in ns:
///   latency ORDER REPORT | stp MODE         before the first event; latency 0 0 if not said
///   T book  bid PxQ... ask PxQ...           an image; a side may be empty
///   T depth bid PxQ... ask PxQ...           the next change; Q 0 removes
///   T gap                                   a change that does not follow
///   T trade buy|sell|none Q @ P [outside]   by the aggressor
///   T status open|suspended|closed|connected|disconnected
///   T tick P
///   T buy|sell NAME Q @ P|market [ioc|fok|post|gtd=E|account=N]...
///   T cancel NAME
///   T replace NAME Q @ P
///   -> REPORT                               what comes back, in order, with its time:
///      T NAME accepted|rejected R|cancelled R|expired R|cancel_rejected R|replaced Q @ P|
///             replace_rejected R|fill Q @ P maker|taker fee F
/// Reports are taken as a sequencer takes them: market records of the same time first.
[[nodiscard]] std::string run_scenario(std::string_view text);

}  // namespace writ::test
