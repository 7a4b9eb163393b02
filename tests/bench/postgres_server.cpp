#include "tests/bench/postgres_server.hpp"

#include <libpq-fe.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace writ::bench {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

// The process's parent, 0 if it is gone.
int parent_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/stat");
  std::string line;
  if (!std::getline(file, line)) return 0;
  // The name, in parentheses, may hold anything; then come the state and the parent.
  const char* at = line.c_str() + line.rfind(')') + 4;
  return std::atoi(at);
}

std::vector<int> children_of(int process) {
  std::vector<int> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    const bool is_process = name.find_first_not_of("0123456789") == std::string::npos;
    if (is_process && parent_of(name) == process) children.push_back(std::atoi(name.c_str()));
  }
  return children;
}

}  // namespace

PostgresConnection::PostgresConnection(const std::string& url)
    : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(connection_) != CONNECTION_OK) fail(PQerrorMessage(connection_));
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
}

PostgresConnection::~PostgresConnection() { PQfinish(connection_); }

void PostgresConnection::execute(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  const auto status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    fail(sql.substr(0, 80) + ": " + PQerrorMessage(connection_));
  }
}

std::vector<std::vector<std::string>> PostgresConnection::query(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  if (PQresultStatus(result) != PGRES_TUPLES_OK) fail(sql + ": " + PQerrorMessage(connection_));
  std::vector<std::vector<std::string>> rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& values = rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column) {
      values.emplace_back(PQgetvalue(result, row, column));
    }
  }
  PQclear(result);
  return rows;
}

void PostgresConnection::copy(const std::string& sql, std::span<const char> bytes) {
  PGresult* begun = PQexec(connection_, sql.c_str());
  if (PQresultStatus(begun) != PGRES_COPY_IN) fail(sql + ": " + PQerrorMessage(connection_));
  PQclear(begun);
  constexpr std::size_t kPiece = std::size_t{1} << 16U;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const auto piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
    if (PQputCopyData(connection_, piece.data(), static_cast<int>(piece.size())) != 1) {
      fail(PQerrorMessage(connection_));
    }
  }
  if (PQputCopyEnd(connection_, nullptr) != 1) fail(PQerrorMessage(connection_));
  PGresult* done = PQgetResult(connection_);
  if (PQresultStatus(done) != PGRES_COMMAND_OK) fail(sql + ": " + PQerrorMessage(connection_));
  PQclear(done);
  while (PGresult* more = PQgetResult(connection_)) PQclear(more);
}

PostgresServer::PostgresServer() {
  const char* url = std::getenv("WRIT_POSTGRES");
  if (url == nullptr || *url == '\0') {
    fail("WRIT_POSTGRES is not set: run this through tests/support/postgres_cluster.py");
  }
  url_ = url;
  PostgresConnection connection(url_);
  const auto folder = connection.query("SHOW data_directory").at(0).at(0);
  std::ifstream file(folder + "/postmaster.pid");
  if (!(file >> postmaster_)) fail(folder + "/postmaster.pid cannot be read");
}

PostgresServer::~PostgresServer() {
  if (frozen_) thaw();
  for (const auto& name : std::vector(made_)) drop_database(name);
}

std::string PostgresServer::url_of(const std::string& database) const {
  // postgresql://HOST/DATABASE?PARAMETERS
  const auto host = url_.find("://") + 3;
  const auto path = url_.find('/', host);
  const auto parameters = url_.find('?');
  const std::string front = url_.substr(0, std::min(path, parameters));
  const std::string back = parameters == std::string::npos ? "" : url_.substr(parameters);
  return front + "/" + database + back;
}

std::string PostgresServer::make_database(const std::string& model) {
  const std::string name = "bench_" + std::to_string(::getpid()) + "_" + std::to_string(next_++);
  PostgresConnection(url_).execute("CREATE DATABASE " + name + " TEMPLATE " + model);
  made_.push_back(name);
  return name;
}

void PostgresServer::drop_database(const std::string& database) {
  PostgresConnection(url_).execute("DROP DATABASE " + database + " WITH (FORCE)");
  std::erase(made_, database);
}

void PostgresServer::stay_on(int core) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  // The postmaster first: whom it starts meanwhile takes after it.
  if (sched_setaffinity(postmaster_, sizeof one, &one) != 0) fail("the server cannot be pinned");
  for (const int child : children_of(postmaster_)) sched_setaffinity(child, sizeof one, &one);
}

void PostgresServer::freeze() {
  // The postmaster first: it starts nobody new while the others are being stopped.
  ::kill(postmaster_, SIGSTOP);
  signal_all(SIGSTOP);
  frozen_ = true;
}

void PostgresServer::thaw() {
  signal_all(SIGCONT);
  ::kill(postmaster_, SIGCONT);
  frozen_ = false;
}

void PostgresServer::signal_all(int number) const {
  for (const int child : children_of(postmaster_)) ::kill(child, number);
}

}  // namespace writ::bench
