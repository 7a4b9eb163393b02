#pragma once

#include "host/storage/database.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/projector.hpp"
#include "host/storage/verify.hpp"
#include "tests/unit/storage/backend.hpp"
#include "tests/unit/storage/sample_run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::storage::test {

/// Projects all records in one transaction.
inline void project(Database& database, const SampleRun& run) {
  Projector projector(database, RunTables{});
  ASSERT_TRUE(database.begin());
  for (std::size_t i = 0; i < run.size(); ++i) {
    const auto applied = projector.apply(run.record(i));
    ASSERT_TRUE(applied) << "record " << i + 1 << ": " << projector.why();
  }
  ASSERT_TRUE(database.commit());
}

/// Every row of a query as its values joined by `|`, null as `-`.
inline std::vector<std::string> rows(Database& database, const std::string& sql) {
  auto statement = database.prepare(sql);
  EXPECT_TRUE(statement) << database.last_error();
  std::vector<std::string> result;
  while (statement) {
    const auto row = (*statement)->step();
    EXPECT_TRUE(row) << database.last_error();
    if (!row || !*row) break;
    std::string line;
    for (int i = 0; i < (*statement)->column_count(); ++i) {
      if (i > 0) line += '|';
      line += (*statement)->is_null(i) ? std::string("-") : std::string((*statement)->text(i));
    }
    result.push_back(std::move(line));
  }
  return result;
}

inline std::string row(Database& database, const std::string& sql) {
  const auto all = rows(database, sql);
  return all.size() == 1 ? all[0] : std::to_string(all.size()) + " rows";
}

/// The check of that name.
inline Check check_named(Database& database, const std::string& name) {
  const auto checks = verify(database);
  EXPECT_TRUE(checks);
  for (const Check& check : *checks) {
    if (check.name == name) return check;
  }
  ADD_FAILURE() << "no check " << name;
  return {};
}

}  // namespace writ::storage::test
