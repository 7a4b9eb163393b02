#include "host/storage/projection_thread.hpp"

#include "host/base/input_error.hpp"
#include "host/journal/folder.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/writer_lease.hpp"

#include <chrono>
#include <utility>

namespace writ::storage {
namespace {

constexpr std::chrono::milliseconds kIdle{20};    // between looks at a journal without news
constexpr std::chrono::milliseconds kRetry{500};  // after an error
constexpr int kLastTries = 3;                     // once the journal is closed

// What trying again cannot change.
bool is_final(const base::Error& error) {
  return error.code() == base::Errc::kExists || error.code() == base::Errc::kInvalid ||
         error.code() == base::Errc::kUnsupported;
}

}  // namespace

ProjectionThread::ProjectionThread(const std::string& url, journal::Storage& files,
                                   std::filesystem::path folder, RunNumber run,
                                   ProjectionOptions options)
    : database_(Database::open(url)),
      files_(files),
      folder_(std::move(folder)),
      run_(run),
      options_(options) {
  migrate(*database_);
  thread_ = std::jthread([this](const std::stop_token& stopped) { work(stopped); });
}

ProjectionThread::~ProjectionThread() { static_cast<void>(finish()); }

base::Result<Progress> ProjectionThread::finish() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  if (!outcome_) return outcome_.error();
  return progress();
}

Progress ProjectionThread::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

std::string ProjectionThread::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void ProjectionThread::report(const base::Error& error, std::string line) {
  outcome_ = error;
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(line);
}

// Tries until the journal was closed and all of it is here, or trying is no use.
void ProjectionThread::work(const std::stop_token& stopped) {
  int tries_left = kLastTries;
  while (true) {
    const auto lease = WriterLease::take(*database_, files_);
    if (lease) {
      outcome_ = bring_up_earlier_runs();
      if (outcome_) outcome_ = follow(stopped);
    } else {
      report(lease.error(), database_->url() + ": " + base::to_string(lease.error()));
    }
    if (outcome_ || is_final(outcome_.error())) return;
    if (stopped.stop_requested() && --tries_left == 0) return;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stopped, kRetry, [] { return false; });
  }
}

base::Result<void> ProjectionThread::bring_up_earlier_runs() {
  const auto runs = journal::list_runs(files_, folder_);
  if (!runs) {
    report(runs.error(), folder_.string() + ": " + base::to_string(runs.error()));
    return runs.error();
  }
  for (const auto& run : *runs) {
    if (run.number >= run_) break;
    auto earlier = Projection::open(*database_, files_, run.folder, options_);
    if (!earlier) {
      report(earlier.error(), base::InputError::from(run.folder.string(), earlier.error()).what());
      return earlier.error();
    }
    if (const auto reached = earlier->catch_up(); !reached) {
      report(reached.error(), earlier->describe(reached.error()));
      return reached.error();
    }
  }
  return {};
}

base::Result<void> ProjectionThread::follow(const std::stop_token& stopped) {
  const auto folder = journal::run_folder(folder_, run_);
  auto projection = Projection::open(*database_, files_, folder, options_);
  if (!projection) {
    report(projection.error(), base::InputError::from(folder.string(), projection.error()).what());
    return projection.error();
  }
  while (true) {
    // Asked before reading: what was appended until then is read now.
    const bool last = stopped.stop_requested();
    const auto reached = projection->catch_up();
    if (!reached) {
      report(reached.error(), projection->describe(reached.error()));
      return reached.error();
    }
    std::unique_lock lock(mutex_);
    progress_ = *reached;
    trouble_.clear();
    if (last) return {};
    wake_.wait_for(lock, stopped, kIdle, [] { return false; });
  }
}

}  // namespace writ::storage
