#include "host/ops/file_watch.hpp"

#include "host/base/error.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace writ::ops {

FileWatch::FileWatch(const std::vector<std::filesystem::path>& folders, Attention& attention)
    : attention_(attention), events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!events_.is_open()) throw base::Failure(base::error_from_errno(errno, "inotify"));
  add(folders);
  thread_ = std::thread([this] { watch(); });
}

void FileWatch::add(const std::vector<std::filesystem::path>& folders) {
  for (const auto& folder : folders) {
    const auto watched = ::inotify_add_watch(events_.get(), folder.c_str(),
                                             IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
    if (watched < 0) {
      throw base::InputError(folder.string(),
                             std::string("cannot be watched: ") + std::strerror(errno));
    }
  }
}

FileWatch::~FileWatch() {
  end_.raise();
  thread_.join();
}

void FileWatch::watch() {
  std::array<pollfd, 2> polled{pollfd{events_.get(), POLLIN, 0},
                               pollfd{end_.descriptor(), POLLIN, 0}};
  while (true) {
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    if (polled[1].revents != 0) return;
    if (!read_events()) continue;
    changed_.store(true);
    attention_.raise();
  }
}

// Whether one of them is about a plugin. Where events were lost anything may have changed.
bool FileWatch::read_events() const {
  alignas(inotify_event) std::array<std::byte, 16384> bytes;
  const auto size = ::read(events_.get(), bytes.data(), bytes.size());
  bool any = false;
  for (ssize_t at = 0; at < size;) {
    const auto& event = *reinterpret_cast<const inotify_event*>(bytes.data() + at);
    any = any || (event.mask & IN_Q_OVERFLOW) != 0;
    if (event.len != 0) any = any || std::string_view(event.name).ends_with(".so");
    at += static_cast<ssize_t>(sizeof event + event.len);
  }
  return any;
}

}  // namespace writ::ops
