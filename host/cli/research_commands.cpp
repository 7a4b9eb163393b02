// writ research: many backtests at once.
#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/cli/sweep_trials.hpp"
#include "host/research/parallel.hpp"
#include "host/research/trial_rows.hpp"
#include "host/research/trial_table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace writ::cli {
namespace {

constexpr std::uint64_t kThreadsMax = 256;

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

std::string one_decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// How many trials have ended: a bar on a terminal, else a line for each tenth. [any thread]
class SweepProgress {
 public:
  SweepProgress(std::size_t trials, std::size_t ended)
      : trials_(trials), ended_(ended), before_(ended), told_(ended) {}

  void one_ended() {
    const std::lock_guard guard(mutex_);
    ++ended_;
    if (progress_.visible()) {
      progress_.show(bar());
    } else if (ended_ == trials_ || (ended_ - told_) * 10 >= trials_) {
      told_ = ended_;
      std::cerr << "writ: " << ended_ << " of " << trials_ << " trials\n";
    }
  }

 private:
  [[nodiscard]] std::string bar() const {
    constexpr std::size_t kWidth = 30;
    const std::size_t filled = kWidth * ended_ / trials_;
    const double each = seconds_since(begun_) / static_cast<double>(ended_ - before_);
    return "[" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "] " +
           std::to_string(ended_) + " of " + std::to_string(trials_) + " trials, " +
           one_decimal(each * static_cast<double>(trials_ - ended_)) + " s left";
  }

  const std::size_t trials_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::size_t ended_;
  const std::size_t before_;  // by an earlier process
  std::size_t told_;
  Progress progress_;
};

unsigned threads_of(const Arguments& arguments) {
  const auto wanted = arguments.number("threads", kThreadsMax);
  if (wanted && *wanted == 0) throw base::InputError("", "--threads: at least 1");
  return wanted ? static_cast<unsigned>(*wanted)
                : std::max(1U, std::thread::hardware_concurrency());
}

SweepOptions sweep_options(const Arguments& arguments) {
  SweepOptions options;
  options.config_file = arguments.required("config");
  options.grid_file = arguments.required("grid");
  for (const auto& tape : arguments.texts("tape")) options.tapes.emplace_back(tape);
  options.duration_ns = arguments.duration("for");
  options.journals = arguments.path("keep-journals");
  constexpr std::uint64_t kMebibytesMax = 1U << 20U;
  if (const auto mebibytes = arguments.number("decoded-mib", kMebibytesMax)) {
    options.decoded_bytes_max = static_cast<std::size_t>(*mebibytes) << 20U;
  }
  return options;
}

// Those that have no row yet, from 0.
std::vector<std::size_t> pending(const research::TrialRows& rows, std::size_t trials) {
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < trials; ++i) {
    if (!rows.has(i + 1)) left.push_back(i);
  }
  return left;
}

void run_pending(SweepTrials& trials, research::TrialRows& rows,
                 const std::vector<std::size_t>& left, unsigned threads, SignalWatch& signals) {
  SweepProgress progress(trials.count(), trials.count() - left.size());
  std::atomic<bool> stop{false};
  const auto stopped = [&] {
    if (signals.take_stop()) stop.store(true);
    return stop.load();
  };
  research::for_each_index(left.size(), threads, [&](std::size_t i) {
    if (stopped()) return;
    auto row = trials.run(left[i], stopped);
    if (!row) return;
    rows.add(left[i] + 1, std::move(*row));
    progress.one_ended();
  });
}

ExitStatus sweep(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("config", "FILE", "the configuration all trials begin with")
      .option("grid", "FILE", "the parameters to try: YAML or JSON, docs/RESEARCH.md")
      .repeated("tape", "FILE", "tape instead of the configuration's feeds; may be repeated")
      .option("output,o", "FILE",
              "the rows, one for each trial: CSV if it ends so, else JSON lines")
      .option("for", "DURATION", "end each trial after this much market time")
      .option("threads", "N", "trials at a time; without it one on each core")
      .option("keep-journals", "DIR", "every trial writes its journal, a run of this folder")
      .option("decoded-mib", "N",
              "most memory for the data the trials share (1024); more data than that each trial "
              "reads itself")
      .note(
          "A sweep that was ended or killed goes on where it was when the same command is given "
          "again.");
  if (!arguments.parse(words)) return ExitStatus::kOk;

  const auto begun = std::chrono::steady_clock::now();
  const std::filesystem::path output = arguments.required("output");
  const unsigned threads = threads_of(arguments);
  journal::PosixStorage storage;
  SweepTrials trials(sweep_options(arguments), storage);
  research::TrialRows rows(storage, output, trials.identity(), trials.count());
  const auto left = pending(rows, trials.count());
  trials.clear_journals(left, !rows.goes_on());

  ops::Attention attention;
  SignalWatch signals(attention);  // its thread comes after the plugins were loaded
  run_pending(trials, rows, left, threads, signals);
  if (!rows.complete()) {
    std::cerr << "writ: ended with " << rows.count() << " of " << trials.count()
              << " trials; the same command goes on\n";
    return ExitStatus::kFailed;
  }
  std::string hash;
  rows.finish([&](const research::TrialRows::Rows& all) {
    auto text = output.extension() == ".csv" ? research::csv_table(all) : research::json_lines(all);
    hash = base::sha256_hex(text);
    return text;
  });
  const double elapsed = seconds_since(begun);
  if (arguments.json()) {
    print_json({{"output", output.string()},
                {"output_sha256", hash},
                {"trials", trials.count()},
                {"trials_ended_before", trials.count() - left.size()},
                {"threads", threads},
                {"decoded_bytes", trials.decoded_bytes()},
                {"elapsed_s", elapsed}});
  } else {
    std::cout << trials.count() << " trials in " << one_decimal(elapsed) << " s ("
              << trials.count() - left.size() << " had ended before), sha256 " << hash.substr(0, 16)
              << ": " << output.string() << "\n";
  }
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> research_commands() {
  static constexpr std::array kCommands = {
      Command{"research sweep", "--config FILE --grid FILE -o FILE [--tape TAPE]...",
              "many backtests over the same data, one for each set of parameters", sweep},
  };
  return kCommands;
}

}  // namespace writ::cli
