#include "tests/support/venue_sim.hpp"

#include <boost/json/parse.hpp>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace writ::test {
namespace {

VenueSim::At at(const boost::json::value& said) {
  const auto text = [&](std::string_view key) {
    return std::string(said.as_object().at(key).as_string());
  };
  return {text("rest"), text("websocket"), text("websocket_api")};
}

}  // namespace

VenueSim::VenueSim(const std::vector<std::string>& options) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe for the simulator");
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  std::vector<std::string> words = {WRIT_VENUE_SIM,   "--spot-port", "0",
                                    "--futures-port", "0",           "--quiet"};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int failed =
      ::posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) throw std::runtime_error("the simulator does not start");
  std::string line;
  char letter = 0;
  while (::read(ends[0], &letter, 1) == 1 && letter != '\n') line += letter;
  ::close(ends[0]);
  const auto said = boost::json::parse(line);
  spot_ = at(said.as_object().at("spot"));
  futures_ = at(said.as_object().at("futures"));
}

VenueSim::~VenueSim() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace writ::test
