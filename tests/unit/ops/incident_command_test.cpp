// A program that is told of an incident: real processes.
#include "host/ops/incident_command.hpp"

#include "host/base/file.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace writ::ops {
namespace {

using namespace std::chrono_literals;

class IncidentCommand : public testing::Test {
 protected:
  IncidentCommand() {
    std::string name = (std::filesystem::temp_directory_path() / "writ-incident-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~IncidentCommand() override { std::filesystem::remove_all(folder_); }

  // A script of /bin/sh.
  std::string script(const std::string& body) const {
    const auto path = folder_ / "script";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    ::chmod(path.c_str(), 0700);
    return path.string();
  }
  [[nodiscard]] std::string written(const char* name) const {
    return base::read_file(folder_ / name).value();
  }

  std::filesystem::path folder_;
};

TEST_F(IncidentCommand, GetsItsInputAndItsArgumentsAsTheyAre) {
  const auto command = script("cat > \"$1/input\"; printf '%s' \"$2\" > \"$1/word\"");
  const std::string word = "; $(touch x) `id` \"quoted\" *";
  EXPECT_EQ(run_incident_command({command, folder_.string(), word}, "{\"code\":\"KILL\"}", 10s),
            "");
  EXPECT_EQ(written("input"), "{\"code\":\"KILL\"}");
  EXPECT_EQ(written("word"), word);
}

TEST_F(IncidentCommand, GetsAnInputLargerThanAPipeHolds) {
  const std::string much(1'000'000, 'x');
  EXPECT_EQ(run_incident_command({script("cat > \"$1/input\""), folder_.string()}, much, 30s), "");
  EXPECT_EQ(written("input").size(), much.size());
}

TEST_F(IncidentCommand, SaysHowItEnded) {
  EXPECT_EQ(run_incident_command({script("exit 3")}, "{}", 10s), "exit status 3");
  EXPECT_EQ(run_incident_command({script("kill -9 $$")}, "{}", 10s), "ended by signal 9");
  EXPECT_EQ(run_incident_command({(folder_ / "none").string()}, "{}", 10s),
            "cannot be started: No such file or directory");
}

TEST_F(IncidentCommand, ThatReadsNothingIsJudgedByItsEnd) {
  EXPECT_EQ(run_incident_command({script("exec <&-; exit 0")}, std::string(1'000'000, 'x'), 10s),
            "");
}

TEST_F(IncidentCommand, ThatDoesNotEndIsKilledWithItsChildren) {
  const auto command = script("sleep 600 & echo $! > \"$1/child\"; wait");
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(run_incident_command({command, folder_.string()}, "{}", 300ms),
            "no end in time: killed");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
  const auto child = written("child");
  const auto stat = "/proc/" + child.substr(0, child.find('\n')) + "/stat";
  const auto state = [&stat] {
    std::ifstream status(stat);
    std::string pid;
    std::string name;
    std::string letter = "gone";
    status >> pid >> name >> letter;
    return letter;
  };
  // Nobody waits for it here: it may stay a zombie.
  while (state() != "gone" && state() != "Z" && state() != "X") {
    ASSERT_LT(std::chrono::steady_clock::now() - begun, 30s) << state();
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace writ::ops
