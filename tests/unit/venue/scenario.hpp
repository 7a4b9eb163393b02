#pragma once

#include <string>
#include <string_view>

namespace writ::test {

/// Runs a story at the paper venue and tells what differs from it; "" if nothing does.
///
/// One line is one event, `#` begins a comment, times are core time in ns:
/// Before the first event, if it is not the usual one:
///   latency ORDER REPORT | stp MODE | bet_delay NS       0 0, expire_taker, 5 s
///   recorded REQUEST,EXCHANGE,RESPONSE      a line of a latency file
///   kind spot|perp|binary|runner            spot; a runner has the CLASSIC ladder
/// Then:
///   T book  bid PxQ... ask PxQ...           an image; a side may be empty
///   T depth bid PxQ... ask PxQ...           the next change; Q 0 removes
///   T gap                                   a change that does not follow
///   T trade buy|sell|back|lay|none Q @ P [outside]       by the aggressor
///   T status open|suspended|closed|connected|disconnected [in_play [DELAY_S]]
///   T settled [reversed]
///   T adjust QUANTITY                       a person put account 1's position right by that
///   T reduction RUNNER PERCENT [place]      a non-runner; this instrument is 1
///   T tick P
///   T buy|sell|back|lay NAME Q @ P|market [ioc|fok|post|reduce|gtd=E|account=N|
///                                           instance=N]...
///   T cancel NAME
///   T replace NAME Q @ P
///   -> REPORT                               what comes back, in order, with its time:
///      T NAME accepted|rejected R|cancelled R|expired R|cancel_rejected R|replaced Q @ P|
///             replace_rejected R|fill Q @ P maker|taker fee F
/// Reports are taken as a sequencer takes them: market records of the same time first.
[[nodiscard]] std::string run_scenario(std::string_view text);

}  // namespace writ::test
