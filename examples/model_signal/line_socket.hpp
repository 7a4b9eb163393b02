#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

/// Lines over a Unix socket, never waited for: what cannot be sent or read at once is not.
class LineSocket {
 public:
  LineSocket() = default;
  ~LineSocket() { close(); }
  LineSocket(const LineSocket&) = delete;
  LineSocket& operator=(const LineSocket&) = delete;

  [[nodiscard]] bool connected() const noexcept { return socket_ >= 0; }

  /// False: nobody listens there now.
  bool connect(std::string_view path) {
    close();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.data(), path.size());
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return false;
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return true;
    }
    close();
    return false;
  }

  /// The whole line or none of it: a peer that does not read is taken for gone.
  bool send(std::string_view line) {
    if (!connected()) return false;
    const auto sent = ::send(socket_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(line.size())) return true;
    close();
    return false;
  }

  /// The next line that is there, without its end.
  std::optional<std::string> take() {
    while (connected()) {
      if (const auto end = read_.find('\n'); end != read_.npos) {
        std::string line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return line;
      }
      char bytes[512];
      const auto got = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
      if (got <= 0 || read_.size() > kLineMax) {
        close();
      } else {
        read_.append(bytes, static_cast<std::size_t>(got));
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kLineMax = 4096;

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    read_.clear();
  }

  int socket_ = -1;
  std::string read_;
};
