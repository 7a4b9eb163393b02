#include "host/storage/postgres_url.hpp"

#include "host/base/input_error.hpp"
#include "host/storage/postgres_text.hpp"

#include <algorithm>
#include <string_view>

namespace writ::storage {
namespace {

constexpr std::string_view kHidden = "***";

// What libpq would otherwise wait for without end: a host that is gone, one that died silently.
constexpr std::string_view kDefaults[][2] = {
    {"connect_timeout", "5"},      {"application_name", "writ"}, {"keepalives_idle", "30"},
    {"keepalives_interval", "10"}, {"keepalives_count", "3"},    {"tcp_user_timeout", "60000"},
};

std::string percent_decoded(std::string_view text) {
  std::string plain;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void keep_secret(PostgresUrl& parsed, std::string_view secret) {
  if (secret.empty()) return;
  parsed.secrets.emplace_back(secret);
  if (auto plain = percent_decoded(secret); plain != secret) parsed.secrets.push_back(plain);
}

// `name=value` parts of a query; true if one is called `name`.
bool has_option(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    if (part.substr(0, part.find('=')) == name) return true;
    query.remove_prefix(std::min(part.size() + 1, query.size()));
  }
  return false;
}

}  // namespace

std::string PostgresUrl::hidden(const std::string& message) const {
  std::string line = one_line(message);
  replace_all(line, connection, shown);  // libpq repeats a URL it cannot read
  for (const std::string& secret : secrets) replace_all(line, secret, kHidden);
  return line;
}

PostgresUrl parse_postgres_url(const std::string& url) {
  PostgresUrl parsed;
  const std::size_t begin = url.find("://") + 3;
  const std::size_t mark = std::min(url.find('?', begin), url.size());
  const std::string_view place = std::string_view(url).substr(begin, mark - begin);
  std::string_view query;
  if (mark < url.size()) query = std::string_view(url).substr(mark + 1);

  parsed.shown = url.substr(0, begin);
  const std::size_t at = place.rfind('@');
  if (at == std::string_view::npos) {
    parsed.shown += place;
  } else {
    const std::string_view who = place.substr(0, at);
    const std::size_t colon = who.find(':');
    parsed.shown += who.substr(0, colon);
    if (colon != std::string_view::npos) {
      parsed.shown += ":" + std::string(kHidden);
      keep_secret(parsed, who.substr(colon + 1));
    }
    parsed.shown += place.substr(at);
    if (who.find_first_of("/@") != std::string_view::npos) {
      throw base::InputError(parsed.shown,
                             "a / or @ in the user or the password must be percent-encoded");
    }
  }
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    const std::string_view name = part.substr(0, part.find('='));
    parsed.shown += parsed.shown.find('?') == std::string::npos ? '?' : '&';
    if (name == "password" || name == "sslpassword") {
      keep_secret(parsed, part.substr(std::min(name.size() + 1, part.size())));
      parsed.shown += std::string(name) + "=" + std::string(kHidden);
    } else {
      parsed.shown += part;
    }
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }

  parsed.connection = url;
  for (const auto& [name, value] : kDefaults) {
    if (has_option(query, name)) continue;
    parsed.connection += parsed.connection.find('?') == std::string::npos ? '?' : '&';
    parsed.connection += std::string(name) + "=" + std::string(value);
  }
  return parsed;
}

}  // namespace writ::storage
