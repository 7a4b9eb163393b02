#pragma once

#include "host/plugin/by_turns.hpp"
#include "host/plugin/nondeterministic.hpp"
#include "host/plugin/outside_port.hpp"
#include "host/sandbox/beside.hpp"

#include <cstdint>
#include <optional>

namespace writ::cli {

/// Every plugin whose wishes are inputs of the core: those in sandboxes beside it, and those that
/// are nondeterministic; neither kind keeps the other waiting. [sequencer-thread]
class OutsidePlugins final : public plugin::OutsidePort {
 public:
  OutsidePlugins() {
    ports_.add(sandboxed_);
    ports_.add(nondeterministic_);
  }
  OutsidePlugins(const OutsidePlugins&) = delete;
  OutsidePlugins& operator=(const OutsidePlugins&) = delete;

  [[nodiscard]] sandbox::BesidePort& sandboxed() noexcept { return sandboxed_; }
  [[nodiscard]] plugin::NondeterministicPort& nondeterministic() noexcept {
    return nondeterministic_;
  }

  [[nodiscard]] const writ_record* poll(std::int64_t now, const Look& look) override {
    return ports_.poll([&](plugin::OutsidePort& port) { return port.poll(now, look); });
  }
  void answer(writ_status status, std::uint64_t intent_id) override {
    if (auto* asked = ports_.take_asked()) asked->answer(status, intent_id);
  }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override {
    return ports_.next_due([](const plugin::OutsidePort& port) { return port.next_due(); });
  }

 private:
  sandbox::BesidePort sandboxed_;
  plugin::NondeterministicPort nondeterministic_;
  plugin::ByTurns<plugin::OutsidePort> ports_;
};

}  // namespace writ::cli
