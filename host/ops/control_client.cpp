#include "host/ops/control_client.hpp"

#include "host/ops/control_socket.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace writ::ops {

base::Result<ControlClient> ControlClient::connect(const std::filesystem::path& run_folder) {
  auto address = control_address(run_folder);
  if (!address) return address.error();
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return base::error_from_errno(errno, "control socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address->address),
                sizeof address->address) != 0) {
    // The file of a dead host refuses.
    if (errno == ECONNREFUSED || errno == ENOENT) {
      return base::Error(base::Errc::kNotFound, "no host is running there");
    }
    return base::error_from_errno(errno, "connect to the host");
  }
  return ControlClient(std::move(socket));
}

base::Result<boost::json::object> ControlClient::ask(const boost::json::object& request,
                                                     std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  const std::string line = boost::json::serialize(request) + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const auto now = ::send(socket_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0 && errno == EPIPE) break;  // it may have said why before it closed
    if (now < 0) return base::error_from_errno(errno, "send to the host");
    sent += static_cast<std::size_t>(now);
  }
  std::size_t end = 0;
  while ((end = in_.find('\n')) == in_.npos) {
    const auto received = receive(until);
    if (!received) return received.error();
    if (in_.size() > 4 * kControlLineMax) {
      return base::Error(base::Errc::kCorrupt, "answer of the host");
    }
  }
  boost::json::error_code error;
  auto value = boost::json::parse(in_.substr(0, end), error);
  in_.erase(0, end + 1);
  if (error || !value.is_object()) return base::Error(base::Errc::kCorrupt, "answer of the host");
  return std::move(value.get_object());
}

bool ControlClient::wait_closed(std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const auto received = receive(until);
    if (!received) return received.error().code() == base::Errc::kClosed;
  }
}

base::Result<void> ControlClient::receive(std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
  pollfd waiting{socket_.get(), POLLIN, 0};
  const int ready =
      ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30)));
  if (ready == 0) return base::Error(base::Errc::kTimeout, "waiting for the host");
  if (ready < 0 && errno == EINTR) return {};
  std::array<char, 4096> buffer{};
  const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got > 0) {
    in_.append(buffer.data(), static_cast<std::size_t>(got));
    return {};
  }
  if (got == 0 || errno == ECONNRESET) return base::Error(base::Errc::kClosed, "the host");
  if (errno == EINTR) return {};
  return base::error_from_errno(errno, "receive from the host");
}

}  // namespace writ::ops
