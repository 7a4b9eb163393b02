#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::storage {

/// One table of two databases.
struct TableComparison {
  std::string table;
  std::uint64_t rows_a = 0;
  std::uint64_t rows_b = 0;
  std::string hash_a;  ///< SHA-256 of the rows in a defined order, 64 hexadecimal digits
  std::string hash_b;

  [[nodiscard]] bool equal() const noexcept { return rows_a == rows_b && hash_a == hash_b; }
};

/// Compares every table but schema_migration (its times differ) row by row, value by value. Tables
/// of one database only count as empty in the other. Errors: the database's.
[[nodiscard]] base::Result<std::vector<TableComparison>> compare_content(Database& a, Database& b);

}  // namespace writ::storage
