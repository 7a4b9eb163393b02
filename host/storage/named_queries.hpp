#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

/// What a column of a result holds.
enum class ColumnKind : std::uint8_t {
  kText,
  kInteger,
  kId,       ///< an integer past what JSON readers keep
  kDecimal,  ///< exact, canonical text
  kTime,     ///< ns since 1970 UTC
};

struct QueryColumn {
  std::string_view name;
  ColumnKind kind = ColumnKind::kText;
};

/// What a query may be told, by name.
struct QueryParameter {
  std::string_view name;
  std::string_view preset;  ///< empty: it must be given
  std::string_view doc;
  std::int64_t most = 0;  ///< 0: any text; else an integer from 1 to this
};

/// One row; nothing is null.
using QueryRow = std::vector<std::optional<std::string>>;
/// The values of a query's parameters, in its order.
using QueryValues = std::vector<std::string>;

/// A question a database can be asked by name. The SQL, the same on every backend, only selects
/// and joins: sums, ratios and percentiles are made of its rows here, money exactly.
struct NamedQuery {
  std::string_view name;
  std::string_view summary;
  std::span<const QueryParameter> parameters;
  std::span<const QueryColumn> columns;
  /// $1 and $2: the first and last number of the runs asked about; then the parameters it uses.
  std::string_view sql;
  base::Result<std::vector<QueryRow>> (*fold)(Statement& rows, const QueryValues& values);
};

[[nodiscard]] std::span<const NamedQuery> named_queries();
/// nullptr for a name that is none.
[[nodiscard]] const NamedQuery* named_query(std::string_view name);

/// The answer for one run by its id or number, or for all ("") of them. Throws base::InputError for
/// a run that is not there, a parameter the query does not have, a missing or a wrong one. Errors:
/// the database's.
[[nodiscard]] base::Result<std::vector<QueryRow>> ask(
    Database& database, const NamedQuery& query, const std::string& run,
    const std::map<std::string, std::string>& arguments);

}  // namespace writ::storage
