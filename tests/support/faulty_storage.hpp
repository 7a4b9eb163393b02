#pragma once

#include "host/base/random.hpp"
#include "host/journal/storage.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace writ::test {

/// Files in memory that fail as disks do: no space left from a chosen byte on, a failing sync, and
/// two kinds of death. What was written but not synced is kept apart, so that a power cut can drop
/// any part of it. Usable from any thread but for the deaths and `write_back`, which belong to the
/// thread that writes mappings.
class FaultyStorage final : public journal::Storage {
 public:
  FaultyStorage() = default;

  /// From here on reservations and writes that would need more than this in all files together fail
  /// with "disk full".
  void set_capacity(std::uint64_t bytes);
  /// Bytes reserved or written in all files.
  [[nodiscard]] std::uint64_t used() const;
  /// The sync after this many more fails, as do all later ones. A failed sync loses what it was to
  /// write, as on Linux: the pages count as clean.
  void fail_syncs_after(std::uint64_t successes);
  [[nodiscard]] std::uint64_t syncs() const;
  /// Calls of populate that the kernel would refuse: what begins within a page.
  [[nodiscard]] std::uint64_t populates_refused() const { return populates_refused_.load(); }
  /// A disk that hangs: writes wait until it is released.
  void hold_writes();
  void release_writes();

  /// What another process finds after this one was killed: everything that was written.
  [[nodiscard]] std::unique_ptr<FaultyStorage> after_process_death() const;
  /// What is there after the machine lost power: everything synced, and of the rest a random part,
  /// sector by sector; of each folder's changes since its last sync a random number of the first.
  [[nodiscard]] std::unique_ptr<FaultyStorage> after_power_cut(base::RandomStream& random) const;
  /// What the kernel does by itself from time to time: writes some dirty sectors to the disk.
  void write_back(base::RandomStream& random);

  /// Whether a file has to be read from the disk: it left the page cache.
  [[nodiscard]] bool left_cache(const std::filesystem::path& path) const;

  /// Bytes of a file as it is now, and changing them behind everybody's back.
  [[nodiscard]] std::vector<std::byte> content(const std::filesystem::path& path) const;
  void set_content(const std::filesystem::path& path, std::vector<std::byte> bytes);

  base::Result<std::unique_ptr<journal::File>> open(const std::filesystem::path& path,
                                                    journal::OpenMode mode) override;
  base::Result<void> make_folders(const std::filesystem::path& path) override;
  base::Result<std::vector<std::string>> list(const std::filesystem::path& folder) override;
  base::Result<bool> exists(const std::filesystem::path& path) override;
  base::Result<void> rename(const std::filesystem::path& from,
                            const std::filesystem::path& to) override;
  base::Result<void> remove(const std::filesystem::path& path) override;
  base::Result<void> sync_folder(const std::filesystem::path& folder) override;
  base::Result<std::unique_ptr<journal::FileLock>> lock(const std::filesystem::path& path) override;

 private:
  friend class FaultyFile;
  friend class FaultyLock;

  static constexpr std::size_t kSector = 512;

  struct Node {
    std::vector<std::uint64_t> words;  // the file as programs see it; 8-byte aligned
    std::uint64_t size = 0;
    std::vector<std::byte> disk;    // as it is on disk
    std::set<std::uint64_t> dirty;  // sectors that may differ from it
    bool mapped = false;            // then every sector may
    bool on_its_way = false;        // to the disk, before whoever asks for its room in memory
    bool left_cache = false;

    [[nodiscard]] std::byte* bytes() { return reinterpret_cast<std::byte*>(words.data()); }
    void resize(std::uint64_t bytes);
    void touch(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] std::vector<std::byte> copy(std::uint64_t offset, std::uint64_t length) const;
    void write_sector(std::uint64_t sector);
  };
  using NodePtr = std::shared_ptr<Node>;

  struct Change {         // of a folder, since its last sync
    std::string added;    // "" = none
    std::string removed;  // "" = none
    NodePtr node;
  };
  struct Folder {
    std::map<std::string, NodePtr> files;
    std::map<std::string, NodePtr> disk;
    std::vector<Change> changes;
  };

  [[nodiscard]] Folder* folder_of(const std::filesystem::path& path);
  [[nodiscard]] NodePtr find(const std::filesystem::path& path) const;
  [[nodiscard]] bool has_room(const Node& node, std::uint64_t size) const;
  [[nodiscard]] std::uint64_t used_now() const;

  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = false;
  std::map<std::string, Folder> folders_;
  std::set<std::string> locks_;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t syncs_ = 0;
  std::atomic<std::uint64_t> populates_refused_{0};
  std::uint64_t syncs_left_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace writ::test
