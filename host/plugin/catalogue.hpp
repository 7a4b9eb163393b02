#pragma once

#include "host/plugin/module.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// The plugins found in folders: which module offers which id.
class Catalogue {
 public:
  /// A file that was found but cannot be loaded.
  struct Refusal {
    std::filesystem::path file;
    std::string reason;  ///< one line, begins with the file
  };

  /// Loads every `*.so` of the folders, in the order of folders and then of file names. Files that
  /// cannot be loaded are kept as refusals: only a configuration that names them makes that an
  /// error. Of two files that offer one id the second is refused. A folder that does not exist is a
  /// base::InputError. [main]
  [[nodiscard]] static Catalogue scan(const std::vector<std::filesystem::path>& folders,
                                      const std::filesystem::path& objects);

  /// The module that offers the plugin `id`, or none.
  [[nodiscard]] std::shared_ptr<const Module> find(std::string_view id) const;
  /// The same, or base::InputError: `unknown plugin "x"`, with the near names and the refusals.
  [[nodiscard]] std::shared_ptr<const Module> require(std::string_view id, const std::string& file,
                                                      std::int64_t line, std::int64_t column) const;

  [[nodiscard]] const std::vector<std::shared_ptr<const Module>>& modules() const noexcept {
    return modules_;
  }
  [[nodiscard]] const std::vector<Refusal>& refusals() const noexcept { return refusals_; }

 private:
  void add(const std::filesystem::path& file, const std::filesystem::path& objects);

  std::vector<std::shared_ptr<const Module>> modules_;
  std::vector<Refusal> refusals_;
};

}  // namespace writ::plugin
