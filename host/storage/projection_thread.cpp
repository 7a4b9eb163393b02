#include "host/storage/projection_thread.hpp"

#include "host/base/input_error.hpp"
#include "host/journal/folder.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/postgres_url.hpp"
#include "host/storage/writer_lease.hpp"

#include <algorithm>
#include <utility>

namespace writ::storage {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kIdle = 20ms;          // between looks at a journal without news
constexpr auto kRetryMin = 250ms;     // after an error, twice as long each time
constexpr auto kRetryMax = 15'000ms;  // at most
constexpr auto kStart = 10s;          // for the first answer
constexpr auto kPatience = 10s;       // for the next commit once the journal is closed
constexpr auto kSilent = 5s;          // without an answer, and it is called trouble
constexpr auto kLook = 500ms;         // between looks at what is wrong
constexpr int kLastTries = 3;         // once the journal is closed

// What trying again cannot change.
bool is_final(const base::Error& error) {
  return error.code() == base::Errc::kExists || error.code() == base::Errc::kInvalid ||
         error.code() == base::Errc::kUnsupported;
}

std::string shown(const std::string& url) {
  return is_server_url(url) ? parse_postgres_url(url).shown : url;
}

}  // namespace

// Marks the time in which an answer of the database is waited for.
class ProjectionThread::Busy {
 public:
  explicit Busy(ProjectionThread& owner) : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    owner_.busy_since_ = Clock::now();
  }
  ~Busy() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.busy_since_.reset();
  }
  /// One came; the next is waited for. Locked.
  void again() { owner_.busy_since_ = Clock::now(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  ProjectionThread& owner_;
};

ProjectionThread::ProjectionThread(std::string url, ProjectionOptions options, Report report)
    : url_(std::move(url)), shown_url_(shown(url_)), options_(options), report_(std::move(report)) {
  if (report_) watch_ = std::jthread([this](const std::stop_token& stopped) { watch(stopped); });
  thread_ = std::jthread([this](const std::stop_token& stopped) { work(stopped); });
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kStart, [this] { return is_started_; });
  is_started_ = true;
  const auto refused = refused_;
  lock.unlock();
  if (refused) std::rethrow_exception(refused);
}

ProjectionThread::~ProjectionThread() { static_cast<void>(finish()); }

void ProjectionThread::follow(journal::Storage& files, std::filesystem::path folder,
                              RunNumber run) {
  {
    const std::lock_guard lock(mutex_);
    target_ = Target{&files, std::move(folder), run};
  }
  changed_.notify_all();
}

base::Result<Progress> ProjectionThread::finish() {
  if (thread_.joinable()) {
    thread_.request_stop();
    std::unique_lock lock(mutex_);
    std::uint64_t commits = commits_;
    while (!changed_.wait_for(lock, kPatience, [this] { return is_ended_; })) {
      if (commits == commits_) {
        gives_up_ = true;
        if (database_) database_->interrupt();
        break;
      }
      commits = commits_;
    }
    lock.unlock();
    thread_.join();
    watch_ = {};
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
  return trouble_now();
}

std::string ProjectionThread::trouble_now() const {
  if (!trouble_.empty() || !busy_since_) return trouble_;
  const auto silent = Clock::now() - *busy_since_;
  if (silent < kSilent) return {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silent).count();
  return shown_url_ + ": no answer for " + std::to_string(seconds) + " s";
}

base::Error ProjectionThread::report(const base::Error& error, std::string line) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(line);
  return error;
}

// Says once when a trouble begins and once when it is over.
void ProjectionThread::watch(const std::stop_token& stopped) {
  bool told = false;
  std::unique_lock lock(mutex_);
  while (!stopped.stop_requested()) {
    changed_.wait_for(lock, stopped, kLook, [] { return false; });
    const std::string line = trouble_now();
    if (line.empty() != told) continue;
    told = !line.empty();
    lock.unlock();
    report_(line);
    lock.lock();
  }
}

void ProjectionThread::started() {
  {
    const std::lock_guard lock(mutex_);
    is_started_ = true;
  }
  changed_.notify_all();
}

