#include "tests/support/faulty_storage.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

namespace writ::test {

using base::Errc;
using base::Error;
using base::Result;
using journal::File;
using journal::FileLock;
using journal::Mapping;
using journal::OpenMode;

namespace {

Error failure(int system_errno, const char* step) {
  return base::error_from_errno(system_errno, step);
}

std::string key(const std::filesystem::path& path) { return path.lexically_normal().string(); }

}  // namespace

// --- files --------------------------------------------------------------------------------------

void FaultyStorage::Node::resize(std::uint64_t bytes_wanted) {
  WRIT_ASSERT(!mapped || bytes_wanted == size);  // a mapping must not move
  if (bytes_wanted < size) {
    words.resize((bytes_wanted + 7) / 8);
    if (bytes_wanted % 8 != 0) {
      std::memset(bytes() + bytes_wanted, 0, words.size() * 8 - bytes_wanted);
    }
  }
  words.resize((bytes_wanted + 7) / 8, 0);
  size = bytes_wanted;
}

void FaultyStorage::Node::touch(std::uint64_t offset, std::uint64_t length) {
  for (std::uint64_t s = offset / kSector; s * kSector < offset + length; ++s) dirty.insert(s);
}

/// Word by word and atomically: another thread may be counting in a mapping.
std::vector<std::byte> FaultyStorage::Node::copy(std::uint64_t offset, std::uint64_t length) const {
  std::vector<std::byte> out;
  if (offset >= size) return out;
  length = std::min(length, size - offset);
  out.resize(length);
  std::uint64_t done = 0;
  while (done < length) {
    const std::uint64_t at = offset + done;
    auto& place = const_cast<std::uint64_t&>(words[at / 8]);
    const std::uint64_t word = std::atomic_ref(place).load(std::memory_order_acquire);
    const std::uint64_t skip = at % 8;
    const std::uint64_t part = std::min<std::uint64_t>(8 - skip, length - done);
    std::memcpy(out.data() + done, reinterpret_cast<const std::byte*>(&word) + skip, part);
    done += part;
  }
  return out;
}

void FaultyStorage::Node::write_sector(std::uint64_t sector) {
  const auto bytes_now = copy(sector * kSector, kSector);
  if (bytes_now.empty()) return;
  const std::uint64_t end = sector * kSector + bytes_now.size();
  if (disk.size() < end) disk.resize(end);
  std::copy(bytes_now.begin(), bytes_now.end(),
            disk.begin() + static_cast<std::ptrdiff_t>(sector * kSector));
}

class FaultyMapping final : public Mapping {
 public:
  FaultyMapping(std::shared_ptr<void> keep, std::span<std::byte> bytes,
                std::atomic<std::uint64_t>& populates_refused)
      : keep_(std::move(keep)), bytes_(bytes), populates_refused_(populates_refused) {}
  std::span<std::byte> bytes() noexcept override { return bytes_; }
  void populate(std::size_t offset, std::size_t size) noexcept override {
    constexpr std::size_t kPage = 4096;
    if (offset % kPage != 0 || size == 0) ++populates_refused_;
  }

 private:
  std::shared_ptr<void> keep_;
  std::span<std::byte> bytes_;
  std::atomic<std::uint64_t>& populates_refused_;
};

class FaultyFile final : public File {
 public:
  FaultyFile(FaultyStorage& storage, FaultyStorage::NodePtr node)
      : storage_(storage), node_(std::move(node)) {}

  Result<std::size_t> read_at(std::span<std::byte> bytes, std::uint64_t offset) override {
    const std::lock_guard guard(storage_.mutex_);
    const auto content = node_->copy(offset, bytes.size());
    std::copy(content.begin(), content.end(), bytes.begin());
    return content.size();
  }

