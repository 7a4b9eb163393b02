#include "host/venue/net/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace writ::venue::net {
namespace {

constexpr std::uint16_t default_port(bool tls) noexcept { return tls ? 443 : 80; }

base::Error invalid(const char* what) { return {base::Errc::kInvalid, what}; }

bool is_host(std::string_view host) noexcept {
  return !host.empty() && host.find_first_of(" \t\r\n\"<>\\^`{|}@?#[]") == std::string_view::npos;
}

// Takes `prefix` off the front, if it is there.
bool take(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

base::Result<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  endpoint.tls = url.starts_with("https://") || url.starts_with("wss://");
  if (!take(url, "https://") && !take(url, "wss://") && !take(url, "http://") &&
      !take(url, "ws://")) {
    return invalid("an address begins with https://, http://, wss:// or ws://");
  }

  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view prefix = url.substr(slash);
  std::string_view server = url.substr(0, slash);
  if (prefix.find_first_of(" ?#\t\r\n") != std::string_view::npos) {
    return invalid("an address ends with its path: no query, no fragment");
  }
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  endpoint.prefix = prefix;

  if (take(server, "[")) {  // an IPv6 address
    const std::size_t end = server.find(']');
    if (end == std::string_view::npos) return invalid("an address in brackets does not end");
    endpoint.host = server.substr(0, end);
    server.remove_prefix(end + 1);
  } else {
    const std::size_t colon = std::min(server.find(':'), server.size());
    endpoint.host = server.substr(0, colon);
    server.remove_prefix(colon);
  }
  if (!is_host(endpoint.host)) return invalid("an address names no host");

  endpoint.port = default_port(endpoint.tls);
  if (server.empty()) return endpoint;
  const char* const end = server.data() + server.size();
  const auto [stop, error] = std::from_chars(server.data() + 1, end, endpoint.port);
  if (server.front() != ':' || error != std::errc() || stop != end || endpoint.port == 0) {
    return invalid("a port is a number from 1 to 65535");
  }
  return endpoint;
}

std::string authority(const Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  std::string text = is_ipv6 ? '[' + endpoint.host + ']' : endpoint.host;
  if (endpoint.port != default_port(endpoint.tls)) text += ':' + std::to_string(endpoint.port);
  return text;
}

}  // namespace writ::venue::net
