#pragma once

#include <string>
#include <vector>

namespace writ::storage {

/// A URL of a PostgreSQL server, taken apart as far as its secrets and defaults need.
struct PostgresUrl {
  std::string connection;            ///< for libpq, with defaults for what it does not say
  std::string shown;                 ///< for messages: without a password
  std::vector<std::string> secrets;  ///< texts that must not appear in a message

  /// What libpq said, on one line and without the secrets.
  [[nodiscard]] std::string hidden(const std::string& message) const;
};

/// Throws base::InputError where a secret could be mistaken for something else.
[[nodiscard]] PostgresUrl parse_postgres_url(const std::string& url);

}  // namespace writ::storage
