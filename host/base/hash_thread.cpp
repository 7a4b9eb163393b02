#include "host/base/hash_thread.hpp"

#include <algorithm>
#include <utility>

namespace writ::base {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;
constexpr std::size_t kBlocksMax = 16;

}  // namespace

HashThread::HashThread(std::size_t streams) : streams_(streams) {}

HashThread::~HashThread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard guard(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void HashThread::update(std::size_t stream, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    Block& begun = streams_[stream].begun;
    if (begun.capacity() == 0) begun.reserve(kBlockBytes);
    const auto size = std::min(kBlockBytes - begun.size(), bytes.size());
    begun.insert(begun.end(), bytes.data(), bytes.data() + size);
    bytes = bytes.subspan(size);
    if (begun.size() == kBlockBytes) hand_over(stream);
  }
}

void HashThread::hand_over(std::size_t stream) {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  Block& begun = streams_[stream].begun;
  {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return queue_.size() < kBlocksMax; });
    queue_.push_back({stream, std::exchange(begun, {})});
    if (!spare_.empty()) {
      begun = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  begun.clear();
  wake_.notify_one();
}

Sha256Digest HashThread::digest(std::size_t stream) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return queue_.empty() && !hashing_; });
  Sha256 hash = streams_[stream].hash;
  return hash.update(std::span<const std::byte>(streams_[stream].begun)).digest();
}

void HashThread::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    hashing_ = true;
    lock.unlock();
    streams_[work.stream].hash.update(std::span<const std::byte>(work.block));
    lock.lock();
    hashing_ = false;
    spare_.push_back(std::move(work.block));
    done_.notify_one();
  }
}

}  // namespace writ::base
