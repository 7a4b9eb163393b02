#pragma once

#include "tests/bench/postgres_server.hpp"
#include "tests/bench/table_rows.hpp"

#include <span>
#include <string>
#include <vector>

namespace writ::bench {

/// The rows of one table as PostgreSQL's `COPY ... (FORMAT binary)` takes them.
struct CopyData {
  std::string sql;
  std::vector<char> bytes;
};

/// Encodes them, which is no part of what is timed, by the column types of the database at `url`.
[[nodiscard]] std::vector<std::vector<CopyData>> encode(const std::string& url,
                                                        const std::vector<Batch>& batches);

/// Copies them, a transaction for each batch.
void copy(const std::string& url, const std::vector<std::vector<CopyData>>& batches);

/// The first `rows_max` rows through libpqxx, a prepared INSERT each, a transaction for each batch;
/// how many rows that were.
std::uint64_t insert_by_pqxx(const std::string& url, std::span<const Batch> batches,
                             std::uint64_t rows_max);

}  // namespace writ::bench
