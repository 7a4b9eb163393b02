#include "host/base/spawn.hpp"

#include "host/base/assert.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>

namespace writ::base {
namespace {

class Attributes {
 public:
  explicit Attributes(bool has_group) {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    const int group = has_group ? POSIX_SPAWN_SETPGROUP : 0;
    ::posix_spawnattr_setflags(
        &attributes_, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

class Descriptors {
 public:
  explicit Descriptors(const std::vector<std::pair<int, int>>& given) {
    ::posix_spawn_file_actions_init(&actions_);
    int last = STDERR_FILENO;
    for (const auto& [ours, theirs] : given) {
      // A standard descriptor of ours would be /dev/null by the time it is given.
      WRIT_ASSERT(ours > STDERR_FILENO);
      last = std::max(last, theirs);
    }
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      const int mode = standard == STDIN_FILENO ? O_RDONLY : O_WRONLY;
      ::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", mode, 0);
    }
    for (const auto& [ours, theirs] : given) {
      ::posix_spawn_file_actions_adddup2(&actions_, ours, theirs);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, last + 1);
  }
  ~Descriptors() { ::posix_spawn_file_actions_destroy(&actions_); }
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

int start(const Spawn& spawn, pid_t* pid) {
  WRIT_ASSERT(!spawn.command.empty());
  const Attributes attributes(spawn.has_group);
  const Descriptors descriptors(spawn.descriptors);
  std::vector<char*> words;
  for (const auto& word : spawn.command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  char* nothing = nullptr;
  return ::posix_spawn(pid, words.front(), descriptors.get(), attributes.get(), words.data(),
                       spawn.has_environment ? environ : &nothing);
}

}  // namespace writ::base
