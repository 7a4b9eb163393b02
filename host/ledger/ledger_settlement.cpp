#include "host/ledger/checked_move.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/trade_terms.hpp"
#include "host/model/market_key.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/rate.hpp>

#include <algorithm>

// How markets end: settlements, their reversal, commission, non-runners. Nothing that was booked is
// changed, what is no longer so is booked the other way round. An account whose numbers would not
// fit is left as it was, with an incident.

namespace writ::ledger {
namespace {

/// Per unit; nothing if the record does not say, or not of such an instrument.
std::optional<Price> payout_of(const writ_settlement& settlement,
                               const writ_instrument& instrument) {
  if (settlement.result != WRIT_SETTLED_PAYOUT || settlement.payout_denominator <= 0 ||
      settlement.payout_numerator < 0 || instrument.kind == WRIT_KIND_RUNNER ||
      instrument.kind == WRIT_KIND_SPOT) {  // a coin stays a coin
    return std::nullopt;
  }
  const auto raw =
      narrow_to_int64(divide_rounded(Int128{settlement.payout_numerator} * Rate::one().raw,
                                     settlement.payout_denominator, Rounding::kHalfEven));
  return raw ? std::optional(Price{*raw}) : std::nullopt;
}

bool is_result_of(const writ_settlement& settlement, const writ_instrument& instrument) {
  if (instrument.kind != WRIT_KIND_RUNNER) return payout_of(settlement, instrument).has_value();
  return bet_profit({0, Quantity{1}, Price{1}}, settlement).has_value();
}

/// Profit of all bets and what is paid out for them: the profit and the stakes.
struct Return {
  Money profit;
  Money paid;
};

std::optional<Return> return_of(const std::vector<Bet>& bets, const writ_settlement& settlement) {
  Return sum;
  for (const Bet& bet : bets) {
    const auto profit = bet_profit(bet, settlement);
    const auto profits = profit ? checked_add(sum.profit, *profit) : std::nullopt;
    const auto returned =
        profit ? checked_add(*profit, notional(Price{Rate::one().raw}, bet.stake)) : std::nullopt;
    const auto paid = returned ? checked_add(sum.paid, *returned) : std::nullopt;
    if (!profits || !paid) return std::nullopt;
    sum = {*profits, *paid};
  }
  return sum;
}

/// What a strategy is paid beyond what its open lots cost.
std::optional<Settled::Part> part_of(std::uint32_t instance, const StrategyBook& book,
                                     const writ_settlement& settlement,
                                     const writ_instrument& instrument) {
  Settled::Part part{instance, book.lots, book.bets, {}, {}};
  if (instrument.kind == WRIT_KIND_RUNNER) {
    const auto returned = return_of(book.bets, settlement);
    const auto result = returned ? checked_sub(returned->paid, book.lots.cost()) : std::nullopt;
    if (!result) return std::nullopt;
    part.result = *result;
    part.profit = returned->profit;
    return part;
  }
  const auto result = book.lots.unrealized(*payout_of(settlement, instrument));
  if (!result) return std::nullopt;
  part.result = *result;
  return part;
}

}  // namespace

void Ledger::on_settlement(const writ_settlement& settlement, std::uint64_t id,
                           model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(settlement.instrument);
  if (instrument == nullptr) return;
  const bool reversed = settlement.result == WRIT_SETTLED_REVERSED;
  for (auto& [account, books] : accounts_) {
    if (!books.truth.contains(settlement.instrument)) continue;
    const Ref ref{WRIT_REF_SETTLEMENT, id};
    if (reversed) {
      take_back(settlement, *instrument, account, ref, sink);
    } else {
      settle(settlement, *instrument, account, ref, sink);
    }
    if (instrument->kind == WRIT_KIND_RUNNER) {
      charge_commission(settlement, *instrument, account, ref, sink);
    }
  }
}

void Ledger::settle(const writ_settlement& settlement, const writ_instrument& instrument,
                    std::uint32_t account, Ref ref, model::RecordSink& sink) {
  AccountBooks& books = accounts_[account];
  FifoLots& truth = books.truth[instrument.instrument];
  const std::uint32_t asset = model::result_asset(instrument);
  const Entry whole{account, instrument.instrument, 0, asset};
  if (!is_result_of(settlement, instrument)) {
    incident(settlement.header, WRIT_INCIDENT_BAD_MESSAGE, whole,
             "settlement refused: no result of such an instrument", sink);
    return;
  }
  Settled settled;
  settled.truth = truth;
  Money result;
  CheckedMove move;
  bool fits = true;
  std::vector<StrategyBook*> closed;
  const auto first = books.strategies.lower_bound({instrument.instrument, 0});
  for (auto at = first; at != books.strategies.end() && at->first.first == instrument.instrument;
       ++at) {
    StrategyBook& book = at->second;
    if (book.lots.position().raw == 0 && book.bets.empty()) continue;
    auto part = part_of(at->first.second, book, settlement, instrument);
    const auto sum = part ? checked_add(result, part->result) : std::nullopt;
    const auto paid = part ? checked_add(part->result, part->lots.cost()) : std::nullopt;
    const auto cash = paid ? checked_add(settled.cash, *paid) : std::nullopt;
    if (!sum || !cash) {
      fits = false;
      break;
    }
    result = *sum;
    settled.cash = *cash;
    move.add(book.totals.adjustments, part->result);
    settled.parts.push_back(*std::move(part));
    closed.push_back(&book);
  }
  if (closed.empty() && fits) return;  // nothing is left to settle
  if (!exchanges_principal(instrument) && fits) {
    const auto gross = truth.unrealized(*payout_of(settlement, instrument));
    fits = gross.has_value();
    settled.cash = gross.value_or(Money{});
  }
  settled.reported = worth_or_zero(result, asset, reporting_asset(account));
  move.add(books.totals[asset].adjustments, result);
  move.add(books.reporting.adjustments, settled.reported);
  if (!fits || !move.ok() || !checked_add(books.cash[asset], settled.cash)) {
    incident(settlement.header, WRIT_INCIDENT_ARITHMETIC, whole,
             "settlement refused: a sum does not fit", sink);
    return;
  }
  move.commit();
  books.foreign |= asset != reporting_asset(account);
  truth = FifoLots{};
  for (StrategyBook* book : closed) {
    book->lots = FifoLots{};
    book->bets.clear();
  }
  if (settled.cash != Money{}) cash_row(whole, WRIT_ENTRY_SETTLEMENT, settled.cash, ref, sink);
  watch_cash(settlement.header, whole, sink);
  for (const Settled::Part& part : settled.parts) {
    pnl_row({account, instrument.instrument, part.instance, asset}, WRIT_ENTRY_ADJUSTMENT,
            part.result, ref, sink);
  }
  books.settled[instrument.instrument].push_back(std::move(settled));
}

void Ledger::take_back(const writ_settlement& settlement, const writ_instrument& instrument,
                       std::uint32_t account, Ref ref, model::RecordSink& sink) {
  AccountBooks& books = accounts_[account];
  const auto at = books.settled.find(instrument.instrument);
  if (at == books.settled.end()) return;  // it held nothing then
  FifoLots& truth = books.truth[instrument.instrument];
  const std::uint32_t asset = model::result_asset(instrument);
  const Entry whole{account, instrument.instrument, 0, asset};
  const auto refuse = [&](std::uint16_t code, std::string_view why) {
    incident(settlement.header, code, whole, why, sink);
  };
  const auto begin = books.strategies.lower_bound({instrument.instrument, 0});
  const auto end = books.strategies.lower_bound({instrument.instrument + 1, 0});
  if (std::any_of(begin, end, [](const auto& entry) {
        return entry.second.lots.position().raw != 0 || !entry.second.bets.empty();
      })) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE,
                  "reversal refused: the instrument was traded since it was settled");
  }
  const Settled settled = at->second.back();
  CheckedMove move;
  Money result;
  for (const Settled::Part& part : settled.parts) {
    move.add(books.strategies[{instrument.instrument, part.instance}].totals.adjustments,
             -part.result);
    result += part.result;  // as it was then
  }
  move.add(books.totals[asset].adjustments, -result);
  move.add(books.reporting.adjustments, -settled.reported);
  if (!move.ok() || !checked_sub(books.cash[asset], settled.cash)) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "reversal refused: a sum does not fit");
  }
  move.commit();
  truth = settled.truth;
  for (const Settled::Part& part : settled.parts) {
    StrategyBook& book = books.strategies[{instrument.instrument, part.instance}];
    book.lots = part.lots;
    book.bets = part.bets;
  }
  at->second.pop_back();
  if (at->second.empty()) books.settled.erase(at);
  if (settled.cash != Money{}) cash_row(whole, WRIT_ENTRY_SETTLEMENT, -settled.cash, ref, sink);
  watch_cash(settlement.header, whole, sink);
  for (const Settled::Part& part : settled.parts) {
    pnl_row({account, instrument.instrument, part.instance, asset}, WRIT_ENTRY_ADJUSTMENT,
            -part.result, ref, sink);
  }
}

