#include "tests/sim/properties/broken_markets_rest.hpp"

#include "host/model/market_key.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

}  // namespace

void BrokenMarketsRest::on_record(const writ_record& record, const RunState& run) {
  if (rules_.break_move == 0) return;
  if (const auto* image = model::as<writ_book_snapshot>(record)) {
    const Quote& book = run.market(image->instrument).book;
    if (!book.two_sided() || book.crossed()) return;
    return on_middle(*run.instrument(image->instrument), Int128{book.bid} + book.ask, run.now());
  }
  if (run.judged() == nullptr) return;
  const writ_verdict& verdict = run.judged()->verdict;
  if (verdict.approved == 0 || verdict.effect != WRIT_EFFECT_ADDS) return;
  const auto until = broken_until_.find(model::market_key(*run.instrument(verdict.instrument)));
  if (until != broken_until_.end() && run.now() < until->second) {
    fail("something is added in instrument " + std::to_string(verdict.instrument) +
         " while its market is broken");
  }
}

void BrokenMarketsRest::on_middle(const writ_instrument& row, Int128 doubled, std::int64_t now) {
  auto& middles = middles_[row.instrument];
  if (!middles.empty()) middles.back().until = now;
  while (!middles.empty() && now - middles.front().until > rules_.break_window_ns) {
    middles.pop_front();
  }
  const bool broken = std::any_of(middles.begin(), middles.end(), [&](const Middle& before) {
    const Int128 apart = doubled - before.doubled;
    return (apart < 0 ? -apart : apart) * kOne > before.doubled * rules_.break_move;
  });
  middles.push_back({now, doubled});
  if (!broken) return;
  ++breaks_;
  std::int64_t& until = broken_until_[model::market_key(row)];
  until = std::max(until, now + rules_.break_pause_ns);
}

}  // namespace writ::test
