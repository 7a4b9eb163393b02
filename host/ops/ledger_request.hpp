#pragma once

#include "host/model/instrument_table.hpp"
#include "host/ops/control_queue.hpp"

#include <writ/abi/journal.h>

namespace writ::ops {

/// What `writ ledger transfer` (command `ledger_transfer`) and `writ ledger adjust`
/// (`ledger_adjust`) ask for, without its reason: account and asset by name and a signed amount, or
/// (adjust) an instrument by name, a signed quantity and perhaps a price; adjust may name the
/// instance it concerns. Throws base::InputError for a name nobody has, what is no number, zero, or
/// no reason.
[[nodiscard]] writ_adjustment adjustment_of(const ControlRequest& request,
                                            const model::InstrumentTable& tables);

}  // namespace writ::ops
