#pragma once

#include "host/sandbox/channel.hpp"
#include "host/sandbox/messages.hpp"
#include "host/sandbox/ring.hpp"

#include <writ/abi/ext/book.h>
#include <writ/abi/ext/orders.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/host.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::sandbox {

/// The writ_host a sandboxed plugin sees: each call is a message, answered by the host's own table,
/// which does all the checking. [worker]
class HostStub {
 public:
  explicit HostStub(Channel& channel);
  HostStub(const HostStub&) = delete;
  HostStub& operator=(const HostStub&) = delete;

  [[nodiscard]] const writ_host* table() const noexcept { return &storage_.host; }
  void set_now(std::int64_t now) noexcept { now_ = now; }
  void set_wires(std::vector<CreateWire> wires) { wires_ = std::move(wires); }

  /// Sends a message of these parts, one after the other; waits while there is no room for it.
  void say(Say kind, std::initializer_list<std::span<const std::byte>> parts);

 private:
  static HostStub& of(const writ_host* host) noexcept {
    return *static_cast<HostStub*>(host->context);
  }
  const Reply& ask(Say kind, std::initializer_list<std::span<const std::byte>> parts);
  writ_status send_record(Say kind, const writ_record* record, std::size_t size_min,
                          std::uint64_t* value);
  template <class Element>
  std::int32_t list(Say kind, const LevelsCall& call, Element* elements);

  Channel& channel_;
  RingWriter outbox_;
  std::uint64_t asked_ = 0;
  std::int64_t now_ = 0;
  std::vector<CreateWire> wires_;
  struct {
    writ_host host;
    std::byte room[256];  // what a plugin of a newer minor would look for in a newer host: zeroes
  } storage_{};
  writ_ext_book book_{};
  writ_ext_orders orders_{};
  writ_ext_wiring wiring_{};
};

/// An object's bytes as a part of a message.
template <class T>
[[nodiscard]] std::span<const std::byte> part(const T& object) {
  return std::as_bytes(std::span(&object, 1));
}

}  // namespace writ::sandbox
