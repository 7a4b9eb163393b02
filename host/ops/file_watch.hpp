#pragma once

#include "host/base/unique_fd.hpp"
#include "host/ops/attention.hpp"

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

namespace writ::ops {

/// Says when a `.so` was written to its end in one of some folders, or moved there. A file that is
/// still being written says nothing.
class FileWatch {
 public:
  /// `attention` is raised with each; it must outlive the watch. Throws base::InputError for a
  /// folder that cannot be watched.
  FileWatch(const std::vector<std::filesystem::path>& folders, Attention& attention);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// Watches these too. Errors as the constructor. [any thread]
  void add(const std::vector<std::filesystem::path>& folders);
  /// Whether there was one since the last call. [any thread]
  [[nodiscard]] bool take() { return changed_.load() && changed_.exchange(false); }

 private:
  void watch();
  [[nodiscard]] bool read_events() const;

  Attention& attention_;
  Attention end_;
  base::UniqueFd events_;
  std::atomic<bool> changed_{false};
  std::thread thread_;
};

}  // namespace writ::ops
