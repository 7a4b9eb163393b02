#pragma once

#include "host/engine/timers.hpp"
#include "host/plugin/host_services.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::engine {

/// What a plugin may do where there is no core around it, before its first call and after its last:
/// ask for the time, and for timers, which are collected. Its log has no place in the order.
class PreparationServices final : public plugin::HostServices {
 public:
  explicit PreparationServices(std::int64_t now) : now_(now) {}

  /// Timers set since the last time.
  [[nodiscard]] std::vector<Timers::Due> take_timers() { return std::exchange(timers_, {}); }

  [[nodiscard]] std::int64_t now() const override { return now_; }
  writ_status submit(std::uint32_t, const writ_intent&, std::uint64_t&) override {
    return WRIT_E_STATE;
  }
  writ_status publish(std::uint32_t, const writ_record&) override { return WRIT_E_STATE; }
  writ_status set_timer(std::uint32_t instance, std::uint64_t timer, std::int64_t due_ts) override {
    timers_.push_back({due_ts, instance, timer});
    return WRIT_OK;
  }
  writ_status cancel_timer(std::uint32_t instance, std::uint64_t timer) override {
    const auto removed = std::erase_if(timers_, [&](const Timers::Due& due) {
      return due.instance == instance && due.timer == timer;
    });
    return removed != 0 ? WRIT_OK : WRIT_E_NOT_FOUND;
  }
  writ_status random(std::uint32_t, std::uint64_t&) override { return WRIT_E_STATE; }
  void log(std::uint32_t, std::uint32_t, std::string_view) override {}
  std::int32_t book_levels(std::uint32_t, std::uint32_t, std::uint32_t,
                           std::span<writ_level>) override {
    return WRIT_E_STATE;
  }
  std::int32_t working_orders(std::uint32_t, std::uint32_t, std::span<writ_order>) override {
    return WRIT_E_STATE;
  }

 private:
  std::int64_t now_;
  std::vector<Timers::Due> timers_;
};

}  // namespace writ::engine
