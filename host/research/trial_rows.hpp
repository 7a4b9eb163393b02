#pragma once

#include "host/journal/storage.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace writ::research {

/// The rows of a sweep, one for each trial that has ended. While the sweep is under way they are in
/// `PATH.part` in the order of their ends, behind a line that says which sweep it is; a sweep that
/// died finds them there and goes on. When all are there they become the file PATH, in the order of
/// the trials, so that it is the same whatever came first.
class TrialRows {
 public:
  /// Opens or goes on with the rows of the sweep `identity` of `trials` trials, whose numbers begin
  /// at 1. A torn last row is dropped. Throws base::InputError: PATH is there already, another
  /// process writes it, the part is of another sweep or damaged.
  TrialRows(journal::Storage& storage, std::filesystem::path path, const std::string& identity,
            std::size_t trials);
  TrialRows(const TrialRows&) = delete;
  TrialRows& operator=(const TrialRows&) = delete;

  /// An earlier process began it.
  [[nodiscard]] bool goes_on() const noexcept { return goes_on_; }
  [[nodiscard]] bool has(std::size_t trial) const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] bool complete() const { return count() == trials_; }

  /// Adds the row of a trial that has none, with its number. On return it is on disk. Throws
  /// base::Failure, and the row does not count. [any thread]
  void add(std::size_t trial, boost::json::object row);

  /// Writes PATH, by `text` from the rows in the order of trials, and removes the part. Needs all
  /// rows. Throws base::Failure.
  using Rows = std::map<std::size_t, boost::json::object>;
  void finish(const std::function<std::string(const Rows&)>& text);

 private:
  void read_part(const std::string& heading);
  void write(const std::string& line);

  journal::Storage& storage_;
  std::filesystem::path path_;
  std::filesystem::path part_;
  std::size_t trials_;
  std::unique_ptr<journal::FileLock> lock_;
  std::unique_ptr<journal::File> file_;
  bool goes_on_ = false;
  mutable std::mutex mutex_;  // guards what follows, and writing
  std::uint64_t end_ = 0;     // of the rows on disk
  std::optional<base::Error> failure_;
  Rows rows_;
};

}  // namespace writ::research
