#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/database.hpp"
#include "host/storage/projection.hpp"
#include "host/storage/writer_lease.hpp"

#include <writ/ids.hpp>

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace writ::storage {

/// Where a Follower is.
struct Followed {
  RunNumber run{0};      ///< the one it reads, 0 before there is any
  Progress progress;     ///< of that run
  bool current = false;  ///< nothing more to read now
  bool closed = false;   ///< and it is the newest run, and was closed
};

/// Keeps a database equal to a journal folder, run by run, from outside the host: earlier runs
/// first, then the newest, then the next one when there is one. Step by step in the caller's
/// thread; it holds the database's WriterLease.
class Follower {
 public:
  /// Opens and migrates the database. Throws base::InputError as Database::open and migrate, and
  /// when another projection writes into the database. `files` outlives this.
  Follower(std::string url, journal::Storage& files, std::filesystem::path folder,
           ProjectionOptions options = {});
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  /// Projects one batch. After an error call again, later: it connects anew and goes on from the
  /// checkpoint. Errors: as Projection, and those of connecting; trouble() says it in one line.
  [[nodiscard]] base::Result<Followed> advance();
  /// Ends what advance() waits for in the database: it returns an error. [any thread]
  void interrupt() noexcept;

  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
  /// Whether trying again could change the outcome of this error.
  [[nodiscard]] static bool can_pass(const base::Error& error) noexcept;

 private:
  void connect();
  void set_database(std::unique_ptr<Database> database);
  base::Result<bool> open_next_run();
  base::Result<bool> has_newer_run();
  base::Error fail(const base::Error& error, std::string line);

  std::string url_;
  journal::Storage& files_;
  std::filesystem::path folder_;
  ProjectionOptions options_;

  std::mutex mutex_;                    // of the pointer, for interrupt()
  std::unique_ptr<Database> database_;  // nullptr after an error
  std::unique_ptr<WriterLease> lease_;
  std::optional<Projection> projection_;
  RunNumber run_{0};        // of the projection
  RunNumber done_{0};       // every run up to here is projected
  bool last_pass_ = false;  // a newer run is there: the host of this one is gone
  std::string trouble_;
};

}  // namespace writ::storage
