#include "host/ledger/checked_move.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/trade_terms.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/muldiv.hpp>

#include <utility>
#include <vector>

// What people put right by hand, and what a venue moved outside of any trade.

namespace writ::ledger {

void Ledger::on_adjustment(const writ_adjustment& adjustment, std::uint64_t id,
                           model::RecordSink& sink) {
  const Ref ref{WRIT_REF_ADJUSTMENT, id};
  switch (adjustment.kind) {
    case WRIT_ADJUST_TRANSFER:
      return move_money(adjustment.header, adjustment.account, adjustment.asset,
                        from_abi(adjustment.amount), ref, sink);
    case WRIT_ADJUST_CASH:
      return adjust_cash(adjustment, ref, sink);
    case WRIT_ADJUST_POSITION:
      return adjust_position(adjustment, ref, sink);
    case WRIT_ADJUST_FUNDING:
      return adjust_funding(adjustment, ref, sink);
    default:
      incident(adjustment.header, WRIT_INCIDENT_BAD_MESSAGE,
               {adjustment.account, adjustment.instrument, adjustment.instance, adjustment.asset},
               "adjustment refused: unknown kind", sink);
  }
}

void Ledger::adjust_cash(const writ_adjustment& adjustment, Ref ref, model::RecordSink& sink) {
  const Entry entry{adjustment.account, adjustment.instrument, adjustment.instance,
                    adjustment.asset};
  const auto refuse = [&](std::uint16_t code, std::string_view why) {
    incident(adjustment.header, code, entry, why, sink);
  };
  if (tables_.account(entry.account) == nullptr || tables_.asset(entry.asset) == nullptr) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "adjustment refused: unknown account or asset");
  }
  const writ_instrument* instrument = tables_.instrument(entry.instrument);
  if (entry.instrument == 0
          ? entry.instance != 0
          : instrument == nullptr || model::result_asset(*instrument) != entry.asset) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE,
                  "adjustment refused: a strategy's needs an instrument of this asset");
  }
  const Money amount = from_abi(adjustment.amount);
  AccountBooks& books = accounts_[entry.account];
  const std::uint32_t reporting = reporting_asset(entry.account);
  Money& own = instrument == nullptr
                   ? books.own_adjustments[entry.asset]
                   : books.strategies[{entry.instrument, entry.instance}].totals.adjustments;
  if (instrument != nullptr) books.truth.try_emplace(entry.instrument);
  CheckedMove move;
  move.add(own, amount);
  move.add(books.totals[entry.asset].adjustments, amount);
  move.add(books.reporting.adjustments, worth_or_zero(amount, entry.asset, reporting));
  if (!amount.in_bounds() || !move.ok() || !checked_add(books.cash[entry.asset], amount)) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "adjustment refused: a sum does not fit");
  }
  move.commit();
  books.foreign |= entry.asset != reporting;
  cash_row(entry, WRIT_ENTRY_ADJUSTMENT, amount, ref, sink);
  watch_cash(adjustment.header, entry, sink);
  pnl_row(entry, WRIT_ENTRY_ADJUSTMENT, amount, ref, sink);
}

void Ledger::adjust_position(const writ_adjustment& adjustment, Ref ref, model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(adjustment.instrument);
  const std::uint32_t asset = instrument == nullptr ? 0 : model::result_asset(*instrument);
  const Entry entry{adjustment.account, adjustment.instrument, adjustment.instance, asset};
  const auto refuse = [&](std::uint16_t code, std::string_view why) {
    incident(adjustment.header, code, entry, why, sink);
  };
  const Quantity quantity{adjustment.quantity};
  if (instrument == nullptr || tables_.account(entry.account) == nullptr || quantity.raw == 0 ||
      quantity.is_none()) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE,
                  "adjustment refused: unknown account or instrument, or no quantity");
  }
  Price price{adjustment.price};
  if (price.is_none()) price = marks_.last(entry.instrument, quantity).price;
  if (price.is_none()) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "adjustment refused: no price, and never marked");
  }
  AccountBooks& books = accounts_[entry.account];
  StrategyBook& book = books.strategies[{entry.instrument, entry.instance}];
  FifoLots& truth = books.truth[entry.instrument];
  const auto terms = trade_terms(*instrument, quantity, price);
  if (!terms) return refuse(WRIT_INCIDENT_ARITHMETIC, "adjustment refused: it does not fit");
  const LotFill lot{ref.id, terms->units, price, terms->cost, {}};
  const auto change = book.lots.plan(lot);
  const auto true_change = truth.plan(lot);
  if (!change || !true_change) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "adjustment refused: a result does not fit");
  }
  // No principal moves, so the lots' cost is the gain; a perpetual's result moves as in a trade.
  const bool principal = exchanges_principal(*instrument);
  const auto gained =
      principal ? checked_sub(change->cost_after, book.lots.cost()) : std::optional(change->gross);
  const Money moved = principal ? Money{} : true_change->gross;
  const bool has_coins = instrument->kind == WRIT_KIND_SPOT;
  const auto coins = has_coins ? underlying_coins(*instrument, quantity) : std::optional(Money{});
  const Entry of_coins{entry.account, entry.instrument, entry.instance, instrument->base_asset};
  const std::uint32_t reporting = reporting_asset(entry.account);
  CheckedMove move;
  if (gained) {
    move.add(book.totals.adjustments, *gained);
    move.add(books.totals[asset].adjustments, *gained);
    move.add(books.reporting.adjustments, worth_or_zero(*gained, asset, reporting));
  }
  if (!gained || !coins || !move.ok() || !checked_add(books.cash[asset], moved) ||
      !checked_add(cash(AccountId{entry.account}, AssetId{of_coins.asset}), *coins)) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "adjustment refused: a sum does not fit");
  }
  move.commit();
  books.foreign |= asset != reporting;
  book.lots.apply(*change);
  truth.apply(*true_change);
  if (instrument->kind == WRIT_KIND_RUNNER) book.bets.push_back({ref.id, quantity, price});
  if (moved != Money{}) cash_row(entry, WRIT_ENTRY_ADJUSTMENT, moved, ref, sink);
  watch_cash(adjustment.header, entry, sink);
  if (has_coins) {
    cash_row(of_coins, WRIT_ENTRY_ADJUSTMENT, *coins, ref, sink);
    watch_cash(adjustment.header, of_coins, sink);
  }
  pnl_row(entry, WRIT_ENTRY_ADJUSTMENT, *gained, ref, sink);
}

