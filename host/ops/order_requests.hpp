#pragma once

#include "host/engine/run.hpp"
#include "host/ops/control_queue.hpp"

#include <string_view>

namespace writ::ops {

/// Whether the word is one of the people's own orders: order_place, order_cancel, order_replace,
/// order_cancel_all.
[[nodiscard]] bool is_order_request(std::string_view command);

/// Makes an INTENT_INPUT of the operator's instance of it, has it judged, and answers with verdict
/// and orders; refuses, and nothing is on record, what names nothing that exists. Numbers come as
/// decimal texts, words as everywhere, in any case. [sequencer-thread]
void carry_out_order(engine::Run& run, ControlRequest& request);

}  // namespace writ::ops
