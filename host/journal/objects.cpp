#include "host/journal/objects.hpp"

#include "host/base/file.hpp"
#include "host/base/hex.hpp"

#include <string_view>

namespace writ::journal {

using base::Result;

std::filesystem::path object_path(const std::filesystem::path& folder,
                                  const base::Sha256Digest& hash) {
  return folder / "objects" / base::to_hex(hash);
}

Result<base::Sha256Digest> store_object(Storage& storage, const std::filesystem::path& folder,
                                        std::span<const std::byte> content) {
  const base::Sha256Digest hash = base::Sha256().update(content).digest();
  const std::filesystem::path path = object_path(folder, hash);
  const auto there = storage.exists(path);
  if (!there) return there.error();
  if (*there) return hash;
  const std::filesystem::path objects = path.parent_path();
  if (auto made = storage.make_folders(objects); !made) return made.error();

  const std::filesystem::path temporary = path.string() + ".new";
  const auto left_over = storage.exists(temporary);
  if (!left_over) return left_over.error();
  if (*left_over) {
    if (auto removed = storage.remove(temporary); !removed) return removed.error();
  }
  {
    const auto file = storage.open(temporary, OpenMode::kCreateNew);
    if (!file) return file.error();
    if (auto written = (*file)->write_at(content, 0); !written) return written.error();
    if (auto synced = (*file)->sync(); !synced) return synced.error();
  }
  if (auto renamed = storage.rename(temporary, path); !renamed) return renamed.error();
  if (auto synced = storage.sync_folder(objects); !synced) return synced.error();
  return hash;
}

Result<base::Sha256Digest> store_file(Storage& storage, const std::filesystem::path& folder,
                                      const std::filesystem::path& file) {
  const auto content = base::read_file(file);
  if (!content) return content.error();
  return store_object(storage, folder, std::as_bytes(std::span(*content)));
}

}  // namespace writ::journal
