#include "tests/sim/properties/prices_stay_near.hpp"

#include "tests/sim/text.hpp"

#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

bool is_far(Int128 price, Int128 doubled_reference, Int128 band) {
  const Int128 apart = 2 * price - doubled_reference;
  return (apart < 0 ? -apart : apart) * kOne > doubled_reference * band;
}

}  // namespace

void PricesStayNear::on_record(const writ_record& /*record*/, const RunState& run) {
  if (run.judged() == nullptr || rules_.price_band == 0) return;
  const auto& [intent, verdict] = *run.judged();
  if (verdict.approved == 0 || verdict.effect != WRIT_EFFECT_ADDS) return;
  const bool limit = intent.kind == WRIT_INTENT_REPLACE || intent.order_type == WRIT_ORDER_LIMIT;
  if (!limit || intent.price == WRIT_NONE) return;
  const SeenMarket& market = run.market(intent.instrument);
  bool far = false;
  if (market.book.two_sided()) {
    far = is_far(intent.price, Int128{market.book.bid} + market.book.ask, rules_.price_band);
  }
  if (market.mark != WRIT_NONE) {
    far = far || is_far(intent.price, 2 * Int128{market.mark}, rules_.price_band);
  } else if (!market.book.two_sided()) {
    far = market.last_trade == WRIT_NONE ||
          is_far(intent.price, 2 * Int128{market.last_trade}, rules_.price_band);
  }
  if (!far) return;
  fail("a price of " + text(intent.price) + " in instrument " + std::to_string(intent.instrument) +
       " is beyond the band: bid " + text(market.book.bid) + ", ask " + text(market.book.ask) +
       ", mark " + text(market.mark));
}

}  // namespace writ::test