  Result<void> write_at(std::span<const std::byte> bytes, std::uint64_t offset) override {
    std::unique_lock guard(storage_.mutex_);
    storage_.released_.wait(guard, [this] { return !storage_.held_; });
    if (bytes.empty()) return {};
    const std::uint64_t end = offset + bytes.size();
    if (end > node_->size) {
      if (!storage_.has_room(*node_, end)) return failure(ENOSPC, "write file");
      node_->resize(end);
    }
    std::memcpy(node_->bytes() + offset, bytes.data(), bytes.size());
    node_->touch(offset, bytes.size());
    return {};
  }

  Result<void> sync() override {
    const std::lock_guard guard(storage_.mutex_);
    if (storage_.syncs_left_ == 0) {
      node_->dirty.clear();
      return failure(EIO, "sync file");
    }
    --storage_.syncs_left_;
    ++storage_.syncs_;
    if (node_->mapped) node_->touch(0, node_->size);
    for (const std::uint64_t sector : node_->dirty) node_->write_sector(sector);
    node_->dirty.clear();
    node_->disk.resize(node_->size);
    return {};
  }

  Result<void> preallocate(std::uint64_t size) override {
    const std::lock_guard guard(storage_.mutex_);
    if (size <= node_->size) return {};
    if (!storage_.has_room(*node_, size)) return failure(ENOSPC, "reserve space");
    node_->resize(size);
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    const std::lock_guard guard(storage_.mutex_);
    node_->resize(size);
    return {};
  }

  Result<std::uint64_t> size() override {
    const std::lock_guard guard(storage_.mutex_);
    return node_->size;
  }

  void begin_write_back() noexcept override {
    const std::lock_guard guard(storage_.mutex_);
    node_->on_its_way = true;
  }
  void leave_cache() noexcept override {
    const std::lock_guard guard(storage_.mutex_);
    node_->left_cache = node_->on_its_way;  // what is dirty stays
  }

  Result<std::unique_ptr<Mapping>> map(std::uint64_t size) override {
    const std::lock_guard guard(storage_.mutex_);
    if (size == 0 || size > node_->size) return Error(Errc::kTruncated, "map file");
    node_->mapped = true;
    return std::unique_ptr<Mapping>(std::make_unique<FaultyMapping>(
        node_, std::span(node_->bytes(), size), storage_.populates_refused_));
  }

 private:
  FaultyStorage& storage_;
  FaultyStorage::NodePtr node_;
};

class FaultyLock final : public FileLock {
 public:
  FaultyLock(FaultyStorage& storage, std::string name)
      : storage_(storage), name_(std::move(name)) {}
  ~FaultyLock() override {
    const std::lock_guard guard(storage_.mutex_);
    storage_.locks_.erase(name_);
  }
  FaultyLock(const FaultyLock&) = delete;
  FaultyLock& operator=(const FaultyLock&) = delete;

