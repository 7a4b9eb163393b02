#include "tests/sim/payoffs.hpp"

#include "host/model/market_key.hpp"

#include <algorithm>
#include <map>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

const Lots& lots_of(const RunState& run, std::uint32_t account, std::uint32_t instrument) {
  static const Lots kNone;
  const auto& truth = run.books().account(account).truth;
  const auto found = truth.find(instrument);
  return found == truth.end() ? kNone : found->second;
}

Int128 price_of(const OpenOrder& order, const writ_instrument& row, const RunState& run,
                std::int64_t slippage) {
  if (order.price != WRIT_NONE) return order.price;
  const SeenMarket& market = run.market(order.instrument);
  const bool takes_asks = (order.quantity > 0) != (row.kind == WRIT_KIND_RUNNER);
  Int128 price = market.mark_of(!takes_asks);
  if (market.last_trade != WRIT_NONE) {
    price = takes_asks ? std::min(price, Int128{market.last_trade})
                       : std::max(price, Int128{market.last_trade});
  }
  if (!takes_asks && row.kind == WRIT_KIND_PERP) return price;
  return price + (takes_asks ? 1 : -1) * (price * slippage / kOne);
}

// In tenths, so that every move is exact.
Int128 loss_of_position(const RunState& run, std::uint32_t account, const writ_instrument& row,
                        const std::vector<OpenOrder>& orders, std::int64_t slippage) {
  const Int128 position = lots_of(run, account, row.instrument).position();
  const Int128 reference = run.market(row.instrument).mark_of(position >= 0);
  if (reference == WRIT_NONE) return 0;
  std::vector<Int128> moves = {-1, -3, 1, 3};
  if (row.kind == WRIT_KIND_SPOT) moves.push_back(-10);
  Outcomes held;
  for (const Int128 move : moves) held.push_back(position * reference * move);
  std::vector<Outcomes> changes;
  for (const OpenOrder& order : orders) {
    const Int128 paid = price_of(order, row, run, slippage);
    Outcomes& change = changes.emplace_back();
    for (const Int128 move : moves) {
      change.push_back(order.quantity * (reference * (10 + move) - 10 * paid));
    }
  }
  return worst_loss(held, changes) / 10;
}

// In halves.
Int128 loss_of_tokens(const RunState& run, std::uint32_t account, const writ_instrument& row,
                      const std::vector<OpenOrder>& orders, std::int64_t slippage, Int128 cost) {
  const auto worth = [](Int128 yes, Int128 no, Int128 paid) -> Outcomes {
    return {2 * (yes * kOne - paid), 2 * (no * kOne - paid), (yes + no) * kOne - 2 * paid};
  };
  const Lots& own = lots_of(run, account, row.instrument);
  const Lots& other = lots_of(run, account, row.complement);
  std::vector<Outcomes> changes;
  for (const OpenOrder& order : orders) {
    const bool is_own = order.instrument == row.instrument;
    const Int128 paid = order.quantity * price_of(order, row, run, slippage);
    changes.push_back(worth(is_own ? order.quantity : 0, is_own ? 0 : order.quantity, paid));
  }
  return worst_loss(worth(own.position(), other.position(), cost), changes) / 2;
}

struct Bets {
  std::uint32_t runner;
  Int128 if_wins;
  Int128 if_loses;
};

Int128 loss_of_bets(const std::vector<Bets>& held, const std::vector<Bets>& orders) {
  // Outcomes are (winner, removed): the runner removed is nobody, or another one.
  const auto results = [&](const std::vector<Bets>& bets) {
    Outcomes outcomes;
    for (const Bets& winner : held) {
      const auto without = [&](std::uint32_t removed) {
        Int128 sum = 0;
        for (const Bets& bet : bets) {
          if (bet.runner == removed) continue;
          sum += bet.runner == winner.runner ? bet.if_wins : bet.if_loses;
        }
        outcomes.push_back(sum);
      };
      without(0);
      for (const Bets& removed : held) {
        if (removed.runner != winner.runner) without(removed.runner);
      }
    }
    return outcomes;
  };
  std::vector<Outcomes> changes;
  for (const Bets& order : orders) changes.push_back(results({order}));
  return worst_loss(results(held), changes);
}

Bets bets_of(const OpenOrder& order, const RunState& run, std::int64_t slippage) {
  const Int128 odds = price_of(order, *run.instrument(order.instrument), run, slippage);
  return {order.instrument, order.quantity * (odds - kOne), -order.quantity * kOne};
}

Bets bets_of(std::uint32_t runner, const Lots& lots) {
  return {runner, lots.position() * kOne - lots.cost(), -lots.cost()};
}

