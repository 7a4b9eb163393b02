#include "tests/sim/reference_books.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

Int128 size_of(Int128 value) { return value < 0 ? -value : value; }

/// All of it with the whole, so that parts add up.
Int128 part_of(Int128 amount, Int128 part, Int128 whole) {
  return part == whole ? amount : floor_of(amount * part, whole);
}

/// Units that change hands and what they cost: of a bet win units for its stake.
std::pair<Int128, Int128> terms_of(const writ_instrument& row, Int128 quantity, Int128 price) {
  if (row.kind == WRIT_KIND_RUNNER) return {quantity * price / kOne, quantity * kOne};
  return {quantity, quantity * price};
}

std::uint32_t market_of(const writ_instrument& row) {
  return row.market_group != 0 ? row.market_group : ~row.instrument;
}

std::uint32_t result_asset(const writ_instrument& row) {
  return row.kind == WRIT_KIND_PERP ? row.settle_asset : row.quote_asset;
}

}  // namespace

Int128 Lots::trade(Int128 quantity, Int128 cost) {
  Int128 realized = 0;
  position_ += quantity;
  while (quantity != 0 && !lots_.empty() && (lots_.front().quantity > 0) != (quantity > 0)) {
    Lot& first = lots_.front();
    const Int128 size = std::min(size_of(first.quantity), size_of(quantity));
    const Int128 opened_for = part_of(first.cost, size, size_of(first.quantity));
    const Int128 closed_for = part_of(cost, size, size_of(quantity));
    realized -= opened_for + closed_for;
    const Int128 signed_size = first.quantity > 0 ? size : -size;
    first.quantity -= signed_size;
    first.cost -= opened_for;
    cost_ -= opened_for;
    quantity += signed_size;
    cost -= closed_for;
    if (first.quantity == 0) lots_.pop_front();
  }
  if (quantity != 0) {
    lots_.push_back({quantity, cost});
    cost_ += cost;
  }
  return realized;
}

void ReferenceBooks::trade(const writ_fill& fill, const writ_instrument& row) {
  Account& account = accounts_[fill.account];
  const std::int64_t sign = fill.side == WRIT_SIDE_BUY ? 1 : -1;
  const auto [units, cost] = terms_of(row, Int128{sign} * fill.quantity, fill.price);
  const Int128 fee = from_abi(fill.fee).raw;
  Strategy& strategy = account.strategies[{fill.instrument, fill.instance}];
  if (row.kind == WRIT_KIND_RUNNER) {
    strategy.bets.push_back({fill.header.seq, sign * fill.quantity, fill.price});
  }
  const Int128 realized = strategy.lots.trade(units, cost);
  const Int128 of_account = account.truth[fill.instrument].trade(units, cost);
  for (Results* results : {&strategy.results, &account.results}) {
    results->realized += realized;
    results->fees += fee;
  }
  account.cash[result_asset(row)] += (row.kind == WRIT_KIND_PERP ? of_account : -cost) - fee;
  if (row.kind == WRIT_KIND_SPOT) account.cash[row.base_asset] += units * row.quantity_unit;
  const Holder holder{fill.account, fill.instance};
  for (Funding& funding : fundings_) {
    if (funding.record.instrument != fill.instrument) continue;
    if (fill.header.event_ts >= funding.record.header.event_ts) continue;
    pay(funding, holder, funding.positions[holder] + units);
  }
}

void ReferenceBooks::deposit(std::uint32_t account, std::uint32_t asset, Int128 amount) {
  accounts_[account].cash[asset] += amount;
}

void ReferenceBooks::hold_coins(std::uint32_t account, const writ_instrument& row, Int128 quantity,
                                std::int64_t price) {
  accounts_[account].truth[row.instrument].trade(quantity, quantity * price);
  accounts_[account].strategies[{row.instrument, 0}].lots.trade(quantity, quantity * price);
}

void ReferenceBooks::fund(const writ_funding& funding, const Instruments& instruments) {
  constexpr std::size_t kReportsAreNoLater = 8;  // fundings
  fundings_.push_back({funding, instruments.at(funding.instrument).settle_asset, {}});
  if (fundings_.size() > kReportsAreNoLater) fundings_.pop_front();
  for (auto& [number, account] : accounts_) {
    for (auto& [key, strategy] : account.strategies) {
      if (key.first != funding.instrument) continue;
      pay(fundings_.back(), {number, key.second}, strategy.lots.position());
    }
  }
}

