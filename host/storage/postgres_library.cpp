#include "host/base/input_error.hpp"
#include "host/storage/postgres_database.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

namespace writ::storage {
namespace {

// Of the installation the program is part of, else that of its build.
std::string library_file() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto installed = (program.parent_path() / WRIT_POSTGRES_INSTALLED).lexically_normal();
  return std::filesystem::exists(installed, error) ? installed.string() : WRIT_POSTGRES_BUILT;
}

decltype(&writ_open_postgres) load(const std::string& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw base::InputError(file, ::dlerror());
  void* found = ::dlsym(library, "writ_open_postgres");
  if (found == nullptr) throw base::InputError(file, "is no part of this program");
  return reinterpret_cast<decltype(&writ_open_postgres)>(found);
}

}  // namespace

std::unique_ptr<Database> open_postgres(const std::string& url) {
  static const auto kOpen = load(library_file());
  return std::unique_ptr<Database>(kOpen(url));
}

}  // namespace writ::storage
