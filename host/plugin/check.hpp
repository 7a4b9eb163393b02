#pragma once

#include "host/plugin/isolation.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace writ::plugin {

struct CheckOptions {
  std::uint64_t seed = 1;
  /// For each test; past it the child is killed and the test failed.
  std::chrono::milliseconds time_limit{20'000};
  std::uint32_t life_cycles = 1'000;
  int events = 1'000'000;  ///< random ones, in one of the tests
  Isolate isolate;         ///< a sandbox, in lock-step; empty: what needs one is not tested
};

enum class CheckStatus { kPassed, kFailed, kNotApplicable };

struct CheckResult {
  std::string group;  ///< `file load descriptor lifecycle parameters events intents determinism
                      ///< state unload sandbox speed`
  std::string name;
  CheckStatus status = CheckStatus::kFailed;
  std::string detail;  ///< why it failed, or what was measured; one line
};

struct CheckReport {
  std::filesystem::path file;
  std::vector<CheckResult> results;

  [[nodiscard]] bool passed() const;
  /// One line a test, then a summary.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] boost::json::object json() const;
  /// As JUnit's XML, one test case a test.
  [[nodiscard]] std::string junit() const;
};

/// Tests one plugin file as a host would use it and as a bad one might. Each test that runs code of
/// the plugin does so in a child process with a time limit, so a crash or hang is one failed test.
/// The calling process must have no other thread. Environment failures (no folder for the copy, no
/// child process) throw base::Failure.
[[nodiscard]] CheckReport check_plugin(const std::filesystem::path& file,
                                       const CheckOptions& options = {});

/// Fuzzes every plugin of the file with as many seeds from `options.seed` on, `options.events`
/// events each, up to the first that fails; each seed is a result. As check_plugin otherwise.
[[nodiscard]] CheckReport fuzz_plugin(const std::filesystem::path& file, std::uint32_t seeds,
                                      const CheckOptions& options);

}  // namespace writ::plugin
