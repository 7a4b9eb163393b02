#pragma once

#include "host/config/config.hpp"
#include "host/engine/setup.hpp"
#include "host/model/instrument_table.hpp"

#include <string_view>
#include <vector>

namespace writ::cli {

/// The first part of the canonical names of a market's instruments.
[[nodiscard]] std::string_view instrument_venue(config::VenueMarket market);

/// In mode live a strategy's orders go to its account's venue alone: throws base::InputError, with
/// the place, for an instrument of another.
void refuse_foreign_instruments(const config::Loaded& loaded,
                                const std::vector<engine::InstanceSetup>& instances,
                                const model::InstrumentTable& tables);

}  // namespace writ::cli
