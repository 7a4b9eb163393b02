#pragma once

#include "host/base/sha256.hpp"
#include "host/plugin/elf_note.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace writ::plugin {

/// A plugin's file as it was read, once: found to be one by what can be known without running any
/// of it. Nothing of it has run.
class PluginFile {
 public:
  /// Throws base::InputError with the file and the reason, one line.
  explicit PluginFile(std::filesystem::path path);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& content() const noexcept { return content_; }
  [[nodiscard]] const ObjectFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const base::Sha256Digest& hash() const noexcept { return hash_; }
  [[nodiscard]] std::string hash_hex() const;

  /// False: it does not offer this plugin. The ids a plugin offers are constant data, so they stand
  /// in its file; so may an id that it does not offer.
  [[nodiscard]] bool mentions(std::string_view id) const;

 private:
  std::filesystem::path path_;
  std::string content_;
  ObjectFacts facts_;
  base::Sha256Digest hash_;
};

}  // namespace writ::plugin
