#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

struct pg_conn;

namespace writ::bench {

/// One connection to a database by libpq itself: the least a program can do. Ends the program with
/// a message when the server refuses something.
class PostgresConnection {
 public:
  explicit PostgresConnection(const std::string& url);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  void execute(const std::string& sql);
  /// Rows of text.
  [[nodiscard]] std::vector<std::vector<std::string>> query(const std::string& sql);
  /// `COPY ... FROM STDIN` with these bytes.
  void copy(const std::string& sql, std::span<const char> bytes);

 private:
  pg_conn* connection_;
};

/// The server of the URL in WRIT_POSTGRES, on this machine, whose processes may be signalled. Ends
/// the program with a message without one.
class PostgresServer {
 public:
  PostgresServer();
  /// It goes on, if it was frozen, and the databases made are dropped.
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// A new database, a copy of the one named by `model` if given; its name.
  [[nodiscard]] std::string make_database(const std::string& model = "template1");
  [[nodiscard]] std::string url_of(const std::string& database) const;
  /// Whoever is connected to it is thrown out.
  void drop_database(const std::string& database);

  /// Every process of it, those to come as well, works on this core alone.
  void stay_on(int core);

  /// SIGSTOP to the postmaster and then to each of its processes.
  void freeze();
  /// SIGCONT to all of them.
  void thaw();

 private:
  void signal_all(int number) const;

  std::string url_;
  int postmaster_ = 0;
  bool frozen_ = false;
  std::vector<std::string> made_;
  int next_ = 0;
};

}  // namespace writ::bench
