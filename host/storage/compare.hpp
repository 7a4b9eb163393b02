#pragma once

#include "host/base/result.hpp"
#include "host/storage/canonical_dump.hpp"
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
  std::string
      hash_a;  ///< SHA-256 of its canonical dump, 64 hexadecimal digits; "" if it is missing
  std::string hash_b;

  [[nodiscard]] bool equal() const noexcept { return rows_a == rows_b && hash_a == hash_b; }
};

/// Compares two databases, of whichever dialects, by their canonical dumps. Errors: as
/// canonical_dump.
[[nodiscard]] base::Result<std::vector<TableComparison>> compare_content(
    Database& a, Database& b, const DumpScope& scope = {});

}  // namespace writ::storage
