#include "tests/bench/plain_object.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace writ::bench {
namespace {

// The programs are in BUILD/bench.
std::filesystem::path build_folder() {
  return std::filesystem::canonical("/proc/self/exe").parent_path().parent_path();
}

[[noreturn]] void fail() {
  std::fprintf(stderr, "%s\n", dlerror());
  std::exit(1);
}

}  // namespace

PlainObject::PlainObject(const std::string& file)
    : handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) fail();
}

PlainObject::~PlainObject() { dlclose(handle_); }

void* PlainObject::symbol(const char* name) const {
  void* found = dlsym(handle_, name);
  if (found == nullptr) fail();
  return found;
}

std::string bench_object(const std::string& name) {
  return (build_folder() / "bench" / "plugins" / (name + ".so")).string();
}
std::string product_plugin(const std::string& name) {
  return (build_folder() / "plugins" / (name + ".so")).string();
}

}  // namespace writ::bench
