// writ db follow: the projection as a process of its own.
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_folders.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/config/config.hpp"
#include "host/ops/attention.hpp"
#include "host/storage/follower.hpp"

#include <algorithm>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

constexpr std::int64_t kIdleNs = 20'000'000;         // between looks at a journal without news
constexpr std::int64_t kRetryNs = 250'000'000;       // after the first error
constexpr std::int64_t kRetryNsMax = 8'000'000'000;  // doubled up to here

std::string line_of(const storage::Followed& followed) {
  return "run " + std::to_string(followed.run.raw()) + ": seq " +
         grouped(followed.progress.journal_seq) + ", " + grouped(followed.progress.rows) +
         " rows, " + grouped(followed.progress.rejected) + " refused";
}

// What one start of the command goes through: until a signal, the end asked for, or an error that
// will not pass.
class Following {
 public:
  Following(storage::Follower& follower, bool until_closed)
      : follower_(follower), until_closed_(until_closed), signals_(attention_) {}

  ExitStatus run() {
    while (!signals_.take_stop()) {
      const auto followed = follower_.advance();
      if (!followed) {
        if (!wait_after(followed.error())) return ExitStatus::kFailed;
        continue;
      }
      if (wait_ns_ != 0) std::cerr << "writ: goes on: " << line_of(*followed) << "\n";
      wait_ns_ = 0;
      if (followed->run.raw() != 0) last_ = *followed;
      if (progress_.visible()) progress_.show(line_of(last_));
      if (until_closed_ && followed->closed) break;
      if (followed->current) static_cast<void>(attention_.wait(kIdleNs));
    }
    return ExitStatus::kOk;
  }

  const storage::Followed& last() const { return last_; }

 private:
  bool wait_after(const base::Error& error) {
    if (!storage::Follower::can_pass(error)) {
      std::cerr << "writ: " << follower_.trouble() << "\n";
      return false;
    }
    // Said once: what follows is the same trouble until it is over.
    if (wait_ns_ == 0) std::cerr << "writ: " << follower_.trouble() << "; trying again\n";
    wait_ns_ = std::clamp(wait_ns_ * 2, kRetryNs, kRetryNsMax);
    static_cast<void>(attention_.wait(wait_ns_));
    return true;
  }

  storage::Follower& follower_;
  bool until_closed_;
  ops::Attention attention_;
  SignalWatch signals_;
  Progress progress_;
  std::int64_t wait_ns_ = 0;  // 0: all is well
  storage::Followed last_;
};

storage::ProjectionOptions options_of(const Arguments& arguments) {
  storage::ProjectionOptions options;
  if (const auto file = arguments.path("config")) {
    options.rows.store_features = config::load_config(*file).config.storage.store_features;
  }
  return options;
}

}  // namespace

ExitStatus follow_journal(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  arguments.flag("until-closed", "end once the newest run is closed and all of it is projected");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto folder = required_journal_folder(arguments);
  const std::string url = url_of(arguments);
  journal::PosixStorage files;
  storage::Follower follower(url, files, folder, options_of(arguments));
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
