#include "host/plugin/process_state.hpp"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <clocale>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace writ::plugin {
namespace {

std::string current_locale() {
  const char* name = std::setlocale(LC_ALL, nullptr);
  return name == nullptr ? "" : name;
}

std::string current_folder() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

/// From the kernel's own account: asking by umask() would change it for other threads meanwhile.
mode_t current_umask() {
  std::ifstream status("/proc/self/status");
  const std::string wanted = "Umask:";
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, wanted.size(), wanted) != 0) continue;
    const auto digits = line.find_first_of("01234567");
    if (digits == std::string::npos) break;
    return static_cast<mode_t>(std::stoul(line.substr(digits), nullptr, 8));
  }
  return 0;
}

std::vector<struct sigaction> current_handlers() {
  std::vector<struct sigaction> handlers;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    (void)::sigaction(signal, nullptr, &action);
    handlers.push_back(action);
  }
  return handlers;
}

std::vector<int> current_threads() {
  std::vector<int> threads;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    const std::string name = task.path().filename().string();
    int number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    threads.push_back(number);
  }
  std::sort(threads.begin(), threads.end());
  return threads;
}

bool any_new(const std::vector<int>& before, const std::vector<int>& now) {
  return std::any_of(now.begin(), now.end(), [&](int thread) {
    return !std::binary_search(before.begin(), before.end(), thread);
  });
}

}  // namespace

ProcessState ProcessState::capture() {
  ProcessState state;
  state.locale_ = current_locale();
  state.folder_ = current_folder();
  state.umask_ = current_umask();
  state.handlers_ = current_handlers();
  state.threads_ = current_threads();
  return state;
}

std::optional<std::string> ProcessState::restore() const {
  std::optional<std::string> first;
  const auto changed = [&first](std::string what) {
    if (!first) first = std::move(what);
  };
  if (!(FloatControl::current() == float_control_)) {
    float_control_.restore();
    changed("changes the floating-point control (built with -ffast-math?)");
  }
  if (current_locale() != locale_) {
    (void)std::setlocale(LC_ALL, locale_.c_str());
    changed("changes the locale");
  }
  if (current_folder() != folder_) {
    std::error_code error;
    std::filesystem::current_path(folder_, error);
    changed("changes the working folder");
  }
  if (current_umask() != umask_) {
    (void)::umask(umask_);
    changed("changes the umask");
  }
  const auto handlers = current_handlers();
  for (std::size_t at = 0; at < handlers.size(); ++at) {
    // The union of the two forms of handler has one size: the address tells.
    if (handlers[at].sa_handler == handlers_[at].sa_handler) continue;
    const int signal = static_cast<int>(at) + 1;
    (void)::sigaction(signal, &handlers_[at], nullptr);
    changed("installs a handler for signal " + std::to_string(signal));
  }
  // A thread that has been joined may show for a moment still.
  for (int attempt = 0; any_new(threads_, current_threads()); ++attempt) {
    if (attempt == 10) {
      changed("leaves a thread behind");
      break;
    }
    const timespec pause{0, 2'000'000};
    ::nanosleep(&pause, nullptr);
  }
  return first;
}

}  // namespace writ::plugin
