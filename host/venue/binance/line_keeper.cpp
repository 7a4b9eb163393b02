#include "host/venue/binance/line_keeper.hpp"

#include "host/venue/binance/account_replies.hpp"

#include <algorithm>

namespace writ::venue::binance {

void LineKeeper::guard(const std::string& symbol) {
  if (line_.market() == Market::kUsdm) dead_man_.arm(symbol);
}

bool LineKeeper::is_armed(const std::string& symbol, std::int64_t now) const noexcept {
  return line_.market() == Market::kSpot || dead_man_.is_armed(symbol, now);
}

std::vector<std::string> LineKeeper::take_fired(std::int64_t now) {
  return dead_man_.take_fired(now);
}

std::int64_t LineKeeper::next_due() const noexcept {
  const std::int64_t clock = line_.clock().next_due();
  // Nothing can be armed before the clock is known; it is then at once.
  return line_.refusal_of_signed() ? clock : std::min(clock, dead_man_.next_due());
}

void LineKeeper::on_time(std::int64_t now) {
  if (line_.clock().next_due() <= now) measure(now);
  if (line_.refusal_of_signed()) return;
  for (const CountdownRequest& request : dead_man_.take_due(now)) arm(request, now);
}

void LineKeeper::measure(std::int64_t now) {
  line_.clock().on_asked(now);
  (void)line_.ask(time_request(line_.market()), 0, false, now, [this](const VenueAnswer& answer) {
    if (answer.kind != VenueAnswer::Kind::kAnswered || answer.status != 200) return;
    const auto time = read_server_time(answer.body);
    if (time) line_.clock().on_answer(answer.sent, answer.received, *time);
  });
}

void LineKeeper::arm(const CountdownRequest& request, std::int64_t now) {
  const auto refusal =
      line_.ask(countdown_request(request.symbol, request.countdown_ms), 0, false, now,
                [this, request, now](const VenueAnswer& answer) {
                  if (answer.kind == VenueAnswer::Kind::kAnswered && answer.status == 200) {
                    dead_man_.on_done(request, now);
                  } else {
                    dead_man_.on_failed(request, answer.received);
                  }
                });
  if (refusal) dead_man_.on_failed(request, now);
}

}  // namespace writ::venue::binance