void ReferenceBooks::pay(Funding& funding, const Holder& holder, Int128 position) {
  const auto due = [&](Int128 held) {
    // The product needs more than 128 bits only for positions no limit here allows.
    return half_even(held * funding.record.mark * funding.record.rate, kOne);
  };
  Int128& held = funding.positions[holder];
  const Int128 received = due(held) - due(position);
  held = position;
  Account& account = accounts_[holder.first];
  account.strategies[{funding.record.instrument, holder.second}].results.funding += received;
  account.results.funding += received;
  account.cash[funding.asset] += received;
}

void ReferenceBooks::settle(const writ_settlement& settlement, const Instruments& instruments) {
  const writ_instrument& row = instruments.at(settlement.instrument);
  for (auto& [number, account] : accounts_) {
    if (!account.truth.contains(row.instrument)) continue;
    if (settlement.result == WRIT_SETTLED_REVERSED) {
      take_back(account, row);
    } else {
      settle(account, settlement, row);
    }
    if (row.kind == WRIT_KIND_RUNNER) charge_commission(account, row, instruments);
  }
}

void ReferenceBooks::settle(Account& account, const writ_settlement& settlement,
                            const writ_instrument& row) {
  Settled settled;
  for (auto& [key, strategy] : account.strategies) {
    if (key.first != row.instrument) continue;
    if (strategy.lots.position() == 0 && strategy.bets.empty()) continue;
    Settled::Part& part = settled.parts[key.second];
    part.before = strategy;
    Int128 paid = 0;
    if (row.kind == WRIT_KIND_RUNNER) {
      for (const Bet& bet : strategy.bets) {
        const Int128 profit = profit_of(bet, settlement);
        paid += profit + bet.stake * kOne;
        part.profit += profit;
      }
      account.winnings[market_of(row)].profit[key.second] += part.profit;
    } else {
      paid = strategy.lots.position() *
             half_even(settlement.payout_numerator * kOne, settlement.payout_denominator);
    }
    part.result = paid - strategy.lots.cost();
    strategy.results.adjustments += part.result;
    account.results.adjustments += part.result;
    settled.paid += paid;
    strategy.lots = {};
    strategy.bets.clear();
  }
  if (settled.parts.empty()) return;
  account.cash[row.quote_asset] += settled.paid;
  settled.truth = account.truth[row.instrument];
  account.truth[row.instrument] = {};
  account.settled[row.instrument].push_back(std::move(settled));
}

void ReferenceBooks::take_back(Account& account, const writ_instrument& row) {
  auto& settled = account.settled[row.instrument];
  if (settled.empty()) return;
  for (const auto& [key, strategy] : account.strategies) {
    const bool traded = strategy.lots.position() != 0 || !strategy.bets.empty();
    if (key.first == row.instrument && traded) return;
  }
  for (const auto& [instance, part] : settled.back().parts) {
    Strategy& strategy = account.strategies[{row.instrument, instance}];
    strategy.lots = part.before.lots;
    strategy.bets = part.before.bets;
    strategy.results.adjustments -= part.result;
    account.results.adjustments -= part.result;
    if (row.kind == WRIT_KIND_RUNNER) {
      account.winnings[market_of(row)].profit[instance] -= part.profit;
    }
  }
  account.truth[row.instrument] = settled.back().truth;
  account.cash[row.quote_asset] -= settled.back().paid;
  settled.pop_back();
}

void ReferenceBooks::charge_commission(Account& account, const writ_instrument& row,
                                       const Instruments& instruments) {
  const std::uint32_t market = market_of(row);
  const bool open =
      std::any_of(account.strategies.begin(), account.strategies.end(), [&](const auto& entry) {
        return !entry.second.bets.empty() && market_of(instruments.at(entry.first.first)) == market;
      });
  for (const auto& [instance, due] : account.winnings[market].charge(open ? 0 : row.taker_fee)) {
    account.strategies[{row.instrument, instance}].results.fees += due;
    account.results.fees += due;
    account.cash[row.quote_asset] -= due;
  }
}

