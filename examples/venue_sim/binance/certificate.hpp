#pragma once

#include <string>

namespace writ::venue_sim {

/// Files of a certificate authority made for this once and of a certificate it signed.
struct Certificates {
  std::string ca_file;           ///< for clients to trust
  std::string certificate_file;  ///< for localhost and 127.0.0.1
  std::string key_file;
};

/// Makes them anew in a folder, valid for a year. Throws InputError where it cannot be written.
[[nodiscard]] Certificates make_certificates(const std::string& folder);

}  // namespace writ::venue_sim
