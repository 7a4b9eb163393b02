#pragma once

#include "host/model/record_view.hpp"
#include "host/plugin/host_services.hpp"

#include <writ/abi/plugin.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// Keeps what instances ask of the host, as records.
class RecordingServices final : public HostServices {
 public:
  struct Intent {
    std::uint32_t instance;
    writ_intent intent;
    std::string tags;
    std::string rationale;
  };
  struct Line {
    std::uint32_t instance;
    std::uint32_t severity;
    std::string text;
  };

  std::int64_t time = 1'000;
  writ_status submit_status = WRIT_OK;
  std::vector<Intent> intents;
  std::vector<std::vector<std::byte>> published;
  std::map<std::uint64_t, std::int64_t> timers;
  std::vector<Line> lines;
  std::uint64_t drawn = 0;
  std::int32_t level_count = 2;

  [[nodiscard]] std::int64_t now() const override { return time; }
  writ_status submit(std::uint32_t instance, const writ_intent& intent,
                     std::uint64_t& intent_id) override {
    if (submit_status < 0) return submit_status;
    const auto tags = model::tail_text(intent, intent.tags_size);
    const auto rationale = model::tail_text(intent, intent.rationale_size, intent.tags_size);
    intents.push_back({instance, intent, std::string(tags), std::string(rationale)});
    intent_id = intents.size();
    return WRIT_OK;
  }
  writ_status publish(std::uint32_t, const writ_record& value) override {
    const auto bytes = model::bytes_of(value);
    published.emplace_back(bytes.begin(), bytes.end());
    return WRIT_OK;
  }
  writ_status set_timer(std::uint32_t, std::uint64_t timer, std::int64_t due) override {
    timers[timer] = due;
    return WRIT_OK;
  }
  writ_status cancel_timer(std::uint32_t, std::uint64_t timer) override {
    return timers.erase(timer) != 0 ? WRIT_OK : WRIT_E_NOT_FOUND;
  }
  writ_status random(std::uint32_t, std::uint64_t& value) override {
    value = ++drawn;
    return WRIT_OK;
  }
  void log(std::uint32_t instance, std::uint32_t severity, std::string_view text) override {
    lines.push_back({instance, severity, std::string(text)});
  }
  std::int32_t book_levels(std::uint32_t, std::uint32_t, std::uint32_t,
                           std::span<writ_level> levels) override {
    for (std::int32_t i = 0; i < level_count; ++i)
      levels[static_cast<std::size_t>(i)] = {100 - i, 1};
    return level_count;
  }
  std::int32_t working_orders(std::uint32_t, std::uint32_t, std::span<writ_order>) override {
    return 0;
  }
};

}  // namespace writ::plugin
