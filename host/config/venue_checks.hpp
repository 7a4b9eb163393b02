#pragma once

#include "host/config/config.hpp"
#include "host/config/document.hpp"

namespace writ::config {

/// What holds in every mode: names of venues are there, an account has a venue of its own, a key
/// goes nowhere in the clear. Throws base::InputError.
void check_venues(const Config& config, const Document& document);

/// What mode live must not begin without: feeds of venues, a venue with credentials for each
/// account. Throws base::InputError.
void check_live(const Config& config, const Document& document);

}  // namespace writ::config
