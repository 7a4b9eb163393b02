#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace writ::bench {

struct Blob {
  std::string bytes;
};
/// A value as SQLite holds it; nothing is NULL.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

/// Rows of one table.
struct TableRows {
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

/// What one transaction of a projection left, tables in an order that no foreign key forbids.
using Batch = std::vector<TableRows>;

/// Every row of the SQLite database `filled` that `fresh`, the same schema without a run, does not
/// have: those of the first `batch_records` records, of the next, and so on; what carries no
/// journal_seq comes with the first. Generated columns and the projection's own books are left out.
[[nodiscard]] std::vector<Batch> read_rows(const std::string& filled, const std::string& fresh,
                                           std::uint64_t batch_records);

[[nodiscard]] std::uint64_t count(const std::vector<Batch>& batches);

/// Writes them to the database `path` by prepared statements, a transaction for each batch, with
/// the settings the host uses.
void insert_prepared(const std::string& path, const std::vector<Batch>& batches);

}  // namespace writ::bench
