#pragma once

#include <span>
#include <string_view>

namespace writ::storage {

/// One file of schemas/, as it was when the program was built.
struct MigrationFile {
  std::string_view name;
  std::string_view sql;
};

// In order of application. Live as long as the program.
[[nodiscard]] std::span<const MigrationFile> sqlite_migrations();
[[nodiscard]] std::span<const MigrationFile> postgres_migrations();

}  // namespace writ::storage
