// writ-sandbox: the process one sandboxed plugin runs in. Started by the host alone, which hands it
// the channel; it guards itself, loads the plugin and serves it.
#include "host/sandbox/worker/guards.hpp"
#include "host/sandbox/worker/last_words.hpp"
#include "host/sandbox/worker/worker.hpp"

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace writ::sandbox {
namespace {

Channel* open_channel() {
  struct stat facts {};
  const bool whole = ::fstat(kChannelDescriptor, &facts) == 0 &&
                     facts.st_size == static_cast<off_t>(sizeof(Channel));
  if (!whole) return nullptr;
  void* memory =
      ::mmap(nullptr, sizeof(Channel), PROT_READ | PROT_WRITE, MAP_SHARED, kChannelDescriptor, 0);
  ::close(kChannelDescriptor);
  return memory == MAP_FAILED ? nullptr : static_cast<Channel*>(memory);
}

const writ_module* load(const char* object) {
  void* library = ::dlopen(object, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  const auto entry =
      reinterpret_cast<writ_module_v1_function>(::dlsym(library, WRIT_MODULE_SYMBOL));
  const auto* module = entry == nullptr ? nullptr : entry();
  return module != nullptr && WRIT_HAS(module, create) ? module : nullptr;
}

int run() {
  Channel* channel = open_channel();
  if (channel == nullptr) {
    std::fputs("writ-sandbox: started by `writ` itself, for a plugin with isolation: sandbox\n",
               stderr);
    return 2;
  }
  Control& control = channel->control;
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (static_cast<std::uint32_t>(::getppid()) != control.host_pid) return 1;
  install_last_words(control);
  const auto loading = guard_loading(control);
  const auto* module = load(control.object);
  if (module == nullptr) end_worker(Reason::kLoad);
  control.guards = guard_working(loading);
  Worker(*channel, *module).serve();
  // Nothing of the plugin's may run any more: no destructors of static objects.
  ::_exit(kToldStatus);
}

}  // namespace
}  // namespace writ::sandbox

int main() { return writ::sandbox::run(); }
