#pragma once

#include "host/config/keys.hpp"

#include <vector>

namespace writ::config {

/// Adds the rows of `risk` and `ownership`.
void add_risk_keys(std::vector<Key>& table);

}  // namespace writ::config
