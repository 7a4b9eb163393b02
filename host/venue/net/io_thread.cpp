#include "host/venue/net/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace writ::venue::net {

namespace asio = boost::asio;

std::int64_t wall_clock_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

struct IoThread::State {
  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;
};

namespace {

// Signals are for the thread that waits for them, and a peer that is gone must not end the process.
void block_signals() noexcept {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

IoThread::IoThread(const std::string& name, ThreadWait wait) : state_(std::make_unique<State>()) {
  state_->thread = std::thread([this, wait, name = name.substr(0, 15)] {
    block_signals();
    pthread_setname_np(pthread_self(), name.c_str());
    while (wait == ThreadWait::kSpin && !state_->context.stopped()) state_->context.poll();
    state_->context.run();
  });
}

IoThread::~IoThread() {
  state_->context.stop();
  state_->thread.join();
}

void IoThread::post(std::function<void()> task) { asio::post(state_->context, std::move(task)); }

void IoThread::after(std::int64_t delay_ns, std::function<void()> task) {
  auto timer =
      std::make_shared<asio::steady_timer>(state_->context, std::chrono::nanoseconds(delay_ns));
  timer->async_wait([timer, task = std::move(task)](const auto& error) {
    if (!error) task();
  });
}

void IoThread::run(const std::function<void()>& task) {
  if (is_current()) return task();
  std::promise<void> done;
  post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

bool IoThread::is_current() const noexcept {
  return std::this_thread::get_id() == state_->thread.get_id();
}

asio::io_context& IoThread::context() noexcept { return state_->context; }

}  // namespace writ::venue::net
