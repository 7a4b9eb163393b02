#include "tests/unit/storage/backend.hpp"

#include "host/storage/migration.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <stdexcept>

namespace writ::storage::test {
namespace {

// The databases a PostgreSQL server was asked for: they go with the test that asked.
class Server final : public ::testing::EmptyTestEventListener {
 public:
  static Server& get() {
    static Server* server = [] {
      auto* made = new Server(std::getenv("WRIT_POSTGRES"));
      ::testing::UnitTest::GetInstance()->listeners().Append(made);  // which owns it
      return made;
    }();
    return *server;
  }

  std::string url_of(const std::string& key, const std::string& from) {
    auto [place, is_new] = names_.try_emplace(key);
    if (is_new) {
      place->second = next_name();
      create(place->second, from);
    }
    return with_name(place->second);
  }
  std::string fresh(const std::string& from) {
    return url_of("fresh " + std::to_string(made_), from);
  }
  // A migrated one to copy: faster than to migrate each.
  const std::string& migrated() {
    if (template_.empty()) {
      template_ = next_name();
      create(template_, "template0");
      migrate(*Database::open(with_name(template_)));
    }
    return template_;
  }

  void OnTestEnd(const ::testing::TestInfo&) override {
    for (const auto& [key, name] : names_) drop(name);
    names_.clear();
  }
  void OnTestProgramEnd(const ::testing::UnitTest&) override {
    if (!template_.empty()) drop(template_);
  }

 private:
  explicit Server(std::string url) : url_(std::move(url)) {}

  std::string next_name() {
    return "writ_unit_" + std::to_string(::getpid()) + "_" + std::to_string(++made_);
  }
  std::string with_name(const std::string& name) const {
    const auto place = url_.find('/', url_.find("://") + 3);
    const auto query = url_.find('?');
    return url_.substr(0, std::min(place, query)) + "/" + name +
           (query == std::string::npos ? "" : url_.substr(query));
  }
  void run(const std::string& sql) {
    const auto database = Database::open(url_);
    if (!database->execute(sql)) throw std::runtime_error(sql + ": " + database->last_error());
  }
  void create(const std::string& name, const std::string& from) {
    run("CREATE DATABASE " + name + " TEMPLATE " + from);
  }
  void drop(const std::string& name) { run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); }

  std::string url_;
  std::map<std::string, std::string> names_;
  std::string template_;
  int made_ = 0;
};

}  // namespace

Dialect backend() {
  return std::getenv("WRIT_POSTGRES") == nullptr ? Dialect::kSqlite : Dialect::kPostgres;
}

std::string database_url(const std::string& folder, const std::string& name) {
  if (backend() == Dialect::kSqlite) return folder + "/" + name;
  return Server::get().url_of(name, "template0");
}

std::unique_ptr<Database> empty_database() {
  if (backend() == Dialect::kSqlite) return Database::open(":memory:");
  return Database::open(Server::get().fresh("template0"));
}

std::unique_ptr<Database> fresh_database() {
  if (backend() == Dialect::kPostgres) {
    return Database::open(Server::get().fresh(Server::get().migrated()));
  }
  auto database = Database::open(":memory:");
  migrate(*database);
  return database;
}

void drop_guards(Database& database) {
  if (database.dialect() == Dialect::kPostgres) {
    // What a replica does: no trigger runs, and foreign keys are triggers.
    ASSERT_TRUE(database.execute("SET session_replication_role = replica"));
    return;
  }
  auto triggers = database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'");
  std::string drop = "PRAGMA foreign_keys = OFF;";
  while (*(*triggers)->step()) drop += "DROP TRIGGER " + std::string((*triggers)->text(0)) + ";";
  ASSERT_TRUE(database.execute(drop)) << database.last_error();
}

}  // namespace writ::storage::test
