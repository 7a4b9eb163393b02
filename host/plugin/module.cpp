#include "host/plugin/module.hpp"

#include "host/base/assert.hpp"
#include "host/base/file.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/plugin/module_image.hpp"
#include "host/plugin/process_state.hpp"
#include "host/plugin/utf8.hpp"

#include <boost/dll/shared_library.hpp>

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <exception>
#include <fstream>
#include <system_error>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kVendorMax = 127;
constexpr std::uint32_t kDescriptorMax = 64;

void write_copy(const PluginFile& file, const std::filesystem::path& path) {
  if (const auto written = base::write_file_atomically(path, file.content(), 0444); !written) {
    throw base::InputError(file.path().string(), "cannot be copied to " + path.string() + ": " +
                                                     to_string(written.error()));
  }
}

/// The copy that is loaded: named by its content, so a path never stands for two builds.
std::filesystem::path keep_object(const PluginFile& file, const std::filesystem::path& objects) {
  std::error_code error;
  std::filesystem::create_directories(objects, error);
  // Boost.DLL and the loader look a bare name up elsewhere; an absolute one is what it says.
  auto path = std::filesystem::absolute(objects, error) / file.hash_hex();
  const auto existing = base::read_file(path);
  if (!existing || *existing != file.content()) write_copy(file, path);
  return path;
}

/// The file that is loaded: the kept copy, or one of it that is removed with this.
class LoadedCopy {
 public:
  LoadedCopy(const PluginFile& file, const std::filesystem::path& kept) : path_(kept) {
    // dlopen would return what is there, and what its statics hold.
    if (!is_mapped(kept)) return;
    static std::atomic<std::uint64_t> made = 0;
    path_ += "." + std::to_string(::getpid()) + "-" + std::to_string(++made);
    own_ = true;
    write_copy(file, path_);
  }
  ~LoadedCopy() {
    std::error_code error;
    if (own_) std::filesystem::remove(path_, error);
  }
  LoadedCopy(const LoadedCopy&) = delete;
  LoadedCopy& operator=(const LoadedCopy&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  bool own_ = false;
};

}  // namespace

bool is_mapped(const std::filesystem::path& object) {
  // The map has every link of the path resolved; the file's own name is one no other file has.
  const std::string name = "/" + object.filename().string();
  const std::string removed = name + " (deleted)";
  std::ifstream map("/proc/self/maps");
  for (std::string line; std::getline(map, line);) {
    if (line.ends_with(name) || line.ends_with(removed)) return true;
  }
  return false;
}

class Module::Library {
 public:
  Library(const std::filesystem::path& file, const std::filesystem::path& object)
      : file_(file.string()) {
    std::error_code error;
    library_.load(object, error,
                  boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    if (error) {
      throw base::InputError(file_, "cannot be loaded: " + one_line(error.message(), 400));
    }
    if (!library_.has(WRIT_MODULE_SYMBOL)) {
      throw base::InputError(file_, "does not export " WRIT_MODULE_SYMBOL);
    }
  }

  /// What the entry returns, twice the same.
  [[nodiscard]] const writ_module* entry() const {
    const auto& function = library_.get<const writ_module*()>(WRIT_MODULE_SYMBOL);
    const writ_module* first = function();
    if (function() != first) {
      throw base::InputError(file_, WRIT_MODULE_SYMBOL " returns another pointer each time");
    }
    if (first == nullptr) throw base::InputError(file_, WRIT_MODULE_SYMBOL " returns null");
    return first;
  }

 private:
  std::string file_;
  boost::dll::shared_library library_;
};

Module::Module(const PluginFile& file, const std::filesystem::path& objects)
    : file_(file.path()),
      object_path_(keep_object(file, objects)),
      object_hash_(file.hash()),
      facts_(file.facts()) {}
Module::~Module() = default;

std::shared_ptr<const Module> Module::load(const std::filesystem::path& file,
                                           const std::filesystem::path& objects) {
  return load(PluginFile(file), objects);
}

std::shared_ptr<const Module> Module::load(const PluginFile& file,
                                           const std::filesystem::path& objects) {
  std::shared_ptr<Module> module(new Module(file, objects));
  const LoadedCopy copy(file, module->object_path_);
  module->mapped_path_ = copy.path();
  const auto before = ProcessState::capture();
  std::exception_ptr failure;
  try {
    module->library_ = std::make_unique<Library>(file.path(), copy.path());
    module->table_ = module->library_->entry();
  } catch (...) {
    failure = std::current_exception();
  }
  // Undone before anything else, even if loading failed half-way: its constructors may have run.
  const auto harm = before.restore();
  if (failure) std::rethrow_exception(failure);
  if (harm) throw base::InputError(file.path().string(), *harm + " when loaded");
  module->read(*module->table_);
  return module;
}

std::shared_ptr<const Module> Module::describe(const PluginFile& file,
                                               const std::filesystem::path& objects,
                                               const Describe& describe) {
  std::shared_ptr<Module> module(new Module(file, objects));
  const auto description = describe(module->object_path_);
  const std::string name = file.path().string();
  if (!description.fault.empty()) {
    throw base::InputError(name, "tells nothing of itself in a sandbox: " + description.fault);
  }
  const ModuleImage image(description.bytes);
  if (!image.whole()) throw base::InputError(name, "what it tells of itself is no description");
  module->read(image.table());
  return module;
}

void Module::read(const writ_module& table) {
  const std::string name = file_.string();
  if (!WRIT_HAS(&table, create))
    throw base::InputError(name, "its module is smaller than ABI 1.0's");
  if (table.abi_major != WRIT_ABI_MAJOR) {
    throw base::InputError(name, "its module is of ABI major " + std::to_string(table.abi_major) +
                                     ", its note of " + std::to_string(WRIT_ABI_MAJOR));
  }
  if (table.create == nullptr) throw base::InputError(name, "its module has no create");
  if (table.vendor != nullptr) {
    vendor_ = one_line({table.vendor, ::strnlen(table.vendor, kVendorMax)}, kVendorMax);
  }
  if (table.descriptor_count == 0 || table.descriptors == nullptr) {
    throw base::InputError(name, "offers no plugin");
  }
  if (table.descriptor_count > kDescriptorMax)
    throw base::InputError(name, "offers over 64 plugins");
  for (std::uint32_t i = 0; i < table.descriptor_count; ++i) {
    if (table.descriptors[i] == nullptr) throw base::InputError(name, "has a null descriptor");
    Descriptor descriptor = read_descriptor(name, *table.descriptors[i]);
    if (find(descriptor.id) != nullptr) {
      throw base::InputError(name, "offers " + descriptor.id + " twice");
    }
    descriptors_.push_back(std::move(descriptor));
  }
}

const writ_module& Module::table() const noexcept {
  WRIT_ASSERT(table_ != nullptr);  // of one that is not loaded here nothing can be called
  return *table_;
}

std::string Module::object_hash_hex() const { return base::to_hex(object_hash_); }

const Descriptor* Module::find(std::string_view id) const {
  for (const Descriptor& descriptor : descriptors_) {
    if (descriptor.id == id) return &descriptor;
  }
  return nullptr;
}

}  // namespace writ::plugin
