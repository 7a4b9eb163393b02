#pragma once

#include "host/base/sha256.hpp"
#include "host/plugin/descriptor.hpp"
#include "host/plugin/elf_note.hpp"
#include "host/plugin/plugin_file.hpp"

#include <writ/abi/plugin.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// What a shared object's module says of itself, read in another process: ModuleEncoder's bytes, or
/// in one line why it told nothing.
struct Description {
  std::vector<std::byte> bytes;
  std::string fault;
};
using Describe = std::function<Description(const std::filesystem::path& object)>;

/// A shared object with its plugins: loaded here, or described elsewhere for instances that are not
/// to be made here. Every instance made from it is an owner; with the last one it is unloaded.
class Module {
 public:
  /// Keeps a copy of the file as `objects/<sha256>` and loads that copy, so that the file may be
  /// replaced at any time; where that is mapped already, a private copy of it, removed once it is
  /// loaded: each module has statics of its own, whatever of an earlier one is left. Then
  /// checks what loading did to the process (floating-point control, locale, working folder, umask,
  /// signal handlers, threads), undoes and refuses it, and validates module and descriptors.
  /// Throws base::InputError with the file and the reason; nothing stays loaded. No other thread of
  /// the host may start while this runs. [main]
  [[nodiscard]] static std::shared_ptr<const Module> load(const PluginFile& file,
                                                          const std::filesystem::path& objects);
  [[nodiscard]] static std::shared_ptr<const Module> load(const std::filesystem::path& file,
                                                          const std::filesystem::path& objects);
  /// Keeps the same copy, and takes the descriptors `describe` gives of it, validated alike:
  /// nothing of the file runs in this process. Throws as load does. [main]
  [[nodiscard]] static std::shared_ptr<const Module> describe(const PluginFile& file,
                                                              const std::filesystem::path& objects,
                                                              const Describe& describe);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// The file as it was asked for, for messages.
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  /// The copy that is kept.
  [[nodiscard]] const std::filesystem::path& object_path() const noexcept { return object_path_; }
  /// The copy that is mapped, as the process's map names it; the file may be gone. Empty: none is.
  [[nodiscard]] const std::filesystem::path& mapped_path() const noexcept { return mapped_path_; }
  [[nodiscard]] const base::Sha256Digest& object_hash() const noexcept { return object_hash_; }
  [[nodiscard]] std::string object_hash_hex() const;
  [[nodiscard]] const ObjectFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] std::string_view vendor() const noexcept { return vendor_; }

  [[nodiscard]] std::span<const Descriptor> descriptors() const noexcept { return descriptors_; }
  /// nullptr: no such plugin here.
  [[nodiscard]] const Descriptor* find(std::string_view id) const;

  [[nodiscard]] bool loaded() const noexcept { return table_ != nullptr; }
  /// The module's own table, valid while this lives. Of one that is loaded.
  [[nodiscard]] const writ_module& table() const noexcept;

 private:
  class Library;  // Boost.DLL, known to the .cpp only
  Module(const PluginFile& file, const std::filesystem::path& objects);
  void read(const writ_module& table);

  std::filesystem::path file_;
  std::filesystem::path object_path_;
  std::filesystem::path mapped_path_;
  base::Sha256Digest object_hash_{};
  ObjectFacts facts_;
  std::string vendor_;
  std::vector<Descriptor> descriptors_;
  std::unique_ptr<Library> library_;
  const writ_module* table_ = nullptr;
};

/// Whether the process's map has a file of this name, there or removed.
[[nodiscard]] bool is_mapped(const std::filesystem::path& object);

}  // namespace writ::plugin