std::vector<Bets> bets_of(const std::vector<OpenOrder>& orders, const RunState& run,
                          std::int64_t slippage) {
  std::vector<Bets> bets;
  for (const OpenOrder& order : orders) bets.push_back(bets_of(order, run, slippage));
  return bets;
}

std::vector<OpenOrder> orders_of_market(const RunState& run, std::uint32_t account,
                                        const writ_instrument& instrument) {
  std::vector<OpenOrder> orders;
  for (const OpenOrder& order : open_orders(run, account, 0)) {
    if (same_market(instrument, *run.instrument(order.instrument))) orders.push_back(order);
  }
  return orders;
}

}  // namespace

Int128 fee_max(const writ_instrument& row, Int128 value) {
  if (row.kind == WRIT_KIND_RUNNER) return 0;
  const Int128 rate = std::max({row.maker_fee, row.taker_fee, std::int64_t{0}});
  Int128 step = 1;
  for (auto i = row.fee_decimals; i < 18; ++i) step *= 10;
  const Int128 fee = (value * rate + kOne - 1) / kOne;
  return (fee + step - 1) / step * step;
}

Int128 win_units(const OpenOrder& order, const RunState& run, std::int64_t slippage) {
  const SeenMarket& market = run.market(order.instrument);
  const bool backs = order.quantity > 0;
  const std::int64_t best = backs ? market.book.bid : market.book.ask;
  Int128 odds = order.price;
  if (order.price == WRIT_NONE) {
    const Int128 known = best != WRIT_NONE ? best : std::max<std::int64_t>(market.last_trade, 0);
    odds =
        backs && best != WRIT_NONE ? known : known + (backs ? -1 : 1) * (known * slippage / kOne);
  } else if (backs) {
    odds = std::max(odds, Int128{best});
  }
  return order.quantity * odds / kOne;
}

bool same_market(const writ_instrument& a, const writ_instrument& b) noexcept {
  return a.instrument == b.instrument || (a.market_group != 0 && a.market_group == b.market_group);
}

std::vector<const writ_instrument*> markets_of(const RunState& run, std::uint32_t account) {
  std::map<std::uint64_t, const writ_instrument*> markets;
  const auto add = [&](std::uint32_t number) {
    const writ_instrument& row = *run.instrument(number);
    markets.emplace(model::market_key(row), &row);
  };
  for (const auto& [number, lots] : run.books().account(account).truth) {
    if (lots.position() != 0 || lots.cost() != 0) add(number);
  }
  run.orders().for_each_open(account,
                             [&](const KnownOrder& known) { add(known.record.instrument); });
  std::vector<const writ_instrument*> rows;
  for (const auto& [key, row] : markets) rows.push_back(row);
  return rows;
}

Int128 bets_loss(const RunState& run, const Lots& lots, const std::vector<OpenOrder>& orders,
                 std::int64_t slippage) {
  const auto outcomes = [](const Bets& bets) -> Outcomes { return {bets.if_wins, bets.if_loses}; };
  std::vector<Outcomes> changes;
  for (const OpenOrder& order : orders) changes.push_back(outcomes(bets_of(order, run, slippage)));
  return worst_loss(outcomes(bets_of(0, lots)), changes);
}

Int128 market_loss(const RunState& run, std::uint32_t account, const writ_instrument& instrument,
                   std::int64_t slippage) {
  const auto orders = orders_of_market(run, account, instrument);
  if (instrument.kind == WRIT_KIND_BINARY) {
    const Int128 cost = lots_of(run, account, instrument.instrument).cost() +
                        lots_of(run, account, instrument.complement).cost();
    return loss_of_tokens(run, account, instrument, orders, slippage, cost);
  }
  if (instrument.kind != WRIT_KIND_RUNNER) {
    return loss_of_position(run, account, instrument, orders, slippage);
  }
  std::vector<Bets> held;
  for (const auto& [number, row] : run.instruments()) {
    if (same_market(instrument, row))
      held.push_back(bets_of(number, lots_of(run, account, number)));
  }
  return loss_of_bets(held, bets_of(orders, run, slippage));
}

Int128 market_owed(const RunState& run, std::uint32_t account, const writ_instrument& instrument,
                   std::int64_t slippage) {
  const auto orders = orders_of_market(run, account, instrument);
  if (instrument.kind == WRIT_KIND_BINARY) {
    return loss_of_tokens(run, account, instrument, orders, slippage, 0);
  }
  if (instrument.kind != WRIT_KIND_RUNNER) return 0;
  std::vector<Bets> held;
  for (const auto& [number, row] : run.instruments()) {
    if (!same_market(instrument, row)) continue;
    held.push_back({number, lots_of(run, account, number).position() * kOne, 0});
  }
  return loss_of_bets(held, bets_of(orders, run, slippage));
}

}  // namespace writ::test
