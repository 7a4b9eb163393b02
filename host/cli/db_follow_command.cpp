// writ db follow: the projection as a process of its own.
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_folders.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/ops/attention.hpp"
#include "host/storage/follower.hpp"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace writ::cli {
namespace {

constexpr std::int64_t kIdleNs = 20'000'000;         // between looks at a journal without news
constexpr std::int64_t kRetryNs = 250'000'000;       // after the first error
constexpr std::int64_t kRetryNsMax = 8'000'000'000;  // doubled up to here
constexpr std::int64_t kPatienceNs = 3'000'000'000;  // with a batch that is on its way at the end

std::string line_of(const storage::Followed& followed) {
  return "run " + std::to_string(followed.run.raw()) + ": seq " +
         grouped(followed.progress.journal_seq) + ", " + grouped(followed.progress.rows) +
         " rows, " + grouped(followed.progress.rejected) + " refused";
}

// The follower works in a thread of its own: a server that hangs must not keep a signal from ending
// the command.
class Following {
 public:
  Following(storage::Follower& follower, bool until_closed)
      : follower_(follower), until_closed_(until_closed), signals_(wish_) {}

  ExitStatus run() {
    std::thread worker([this] {
      work();
      ended_.store(true);
      wish_.raise();
    });
    while (!ended_.load() && !signals_.take_stop()) static_cast<void>(wish_.wait(-1));
    stop_.store(true);
    news_.raise();
    static_cast<void>(wish_.wait(kPatienceNs));
    while (!ended_.load()) {
      follower_.interrupt();
      static_cast<void>(wish_.wait(kRetryNs));
    }
    worker.join();
    progress_.reset();  // its line goes before the summary comes
    return status_;
  }

  const storage::Followed& last() const { return last_; }

 private:
  void work() {
    while (!stop_.load()) {
      const auto followed = follower_.advance();
      if (!followed) {
        if (stop_.load()) return;
        if (wait_after(followed.error())) continue;
        status_ = ExitStatus::kFailed;
        return;
      }
      if (wait_ns_ != 0) std::cerr << "writ: goes on: " << line_of(*followed) << "\n";
      wait_ns_ = 0;
      if (followed->run.raw() != 0) last_ = *followed;
      if (progress_->visible()) progress_->show(line_of(last_));
      if (until_closed_ && followed->closed) return;
      if (followed->current) static_cast<void>(news_.wait(kIdleNs));
    }
  }

  bool wait_after(const base::Error& error) {
    if (!storage::Follower::can_pass(error)) {
      std::cerr << "writ: " << follower_.trouble() << "\n";
      return false;
    }
    // Said once: what follows is the same trouble until it is over.
    if (wait_ns_ == 0) std::cerr << "writ: " << follower_.trouble() << "; trying again\n";
    wait_ns_ = std::clamp(wait_ns_ * 2, kRetryNs, kRetryNsMax);
    static_cast<void>(news_.wait(wait_ns_));
    return true;
  }

  storage::Follower& follower_;
  bool until_closed_;
  ops::Attention wish_;  // of the person, and the worker's end
  ops::Attention news_;  // for the worker
  SignalWatch signals_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> ended_{false};
  // The worker's.
  std::optional<Progress> progress_{std::in_place};
  std::int64_t wait_ns_ = 0;  // 0: all is well
  storage::Followed last_;
  ExitStatus status_ = ExitStatus::kOk;
};

}  // namespace

ExitStatus follow_journal(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  arguments.flag("until-closed", "end once the newest run is closed and all of it is projected");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto folder = required_journal_folder(arguments);
  const std::string url = url_of(arguments);
  journal::PosixStorage files;
  storage::Follower follower(url, files, folder);
  Following following(follower, arguments.has("until-closed"));
  std::cerr << "writ: following " << folder.string() << "\n";
  const ExitStatus status = following.run();
  if (arguments.json()) {
    const auto& last = following.last();
    print_json({{"run", last.run.raw()},
                {"journal_seq", last.progress.journal_seq},
                {"records", last.progress.records},
                {"rows", last.progress.rows},
                {"rejected", last.progress.rejected},
                {"closed", last.closed}});
  } else {
    std::cout << line_of(following.last()) << (following.last().closed ? ", closed" : "") << "\n";
  }
  return status;
}

}  // namespace writ::cli
