#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"

#include <writ/ids.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::journal {

/// The right to write in a journal folder. Two hosts cannot share one: the second is refused.
class FolderLock {
 public:
  /// Makes the folder if need be and takes `<folder>/lock`. Errors: kLocked, or as Storage.
  [[nodiscard]] static base::Result<std::shared_ptr<FolderLock>> take(
      Storage& storage, const std::filesystem::path& folder);
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  FolderLock(std::filesystem::path folder, std::unique_ptr<FileLock> lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}
  std::filesystem::path folder_;
  std::unique_ptr<FileLock> lock_;
};

/// `<folder>/run-NNNNNN`.
[[nodiscard]] std::filesystem::path run_folder(const std::filesystem::path& folder, RunNumber run);
/// The number in a run folder's name; nothing for another name.
[[nodiscard]] std::optional<RunNumber> run_number_of(const std::filesystem::path& run_folder);
/// `seg-NNNNNN.wj`, from 1.
[[nodiscard]] std::string segment_name(std::uint32_t number);
/// The mapping the sequencer thread writes; there while a run is open or was not closed.
inline constexpr std::string_view kTailName = "tail.map";

/// A run in a journal folder.
struct RunEntry {
  RunNumber number{0};
  std::filesystem::path folder;
  /// Being written now, or its host died.
  bool open = false;
};

/// The runs of a journal folder by rising number; other entries are not runs. A folder that does
/// not exist holds none. Errors: as Storage.
[[nodiscard]] base::Result<std::vector<RunEntry>> list_runs(Storage& storage,
                                                            const std::filesystem::path& folder);

/// The number of the next run: above every run there and above `base` (`host.run_number_base`).
/// Errors: kOverflow past 2^24 - 1, or as Storage.
[[nodiscard]] base::Result<RunNumber> next_run_number(Storage& storage,
                                                      const std::filesystem::path& folder,
                                                      std::uint32_t base);

}  // namespace writ::journal
