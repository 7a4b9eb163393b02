#pragma once

#include "host/base/result.hpp"
#include "host/base/unique_fd.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>
#include <string>

namespace writ::ops {

/// A connection to the host that is writing a run. One thread.
class ControlClient {
 public:
  /// Errors: kNotFound (no host is running there), kDenied, or as `base::error_from_errno`.
  [[nodiscard]] static base::Result<ControlClient> connect(const std::filesystem::path& run_folder);

  /// Sends one request, waits for its answer. Errors: kTimeout, kClosed (the host ended), kCorrupt
  /// (an answer that is no JSON object), kIo.
  [[nodiscard]] base::Result<boost::json::object> ask(
      const boost::json::object& request,
      std::chrono::milliseconds timeout = std::chrono::seconds{10});

  /// Waits until the host ends the connection: its run is over. False after `timeout`.
  [[nodiscard]] bool wait_closed(std::chrono::milliseconds timeout);

 private:
  explicit ControlClient(base::UniqueFd socket) : socket_(std::move(socket)) {}
  [[nodiscard]] base::Result<void> receive(std::chrono::steady_clock::time_point until);

  base::UniqueFd socket_;
  std::string in_;
};

}  // namespace writ::ops