void Ledger::charge_commission(const writ_settlement& settlement, const writ_instrument& instrument,
                               std::uint32_t account, Ref ref, model::RecordSink& sink) {
  AccountBooks& books = accounts_[account];
  const std::uint64_t market = model::market_key(instrument);
  const auto in_market = [&](std::uint32_t number) {
    const writ_instrument* other = tables_.instrument(number);
    return other != nullptr && other->kind == WRIT_KIND_RUNNER &&
           model::market_key(*other) == market;
  };
  const bool open =
      std::any_of(books.strategies.begin(), books.strategies.end(), [&](const auto& entry) {
        return !entry.second.bets.empty() && in_market(entry.first.first);
      });
  std::map<std::uint32_t, Money> profits;
  std::optional<Money> net = Money{};
  for (const auto& [number, settlements] : books.settled) {
    if (open || !in_market(number)) continue;
    for (const Settled& settled : settlements) {
      for (const Settled::Part& part : settled.parts) {
        Money& own = profits[part.instance];
        const auto sum = checked_add(own, part.profit);
        net = net && sum ? checked_add(*net, part.profit) : std::nullopt;
        own = sum.value_or(own);
      }
    }
  }
  const auto commission = net ? market_commission(*net, Rate{instrument.taker_fee}) : std::nullopt;
  const std::uint32_t asset = model::result_asset(instrument);
  const Entry whole{account, instrument.instrument, 0, asset};
  // What each strategy bears now, less what it has borne.
  std::map<std::uint32_t, Money> changes;
  if (commission) changes = commission_parts(*commission, profits);
  auto& charged = books.commissions[market];
  for (const auto& [instance, amount] : charged) changes[instance] -= amount;
  std::erase_if(changes, [](const auto& change) { return change.second == Money{}; });

  CheckedMove move;
  Money sum;
  for (const auto& [instance, change] : changes) {
    move.add(books.strategies[{instrument.instrument, instance}].totals.fees, change);
    sum += change;
  }
  const std::uint32_t reporting = reporting_asset(account);
  move.add(books.totals[asset].fees, sum);
  move.add(books.reporting.fees, worth_or_zero(sum, asset, reporting));
  if (!commission || !move.ok() || !checked_sub(books.cash[asset], sum)) {
    incident(settlement.header, WRIT_INCIDENT_ARITHMETIC, whole,
             "commission not charged: a sum does not fit", sink);
    return;
  }
  move.commit();
  for (const auto& [instance, change] : changes) charged[instance] += change;
  std::erase_if(charged, [](const auto& part) { return part.second == Money{}; });
  if (charged.empty()) books.commissions.erase(market);
  if (sum != Money{}) cash_row(whole, WRIT_ENTRY_FEE, -sum, ref, sink);
  watch_cash(settlement.header, whole, sink);
  for (const auto& [instance, change] : changes) {
    pnl_row({account, instrument.instrument, instance, asset}, WRIT_ENTRY_FEE, -change, ref, sink);
  }
}

