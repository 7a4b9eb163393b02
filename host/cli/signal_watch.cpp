#include "host/cli/signal_watch.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace writ::cli {
namespace {

sigset_t watched() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) ::sigaddset(&set, number);
  return set;
}

}  // namespace

SignalWatch::SignalWatch(ops::Attention& attention) : attention_(attention) {
  const sigset_t set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  ending_.store(true);
  ::pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
  const sigset_t set = watched();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void SignalWatch::watch() {
  const sigset_t set = watched();
  for (int ends = 0;;) {
    int number = 0;
    if (::sigwait(&set, &number) != 0) continue;
    if (number == SIGUSR1 && ending_.load()) return;
    if (number == SIGHUP) reload_.store(true);
    if (number == SIGINT || number == SIGTERM) {
      // Whoever asks three times does not want to wait for a clean end.
      if (++ends == 3) ::_exit(128 + number);
      stop_.store(true);
    }
    attention_.raise();
  }
}

}  // namespace writ::cli
