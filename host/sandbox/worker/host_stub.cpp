#include "host/sandbox/worker/host_stub.hpp"

#include "host/sandbox/doorbell.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace writ::sandbox {

HostStub::HostStub(Channel& channel)
    : channel_(channel), outbox_(channel.control.outbox, channel.outbox, kOutboxBytes) {
  writ_host& host = storage_.host;
  host.struct_size = sizeof(writ_host);
  host.abi_major = WRIT_ABI_MAJOR;
  host.abi_minor = WRIT_ABI_MINOR;
  host.context = this;
  host.now = [](const writ_host* h) noexcept { return of(h).now_; };
  host.submit = [](const writ_host* h, const writ_intent* intent, std::uint64_t* id) noexcept {
    const auto* record = intent == nullptr ? nullptr : &intent->header;
    return of(h).send_record(Say::kSubmit, record, sizeof(writ_intent), id);
  };
  host.publish = [](const writ_host* h, const writ_record* value) noexcept {
    return of(h).send_record(Say::kPublish, value, sizeof(writ_record), nullptr);
  };
  host.set_timer = [](const writ_host* h, std::uint64_t timer, std::int64_t due) noexcept {
    return of(h).ask(Say::kSetTimer, {part(TimerCall{timer, due})}).status;
  };
  host.cancel_timer = [](const writ_host* h, std::uint64_t timer) noexcept {
    return of(h).ask(Say::kCancelTimer, {part(TimerCall{timer, 0})}).status;
  };
  host.random = [](const writ_host* h, std::uint64_t* value) noexcept {
    if (value == nullptr) return writ_status{WRIT_E_INVALID};
    const auto& reply = of(h).ask(Say::kRandom, {});
    if (reply.status >= 0) *value = reply.value;
    return reply.status;
  };
  host.log = [](const writ_host* h, std::uint32_t severity, const char* text,
                std::size_t size) noexcept {
    if (text == nullptr) return;
    const auto sent = static_cast<std::uint32_t>(std::min<std::size_t>(size, kTextMax));
    of(h).say(Say::kLog, {part(LogCall{severity, sent}), std::as_bytes(std::span(text, sent))});
  };
  host.get_extension = [](const writ_host* h, const char* id) noexcept -> const void* {
    if (id == nullptr) return nullptr;
    const std::string_view wanted(id);
    if (wanted == WRIT_EXT_BOOK) return &of(h).book_;
    if (wanted == WRIT_EXT_ORDERS) return &of(h).orders_;
    if (wanted == WRIT_EXT_WIRING) return &of(h).wiring_;
    return nullptr;
  };
  book_.struct_size = sizeof book_;
  book_.levels = [](const writ_host* h, std::uint32_t instrument, std::uint32_t side,
                    writ_level* levels, std::uint32_t capacity) noexcept {
    return of(h).list(Say::kLevels, {instrument, side, std::min(capacity, kLevelsMax), 0}, levels);
  };
  orders_.struct_size = sizeof orders_;
  orders_.working = [](const writ_host* h, std::uint32_t instrument, writ_order* orders,
                       std::uint32_t capacity) noexcept {
    return of(h).list(Say::kWorking, {instrument, 0, std::min(capacity, kOrdersMax), 0}, orders);
  };
  wiring_.struct_size = sizeof wiring_;
  wiring_.input = [](const writ_host* h, std::uint32_t port, std::uint32_t* instance,
                     std::uint32_t* signal) noexcept {
    if (instance == nullptr || signal == nullptr) return writ_status{WRIT_E_INVALID};
    for (const auto& wire : of(h).wires_) {
      if (wire.port != port) continue;
      *instance = wire.instance;
      *signal = wire.signal;
      return writ_status{WRIT_OK};
    }
    return writ_status{WRIT_E_NOT_FOUND};
  };
}

void HostStub::say(Say kind, std::initializer_list<std::span<const std::byte>> parts) {
  std::size_t size = 0;
  for (const auto& bytes : parts) size += bytes.size();
  std::byte* room = outbox_.reserve(static_cast<std::uint32_t>(kind), size);
  while (room == nullptr) {
    ::syscall(SYS_sched_yield);
    room = outbox_.reserve(static_cast<std::uint32_t>(kind), size);
  }
  for (const auto& bytes : parts) {
    if (!bytes.empty()) std::memcpy(room, bytes.data(), bytes.size());
    room += bytes.size();
  }
  outbox_.commit();
  ring(channel_.control.to_host);
}

const Reply& HostStub::ask(Say kind, std::initializer_list<std::span<const std::byte>> parts) {
  say(kind, parts);
  ++asked_;
  const auto answered = [this] {
    return channel_.control.reply.load(std::memory_order_acquire) == asked_;
  };
  const Wait wait = channel_.control.wait;
  for (int round = 0; !answered(); ++round) {
    const bool spins = wait == Wait::kSpin || (wait == Wait::kHybrid && round < kSpinRounds);
    if (spins) {
      pause_processor();
    } else {
      sleep_at(channel_.control.to_worker, nullptr, answered);
    }
  }
  return *reinterpret_cast<const Reply*>(channel_.reply);
}

// A size the record cannot have is sent as none: the host then says what is wrong.
writ_status HostStub::send_record(Say kind, const writ_record* record, std::size_t size_min,
                                  std::uint64_t* value) {
  std::span<const std::byte> bytes;
  if (record != nullptr && record->size >= size_min && record->size % 8 == 0 &&
      record->size <= kMessageMax / 2) {
    bytes = {reinterpret_cast<const std::byte*>(record), record->size};
  }
  const auto& reply = ask(kind, {bytes});
  if (value != nullptr && reply.status >= 0) *value = reply.value;
  return reply.status;
}

template <class Element>
std::int32_t HostStub::list(Say kind, const LevelsCall& call, Element* elements) {
  if (elements == nullptr && call.capacity != 0) return WRIT_E_INVALID;
  const auto& reply = ask(kind, {part(call)});
  const auto count = std::min(reply.count, call.capacity);
  if (count != 0) std::memcpy(elements, &reply + 1, count * sizeof(Element));
  return reply.status;
}

}  // namespace writ::sandbox
