#include "tests/scenario/quiet_world.hpp"

#include "host/model/record_view.hpp"

#include <utility>

namespace writ::test {
namespace {

constexpr std::int64_t kStart = 1'700'000'000 * kSecond;
constexpr std::int64_t kUnit = 1'000'000'000;

Words book_at(std::int64_t ts, std::uint64_t id, std::int64_t bid, std::int64_t ask) {
  std::vector<writ_level> levels;
  // The bid moves by a tick each time, so that each image changes the top.
  const std::int64_t step = static_cast<std::int64_t>(id % 2) * 100'000'000;
  if (bid != 0) levels.push_back({bid * kUnit + step, 10 * kUnit});
  levels.push_back({ask * kUnit + step, 10 * kUnit});
  auto image = model::make_record<writ_book_snapshot>();
  image.instrument = 1;
  image.last_id = id;
  image.bid_count = bid != 0 ? 1 : 0;
  image.ask_count = 1;
  model::RecordBuffer buffer;
  auto& record =
      buffer.begin(image).append(levels.data(), levels.size() * sizeof(writ_level)).finish();
  record.stream = 1;
  record.event_ts = ts;
  record.ingest_ts = ts;
  return words_of(record);
}

Words trade_at(std::int64_t ts, std::uint64_t id, std::int64_t price) {
  auto trade = model::make_record<writ_trade>();
  trade.header.stream = 1;
  trade.header.event_ts = ts;
  trade.header.ingest_ts = ts;
  trade.instrument = 1;
  trade.side = WRIT_SIDE_BUY;
  trade.price = price * kUnit;
  trade.quantity = 1'000'000;
  trade.trade_id = id;
  return words_of(trade.header);
}

}  // namespace

World quiet_world(const std::vector<Phase>& phases, std::vector<Player> players) {
  World world = small_world(kSecond);
  world.script.events.clear();
  std::int64_t ts = kStart;
  std::uint64_t id = 0;
  std::int64_t ask = 0;
  for (const auto& phase : phases) {
    if (phase.bid != 0) ask = phase.bid + 1;
    for (std::int64_t i = 0; i < phase.seconds * 10; ++i) {
      ts += kSecond / 10;
      world.script.events.push_back(book_at(ts, ++id, phase.bid, ask));
      world.script.events.push_back(trade_at(ts + 1'000'000, id, ask));
    }
  }
  world.players = std::move(players);
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  world.core.portfolio_period_ns = kSecond;
  return world;
}

void at_second(ScriptedOperator& operators, std::size_t second,
               engine::OperatorPort::Request request) {
  operators.at(second * kEventsPerSecond, std::move(request));
}

}  // namespace writ::test
