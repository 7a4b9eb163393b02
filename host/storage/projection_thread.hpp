#pragma once

#include "host/base/result.hpp"
#include "host/storage/projection.hpp"

#include <writ/ids.hpp>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace writ::storage {

/// Keeps a database equal to the journal of a running host, in a thread and on a connection of its
/// own. First it brings the earlier runs of the folder up to date, then it follows `run`. A
/// database that is slow, busy or gone only makes it late: it tries again, and the journal waits.
/// It holds the database's WriterLease, and waits for it while another process has it.
class ProjectionThread {
 public:
  /// Opens and migrates the database at once, then starts the thread. Throws base::InputError as
  /// Database::open and migrate. `files` outlives this.
  ProjectionThread(const std::string& url, journal::Storage& files, std::filesystem::path folder,
                   RunNumber run, ProjectionOptions options = {});
  /// As finish(), the outcome ignored.
  ~ProjectionThread();
  ProjectionThread(const ProjectionThread&) = delete;
  ProjectionThread& operator=(const ProjectionThread&) = delete;

  /// Call once the journal was closed: projects what is left and ends the thread. Errors: what kept
  /// it from the end of the journal after several tries; nothing is lost, the next start or
  /// `rebuild` goes on from the checkpoint.
  base::Result<Progress> finish();

  /// Of the followed run, as last committed. [any thread]
  [[nodiscard]] Progress progress() const;
  /// The last error as one line, "" while all is well. [any thread]
  [[nodiscard]] std::string trouble() const;

 private:
  void work(const std::stop_token& stopped);
  base::Result<void> bring_up_earlier_runs();
  base::Result<void> follow(const std::stop_token& stopped);
  void report(const base::Error& error, std::string line);

  std::unique_ptr<Database> database_;
  journal::Storage& files_;
  std::filesystem::path folder_;
  RunNumber run_;
  ProjectionOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  Progress progress_;
  std::string trouble_;
  base::Result<void> outcome_;  // of the last try
  std::jthread thread_;         // last: it uses all of the above
};

}  // namespace writ::storage
