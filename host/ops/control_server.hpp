#pragma once

#include "host/base/result.hpp"
#include "host/base/unique_fd.hpp"
#include "host/ops/attention.hpp"
#include "host/ops/control_queue.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace writ::ops {

/// A running host's control socket: `control.sock` in its run folder, mode 0600. Each line a client
/// sends is a JSON object with a member `command`, answered by one line; one request of a client at
/// a time. Peers of another user than the host's or root are told so and cut off. Has a thread of
/// its own; the requests are answered by whoever polls the queue.
class ControlServer {
 public:
  /// Answers on the server's own thread what must not wait for the sequencer; nothing for a request
  /// that can. [control-thread]
  using Urgent =
      std::function<std::optional<boost::json::object>(const boost::json::object& asked)>;

  /// Makes the socket, a dead host's is replaced, and starts the thread. `queue` outlives the
  /// server. Errors: as `base::error_from_errno`.
  [[nodiscard]] static base::Result<std::unique_ptr<ControlServer>> start(
      const std::filesystem::path& run_folder, ControlQueue& queue, Urgent urgent = {});
  /// Sends what was answered already, ends every connection, removes the socket.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  static constexpr std::size_t kClientsMax = 32;

  struct Client {
    base::UniqueFd socket;
    std::string in;   // received, not yet a whole line
    std::string out;  // not yet sent
    std::shared_ptr<ControlRequest> pending;
    bool closing = false;  // once `out` is sent
  };

  ControlServer(base::UniqueFd listener, std::filesystem::path path, ControlQueue& queue,
                Urgent urgent)
      : listener_(std::move(listener)),
        path_(std::move(path)),
        queue_(queue),
        urgent_(std::move(urgent)) {}

  void serve();
  void accept_clients();
  void receive(Client& client);
  void take_lines(Client& client);
  void take_request(Client& client, const std::string& line);
  void answer(Client& client);
  void send(Client& client);

  base::UniqueFd listener_;
  std::filesystem::path path_;
  ControlQueue& queue_;
  Urgent urgent_;
  // Shared with requests that may be answered when the server is gone.
  std::shared_ptr<Attention> wake_ = std::make_shared<Attention>();
  std::list<Client> clients_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace writ::ops
