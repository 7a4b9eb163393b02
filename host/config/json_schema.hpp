#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace writ::config {

/// JSON Schema (2020-12) of writ.yaml, from the table of keys, for editors.
[[nodiscard]] boost::json::object json_schema();

/// JSON text for people: two spaces a level, a line each member, a final newline.
[[nodiscard]] std::string indented(const boost::json::value& value);

}  // namespace writ::config