 private:
  FaultyStorage& storage_;
  std::string name_;
};

// --- faults -------------------------------------------------------------------------------------

void FaultyStorage::set_capacity(std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  capacity_ = bytes;
}

std::uint64_t FaultyStorage::used() const {
  const std::lock_guard guard(mutex_);
  return used_now();
}

std::uint64_t FaultyStorage::used_now() const {
  std::uint64_t bytes = 0;
  for (const auto& [path, folder] : folders_) {
    for (const auto& [name, node] : folder.files) bytes += node->size;
  }
  return bytes;
}

bool FaultyStorage::has_room(const Node& node, std::uint64_t size) const {
  return used_now() - node.size + size <= capacity_;
}

void FaultyStorage::fail_syncs_after(std::uint64_t successes) {
  const std::lock_guard guard(mutex_);
  syncs_left_ = successes;
}

void FaultyStorage::hold_writes() {
  const std::lock_guard guard(mutex_);
  held_ = true;
}

void FaultyStorage::release_writes() {
  const std::lock_guard guard(mutex_);
  held_ = false;
  released_.notify_all();
}

std::uint64_t FaultyStorage::syncs() const {
  const std::lock_guard guard(mutex_);
  return syncs_;
}

std::unique_ptr<FaultyStorage> FaultyStorage::after_process_death() const {
  const std::lock_guard guard(mutex_);
  auto image = std::make_unique<FaultyStorage>();
  for (const auto& [path, folder] : folders_) {
    Folder& twin = image->folders_[path];
    for (const auto& [name, node] : folder.files) {
      const auto bytes = node->copy(0, node->size);
      auto copied = std::make_shared<Node>();
      copied->resize(bytes.size());
      std::copy(bytes.begin(), bytes.end(), copied->bytes());
      copied->disk = bytes;
      twin.files[name] = copied;
    }
    twin.disk = twin.files;
  }
  return image;
}

std::unique_ptr<FaultyStorage> FaultyStorage::after_power_cut(base::RandomStream& random) const {
  const std::lock_guard guard(mutex_);
  auto image = std::make_unique<FaultyStorage>();
  for (const auto& [path, folder] : folders_) {
    std::map<std::string, NodePtr> names = folder.disk;
    const std::uint64_t kept = random.below(folder.changes.size() + 1);
    for (std::uint64_t i = 0; i < kept; ++i) {
      const Change& change = folder.changes[i];
      if (!change.removed.empty()) names.erase(change.removed);
      if (!change.added.empty()) names[change.added] = change.node;
    }
    Folder& twin = image->folders_[path];
    for (const auto& [name, node] : names) {
      std::vector<std::byte> bytes = node->disk;
      if (bytes.size() != node->size && random.below(2) == 0) bytes.resize(node->size);
      // Some cuts lose nearly all of the rest, some nearly nothing.
      const std::uint64_t percent = random.below(101);
      const std::uint64_t sectors = (bytes.size() + kSector - 1) / kSector;
      for (std::uint64_t sector = 0; sector < sectors; ++sector) {
        const bool may_differ = node->mapped || node->dirty.contains(sector);
        if (!may_differ || random.below(100) >= percent) continue;
        const auto now = node->copy(sector * kSector, kSector);
        const std::size_t fits = std::min(now.size(), bytes.size() - sector * kSector);
        std::memcpy(bytes.data() + sector * kSector, now.data(), fits);
      }
      auto copied = std::make_shared<Node>();
      copied->resize(bytes.size());
      std::copy(bytes.begin(), bytes.end(), copied->bytes());
      copied->disk = std::move(bytes);
      twin.files[name] = copied;
    }
    twin.disk = twin.files;
  }
  return image;
}

void FaultyStorage::write_back(base::RandomStream& random) {
  const std::lock_guard guard(mutex_);
  for (auto& [path, folder] : folders_) {
    for (auto& [name, node] : folder.files) {
      const std::uint64_t sectors = (node->size + kSector - 1) / kSector;
      for (std::uint64_t sector = 0; sector < sectors; ++sector) {
        if (!node->mapped && !node->dirty.contains(sector)) continue;
        if (random.below(4) == 0) node->write_sector(sector);
      }
    }
  }
}

bool FaultyStorage::left_cache(const std::filesystem::path& path) const {
  const std::lock_guard guard(mutex_);
  const NodePtr node = find(path);
  WRIT_ASSERT(node != nullptr);
  return node->left_cache;
}

std::vector<std::byte> FaultyStorage::content(const std::filesystem::path& path) const {
  const std::lock_guard guard(mutex_);
  const NodePtr node = find(path);
  WRIT_ASSERT(node != nullptr);
  return node->copy(0, node->size);
}

void FaultyStorage::set_content(const std::filesystem::path& path, std::vector<std::byte> bytes) {
  const std::lock_guard guard(mutex_);
  const NodePtr node = find(path);
  WRIT_ASSERT(node != nullptr);
  node->mapped = false;
  node->resize(bytes.size());
  std::copy(bytes.begin(), bytes.end(), node->bytes());
  node->disk = std::move(bytes);
  node->dirty.clear();
}

// --- names --------------------------------------------------------------------------------------

FaultyStorage::Folder* FaultyStorage::folder_of(const std::filesystem::path& path) {
  const auto found = folders_.find(key(path.parent_path()));
  return found == folders_.end() ? nullptr : &found->second;
}

FaultyStorage::NodePtr FaultyStorage::find(const std::filesystem::path& path) const {
  const auto folder = folders_.find(key(path.parent_path()));
  if (folder == folders_.end()) return nullptr;
  const auto file = folder->second.files.find(path.filename().string());
  return file == folder->second.files.end() ? nullptr : file->second;
}

Result<std::unique_ptr<File>> FaultyStorage::open(const std::filesystem::path& path,
                                                  OpenMode mode) {
  const std::lock_guard guard(mutex_);
  NodePtr node = find(path);
  if (mode != OpenMode::kCreateNew) {
    if (!node) return failure(ENOENT, "open file");
    return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, node));
  }
  if (node) return failure(EEXIST, "open file");
  Folder* folder = folder_of(path);
  if (folder == nullptr) return failure(ENOENT, "open file");
  node = std::make_shared<Node>();
  const std::string name = path.filename().string();
  folder->files[name] = node;
  folder->changes.push_back({name, "", node});
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, node));
}

