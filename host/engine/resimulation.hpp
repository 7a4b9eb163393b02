#pragma once

#include "host/execution/order_gateway.hpp"

#include <writ/abi/record.h>

#include <cstdint>

namespace writ::engine {

/// Whether an input is the answer of a simulated venue, which says it again.
[[nodiscard]] bool simulates(const execution::OrderGateway& gateway, const writ_record& input);

/// Lets a simulated venue say again what is on record as said at `until`: the next report it has by
/// then; nullptr if it has none. Valid until the next call of the gateway.
[[nodiscard]] const writ_record* say_again(execution::OrderGateway& gateway, std::int64_t until);

}  // namespace writ::engine