void Ledger::adjust_funding(const writ_adjustment& adjustment, Ref ref, model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(adjustment.instrument);
  const std::uint32_t asset = instrument == nullptr ? 0 : model::result_asset(*instrument);
  const Entry whole{adjustment.account, adjustment.instrument, 0, asset};
  if (instrument == nullptr || instrument->kind != WRIT_KIND_PERP || adjustment.asset != asset ||
      tables_.account(whole.account) == nullptr) {
    return incident(adjustment.header, WRIT_INCIDENT_BAD_MESSAGE, whole,
                    "funding refused: no perpetual settled in this asset, or unknown account",
                    sink);
  }
  const auto last = funded_.find({whole.account, whole.instrument});
  if (last != funded_.end() && adjustment.header.event_ts <= last->second) return;
  const Money amount = from_abi(adjustment.amount);
  AccountBooks& books = accounts_[whole.account];
  books.truth.try_emplace(whole.instrument);
  // By what each holds, rounded down; the last one gets the rest, so that nothing is lost.
  std::vector<std::pair<std::uint32_t, std::int64_t>> holders;
  Int128 held = 0;
  for (auto at = books.strategies.lower_bound({whole.instrument, 0});
       at != books.strategies.end() && at->first.first == whole.instrument; ++at) {
    const std::int64_t position = at->second.lots.position().raw;
    if (position == 0) continue;
    holders.emplace_back(at->first.second, position);
    held += position;
  }
  if (held == 0) holders.assign(1, {0, 1});
  CheckedMove move;
  std::vector<std::pair<std::uint32_t, Money>> parts;
  std::optional<Money> left = amount;
  for (std::size_t i = 0; i < holders.size() && left; ++i) {
    const auto [instance, position] = holders[i];
    const auto share = held == 0 ? amount.raw
                                 : muldiv(amount.raw, held < 0 ? -position : position,
                                          held < 0 ? -held : held, Rounding::kFloor);
    const Money part = i + 1 == holders.size() ? *left : Money{share.value_or(0)};
    left = share ? checked_sub(*left, part) : std::nullopt;
    parts.emplace_back(instance, part);
    move.add(books.strategies[{whole.instrument, instance}].totals.funding, part);
  }
  const std::uint32_t reporting = reporting_asset(whole.account);
  move.add(books.totals[asset].funding, amount);
  move.add(books.reporting.funding, worth_or_zero(amount, asset, reporting));
  if (!amount.in_bounds() || !left || !move.ok() || !checked_add(books.cash[asset], amount)) {
    return incident(adjustment.header, WRIT_INCIDENT_ARITHMETIC, whole,
                    "funding refused: a sum does not fit", sink);
  }
  move.commit();
  funded_[{whole.account, whole.instrument}] = adjustment.header.event_ts;
  books.foreign |= asset != reporting;
  cash_row(whole, WRIT_ENTRY_FUNDING, amount, ref, sink);
  watch_cash(adjustment.header, whole, sink);
  for (const auto& [instance, part] : parts) {
    if (part == Money{}) continue;
    pnl_row({whole.account, whole.instrument, instance, asset}, WRIT_ENTRY_FUNDING, part, ref,
            sink);
  }
}

}  // namespace writ::ledger
