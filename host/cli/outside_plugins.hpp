#pragma once

#include "host/plugin/nondeterministic.hpp"
#include "host/plugin/outside_port.hpp"
#include "host/sandbox/beside.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace writ::cli {

/// Every plugin whose wishes are inputs of the core: those in sandboxes beside it, and those that
/// are nondeterministic. [sequencer-thread]
class OutsidePlugins final : public plugin::OutsidePort {
 public:
  [[nodiscard]] sandbox::BesidePort& sandboxed() noexcept { return sandboxed_; }
  [[nodiscard]] plugin::NondeterministicPort& nondeterministic() noexcept {
    return nondeterministic_;
  }

  // By turns, so that neither kind keeps the other waiting.
  [[nodiscard]] const writ_record* poll(std::int64_t now, const Look& look) override {
    for (std::size_t tried = 0; tried < ports_.size(); ++tried) {
      auto* port = ports_[next_++ % ports_.size()];
      if (const auto* wanted = port->poll(now, look)) {
        asked_ = port;
        return wanted;
      }
    }
    return nullptr;
  }
  void answer(writ_status status, std::uint64_t intent_id) override {
    if (auto* asked = std::exchange(asked_, nullptr)) asked->answer(status, intent_id);
  }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override {
    std::optional<std::int64_t> next;
    for (const auto* port : ports_) {
      if (const auto due = port->next_due()) next = std::min(next.value_or(*due), *due);
    }
    return next;
  }

 private:
  sandbox::BesidePort sandboxed_;
  plugin::NondeterministicPort nondeterministic_;
  std::array<plugin::OutsidePort*, 2> ports_ = {&sandboxed_, &nondeterministic_};
  std::size_t next_ = 0;
  plugin::OutsidePort* asked_ = nullptr;
};

}  // namespace writ::cli
