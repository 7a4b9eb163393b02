#pragma once

#include "host/base/result.hpp"
#include "host/journal/capture.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace writ::cli {

/// Keeps what a feed hears beside the run, as `writ record` writes it, a file for each hour; it is
/// written by a thread of its own, so that no disk is ever in the feed's way. A disk that does not
/// keep up loses messages, one that fails ends the capture: the run goes on, and a person is told.
class LiveCapture {
 public:
  /// `tell` gets one line for people. [any thread]
  LiveCapture(std::filesystem::path path, std::function<void(std::string_view)> tell);
  /// The last file is whole then. Nobody calls put any more.
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  /// Returns at once. `received_ts` does not go back. [one thread]
  void put(std::string_view message, std::int64_t received_ts);

 private:
  struct Message {
    std::int64_t received_ts;
    std::string text;
  };

  void write();
  [[nodiscard]] base::Result<void> write(const std::vector<Message>& messages);

  journal::CaptureWriter writer_;  // [its thread]
  std::function<void(std::string_view)> tell_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Message> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t lost_ = 0;  ///< since it was last told
  bool ended_ = false;      ///< or failed: nothing is taken any more
  std::thread thread_;      // last: it uses all of these
};

}  // namespace writ::cli
