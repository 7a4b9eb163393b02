#pragma once

#include "host/engine/timers.hpp"
#include "host/plugin/host_services.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::engine {

/// Serves an instance that is called aside of the run: it reads what the core's services read, its
/// timers are its own, and what it wants is counted and goes nowhere. [sequencer-thread]
class AsideServices final : public plugin::HostServices {
 public:
  /// `answer` is what its submit and publish return.
  AsideServices(plugin::HostServices& core, writ_status answer) : core_(core), answer_(answer) {}

  [[nodiscard]] std::uint64_t discarded() const noexcept { return discarded_; }
  void set_timers(const std::vector<Timers::Due>& timers) {
    for (const auto& due : timers) timers_[due.timer] = due.due_ts;
  }
  /// (due, timer) of those due at `now`, in that order; they are taken.
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::uint64_t>> take_due(std::int64_t now) {
    std::vector<std::pair<std::int64_t, std::uint64_t>> due;
    for (const auto& [timer, due_ts] : timers_) {
      if (due_ts <= now) due.emplace_back(due_ts, timer);
    }
    for (const auto& [due_ts, timer] : due) timers_.erase(timer);
    std::sort(due.begin(), due.end());
    return due;
  }
  /// Those that are left.
  [[nodiscard]] std::vector<Timers::Due> timers(std::uint32_t instance) const {
    std::vector<Timers::Due> left;
    for (const auto& [timer, due_ts] : timers_) left.push_back({due_ts, instance, timer});
    return left;
  }

  [[nodiscard]] std::int64_t now() const override { return core_.now(); }
  writ_status submit(std::uint32_t, const writ_intent&, std::uint64_t& intent_id) override {
    ++discarded_;
    intent_id = 0;
    return answer_;
  }
  writ_status publish(std::uint32_t, const writ_record&) override {
    ++discarded_;
    return answer_;
  }
  writ_status set_timer(std::uint32_t, std::uint64_t timer, std::int64_t due_ts) override {
    timers_[timer] = std::max(due_ts, core_.now() + 1);
    return WRIT_OK;
  }
  writ_status cancel_timer(std::uint32_t, std::uint64_t timer) override {
    return timers_.erase(timer) != 0 ? WRIT_OK : WRIT_E_NOT_FOUND;
  }
  writ_status random(std::uint32_t instance, std::uint64_t& value) override {
    return core_.random(instance, value);
  }
  void log(std::uint32_t instance, std::uint32_t severity, std::string_view text) override {
    core_.log(instance, severity, text);
  }
  std::int32_t book_levels(std::uint32_t instance, std::uint32_t instrument, std::uint32_t side,
                           std::span<writ_level> levels) override {
    return core_.book_levels(instance, instrument, side, levels);
  }
  std::int32_t working_orders(std::uint32_t instance, std::uint32_t instrument,
                              std::span<writ_order> orders) override {
    return core_.working_orders(instance, instrument, orders);
  }

 private:
  plugin::HostServices& core_;
  writ_status answer_;
  std::uint64_t discarded_ = 0;
  std::map<std::uint64_t, std::int64_t> timers_;
};

}  // namespace writ::engine
