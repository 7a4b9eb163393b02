#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace writ::test {

/// PEM files of an authority made up for a test, and of a server it vouches for.
struct Certificates {
  std::filesystem::path ca_file;
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;
};

/// Writes them into `folder`, which is made if it is not there. `names` are the server's: addresses
/// or host names. Valid for a day. Throws std::runtime_error.
[[nodiscard]] Certificates make_certificates(const std::filesystem::path& folder,
                                             const std::vector<std::string>& names);

}  // namespace writ::test
