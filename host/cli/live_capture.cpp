#include "host/cli/live_capture.hpp"

#include <chrono>
#include <utility>

namespace writ::cli {
namespace {

constexpr std::int64_t kFileNs = 3'600'000'000'000;
constexpr std::size_t kWaitingBytesMax = std::size_t{64} << 20;
constexpr std::chrono::seconds kFlush{1};

}  // namespace

LiveCapture::LiveCapture(std::filesystem::path path, std::function<void(std::string_view)> tell)
    : writer_(std::move(path), kFileNs), tell_(std::move(tell)), thread_([this] { write(); }) {}

LiveCapture::~LiveCapture() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LiveCapture::put(std::string_view message, std::int64_t received_ts) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  if (waiting_bytes_ + message.size() > kWaitingBytesMax) {
    ++lost_;
    return;
  }
  waiting_bytes_ += message.size();
  waiting_.push_back({received_ts, std::string(message)});
}

void LiveCapture::write() {
  base::Result<void> done;
  for (bool last = false; done && !last;) {
    std::vector<Message> messages;
    std::uint64_t lost = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kFlush, [this] { return ended_; });
      messages.swap(waiting_);
      waiting_bytes_ = 0;
      lost = std::exchange(lost_, 0);
      last = ended_;
    }
    if (lost != 0) tell_("its capture lacks " + std::to_string(lost) + " messages: a slow disk");
    done = write(messages);
    if (done && last) done = writer_.finish();
  }
  if (done) return;
  tell_("its capture ends here: " + base::to_string(done.error()));
  const std::lock_guard lock(mutex_);
  ended_ = true;
  waiting_.clear();
}

base::Result<void> LiveCapture::write(const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    if (const auto done = writer_.append(message.received_ts, message.text); !done) return done;
  }
  return writer_.flush();
}

}  // namespace writ::cli