// No money moves: what the open bets cost more at the new odds was realised.
void ReferenceBooks::reduce(const writ_reduction& reduction, const Instruments& instruments) {
  const std::uint32_t market = market_of(instruments.at(reduction.instrument));
  for (auto& [number, account] : accounts_) {
    std::map<std::uint32_t, std::map<std::uint64_t, Bet>> all;  // by instrument, as matched
    for (auto& [key, strategy] : account.strategies) {
      const writ_instrument& row = instruments.at(key.first);
      if (strategy.bets.empty() || key.first == reduction.instrument || market_of(row) != market) {
        continue;
      }
      Lots lots;
      for (Bet& bet : strategy.bets) {
        bet.odds = cut_odds(bet.odds, reduction.factor);
        const auto [units, cost] = terms_of(row, bet.stake, bet.odds);
        lots.trade(units, cost);
        all[key.first][bet.fill_seq] = bet;
      }
      const Int128 result = lots.cost() - strategy.lots.cost();
      strategy.lots = lots;
      strategy.results.adjustments += result;
      account.results.adjustments += result;
    }
    for (const auto& [runner, bets] : all) {
      Lots lots;
      for (const auto& [seq, bet] : bets) {
        const auto [units, cost] = terms_of(instruments.at(runner), bet.stake, bet.odds);
        lots.trade(units, cost);
      }
      account.truth[runner] = lots;
    }
  }
}

void ReferenceBooks::change_tokens(const writ_token_change& change, const Instruments& instruments,
                                   std::int64_t mid) {
  const writ_instrument& yes = instruments.at(change.instrument);
  if (change.kind == WRIT_TOKENS_REDEEM) return redeem(change, yes);
  const bool splits = change.kind == WRIT_TOKENS_SPLIT;
  const Int128 quantity = splits ? change.quantity : -change.quantity;
  Account& account = accounts_[change.account];
  Strategy& booked = account.strategies[{yes.instrument, change.instance}];
  Strategy& other = account.strategies[{yes.complement, change.instance}];
  const Int128 paid = quantity * kOne;
  if (splits && account.cash[yes.quote_asset] < paid) return;
  for (const Strategy* own : {&booked, &other}) {
    if (!splits && own->lots.position() < -quantity) return;
  }
  for (const auto token : {yes.instrument, yes.complement}) {
    if (!splits && account.truth[token].position() < -quantity) return;
  }
  const Int128 cost_before = booked.lots.cost() + other.lots.cost();
  const Int128 price = splits ? mid : 0;
  const Int128 other_price = splits ? kOne - mid : 0;
  booked.lots.trade(quantity, quantity * price);
  other.lots.trade(quantity, quantity * other_price);
  account.truth[yes.instrument].trade(quantity, quantity * price);
  account.truth[yes.complement].trade(quantity, quantity * other_price);
  const Int128 result = booked.lots.cost() + other.lots.cost() - cost_before - paid;
  booked.results.realized += result;
  account.results.realized += result;
  account.cash[yes.quote_asset] -= paid;
}

void ReferenceBooks::redeem(const writ_token_change& change, const writ_instrument& token) {
  Account& account = accounts_[change.account];
  Strategy& own = account.strategies[{token.instrument, change.instance}];
  Lots& truth = account.truth[token.instrument];
  if (std::min(own.lots.position(), truth.position()) < change.quantity) return;
  const Int128 paid =
      change.quantity * half_even(change.payout_numerator * kOne, change.payout_denominator);
  const Int128 cost_before = own.lots.cost();
  own.lots.trade(-Int128{change.quantity}, 0);
  truth.trade(-Int128{change.quantity}, 0);
  const Int128 result = paid + own.lots.cost() - cost_before;
  own.results.adjustments += result;
  account.results.adjustments += result;
  account.cash[token.quote_asset] += paid;
}

const ReferenceBooks::Account& ReferenceBooks::account(std::uint32_t number) const {
  static const Account kNothing;
  const auto found = accounts_.find(number);
  return found == accounts_.end() ? kNothing : found->second;
}

Int128 ReferenceBooks::position(std::uint32_t account, std::uint32_t instrument) const {
  const auto& truth = this->account(account).truth;
  const auto lots = truth.find(instrument);
  return lots == truth.end() ? 0 : lots->second.position();
}

Int128 ReferenceBooks::strategy_position(std::uint32_t account, std::uint32_t instrument,
                                         std::uint32_t instance) const {
  const auto& strategies = this->account(account).strategies;
  const auto own = strategies.find({instrument, instance});
  return own == strategies.end() ? 0 : own->second.lots.position();
}

}  // namespace writ::test
