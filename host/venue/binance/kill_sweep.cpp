#include "host/venue/binance/kill_sweep.hpp"

#include "host/venue/binance/account_replies.hpp"

#include <algorithm>
#include <limits>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kGoOn = 15 * kSecond;  // a time window, and the venue's own time-out
constexpr std::int64_t kAgain = 3 * kSecond;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

void KillSweep::begin(const std::vector<std::string>& symbols, std::int64_t now) {
  for (const std::string& symbol : symbols) symbols_[symbol] = {now, now + kGoOn};
}

std::int64_t KillSweep::next_due() const noexcept {
  std::int64_t due = kNever;
  for (const auto& [name, symbol] : symbols_) due = std::min(due, symbol.due);
  return due;
}

void KillSweep::on_time(std::int64_t now) {
  std::vector<std::string> due;
  for (auto& [name, symbol] : symbols_) {
    if (symbol.due <= now) due.push_back(name);
  }
  for (const std::string& symbol : due) sweep(symbol, now);
}

void KillSweep::sweep(const std::string& symbol, std::int64_t now) {
  symbols_.at(symbol).due = kNever;  // an answer always comes
  const auto refusal =
      line_.ask(cancel_all_request(line_.market(), symbol), 0, false, now,
                [this, symbol, now](const VenueAnswer& answer) {
                  Symbol& state = symbols_.at(symbol);
                  const bool answered = answer.kind == VenueAnswer::Kind::kAnswered;
                  const bool none_open = answered && answer.status != 200 &&
                                         is_not_found(line_.market(), answer.status, answer.body);
                  if (answered && (answer.status == 200 || none_open)) {
                    if (now >= state.until) {
                      symbols_.erase(symbol);
                    } else {
                      state.due = answer.received + kAgain;
                    }
                  } else {
                    state.due = answer.received + kSecond;
                  }
                });
  if (refusal) symbols_.at(symbol).due = now + kSecond;
}

}  // namespace writ::venue::binance
