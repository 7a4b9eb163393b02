#pragma once

#include "host/config/keys.hpp"

#include <vector>

namespace writ::config {

/// Appends the keys below `venues`.
void add_venue_keys(std::vector<Key>& table);
/// Appends the keys below `incidents`.
void add_incident_keys(std::vector<Key>& table);

}  // namespace writ::config
