#include "tests/bench/plugins/plain.h"

#include "tests/bench/plugins/average_rules.hpp"
#include "tests/bench/plugins/touch_rules.hpp"

#include <cstring>
#include <stdexcept>

namespace {

using writ::bench::AverageCross;
using writ::bench::PriceAverage;

struct Orders {
  const bench_orders* to;

  std::uint64_t place(std::uint16_t side, std::int64_t price) const {
    return to->place(to->context, side, price, 10);  // 0.01
  }
  void cancel(std::uint64_t intent) const { to->cancel(to->context, intent); }
};

struct Quoter {
  Orders orders;
  writ::bench::TouchQuotes quotes;
};

constexpr std::int64_t kPositionMax = 1'000;  // 1
constexpr std::int64_t kSize = 10;

[[gnu::noinline]] void hook(const writ_event& event) {
  if (event.type == WRIT_RECORD_TRADE) throw std::runtime_error("as an author would");
}

}  // namespace

extern "C" {

BENCH_EXPORT writ_status plain_count(std::int64_t* sum, const writ_event* event) {
  if (event->type != WRIT_RECORD_TRADE) return WRIT_IGNORED;
  *sum += reinterpret_cast<const writ_trade*>(event)->price;
  return WRIT_OK;
}

BENCH_EXPORT writ_status plain_submit(std::int64_t* sum, const writ_event* event,
                                      const bench_sink* sink) {
  if (event->type != WRIT_RECORD_TRADE) return WRIT_IGNORED;
  const auto& trade = *reinterpret_cast<const writ_trade*>(event);
  *sum += trade.price;
  writ_intent intent;
  std::memset(&intent, 0, sizeof intent);
  intent.header.size = sizeof intent;
  intent.header.type = WRIT_RECORD_INTENT;
  intent.kind = WRIT_INTENT_PLACE;
  intent.instrument = trade.instrument;
  intent.side = WRIT_SIDE_BUY;
  intent.order_type = WRIT_ORDER_LIMIT;
  intent.time_in_force = WRIT_TIF_GTC;
  intent.urgency = WRIT_URGENCY_NEUTRAL;
  intent.price = trade.price;
  intent.quantity = trade.quantity;
  intent.expire_ts = WRIT_NONE;
  return sink->submit(sink->context, &intent) != 0 ? WRIT_OK : WRIT_E_STATE;
}

BENCH_EXPORT writ_status plain_throw(std::int64_t* sum, const writ_event* event) {
  try {
    hook(*event);
  } catch (const std::exception&) {
    ++*sum;
    return WRIT_E_INTERNAL;
  }
  return WRIT_OK;
}

BENCH_EXPORT void* quoter_make(const bench_orders* orders) { return new Quoter{{orders}, {}}; }

BENCH_EXPORT void quoter_on_top(void* quoter, std::int64_t bid, std::int64_t ask,
                                std::int64_t position) {
  auto& self = *static_cast<Quoter*>(quoter);
  self.quotes.bid.quote(WRIT_SIDE_BUY, bid, position + kSize <= kPositionMax, self.orders);
  self.quotes.ask.quote(WRIT_SIDE_SELL, ask, position - kSize >= -kPositionMax, self.orders);
}

BENCH_EXPORT void quoter_on_end(void* quoter, std::uint64_t intent) {
  static_cast<Quoter*>(quoter)->quotes.on_end(intent);
}

BENCH_EXPORT void quoter_free(void* quoter) { delete static_cast<Quoter*>(quoter); }

BENCH_EXPORT void* average_make() { return new PriceAverage; }
BENCH_EXPORT void average_add(void* average, std::int64_t price) {
  static_cast<PriceAverage*>(average)->add(static_cast<double>(price) * 1e-9);
}
BENCH_EXPORT double average_value(const void* average) {
  return static_cast<const PriceAverage*>(average)->value;
}
BENCH_EXPORT void average_free(void* average) { delete static_cast<PriceAverage*>(average); }

BENCH_EXPORT void* cross_make() { return new AverageCross; }
BENCH_EXPORT int cross_add(void* cross, std::int64_t close) {
  auto& self = *static_cast<AverageCross*>(cross);
  (void)self.add(close);
  return self.side;
}
BENCH_EXPORT void cross_free(void* cross) { delete static_cast<AverageCross*>(cross); }

}  // extern "C"