void Ledger::on_reduction(const writ_reduction& reduction, std::uint64_t id,
                          model::RecordSink& sink) {
  const writ_instrument* removed = tables_.instrument(reduction.instrument);
  if (removed == nullptr || removed->kind != WRIT_KIND_RUNNER) return;
  for (const writ_instrument* instrument : tables_.instruments()) {
    if (instrument == removed || instrument->kind != WRIT_KIND_RUNNER ||
        model::market_key(*instrument) != model::market_key(*removed)) {
      continue;
    }
    for (auto& [account, books] : accounts_) {
      if (!books.truth.contains(instrument->instrument)) continue;
      reduce(reduction, *instrument, account, {WRIT_REF_REDUCTION, id}, sink);
    }
  }
}

void Ledger::reduce(const writ_reduction& reduction, const writ_instrument& instrument,
                    std::uint32_t account, Ref ref, model::RecordSink& sink) {
  AccountBooks& books = accounts_[account];
  const std::uint32_t asset = model::result_asset(instrument);
  struct Cut {
    StrategyBook* book;
    std::uint32_t instance;
    FifoLots lots;
    std::vector<Bet> bets;
    Money result;
  };
  std::vector<Cut> cuts;
  std::vector<Bet> all;  // of the account, in the order they were matched
  Money result;
  CheckedMove move;
  bool fits = true;
  // Closed with each other once more, at the new odds. No money moves, so what the open lots cost
  // more now was realised.
  const auto close_again = [&](FifoLots& lots, const std::vector<Bet>& bets) {
    for (const Bet& bet : bets) {
      const auto terms = trade_terms(instrument, bet.stake, bet.odds);
      fits = fits && terms &&
             lots.fill({bet.fill_id, terms->units, bet.odds, terms->cost, {}}).has_value();
    }
  };
  const auto begin = books.strategies.lower_bound({instrument.instrument, 0});
  const auto end = books.strategies.lower_bound({instrument.instrument + 1, 0});
  for (auto at = begin; at != end && fits; ++at) {
    StrategyBook& book = at->second;
    if (book.bets.empty()) continue;
    Cut cut{&book, at->first.second, {}, book.bets, {}};
    for (Bet& bet : cut.bets) {
      const auto odds = reduced_odds(bet.odds, Rate{reduction.factor}, reduction.market);
      fits = fits && odds;
      bet.odds = odds.value_or(bet.odds);
    }
    close_again(cut.lots, cut.bets);
    cut.result = Money{cut.lots.cost().raw - book.lots.cost().raw};
    const auto sum = checked_add(result, cut.result);
    fits = fits && sum;
    result = sum.value_or(result);
    move.add(book.totals.adjustments, cut.result);
    all.insert(all.end(), cut.bets.begin(), cut.bets.end());
    cuts.push_back(std::move(cut));
  }
  if (cuts.empty()) return;
  std::sort(all.begin(), all.end(),
            [](const Bet& a, const Bet& b) { return a.fill_id < b.fill_id; });
  FifoLots truth;
  close_again(truth, all);
  const std::uint32_t reporting = reporting_asset(account);
  move.add(books.totals[asset].adjustments, result);
  move.add(books.reporting.adjustments, worth_or_zero(result, asset, reporting));
  if (!fits || !move.ok()) {
    incident(reduction.header, WRIT_INCIDENT_ARITHMETIC, {account, instrument.instrument, 0, asset},
             "reduction refused: a factor or new odds do not fit", sink);
    return;
  }
  move.commit();
  books.foreign |= asset != reporting;
  books.truth[instrument.instrument] = std::move(truth);
  for (Cut& cut : cuts) {
    cut.book->lots = std::move(cut.lots);
    cut.book->bets = std::move(cut.bets);
    if (cut.result == Money{}) continue;
    pnl_row({account, instrument.instrument, cut.instance, asset}, WRIT_ENTRY_ADJUSTMENT,
            cut.result, ref, sink);
  }
}

}  // namespace writ::ledger
