#pragma once

#include "host/base/sha256.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace writ::base {

/// SHA-256 of streams of bytes, computed beside the caller: the bytes are copied, a block at a time
/// goes to a thread that begins with the first. Memory is bounded: a caller further ahead than that
/// waits. The digests are those of Sha256. Calls from one thread at a time.
class HashThread {
 public:
  explicit HashThread(std::size_t streams);
  /// Drops what is not hashed yet.
  ~HashThread();
  HashThread(const HashThread&) = delete;
  HashThread& operator=(const HashThread&) = delete;

  void update(std::size_t stream, std::span<const std::byte> bytes);
  /// Of the bytes so far, once the thread has come to their end; more may follow.
  [[nodiscard]] Sha256Digest digest(std::size_t stream);

 private:
  using Block = std::vector<std::byte>;
  struct Stream {
    Sha256 hash;  // while there is work the thread's
    Block begun;
  };
  struct Work {
    std::size_t stream = 0;
    Block block;
  };

  void hand_over(std::size_t stream);
  void run();

  std::vector<Stream> streams_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::condition_variable done_;  // with a block
  std::deque<Work> queue_;
  std::vector<Block> spare_;
  bool hashing_ = false;
  bool stop_ = false;

  std::thread thread_;
};

}  // namespace writ::base
