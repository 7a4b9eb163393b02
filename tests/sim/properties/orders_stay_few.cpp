#include "tests/sim/properties/orders_stay_few.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>
#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

/// Later than the window ago.
std::int64_t recent(const std::deque<std::int64_t>& times, std::int64_t now,
                    std::int64_t window_ns) {
  return std::count_if(times.begin(), times.end(),
                       [&](std::int64_t ts) { return ts > now - window_ns; });
}

bool alike(const writ_intent& a, const writ_intent& b) {
  return a.instrument == b.instrument && a.kind == b.kind && a.side == b.side &&
         a.price == b.price && a.quantity == b.quantity;
}

}  // namespace

void OrdersStayFew::on_record(const writ_record& record, const RunState& run) {
  if (record.type == WRIT_RECORD_FILL && run.filled_order() != nullptr) {
    fills_[{run.fill()->account, run.fill()->instance}].push_back(run.now());
  }
  if (run.judged() != nullptr && run.judged()->verdict.approved != 0 &&
      makes_order(run.judged()->intent.kind)) {
    on_verdict(*run.judged(), run);
  }
  if (!run.adds() || run.cause()->intent.kind != WRIT_INTENT_PLACE) return;
  const writ_order& made = run.made()->record;
  const auto open = run.orders().working(made.account, made.instrument, made.instance);
  if (rules_.open_orders_max != 0 && open > rules_.open_orders_max) {
    fail("strategy " + std::to_string(made.instance) + " has one order too many open in " +
         std::to_string(made.instrument));
  }
}

void OrdersStayFew::on_verdict(const Judged& judged, const RunState& run) {
  const RunState::Key who{judged.verdict.account, judged.verdict.instance};
  const std::int64_t longest =
      std::max(rules_.order_rate_window_ns, rules_.order_to_trade_window_ns);
  for (Times* times : {&orders_[who], &fills_[who]}) {
    while (!times->empty() && times->front() <= run.now() - longest) times->pop_front();
  }
  auto& asked = asked_[who];
  while (!asked.empty() && run.now() - asked.front().ts >= rules_.duplicate_window_ns) {
    asked.pop_front();
  }
  orders_[who].push_back(run.now());
  if (judged.verdict.effect == WRIT_EFFECT_ADDS) check_adding(judged, run);
  asked.push_back({run.now(), judged.verdict.intent_id, judged.intent});
}

void OrdersStayFew::check_adding(const Judged& judged, const RunState& run) {
  const RunState::Key who{judged.verdict.account, judged.verdict.instance};
  const std::string strategy =
      "strategy " + std::to_string(who.second) + " has one order too many ";
  if (rules_.order_rate_max != 0 &&
      recent(orders_[who], run.now(), rules_.order_rate_window_ns) > rules_.order_rate_max) {
    fail(strategy + "in the window");
  }
  if (rules_.order_to_trade_max != 0) {
    const std::int64_t window_ns = rules_.order_to_trade_window_ns;
    const Int128 earned =
        recent(fills_[who], run.now(), window_ns) * Int128{rules_.order_to_trade_max} / kOne;
    if (recent(orders_[who], run.now(), window_ns) > earned + rules_.order_to_trade_grace) {
      fail(strategy + "for its fills");
    }
  }
  check_duplicates(judged, run);
}

void OrdersStayFew::check_duplicates(const Judged& judged, const RunState& run) {
  const auto& asked = asked_[{judged.verdict.account, judged.verdict.instance}];
  run.orders().for_each_open(judged.verdict.account, [&](const KnownOrder& known) {
    if (!known.working() || known.record.instrument != judged.intent.instrument) return;
    const bool again = std::any_of(asked.begin(), asked.end(), [&](const Asked& before) {
      return before.intent_id == known.record.intent_id && alike(before.intent, judged.intent);
    });
    if (again) fail("the same order again while it works");
  });
}

}  // namespace writ::test
