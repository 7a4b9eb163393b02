// A worker that keeps no promise: it takes part until it is ready, then says whatever its seed
// makes it say. The seed is the memory limit it is given.
#include "host/base/random.hpp"
#include "host/sandbox/doorbell.hpp"
#include "host/sandbox/messages.hpp"
#include "host/sandbox/ring.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>

namespace writ::sandbox {
namespace {

class Liar {
 public:
  explicit Liar(Channel& channel)
      : channel_(channel),
        random_(channel.control.memory_max, "liar"),
        inbox_(channel.control.inbox, channel.inbox, kInboxBytes),
        outbox_(channel.control.outbox, channel.outbox, kOutboxBytes) {}

  [[noreturn]] void lie() {
    say(static_cast<std::uint32_t>(Say::kReady), 0);
    for (int i = 0; i < 2; ++i) {  // to be made and initialised
      wait_for_call();
      give_back(WRIT_OK);
    }
    for (;;) {
      wait_for_call();
      for (auto left = random_.below(8); left > 0; --left) something();
      // It has to return at times, or it would never be asked for anything else.
      if (random_.below(8) != 0) give_back(static_cast<std::int32_t>(random_.below(20)) - 10);
    }
  }

 private:
  void wait_for_call() {
    RingReader::Message message;
    while (inbox_.next(message) != RingReader::State::kMessage) {
      sleep_at(channel_.control.to_worker, nullptr, [this] { return !inbox_.empty(); });
    }
    inbox_.release();
  }

  void something() {
    switch (random_.below(40)) {
      case 0:
        channel_.control.outbox.written.store(random_.next_u64());
        break;
      case 1:
        channel_.outbox[random_.below(kOutboxBytes)] = static_cast<std::byte>(random_.below(256));
        break;
      case 2:
        channel_.control.inbox.read.store(random_.next_u64());
        break;
      case 3:
        channel_.control.last.reason = static_cast<Reason>(random_.below(99));
        channel_.control.last.signal = static_cast<std::uint32_t>(random_.below(99));
        channel_.control.last.told.store(1);
        break;
      case 4:
        ::_exit(static_cast<int>(random_.below(200)));
      case 5:
      case 6:
        say(static_cast<std::uint32_t>(random_.below(14)), random_.below(1200));
        break;
      default:
        something_sound();
    }
    ring(channel_.control.to_host);
  }

  void give_back(std::int32_t status) {
    const Returned returned{status, kOffersSnapshots | kOffersState, 0};
    say_bytes(Say::kReturned, &returned, sizeof returned);
  }

  // Of the right size, and full of whatever.
  void something_sound() {
    switch (random_.below(6)) {
      case 0: {
        writ_intent intent{};
        fill(&intent, sizeof intent);
        intent.header.size = sizeof intent;
        intent.instrument = static_cast<std::uint32_t>(random_.below(4));
        if (random_.below(2) == 0) {
          intent.kind = WRIT_INTENT_NOOP;
          intent.flags = 0;
          intent.side = 0;
          intent.order_type = 0;
          intent.time_in_force = 0;
          intent.urgency = 0;
          intent.group_policy = 0;
          intent.group_size = 0;
          intent.tags_size = 0;
          intent.rationale_size = 0;
          intent.confidence = 0;
          intent.ttl_ns = 0;
        }
        return say_bytes(Say::kSubmit, &intent, sizeof intent);
      }
      case 1: {
        writ_signal signal{};
        fill(&signal, sizeof signal);
        signal.header.size = sizeof signal;
        signal.header.type = WRIT_RECORD_SIGNAL;
        return say_bytes(Say::kPublish, &signal, sizeof signal);
      }
      case 2: {
        TimerCall timer{};
        fill(&timer, sizeof timer);
        return say_bytes(random_.below(2) == 0 ? Say::kSetTimer : Say::kCancelTimer, &timer,
                         sizeof timer);
      }
      case 3:
        return say_bytes(Say::kRandom, nullptr, 0);
      case 4: {
        const LevelsCall call{static_cast<std::uint32_t>(random_.below(5)),
                              static_cast<std::uint32_t>(random_.below(4)),
                              static_cast<std::uint32_t>(random_.below(1500)), 0};
        return say_bytes(random_.below(2) == 0 ? Say::kLevels : Say::kWorking, &call, sizeof call);
      }
      default: {
        std::uint64_t line[64];
        fill(line, sizeof line);
        const LogCall head{static_cast<std::uint32_t>(random_.below(9)),
                           static_cast<std::uint32_t>(random_.below(sizeof line + 8))};
        std::memcpy(line, &head, sizeof head);
        return say_bytes(Say::kLog, line, sizeof line);
      }
    }
  }

  void fill(void* bytes, std::size_t size) {
    for (std::size_t at = 0; at < size; ++at) {
      static_cast<std::byte*>(bytes)[at] = static_cast<std::byte>(random_.below(256));
    }
  }
  void say_bytes(Say kind, const void* bytes, std::size_t size) {
    std::byte* room = outbox_.reserve(static_cast<std::uint32_t>(kind), size);
    if (room == nullptr) return;
    if (size != 0) std::memcpy(room, bytes, size);
    outbox_.commit();
    ring(channel_.control.to_host);
  }

  // Random bytes; in half of them a size and small numbers where a sound message has some.
  void say(std::uint32_t kind, std::size_t size) {
    std::byte* room = outbox_.reserve(kind, size);
    if (room == nullptr) return;
    fill(room, size);
    if (size >= 16 && random_.below(2) == 0) {
      const auto whole = static_cast<std::uint32_t>((size + 7) / 8 * 8);
      const auto small = static_cast<std::uint32_t>(random_.below(2000));
      std::memcpy(room, &whole, sizeof whole);
      std::memcpy(room + 8, &small, sizeof small);
    }
    outbox_.commit();
    ring(channel_.control.to_host);
  }

  Channel& channel_;
  base::RandomStream random_;
  RingReader inbox_;
  RingWriter outbox_;
};

}  // namespace
}  // namespace writ::sandbox

int main() {
  using namespace writ::sandbox;
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  void* memory =
      ::mmap(nullptr, sizeof(Channel), PROT_READ | PROT_WRITE, MAP_SHARED, kChannelDescriptor, 0);
  if (memory == MAP_FAILED) return 2;
  Liar(*static_cast<Channel*>(memory)).lie();
}
