#include "host/cli/watched_start.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/command.hpp"
#include "host/ops/hang_mark.hpp"
#include "host/ops/hang_watch.hpp"

#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

namespace writ::cli {
namespace {

std::string name_of(const engine::RunSetup& setup, std::uint32_t number) {
  for (const auto& instance : setup.instances) {
    if (instance.number == number) return instance.name;
  }
  return "instance " + std::to_string(number);
}

// The thread that spins can only be ended with the process; the journal is as after a kill -9.
[[noreturn]] void give_up(const std::filesystem::path& journal, std::set<std::string> hung,
                          const std::string& name, std::uint64_t input_seq) {
  hung.insert(name);
  std::string line = "writ: halted: " + name + " does not come back from ";
  if (input_seq == 0) {  // left out of the past it would be made all the same
    line += "being made";
  } else if (const auto written = ops::write_hang_mark(journal, hung); written) {
    line += "input " + std::to_string(input_seq) + ": the next start leaves it out, stopped";
  } else {
    line += "input " + std::to_string(input_seq) +
            ", and that cannot be remembered: " + to_string(written.error());
  }
  std::cerr << line + "\n" << std::flush;
  std::_Exit(static_cast<int>(ExitStatus::kHalted));
}

}  // namespace

std::unique_ptr<engine::Run> start_watched(HostSession& session, journal::Storage& storage,
                                           const engine::Past* past, engine::Pacer& pacer,
                                           engine::OperatorPort& operators,
                                           const BesideRun& beside) {
  const auto& config = session.loaded().config;
  const auto& journal = config.journal.dir;
  const auto hung = ops::read_hang_mark(journal);
  if (!hung) throw base::InputError(journal.string(), to_string(hung.error()));
  for (const auto& name : *hung) {
    std::cerr << "writ: " << name << " hung at an earlier start: left out and stopped\n";
  }

  auto setup = session.setup();
  const auto progress = std::make_shared<engine::Progress>();
  setup.core.progress = progress;
  if (setup.past) setup.past->core.progress = progress;
  setup.left_out = *hung;
  setup.retirement = beside.retirement;
  setup.incidents = beside.incidents;
  setup.tried_call_max_ns = config.plugins.swap_call_max_ns;
  const ops::HangWatch watch(
      progress, config.plugins.hang_timeout_ns,
      [&setup, &journal, &hung](std::uint32_t instance, std::uint64_t input_seq) {
        give_up(journal, *hung, name_of(setup, instance), input_seq);
      });
  auto begun = engine::Run::start(setup, storage, past, session.feeds().source(), session.venue(),
                                  pacer, operators);
  if (!begun) throw base::Failure(begun.error());
  session.forget_instances();
  if (!hung->empty()) {
    if (auto removed = ops::remove_hang_mark(journal); !removed) {
      throw base::Failure(removed.error());
    }
  }
  return std::move(*begun);
}

}  // namespace writ::cli
