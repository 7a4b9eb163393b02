#pragma once

#include "host/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::venue::net {

/// Where a server listens, and how far it is believed.
struct Endpoint {
  std::string host;  ///< a name, or an address without brackets
  std::uint16_t port = 0;
  bool tls = true;
  std::string prefix;   ///< of every path: empty, or `/stream` without a slash at its end
  std::string ca_file;  ///< PEM; who may vouch for it. Empty: the system's store

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads `https://host:port/prefix`; also http, wss and ws. Without a port 443 or 80. No ca_file.
/// Errors: kInvalid, the step says what is wrong with it.
[[nodiscard]] base::Result<Endpoint> parse_endpoint(std::string_view url);

/// As `Host` names it: the port only where it is not the scheme's own.
[[nodiscard]] std::string authority(const Endpoint& endpoint);

}  // namespace writ::venue::net
