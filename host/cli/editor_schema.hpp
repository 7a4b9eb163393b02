#pragma once

#include "host/plugin/catalogue.hpp"

#include <boost/json/object.hpp>

namespace writ::cli {

/// The schema of writ.yaml in which an instance that names one of these plugins has that plugin's
/// parameters and input ports, with their documentation. It takes whatever the host takes of them.
[[nodiscard]] boost::json::object editor_schema(const plugin::Catalogue& catalogue);

}  // namespace writ::cli
