#include "tests/sim/properties/cash_stays_positive.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/payoffs.hpp"
#include "tests/sim/text.hpp"

#include <algorithm>
#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

}  // namespace

void CashStaysPositive::on_record(const writ_record& record, const RunState& run) {
  if (run.made() != nullptr && run.made()->record.price == WRIT_NONE) {
    const writ_order& order = run.made()->record;
    const std::int64_t ask = run.market(order.instrument).book.ask;
    if (ask != WRIT_NONE) {
      market_price_[order.order_id] = Int128{ask} * (kOne + rules_.slippage) / kOne;
    }
  }
  if (run.dear_funding()) fail("funding takes more than its rate of all that is held");
  const auto* row = model::as<writ_ledger>(record);
  if (row == nullptr || row->ledger != WRIT_LEDGER_CASH) return;
  const auto& books = run.books().account(row->account);
  const auto cash = books.cash.find(row->asset);
  if (cash == books.cash.end()) return;
  const Int128 excused = excuses_[{row->account, row->asset}].excused();
  if (-cash->second > std::max(Int128{0}, excused) + explained(row->account, row->asset, run)) {
    fail("cash of asset " + std::to_string(row->asset) + " of account " +
         std::to_string(row->account) + " is " + text(cash->second));
  }
}

void CashStaysPositive::on_event_end(const RunState& run) {
  for (const auto account : run.touched()) check(account, run);
  if (run.events() % 20'000 == 0) {
    std::erase_if(market_price_,
                  [&](const auto& entry) { return !run.orders().all().contains(entry.first); });
  }
}

Int128 CashStaysPositive::explained(std::uint32_t account, std::uint32_t asset,
                                    const RunState& run) const {
  return run.cost_of_exits(account, asset) / kOne * rules_.excused;
}

void CashStaysPositive::check(std::uint32_t account, const RunState& run) {
  std::map<std::uint32_t, Int128> needed;
  std::map<std::uint32_t, Int128> spot;
  run.orders().for_each_open(account, [&](const KnownOrder& known) {
    if (known.exits) return;
    const writ_order& order = known.record;
    const writ_instrument& row = *run.instrument(order.instrument);
    const bool buys = order.side == WRIT_SIDE_BUY;
    if (row.kind == WRIT_KIND_SPOT && !buys) {
      needed[row.base_asset] += known.open() * row.quantity_unit;
    } else if (row.kind == WRIT_KIND_RUNNER) {
      if (buys) needed[row.quote_asset] += known.open() * kOne;
    } else if (buys && row.kind != WRIT_KIND_PERP) {
      const auto reserved = market_price_.find(order.order_id);
      const Int128 price = order.price != WRIT_NONE          ? Int128{known.worst_price(false)}
                           : reserved != market_price_.end() ? reserved->second
                                                             : 0;
      const Int128 cost = known.open() * price;
      needed[row.quote_asset] += cost + fee_max(row, cost);
      if (row.kind == WRIT_KIND_SPOT) spot[row.quote_asset] += cost;
    }
  });
  check_results(account, run, spot);
  for (const auto& [asset, cash] : run.books().account(account).cash) {
    const Int128 amount = needed[asset];
    if (excuses_[{account, asset}].breaks(amount - cash, -rules_.cash_min,
                                          explained(account, asset, run))) {
      fail("account " + std::to_string(account) + " has " + text(cash) + " of asset " +
           std::to_string(asset) + ", its orders may take " + text(amount) +
           to_text(run.orders(), account));
    }
  }
}

// Whatever comes of the markets that end.
void CashStaysPositive::check_results(std::uint32_t account, const RunState& run,
                                      std::map<std::uint32_t, Int128> owed) {
  for (const auto* row : markets_of(run, account)) {
    owed[row->quote_asset] += market_owed(run, account, *row, rules_.slippage);
  }
  for (const auto& [asset, cash] : run.books().account(account).cash) {
    const Int128 amount = owed[asset];
    if (amount == 0) continue;
    Excuse& excuse = result_excuses_[{account, asset}];
    if (excuse.breaks(amount - cash, -rules_.cash_min, explained(account, asset, run))) {
      fail("account " + std::to_string(account) + " has " + text(cash) + " of asset " +
           std::to_string(asset) + ", results may take " + text(amount) +
           to_text(run.orders(), account));
    }
  }
}

}  // namespace writ::test
