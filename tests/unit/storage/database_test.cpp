// What a Database promises, whichever backend serves it.
#include "host/storage/database.hpp"

#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace writ::storage::test {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// dec18 and the rest as the schema spells them on this backend.
std::unique_ptr<Database> database_with_table() {
  auto database = empty_database();
  const bool postgres = database->dialect() == Dialect::kPostgres;
  EXPECT_TRUE(database->execute(
      postgres ? "CREATE TABLE t (id BIGINT PRIMARY KEY, d NUMERIC(38,18), r DOUBLE PRECISION, "
                 "s TEXT CHECK (s <> 'bad'), b BYTEA, f BOOLEAN)"
               : "CREATE TABLE t (id INTEGER PRIMARY KEY, d TEXT, r REAL, "
                 "s TEXT CHECK (s <> 'bad'), b BLOB, f INTEGER)"))
      << database->last_error();
  return database;
}

bool insert(Database& database, std::int64_t id, const char* text) {
  auto statement = database.prepare("INSERT INTO t (id, s) VALUES ($1, $2)");
  EXPECT_TRUE(statement) << database.last_error();
  (*statement)->bind_integer(1, id);
  (*statement)->bind_text(2, text);
  const auto stepped = (*statement)->step();
  if (!stepped) {
    EXPECT_EQ(stepped.error().code(), base::Errc::kRejected) << database.last_error();
  }
  return stepped.has_value();
}