// Tries until the journal was closed and all of it is here, or trying is no use.
void ProjectionThread::work(const std::stop_token& stopped) {
  std::chrono::milliseconds retry = kRetryMin;
  int tries_left = kLastTries;
  while (true) {
    std::unique_lock lock(mutex_);
    const std::uint64_t commits = commits_;
    lock.unlock();
    outcome_ = attempt(stopped);
    started();
    lock.lock();
    if (outcome_ || is_final(outcome_.error()) || refused_ || gives_up_) break;
    if (stopped.stop_requested() && --tries_left == 0) break;
    retry = commits_ == commits ? std::min<std::chrono::milliseconds>(2 * retry, kRetryMax)
                                : std::chrono::milliseconds(kRetryMin);
    if (stopped.stop_requested()) retry = kRetryMin;
    changed_.wait_for(lock, stopped, retry, [] { return false; });
  }
  const std::lock_guard lock(mutex_);
  is_ended_ = true;
  changed_.notify_all();
}

base::Result<void> ProjectionThread::attempt(const std::stop_token& stopped) {
  if (!database_) {
    if (auto connected = connect(); !connected) return connected;
  }
  started();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stopped, [this] { return target_.has_value(); });
  if (!target_) return {};
  const Target target = *target_;
  lock.unlock();
  auto done = project(target, stopped);
  // A server's connection may be broken in ways that do not show: the next attempt makes another.
  if (!done && is_server_url(url_)) {
    lock.lock();
    database_.reset();
  }
  return done;
}

base::Result<void> ProjectionThread::project(const Target& target, const std::stop_token& stopped) {
  const auto lease = [&] {
    const Busy busy(*this);
    return WriterLease::take(*database_, *target.files);
  }();
  if (!lease) {
    const base::Error& error = lease.error();
    const bool taken = error.code() == base::Errc::kLocked;
    return report(error,
                  shown_url_ + ": " + (taken ? base::to_string(error) : database_->last_error()));
  }
  if (auto done = bring_up_earlier_runs(target); !done) return done;
  return follow_run(target, stopped);
}

base::Result<void> ProjectionThread::connect() {
  const Busy busy(*this);
  try {
    auto database = Database::open(url_);
    std::unique_lock lock(mutex_);
    database_ = std::move(database);
    lock.unlock();
    migrate(*database_);
    lock.lock();
    trouble_.clear();
    return {};
  } catch (const base::InputError& error) {
    const std::lock_guard lock(mutex_);
    database_.reset();
    // Who started the host is told at once; a host that runs goes on trying.
    if (!is_started_ && dynamic_cast<const Unavailable*>(&error) == nullptr) {
      refused_ = std::current_exception();
    } else {
      trouble_ = error.what();
    }
    return base::Error(base::Errc::kClosed, "database connection");
  }
}

base::Result<void> ProjectionThread::bring_up_earlier_runs(const Target& target) {
  if (earlier_runs_done_) return {};
  const auto runs = journal::list_runs(*target.files, target.folder);
  if (!runs) {
    return report(runs.error(), target.folder.string() + ": " + base::to_string(runs.error()));
  }
  for (const auto& run : *runs) {
    if (run.number >= target.run) break;
    auto earlier = open(target, run.folder);
    if (!earlier) return earlier.error();
    if (auto done = catch_up(*earlier, false); !done) return done;
  }
  earlier_runs_done_ = true;
  return {};
}

base::Result<void> ProjectionThread::follow_run(const Target& target,
                                                const std::stop_token& stopped) {
  auto projection = open(target, journal::run_folder(target.folder, target.run));
  if (!projection) return projection.error();
  while (true) {
    // Asked before reading: what was appended until then is read now.
    const bool last = stopped.stop_requested();
    if (auto done = catch_up(*projection, true); !done) return done;
    if (last) return {};
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stopped, kIdle, [] { return false; });
  }
}

base::Result<Projection> ProjectionThread::open(const Target& target,
                                                const std::filesystem::path& run_folder) {
  const Busy busy(*this);
  auto projection = Projection::open(*database_, *target.files, run_folder, options_);
  if (projection) return projection;
  const base::Error& error = projection.error();
  if (error.code() == base::Errc::kClosed) {
    return report(error, shown_url_ + ": " + database_->last_error());
  }
  return report(error, base::InputError::from(run_folder.string(), error).what());
}

base::Result<void> ProjectionThread::catch_up(Projection& projection, bool is_followed) {
  Busy busy(*this);
  const auto reached = projection.catch_up([&](const Progress& progress) {
    const std::lock_guard lock(mutex_);
    busy.again();
    if (is_followed) progress_ = progress;
    ++commits_;
    trouble_.clear();
    return !gives_up_;
  });
  if (!reached) return report(reached.error(), projection.describe(reached.error()));
  if (!reached->at_end) return base::Error(base::Errc::kTimeout, "projection");
  const std::lock_guard lock(mutex_);
  if (is_followed) progress_ = *reached;
  trouble_.clear();
  return {};
}

}  // namespace writ::storage
