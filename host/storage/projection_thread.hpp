#pragma once

#include "host/base/result.hpp"
#include "host/storage/projection.hpp"

#include <writ/ids.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace writ::storage {

/// Keeps a database equal to the journal of a running host, in a thread and on a connection of its
/// own. First it brings the earlier runs of the folder up to date, then it follows the run. A
/// database that is slow, stopped, gone or not there yet only makes it late: it connects again,
/// waiting longer each time, and goes on from the checkpoint; the journal waits. It holds the
/// database's WriterLease while it projects, and waits for it while another process has it.
class ProjectionThread {
 public:
  /// Gets the line of a trouble when it begins, "" when it is over. [a thread of this object]
  using Report = std::function<void(const std::string& line)>;

  /// Opens and migrates the database. Throws base::InputError for what trying again cannot change:
  /// the URL, the credentials, a schema that is newer or was edited. A server that does not answer,
  /// or not within 10 s, is no error but trouble().
  explicit ProjectionThread(std::string url, ProjectionOptions options = {}, Report report = {});
  /// As finish(), the outcome ignored.
  ~ProjectionThread();
  ProjectionThread(const ProjectionThread&) = delete;
  ProjectionThread& operator=(const ProjectionThread&) = delete;

  /// Begins to project: the runs of `folder` up to `run`, which is followed. Once. `files` outlives
  /// this.
  void follow(journal::Storage& files, std::filesystem::path folder, RunNumber run);

  /// Call once the journal was closed: projects what is left and ends the thread. A database that
  /// makes no progress for 10 s is left as it is. Errors: what kept it from the end of the journal;
  /// nothing is lost, the next start or `rebuild` goes on from the checkpoint.
  base::Result<Progress> finish();

  /// Of the followed run, as last committed. [any thread]
  [[nodiscard]] Progress progress() const;
  /// What is wrong now as one line, "" while all is well. [any thread]
  [[nodiscard]] std::string trouble() const;
  /// As Database::url. [any thread]
  [[nodiscard]] const std::string& url() const noexcept { return shown_url_; }

 private:
  struct Target {
    journal::Storage* files;
    std::filesystem::path folder;
    RunNumber run;
  };
  class Busy;

  void work(const std::stop_token& stopped);
  void watch(const std::stop_token& stopped);
  base::Result<void> attempt(const std::stop_token& stopped);
  base::Result<void> connect();
  base::Result<void> project(const Target& target, const std::stop_token& stopped);
  base::Result<void> bring_up_earlier_runs(const Target& target);
  base::Result<void> follow_run(const Target& target, const std::stop_token& stopped);
  base::Result<Projection> open(const Target& target, const std::filesystem::path& run_folder);
  base::Result<void> catch_up(Projection& projection, bool is_followed);
  base::Error report(const base::Error& error, std::string line);
  void started();
  [[nodiscard]] std::string trouble_now() const;

  std::string url_;
  std::string shown_url_;
  ProjectionOptions options_;
  Report report_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<Database> database_;  // used by its thread; exchanged and interrupted locked
  std::optional<Target> target_;
  bool is_started_ = false;     // the first attempt to connect is decided, or waited for enough
  bool is_ended_ = false;       // nothing more will be projected
  bool gives_up_ = false;       // finish() waits no longer
  std::exception_ptr refused_;  // by the first attempt
  bool earlier_runs_done_ = false;
  Progress progress_;
  std::uint64_t commits_ = 0;
  std::string trouble_;
  std::optional<std::chrono::steady_clock::time_point> busy_since_;
  base::Result<void> outcome_;  // of the last attempt
  std::jthread watch_;
  std::jthread thread_;  // these two last: they use all of the above
};

}  // namespace writ::storage