TEST(DatabaseValues, ComeBackAsTheyWent) {
  const auto database = database_with_table();
  const std::string bytes("\0\xff\\x'\n", 6);
  auto write = database->prepare("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6)");
  ASSERT_TRUE(write);
  (*write)->bind_integer(1, std::numeric_limits<std::int64_t>::min());
  (*write)->bind_text(2, "-0.000000000000000001");
  (*write)->bind_real(3, 0.1);
  (*write)->bind_text(4, "tab\tnew\nline \\ 'quote' \xc3\xa9");
  (*write)->bind_bytes(5, bytes_of(bytes));
  (*write)->bind_integer(6, 1);
  ASSERT_TRUE((*write)->step()) << database->last_error();
  EXPECT_EQ(database->changes(), 1);

  auto read = database->prepare("SELECT id, d, r, s, b, f, NULL FROM t");
  ASSERT_TRUE(read);
  ASSERT_TRUE(*(*read)->step()) << database->last_error();
  EXPECT_EQ((*read)->integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ((*read)->text(0), "-9223372036854775808");
  EXPECT_EQ((*read)->text(1), "-0.000000000000000001");
  EXPECT_EQ((*read)->real(2), 0.1);
  EXPECT_EQ((*read)->text(2), "0.1");
  EXPECT_EQ((*read)->text(3), "tab\tnew\nline \\ 'quote' \xc3\xa9");
  EXPECT_EQ((*read)->text(4), bytes);
  EXPECT_EQ((*read)->integer(5), 1);
  EXPECT_EQ((*read)->text(5), "1");
  EXPECT_TRUE((*read)->is_null(6));
  EXPECT_EQ((*read)->text(6), "");
  EXPECT_EQ((*read)->column_name(3), "s");
  EXPECT_FALSE(*(*read)->step());
}

TEST(DatabaseValues, DecimalsAreExactAndCanonical) {
  const auto database = database_with_table();
  const char* const values[] = {"0",
                                "99999999999999999999.999999999999999999",
                                "-99999999999999999999.999999999999999999",
                                "0.000000000000000001",
                                "-0.1",
                                "10000000000000000000",
                                "1.5"};
  std::int64_t id = 0;
  for (const char* value : values) {
    auto write = database->prepare("INSERT INTO t (id, d) VALUES ($1, $2)");
    (*write)->bind_integer(1, ++id);
    (*write)->bind_text(2, value);
    ASSERT_TRUE((*write)->step()) << value << ": " << database->last_error();
    EXPECT_EQ(row(*database, "SELECT d FROM t WHERE id = " + std::to_string(id)), value);
  }
}

TEST(DatabaseValues, RealsReadBackToTheSameDouble) {
  const auto database = database_with_table();
  std::int64_t id = 0;
  for (const double value : {1.0 / 3, 1e300, -5e-324, 5.0, 123456789012345678.0, 0.0}) {
    auto write = database->prepare("INSERT INTO t (id, r) VALUES ($1, $2)");
    (*write)->bind_integer(1, ++id);
    (*write)->bind_real(2, value);
    ASSERT_TRUE((*write)->step());
    auto read = database->prepare("SELECT r FROM t WHERE id = $1");
    (*read)->bind_integer(1, id);
    ASSERT_TRUE(*(*read)->step());
    EXPECT_EQ((*read)->real(0), value);
    EXPECT_EQ((*read)->text(0), real_text(value));
  }
  auto write = database->prepare("INSERT INTO t (id, r) VALUES ($1, $2)");
  (*write)->bind_integer(1, 0);
  (*write)->bind_real(2, std::nan(""));
  ASSERT_TRUE((*write)->step());
  EXPECT_EQ(row(*database, "SELECT r FROM t WHERE id = 0"), "-");
}

TEST(Database, TransactionGoesOnAfterARefusedRow) {
  const auto database = database_with_table();
  ASSERT_TRUE(database->begin());
  EXPECT_TRUE(insert(*database, 1, "a"));
  EXPECT_FALSE(insert(*database, 2, "bad"));
  EXPECT_FALSE(insert(*database, 1, "again"));
  EXPECT_TRUE(insert(*database, 3, "c"));
  ASSERT_TRUE(database->commit()) << database->last_error();
  EXPECT_EQ(rows(*database, "SELECT id FROM t ORDER BY 1"), (std::vector<std::string>{"1", "3"}));
}

TEST(Database, RollbackLeavesNothing) {
  const auto database = database_with_table();
  ASSERT_TRUE(database->begin());
  EXPECT_TRUE(insert(*database, 1, "a"));
  database->rollback();
  EXPECT_EQ(row(*database, "SELECT count(*) FROM t"), "0");
}

TEST(Database, LargeResultIsReadWholeWithOthersOpen) {
  const auto database = database_with_table();
  ASSERT_TRUE(database->begin());
  for (int i = 0; i < 1777; ++i) ASSERT_TRUE(insert(*database, i, "x"));
  ASSERT_TRUE(database->commit());
  auto all = database->prepare("SELECT id FROM t ORDER BY id");
  auto part = database->prepare("SELECT id FROM t WHERE id >= $1 ORDER BY id");
  (*part)->bind_integer(1, 1000);
  std::int64_t count = 0;
  std::int64_t others = 0;
  bool more = true;
  while (*(*all)->step()) {
    EXPECT_EQ((*all)->integer(0), count++);
    more = more && *(*part)->step();
    others += more ? 1 : 0;
  }
  EXPECT_EQ(count, 1777);
  EXPECT_EQ(others, 777);
  ASSERT_TRUE(database->begin()) << database->last_error();  // nothing is left open
  ASSERT_TRUE(database->commit());
}

TEST(Database, StatementIsUsedAgainAfterReset) {
  const auto database = database_with_table();
  auto write = database->prepare("INSERT INTO t (id, s) VALUES ($1, $2)");
  for (int i = 0; i < 3; ++i) {
    (*write)->bind_integer(1, i);
    if (i == 1) (*write)->bind_text(2, "middle");
    ASSERT_TRUE((*write)->step());
    (*write)->reset();
  }
  EXPECT_EQ(rows(*database, "SELECT s FROM t ORDER BY id"),
            (std::vector<std::string>{"-", "middle", "-"}));
  EXPECT_EQ(row(*database, "SELECT count(*) FROM t WHERE s IS NULL"), "2");
}

}  // namespace
}  // namespace writ::storage::test