Result<void> FaultyStorage::make_folders(const std::filesystem::path& path) {
  const std::lock_guard guard(mutex_);
  for (std::filesystem::path at = path; !at.empty() && at != at.root_path();
       at = at.parent_path()) {
    folders_.try_emplace(key(at));
  }
  return {};
}

Result<std::vector<std::string>> FaultyStorage::list(const std::filesystem::path& folder) {
  const std::lock_guard guard(mutex_);
  const auto found = folders_.find(key(folder));
  if (found == folders_.end()) return failure(ENOENT, "list folder");
  std::vector<std::string> names;
  for (const auto& [name, node] : found->second.files) names.push_back(name);
  for (const auto& [path, below] : folders_) {
    if (key(std::filesystem::path(path).parent_path()) == found->first) {
      names.push_back(std::filesystem::path(path).filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> FaultyStorage::exists(const std::filesystem::path& path) {
  const std::lock_guard guard(mutex_);
  return find(path) != nullptr || folders_.contains(key(path));
}

Result<void> FaultyStorage::rename(const std::filesystem::path& from,
                                   const std::filesystem::path& to) {
  const std::lock_guard guard(mutex_);
  WRIT_ASSERT(key(from.parent_path()) == key(to.parent_path()));
  const NodePtr node = find(from);
  if (!node) return failure(ENOENT, "rename file");
  Folder& folder = *folder_of(from);
  folder.files.erase(from.filename().string());
  folder.files[to.filename().string()] = node;
  folder.changes.push_back({to.filename().string(), from.filename().string(), node});
  return {};
}

Result<void> FaultyStorage::remove(const std::filesystem::path& path) {
  const std::lock_guard guard(mutex_);
  if (!find(path)) return failure(ENOENT, "remove file");
  Folder& folder = *folder_of(path);
  folder.files.erase(path.filename().string());
  folder.changes.push_back({"", path.filename().string(), nullptr});
  return {};
}

Result<void> FaultyStorage::sync_folder(const std::filesystem::path& path) {
  const std::lock_guard guard(mutex_);
  const auto found = folders_.find(key(path));
  if (found == folders_.end()) return failure(ENOENT, "open folder");
  found->second.disk = found->second.files;
  found->second.changes.clear();
  return {};
}

Result<std::unique_ptr<FileLock>> FaultyStorage::lock(const std::filesystem::path& path) {
  const std::lock_guard guard(mutex_);
  if (!locks_.insert(key(path)).second) return Error(Errc::kLocked, "lock folder");
  return std::unique_ptr<FileLock>(std::make_unique<FaultyLock>(*this, key(path)));
}

}  // namespace writ::test
