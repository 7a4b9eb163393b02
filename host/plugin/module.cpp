#include "host/plugin/module.hpp"

#include "host/base/file.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/plugin/process_state.hpp"
#include "host/plugin/utf8.hpp"

#include <boost/dll/shared_library.hpp>

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <exception>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kFileMax = std::size_t{512} << 20U;
constexpr std::size_t kVendorMax = 127;
constexpr std::uint32_t kDescriptorMax = 64;

std::string read_plugin_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) throw base::InputError(file.string(), "no such file");
  if (!std::filesystem::is_regular_file(status)) {
    throw base::InputError(file.string(), "not a regular file");
  }
  if (std::filesystem::file_size(file, error) > kFileMax || error) {
    throw base::InputError(file.string(), "larger than 512 MiB");
  }
  auto content = base::read_file(file);
  if (!content) throw base::InputError(file.string(), to_string(content.error()));
  return std::move(*content);
}

/// The copy that is loaded: named by its content, so a path never stands for two builds.
std::filesystem::path keep_object(const std::filesystem::path& file, std::string_view content,
                                  const std::filesystem::path& objects, const std::string& hash) {
  std::error_code error;
  std::filesystem::create_directories(objects, error);
  // Boost.DLL and the loader look a bare name up elsewhere; an absolute one is what it says.
  const auto path = std::filesystem::absolute(objects, error) / hash;
  const auto existing = base::read_file(path);
  if (existing && *existing == content) return path;
  if (const auto written = base::write_file_atomically(path, content, 0444); !written) {
    throw base::InputError(
        file.string(), "cannot be copied to " + path.string() + ": " + to_string(written.error()));
  }
  return path;
}

/// The file that is loaded: the kept copy, or one of it that is removed with this.
class LoadedCopy {
 public:
  LoadedCopy(const std::filesystem::path& file, const std::filesystem::path& kept,
             std::string_view content)
      : path_(kept) {
    // dlopen would return what is there, and what its statics hold.
    if (!is_mapped(kept)) return;
    static std::atomic<std::uint64_t> made = 0;
    path_ += "." + std::to_string(::getpid()) + "-" + std::to_string(++made);
    own_ = true;
    if (const auto written = base::write_file_atomically(path_, content, 0444); !written) {
      throw base::InputError(file.string(), "cannot be copied to " + path_.string() + ": " +
                                                to_string(written.error()));
    }
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

Module::Module() = default;
Module::~Module() = default;

std::shared_ptr<const Module> Module::load(const std::filesystem::path& file,
                                           const std::filesystem::path& objects) {
  const std::string name = file.string();
  const std::string content = read_plugin_file(file);
  std::shared_ptr<Module> module(new Module);
  module->file_ = file;
  module->facts_ = inspect_object(file, content);
  module->object_hash_ = base::sha256(content);
  module->object_path_ = keep_object(file, content, objects, module->object_hash_hex());

  const LoadedCopy copy(file, module->object_path_, content);
  module->mapped_path_ = copy.path();
  const auto before = ProcessState::capture();
  std::exception_ptr failure;
  try {
    module->library_ = std::make_unique<Library>(file, copy.path());
    module->table_ = module->library_->entry();
  } catch (...) {
    failure = std::current_exception();
  }
  // Undone before anything else, even if loading failed half-way: its constructors may have run.
  const auto harm = before.restore();
  if (failure) std::rethrow_exception(failure);
  if (harm) throw base::InputError(name, *harm + " when loaded");

  const writ_module& table = *module->table_;
  if (!WRIT_HAS(&table, create))
    throw base::InputError(name, "its module is smaller than ABI 1.0's");
  if (table.abi_major != WRIT_ABI_MAJOR) {
    throw base::InputError(name, "its module is of ABI major " + std::to_string(table.abi_major) +
                                     ", its note of " + std::to_string(WRIT_ABI_MAJOR));
  }
  if (table.create == nullptr) throw base::InputError(name, "its module has no create");
  if (table.vendor != nullptr) {
    module->vendor_ = one_line({table.vendor, ::strnlen(table.vendor, kVendorMax)}, kVendorMax);
  }
  if (table.descriptor_count == 0 || table.descriptors == nullptr) {
    throw base::InputError(name, "offers no plugin");
  }
  if (table.descriptor_count > kDescriptorMax)
    throw base::InputError(name, "offers over 64 plugins");
  for (std::uint32_t i = 0; i < table.descriptor_count; ++i) {
    if (table.descriptors[i] == nullptr) throw base::InputError(name, "has a null descriptor");
    Descriptor descriptor = read_descriptor(name, *table.descriptors[i]);
    if (module->find(descriptor.id) != nullptr) {
      throw base::InputError(name, "offers " + descriptor.id + " twice");
    }
    module->descriptors_.push_back(std::move(descriptor));
  }
  return module;
}

std::string Module::object_hash_hex() const { return base::to_hex(object_hash_); }

const Descriptor* Module::find(std::string_view id) const {
  for (const Descriptor& descriptor : descriptors_) {
    if (descriptor.id == id) return &descriptor;
  }
  return nullptr;
}

}  // namespace writ::plugin
