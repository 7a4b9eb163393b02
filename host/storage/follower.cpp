#include "host/storage/follower.hpp"

#include "host/base/input_error.hpp"
#include "host/journal/folder.hpp"
#include "host/storage/migration.hpp"

#include <utility>

namespace writ::storage {

Follower::Follower(std::string url, journal::Storage& files, std::filesystem::path folder,
                   ProjectionOptions options)
    : url_(std::move(url)), files_(files), folder_(std::move(folder)), options_(options) {
  connect();
}

// The projection goes before its database.
Follower::~Follower() { projection_.reset(); }

bool Follower::can_pass(const base::Error& error) noexcept {
  switch (error.code()) {
    case base::Errc::kExists:
    case base::Errc::kInvalid:
    case base::Errc::kUnsupported:
    case base::Errc::kCorrupt:
    case base::Errc::kMismatch:
      return false;
    default:
      return true;
  }
}

void Follower::set_database(std::unique_ptr<Database> database) {
  const std::lock_guard lock(mutex_);
  database_.swap(database);
}

void Follower::interrupt() noexcept {
  const std::lock_guard lock(mutex_);
  if (database_) database_->interrupt();
}

void Follower::connect() {
  set_database(Database::open(url_));
  migrate(*database_);
  auto lease = WriterLease::take(*database_, files_);
  if (!lease) {
    const bool taken = lease.error().code() == base::Errc::kLocked;
    throw base::InputError(database_->url(),
                           taken ? lease.error().step() : base::to_string(lease.error()));
  }
  lease_ = std::move(*lease);
}

base::Error Follower::fail(const base::Error& error, std::string line) {
  trouble_ = std::move(line);
  projection_.reset();
  lease_.reset();
  set_database(nullptr);
  return error;
}

base::Result<Followed> Follower::advance() {
  if (!database_) {
    try {
      connect();
    } catch (const base::InputError& error) {
      return fail(base::Error(base::Errc::kIo, "connect to the database"), error.what());
    }
  }
  if (!projection_) {
    const auto opened = open_next_run();
    if (!opened) return opened.error();
    if (!*opened) return Followed{RunNumber{0}, {}, true, false};
  }
  const auto reached = projection_->advance(options_.batch_records);
  if (!reached) return fail(reached.error(), projection_->describe(reached.error()));
  trouble_.clear();
  Followed followed{run_, *reached, reached->at_end, false};
  if (!reached->at_end) return followed;
  if (last_pass_) {  // read to its end after the host was known to be gone
    projection_.reset();
    done_ = run_;
    last_pass_ = false;
    followed.current = false;
    return followed;
  }
  const auto newer = has_newer_run();
  if (!newer) return newer.error();
  if (*newer) {
    // Opened again: the next host may have given the run another last segment.
    projection_.reset();
    last_pass_ = true;
    followed.current = false;
    return followed;
  }
  followed.closed = projection_->finished();
  return followed;
}

base::Result<bool> Follower::open_next_run() {
  const auto runs = journal::list_runs(files_, folder_);
  if (!runs) return fail(runs.error(), folder_.string() + ": " + base::to_string(runs.error()));
  for (const auto& entry : *runs) {
    if (entry.number <= done_) continue;
    auto projection = Projection::open(*database_, files_, entry.folder, options_);
    if (!projection) {
      const bool begins = projection.error().code() == base::Errc::kNotFound;
      if (begins) return false;  // its host has not written anything yet
      return fail(projection.error(),
                  base::InputError::from(entry.folder.string(), projection.error()).what());
    }
    projection_.emplace(std::move(*projection));
    run_ = entry.number;
    return true;
  }
  return false;
}

base::Result<bool> Follower::has_newer_run() {
  const auto runs = journal::list_runs(files_, folder_);
  if (!runs) return fail(runs.error(), folder_.string() + ": " + base::to_string(runs.error()));
  return !runs->empty() && runs->back().number > run_;
}

}  // namespace writ::storage
