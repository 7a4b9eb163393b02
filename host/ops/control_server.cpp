#include "host/ops/control_server.hpp"

#include "host/ops/control_socket.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace writ::ops {
namespace {

std::string refusal(const std::string& why) {
  boost::json::object answer;
  answer["ok"] = false;
  answer["error"] = why;
  return boost::json::serialize(answer) + "\n";
}

// The kernel says who made the connection; no name or token could be better.
bool is_trusted(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace

base::Result<std::unique_ptr<ControlServer>> ControlServer::start(
    const std::filesystem::path& run_folder, ControlQueue& queue, Urgent urgent) {
  auto address = control_address(run_folder);
  if (!address) return address.error();
  base::UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.is_open()) return base::error_from_errno(errno, "control socket");
  // Before bind: there is no moment in which the socket's file is open to others.
  if (::fchmod(listener.get(), 0600) != 0) return base::error_from_errno(errno, "fchmod");
  const auto path = run_folder / kControlSocketName;
  ::unlink(path.c_str());
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address->address),
             sizeof address->address) != 0) {
    return base::error_from_errno(errno, "bind control socket");
  }
  if (::chmod(path.c_str(), 0600) != 0 || ::listen(listener.get(), 16) != 0) {
    return base::error_from_errno(errno, "listen on control socket");
  }
  std::unique_ptr<ControlServer> server(
      new ControlServer(std::move(listener), path, queue, std::move(urgent)));
  try {
    server->thread_ = std::thread([raw = server.get()] { raw->serve(); });
  } catch (const std::system_error& error) {
    return base::error_from_errno(error.code().value(), "control thread");
  }
  return server;
}

ControlServer::~ControlServer() {
  stopping_.store(true);
  wake_->raise();
  if (thread_.joinable()) thread_.join();
  ::unlink(path_.c_str());
}

void ControlServer::serve() {
  std::vector<pollfd> polled;
  while (!stopping_.load()) {
    polled.clear();
    polled.push_back({wake_->descriptor(), POLLIN, 0});
    const bool room = clients_.size() < kClientsMax;
    polled.push_back({listener_.get(), static_cast<short>(room ? POLLIN : 0), 0});
    for (const Client& client : clients_) {
      const bool reads = !client.pending && !client.closing;
      polled.push_back(
          {client.socket.get(),
           static_cast<short>((reads ? POLLIN : 0) | (client.out.empty() ? 0 : POLLOUT)), 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    static_cast<void>(wake_->wait(0));

    std::size_t at = 2;
    for (auto client = clients_.begin(); client != clients_.end();) {
      const auto events = polled[at++].revents;
      if ((events & POLLIN) != 0) receive(*client);
      answer(*client);
      send(*client);
      const bool gone = (events & (POLLERR | POLLNVAL)) != 0 ||
                        ((events & POLLHUP) != 0 && (events & POLLIN) == 0) ||
                        (client->closing && client->out.empty() && !client->pending);
      client = gone ? clients_.erase(client) : std::next(client);
    }
    if ((polled[1].revents & POLLIN) != 0) accept_clients();
  }
  for (Client& client : clients_) {
    answer(client);
    send(client);
  }
  clients_.clear();
}

void ControlServer::accept_clients() {
  while (clients_.size() < kClientsMax) {
    base::UniqueFd socket(
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.is_open()) return;
    Client& client = clients_.emplace_back();
    client.socket = std::move(socket);
    if (is_trusted(client.socket.get())) continue;
    client.out = refusal("denied: the host belongs to another user");
    client.closing = true;
    send(client);
  }
}

void ControlServer::receive(Client& client) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got = ::recv(client.socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;  // nothing more now
    if (got == 0) {
      client.closing = true;
      break;
    }
    client.in.append(buffer.data(), static_cast<std::size_t>(got));
    if (client.in.size() > kControlLineMax) {
      client.out += refusal("a request is at most 1 MiB");
      client.in.clear();
      client.closing = true;
      return;
    }
  }
  take_lines(client);
}

void ControlServer::take_lines(Client& client) {
  while (!client.pending) {
    const auto end = client.in.find('\n');
    if (end == client.in.npos) return;
    const std::string line = client.in.substr(0, end);
    client.in.erase(0, end + 1);
    take_request(client, line);
  }
}

void ControlServer::take_request(Client& client, const std::string& line) {
  boost::json::error_code error;
  auto value = boost::json::parse(line, error);
  if (error || !value.is_object()) {
    client.out += refusal("a request is one line with a JSON object");
    return;
  }
  const auto* command = value.get_object().if_contains("command");
  if (command == nullptr || !command->is_string()) {
    client.out += refusal("a request names its \"command\"");
    return;
  }
  if (urgent_) {
    if (const auto answer = urgent_(value.get_object())) {
      client.out += boost::json::serialize(*answer) + "\n";
      return;
    }
  }
  client.pending = std::make_shared<ControlRequest>(std::move(value.get_object()),
                                                    [wake = wake_] { wake->raise(); });
  queue_.push(client.pending);
}

void ControlServer::answer(Client& client) {
  while (client.pending) {
    const auto answer = client.pending->answer();
    if (!answer) return;
    client.out += boost::json::serialize(*answer) + "\n";
    client.pending.reset();
    take_lines(client);  // what came meanwhile
  }
}

void ControlServer::send(Client& client) {
  while (!client.out.empty()) {
    const auto sent =
        ::send(client.socket.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) client.out.clear();  // nobody is there
      return;
    }
    client.out.erase(0, static_cast<std::size_t>(sent));
  }
}

}  // namespace writ::ops
