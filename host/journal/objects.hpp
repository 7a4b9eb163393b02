#pragma once

#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/journal/storage.hpp"

#include <cstddef>
#include <filesystem>
#include <span>

namespace writ::journal {

/// `<folder>/objects/<sha256>`.
[[nodiscard]] std::filesystem::path object_path(const std::filesystem::path& folder,
                                                const base::Sha256Digest& hash);

/// Keeps a copy of what a run was made of (a loaded .so, a configuration) under its hash. All or
/// nothing and durable on return; fine if it is there already. Errors: as Storage.
[[nodiscard]] base::Result<base::Sha256Digest> store_object(Storage& storage,
                                                            const std::filesystem::path& folder,
                                                            std::span<const std::byte> content);
/// The same for a file outside the storage.
[[nodiscard]] base::Result<base::Sha256Digest> store_file(Storage& storage,
                                                          const std::filesystem::path& folder,
                                                          const std::filesystem::path& file);

}  // namespace writ::journal
