#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace writ::cli {

/// Makes the folder `target` from template folders, one after the other: `@NAME@` in names and
/// texts becomes `name`, `@CLASS@` its CamelCase. Throws base::InputError if the name is not
/// lower-case letters, digits and underscores, or the folder is there already; returns the files
/// made.
std::vector<std::filesystem::path> make_from_template(
    const std::vector<std::filesystem::path>& sources, const std::string& name,
    const std::filesystem::path& target);

}  // namespace writ::cli
