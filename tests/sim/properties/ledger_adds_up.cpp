#include "tests/sim/properties/ledger_adds_up.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/text.hpp"

#include <writ/money_abi.hpp>

#include <set>
#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

Int128 money(const writ_money& halves) { return from_abi(halves).raw; }

/// What so many units are worth at a mark, beyond what is in cash.
Int128 worth(const writ_instrument& row, const Lots& lots, std::int64_t mark) {
  const Int128 units = lots.position();
  if (row.kind == WRIT_KIND_PERP) return lots.unrealized(mark);
  if (row.kind == WRIT_KIND_RUNNER) return floor_of(units * kOne * kOne, mark);
  return units * mark;
}

/// What a fill counts as in executed trades: of a bet win units.
Int128 units_of(const writ_fill& fill, const writ_instrument& row) {
  if (row.kind != WRIT_KIND_RUNNER) return fill.quantity;
  return Int128{fill.quantity} * fill.price / kOne;
}

}  // namespace

void LedgerAddsUp::on_record(const writ_record& record, const RunState& run) {
  if (const auto* row = model::as<writ_ledger>(record)) return on_ledger(*row);
  if (const auto* leg = model::as<writ_executed_trade>(record)) return on_executed_trade(*leg, run);
  if (const auto* portfolio = model::as<writ_portfolio>(record)) on_portfolio(*portfolio, run);
}

void LedgerAddsUp::on_event_end(const RunState& run) {
  check_fill(run);
  check_cash(run);
  if (run.events() % 1'000 == 0) check_results(run);
  traded_ = 0;
}

void LedgerAddsUp::on_ledger(const writ_ledger& row) {
  const Int128 amount = money(row.amount);
  if (row.ledger == WRIT_LEDGER_CASH) {
    Int128& cash = cash_[row.account][row.asset];
    cash += amount;
    if (cash != money(row.balance_after)) fail("a balance is not the sum of its rows");
    return;
  }
  Results& pnl = pnl_[{row.account, {row.instrument, row.instance}}];
  switch (row.kind) {
    case WRIT_ENTRY_REALIZED:
      pnl.realized += amount;
      break;
    case WRIT_ENTRY_FEE:
      pnl.fees -= amount;
      break;
    case WRIT_ENTRY_FUNDING:
      pnl.funding += amount;
      break;
    case WRIT_ENTRY_ADJUSTMENT:
      pnl.adjustments += amount;
      break;
    default:
      break;
  }
}

void LedgerAddsUp::on_executed_trade(const writ_executed_trade& leg, const RunState& run) {
  if (run.filled_order() == nullptr) return fail("a trade without a fill");
  traded_ += leg.quantity;
  const Int128 position = run.books().strategy_position(leg.account, leg.instrument, leg.instance);
  const bool last = traded_ == units_of(*run.fill(), *run.instrument(leg.instrument));
  if (last && position != leg.position_after) {
    fail("the position after a trade is " + text(leg.position_after) + ", not " + text(position));
  }
}

void LedgerAddsUp::on_portfolio(const writ_portfolio& portfolio, const RunState& run) {
  if (money(portfolio.equity) != money(portfolio.initial) + money(portfolio.realized) +
                                     money(portfolio.unrealized) - money(portfolio.fees) +
                                     money(portfolio.funding) + money(portfolio.adjustments)) {
    fail("equity is not the sum of what changed it");
  }
  const Results stated{money(portfolio.realized), money(portfolio.fees), money(portfolio.funding),
                       money(portfolio.adjustments)};
  if (run.books().account(portfolio.account).results != stated) {
    fail("results of the portfolio are not those of what came in");
  }
  const auto open_orders = run.orders().working(portfolio.account, 0, 0);
  if (portfolio.open_orders != open_orders) {
    fail("the portfolio counts " + std::to_string(portfolio.open_orders) + " open orders, not " +
         std::to_string(open_orders));
  }
  check_positions(portfolio, run);
}

// Equity is the sum of the parts, each part worth what quantity and mark say.
void LedgerAddsUp::check_positions(const writ_portfolio& portfolio, const RunState& run) {
  const auto balances = model::tail_array<writ_balance>(portfolio, portfolio.balance_count);
  const auto positions = model::tail_array<writ_position>(
      portfolio, portfolio.position_count, portfolio.balance_count * sizeof(writ_balance));
  const auto& books = run.books().account(portfolio.account);
  Int128 equity = 0;
  std::map<std::uint32_t, Int128> held;
  for (const auto& balance : balances) {
    equity += money(balance.value);
    held[balance.asset] += money(balance.amount);
  }
  std::set<std::uint32_t> named;
  for (const auto& position : positions) {
    equity += money(position.value);
    named.insert(position.instrument);
    const Int128 own = run.books().position(portfolio.account, position.instrument);
    if (own != position.quantity) {
      fail("the portfolio holds " + text(position.quantity) + " of instrument " +
           std::to_string(position.instrument) + ", not " + text(own));
    }
    const auto lots = books.truth.find(position.instrument);
    if (position.mark == WRIT_NONE || lots == books.truth.end()) continue;
    const auto& row = *run.instrument(position.instrument);
    if (worth(row, lots->second, position.mark) != money(position.value)) {
      fail("a position is not worth quantity by mark");
    }
  }
  for (const auto& [number, lots] : books.truth) {
    if (lots.position() != 0 && !named.contains(number)) fail("a position is not in the portfolio");
  }
  for (const auto& [asset, amount] : books.cash) {
    if (held[asset] != amount) {
      fail("the portfolio's balance of asset " + std::to_string(asset) + " is " +
           text(held[asset]) + ", what came in is " + text(amount));
    }
  }
  if (equity != money(portfolio.equity)) fail("equity is not the sum of its parts");
}

void LedgerAddsUp::check_fill(const RunState& run) {
  if (run.filled_order() == nullptr) return;
  const Int128 units = units_of(*run.fill(), *run.instrument(run.fill()->instrument));
  if (traded_ != units) fail("a fill of " + text(units) + " is booked as " + text(traded_));
}

void LedgerAddsUp::check_cash(const RunState& run) {
  for (const auto account : run.touched()) {
    for (const auto& [asset, amount] : run.books().account(account).cash) {
      if (cash_[account][asset] != amount) {
        fail("cash of asset " + std::to_string(asset) + " is " + text(cash_[account][asset]) +
             ", what came in says " + text(amount));
      }
    }
  }
}

// Everything anew: what each strategy's rows add up to.
void LedgerAddsUp::check_results(const RunState& run) {
  for (const auto& [account, books] : run.books().accounts()) {
    std::map<std::uint32_t, Int128> sums;
    for (const auto& [key, strategy] : books.strategies) {
      sums[key.first] += strategy.lots.position();
      if (pnl_[{account, key}] != strategy.results) fail("a strategy's rows are not its result");
    }
    for (const auto& [number, lots] : books.truth) {
      if (sums[number] != lots.position()) fail("strategies' lots are not the account's position");
    }
  }
}

}  // namespace writ::test
