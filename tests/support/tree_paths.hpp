#pragma once

#include <filesystem>
#include <optional>

namespace writ::test {

/// The root of the source tree. Found through the build tree this program lies in, so that a test
/// run by hand and one run by ctest agree. Ends the program with a message when it lies in none.
std::filesystem::path source_dir();

/// The build tree this program lies in (the folder with CMakeCache.txt).
std::filesystem::path binary_dir();

/// Where writ_add_plugin puts `NAME.so`.
std::filesystem::path plugin_dir();

/// What holds the folders of plugins once more as a sandbox can load them, sanitizer or not.
std::filesystem::path sandboxed_dir();

/// The folder of market recordings named by WRIT_DATA, or nothing when the variable is unset or
/// empty. A name that is no folder ends the program: recordings asked for and not there are a
/// failure.
std::optional<std::filesystem::path> data_dir();

}  // namespace writ::test
