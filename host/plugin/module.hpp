#pragma once

#include "host/base/sha256.hpp"
#include "host/plugin/descriptor.hpp"
#include "host/plugin/elf_note.hpp"

#include <writ/abi/plugin.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// A loaded shared object with its plugins. Unloaded when the last owner lets go; every instance
/// made from it is one.
class Module {
 public:
  /// Reads the file once, checks it without running it (inspect_object), keeps a copy as
  /// `objects/<sha256>` and loads that copy, so that the file may be replaced at any time; where
  /// that is mapped already, a private copy of it, removed once it is loaded: each module has
  /// statics of its own, whatever of an earlier one is left. Then
  /// checks what loading did to the process (floating-point control, locale, working folder, umask,
  /// signal handlers, threads), undoes and refuses it, and validates module and descriptors.
  /// Throws base::InputError with the file and the reason; nothing stays loaded. No other thread of
  /// the host may start while this runs. [main]
  [[nodiscard]] static std::shared_ptr<const Module> load(const std::filesystem::path& file,
                                                          const std::filesystem::path& objects);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// The file as it was asked for, for messages.
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  /// The copy that is kept.
  [[nodiscard]] const std::filesystem::path& object_path() const noexcept { return object_path_; }
  /// The copy that is mapped, as the process's map names it; the file may be gone.
  [[nodiscard]] const std::filesystem::path& mapped_path() const noexcept { return mapped_path_; }
  [[nodiscard]] const base::Sha256Digest& object_hash() const noexcept { return object_hash_; }
  [[nodiscard]] std::string object_hash_hex() const;
  [[nodiscard]] const ObjectFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] std::string_view vendor() const noexcept { return vendor_; }
  /// Minor of the headers it was built with.
  [[nodiscard]] std::uint16_t built_with_minor() const noexcept { return table_->abi_minor; }

  [[nodiscard]] std::span<const Descriptor> descriptors() const noexcept { return descriptors_; }
  /// nullptr: no such plugin here.
  [[nodiscard]] const Descriptor* find(std::string_view id) const;

  /// The module's own table, valid while this lives.
  [[nodiscard]] const writ_module& table() const noexcept { return *table_; }

 private:
  class Library;  // Boost.DLL, known to the .cpp only
  Module();

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
