#pragma once

#include "host/config/config.hpp"
#include "host/config/node.hpp"
#include "host/model/instrument_table.hpp"
#include "tests/scenario/world.hpp"

#include <writ/abi/intent.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::test {

class ScenarioHistory;

/// What an expectation looks at: the host as it is, and everything on record so far.
struct Evidence {
  const engine::Pipeline& host;
  const ScenarioHistory& history;
};

/// One `expect` line: what is wanted, and how to find what is, in the same words.
struct Expectation {
  std::int64_t line = 0;
  std::string subject;
  std::string wanted;
  std::function<std::string(const Evidence&)> found;
};

/// What happens at one moment of a scenario, and what is expected before it does.
struct ScenarioStep {
  enum class Kind : std::uint8_t {
    kRecord,   ///< an input of the host
    kAnswer,   ///< the same, made from what is on record: the scripted venue's word
    kReload,   ///< a new configuration
    kRestart,  ///< kill -9, and a new start
  };
  Kind kind = Kind::kRecord;
  std::int64_t line = 0;
  std::int64_t ts = 0;
  Words record;  ///< kRecord; ingest_ts set
  /// kAnswer: nothing if there is no such order.
  std::function<std::optional<Words>(const ScenarioHistory&)> answer;
  std::size_t configuration = 0;          ///< kReload: place among the configurations
  std::uint64_t unjudged = 0;             ///< kRestart: dies right after this intent; 0 = now
  std::vector<Expectation> expectations;  ///< what holds just before
};

/// A scenario as read: the world it plays in and what happens there.
struct Scenario {
  std::string file;
  std::string title;
  std::string about;
  World world;  ///< tables, players, deposits; no market events
  bool scripted_venue = false;
  bool restarts = true;  ///< a second life must end the same
  /// Canonical texts; the first is in force at the start.
  std::vector<std::string> configurations;
  std::vector<ScenarioStep> steps;  ///< by time; the last looks at the end
};

/// Reads a scenario. Throws base::InputError: one line with file, line, column and what was
/// expected there.
[[nodiscard]] Scenario read_scenario(const std::string& file, std::string_view text);

/// The commands and the forms of `expect`, as the README shows them.
[[nodiscard]] std::string scenario_language_markdown();

}  // namespace writ::test
