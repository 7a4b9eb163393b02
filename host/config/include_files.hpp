#pragma once

#include "host/config/node.hpp"

#include <filesystem>

namespace writ::config {

/// Replaces the key `include` of a configuration by the signals and strategies of the files it
/// names, relative to `folder`; `*` and `?` in the last part of a path stand for any name, in the
/// order of names. Throws base::InputError: a file that is not there, or holds anything else.
void include_files(Node& root, const std::filesystem::path& folder);

}  // namespace writ::config
