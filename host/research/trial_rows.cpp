#include "host/research/trial_rows.hpp"

#include "host/base/assert.hpp"
#include "host/base/canonical_json.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"

#include <boost/json/parse.hpp>

#include <span>
#include <string_view>
#include <utility>

namespace writ::research {
namespace {

namespace json = boost::json;

template <class T>
T or_throw(base::Result<T> result) {
  if (!result) throw base::Failure(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string line_of(const json::object& object) {
  return base::canonical_json(object).value() + "\n";
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).parent_path();
}

std::unique_ptr<journal::FileLock> lock_part(journal::Storage& storage,
                                             const std::filesystem::path& part) {
  auto lock = storage.lock(part);
  if (lock) return std::move(*lock);
  const bool locked = lock.error().code() == base::Errc::kLocked;
  throw base::InputError(part.string(),
                         locked ? "another sweep writes it" : to_string(lock.error()));
}

}  // namespace

TrialRows::TrialRows(journal::Storage& storage, std::filesystem::path path,
                     const std::string& identity, std::size_t trials)
    : storage_(storage), path_(std::move(path)), part_(path_), trials_(trials) {
  part_ += ".part";
  if (or_throw(storage_.exists(path_))) {
    throw base::InputError(path_.string(), "is there already: its sweep has ended");
  }
  lock_ = lock_part(storage_, part_);
  const bool there = or_throw(storage_.exists(part_));
  file_ = or_throw(
      storage_.open(part_, there ? journal::OpenMode::kWrite : journal::OpenMode::kCreateNew));
  json::object heading;
  heading["sweep"] = identity;
  heading["trials"] = trials;
  read_part(line_of(heading));
}

void TrialRows::read_part(const std::string& heading) {
  const auto content = or_throw(journal::read_whole(storage_, part_));
  std::string_view left(reinterpret_cast<const char*>(content.data()), content.size());
  const std::size_t whole = left.rfind('\n') == left.npos ? 0 : left.rfind('\n') + 1;
  left = left.substr(0, whole);
  if (left.empty()) {
    or_throw(file_->truncate(0));
    write(heading);
    or_throw(storage_.sync_folder(folder_of(path_)));
    return;
  }
  if (!left.starts_with(heading)) {
    throw base::InputError(part_.string(),
                           "holds the trials of another sweep: other data, build, configuration or "
                           "grid; remove it, or name another file");
  }
  goes_on_ = true;
  end_ = heading.size();
  left.remove_prefix(heading.size());
  while (!left.empty()) {
    const auto line = left.substr(0, left.find('\n') + 1);
    json::error_code error;
    const auto value = json::parse({line.data(), line.size()}, error);
    const auto* row = error ? nullptr : value.if_object();
    const auto* number = row == nullptr ? nullptr : row->if_contains("trial");
    const auto trial = number != nullptr && number->is_int64() ? number->get_int64() : 0;
    const bool known = trial > 0 && static_cast<std::size_t>(trial) <= trials_;
    if (!known || !rows_.emplace(static_cast<std::size_t>(trial), *row).second) {
      throw base::InputError::at_offset(part_.string(), end_, "is no row of a trial");
    }
    end_ += line.size();
    left.remove_prefix(line.size());
  }
  or_throw(file_->truncate(end_));
}

// After a failure nobody knows what is on disk: whoever opens the file next finds out.
void TrialRows::write(const std::string& line) {
  if (failure_) throw base::Failure(*failure_);
  auto written = file_->write_at(bytes_of(line), end_);
  if (written) written = file_->sync();
  if (!written) {
    failure_ = written.error();
    throw base::Failure(*failure_);
  }
  end_ += line.size();
}

bool TrialRows::has(std::size_t trial) const {
  const std::lock_guard guard(mutex_);
  return rows_.contains(trial);
}

std::size_t TrialRows::count() const {
  const std::lock_guard guard(mutex_);
  return rows_.size();
}

void TrialRows::add(std::size_t trial, json::object row) {
  WRIT_ASSERT(trial > 0 && trial <= trials_);
  row["trial"] = trial;
  const std::lock_guard guard(mutex_);
  WRIT_ASSERT(!rows_.contains(trial));
  write(line_of(row));
  rows_.emplace(trial, std::move(row));
}

void TrialRows::finish(const std::function<std::string(const Rows&)>& text) {
  const std::lock_guard guard(mutex_);
  WRIT_ASSERT(rows_.size() == trials_);
  auto unfinished = path_;
  unfinished += ".new";
  if (or_throw(storage_.exists(unfinished))) or_throw(storage_.remove(unfinished));
  {
    const auto file = or_throw(storage_.open(unfinished, journal::OpenMode::kCreateNew));
    or_throw(file->write_at(bytes_of(text(rows_)), 0));
    or_throw(file->sync());
  }
  or_throw(storage_.rename(unfinished, path_));
  or_throw(storage_.remove(part_));
  or_throw(storage_.sync_folder(folder_of(path_)));
}

}  // namespace writ::research
