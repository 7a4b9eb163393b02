#include "host/venue/binance/dead_man_switch.hpp"

#include "host/base/assert.hpp"

#include <algorithm>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kTryAgain = kSecond;

}  // namespace

DeadManSwitch::DeadManSwitch(std::int64_t countdown_ns)
    : countdown_ns_(countdown_ns), arm_again_ns_(countdown_ns / 4) {
  WRIT_ASSERT(countdown_ns >= kCountdownMin);
}

void DeadManSwitch::arm(const std::string& symbol) {
  Symbol& state = symbols_[symbol];
  if (!state.wanted) state.due = INT64_MIN;
  state.wanted = true;
}

void DeadManSwitch::disarm(const std::string& symbol) {
  const auto found = symbols_.find(symbol);
  if (found == symbols_.end() || !found->second.wanted) return;
  found->second.wanted = false;
  found->second.due = INT64_MIN;
}

std::int64_t DeadManSwitch::next_due() const noexcept {
  std::int64_t due = INT64_MAX;
  for (const auto& [name, symbol] : symbols_) due = std::min(due, symbol.due);
  return due;
}

std::vector<CountdownRequest> DeadManSwitch::take_due(std::int64_t now) {
  std::vector<CountdownRequest> requests;
  for (auto& [name, symbol] : symbols_) {
    if (symbol.due > now) continue;
    requests.push_back({name, symbol.wanted ? countdown_ns_ / kMs : 0});
    if (!symbol.wanted) {  // it may be stopped though no answer says so
      symbol.counting = false;
      symbol.stop_sent = now;
    }
    // An answer that never comes must not end the arming.
    symbol.due = now + (symbol.wanted && symbol.counting ? arm_again_ns_ : kTryAgain);
  }
  return requests;
}

void DeadManSwitch::on_done(const CountdownRequest& request, std::int64_t sent) {
  const auto found = symbols_.find(request.symbol);
  if (found == symbols_.end()) return;
  Symbol& state = found->second;
  if (request.countdown_ms == 0) {
    if (!state.wanted) symbols_.erase(found);
    return;
  }
  if (sent < state.stop_sent) return;
  state.counting = true;
  state.runs_out_first = std::max(state.runs_out_first, sent + countdown_ns_);
  if (state.wanted) state.due = std::max(state.due, sent + arm_again_ns_);
}

void DeadManSwitch::on_failed(const CountdownRequest& request, std::int64_t now) {
  const auto found = symbols_.find(request.symbol);
  if (found != symbols_.end()) found->second.due = std::min(found->second.due, now + kTryAgain);
}

bool DeadManSwitch::is_armed(const std::string& symbol, std::int64_t now) const noexcept {
  const auto found = symbols_.find(symbol);
  return found != symbols_.end() && found->second.wanted && found->second.counting &&
         now < found->second.runs_out_first;
}

std::vector<std::string> DeadManSwitch::take_fired(std::int64_t now) {
  std::vector<std::string> fired;
  for (auto& [name, symbol] : symbols_) {
    if (!symbol.counting || now < symbol.runs_out_first) continue;
    symbol.counting = false;
    fired.push_back(name);
  }
  return fired;
}

}  // namespace writ::venue::binance
