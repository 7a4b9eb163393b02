#pragma once

#include "host/sandbox/channel.hpp"
#include "host/sandbox/messages.hpp"
#include "host/sandbox/ring.hpp"
#include "host/sandbox/worker/host_stub.hpp"

#include <writ/abi/ext/state.h>
#include <writ/abi/plugin.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace writ::sandbox {

/// Serves one plugin to the host until it is destroyed: takes a call, makes it, says what came of
/// it. [worker]
class Worker {
 public:
  Worker(Channel& channel, const writ_module& module);

  /// Returns when the host has asked for the plugin's end.
  void serve();

 private:
  struct Outcome {
    writ_status status;
    std::uint32_t offers;
  };

  RingReader::Message wait_for_call();
  [[nodiscard]] Outcome carry_out(Ask ask, const std::byte* payload, std::uint32_t size);
  [[nodiscard]] Outcome describe();
  [[nodiscard]] Outcome create(const std::byte* payload);
  [[nodiscard]] Outcome save();
  [[nodiscard]] Outcome load(const StateHead& head);
  void say_pieces(std::span<const std::byte> bytes);

  Channel& channel_;
  const writ_module& module_;
  RingReader inbox_;
  HostStub host_;
  writ_plugin* plugin_ = nullptr;
  const writ_ext_state* state_ = nullptr;
};

}  // namespace writ::sandbox
