#pragma once

#include "host/config/node.hpp"

#include <string>

namespace writ::config {

/// Reads a text in the subset of YAML the configuration uses: mappings, lists and scalars; no
/// anchors, aliases, tags, merge keys, duplicate keys or second document. An empty text is an empty
/// mapping. Throws base::InputError with file, line and column.
[[nodiscard]] Node parse_yaml(const std::string& text, const std::string& file);

}  // namespace writ::config
