#include "host/base/assert.hpp"
#include "host/ledger/checked_move.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/trade_terms.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/rate.hpp>

// What fills and funding do. Each first computes everything it will change; a number
// that does not fit refuses the whole event before anything moved.

namespace writ::ledger {
namespace {

constexpr std::size_t kFundingsKept = 8;  // of an instrument: a late report is no older than that

/// What a position pays: longs pay a positive rate.
std::optional<Money> funding_paid(Quantity position, std::int64_t mark, std::int64_t rate) {
  const auto value = checked_notional(Price{mark}, position);
  return value ? scaled(*value, Rate{rate}, Rounding::kHalfEven) : std::nullopt;
}

}  // namespace

// In the coins that were traded a fee is so much less of the position, exactly, at the fill's
// price. In a third asset, and where it is finer than a position can be, it is paid from that
// balance.
Ledger::FeeTerms Ledger::fee_terms(const writ_fill& fill, const writ_instrument& instrument,
                                   Quantity quantity) const {
  const Money fee = from_abi(fill.fee);
  FeeTerms paid{quantity, fee, fee, 0, {}, {}};
  const std::uint32_t asset = model::result_asset(instrument);
  const Money charged = from_abi(fill.fee_asset_quantity);
  if (charged == Money{} || fill.fee_asset == asset || tables_.asset(fill.fee_asset) == nullptr) {
    return paid;
  }
  paid.in_result = {};
  paid.asset = fill.fee_asset;
  paid.charged = paid.apart = charged;
  if (instrument.kind == WRIT_KIND_SPOT && paid.asset == instrument.base_asset &&
      instrument.quantity_unit > 0) {
    const auto units =
        narrow_to_int64(divide_rounded(charged.raw, instrument.quantity_unit, Rounding::kTrunc));
    const auto lots = units ? checked_sub(quantity, Quantity{*units}) : std::nullopt;
    const auto value = units ? checked_notional(Price{fill.price}, Quantity{*units}) : std::nullopt;
    if (lots && value && lots->raw != 0 && (lots->raw > 0) == (quantity.raw > 0)) {
      paid.traded = *lots;
      paid.fee = paid.in_result = *value;
      paid.apart = Money{charged.raw - Int128{*units} * instrument.quantity_unit};
      return paid;
    }
  }
  if (fee == Money{}) paid.fee = worth_or_zero(charged, paid.asset, asset);
  return paid;
}

bool Ledger::on_fill(const writ_fill& fill, FillId id, model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(fill.instrument);
  const std::uint32_t asset = instrument == nullptr ? 0 : model::result_asset(*instrument);
  const Entry entry{fill.account, fill.instrument, fill.instance, asset};
  const auto refuse = [&](std::uint16_t code, std::string_view why) {
    incident(fill.header, code, entry, why, sink);
    return false;
  };
  if (instrument == nullptr || tables_.account(fill.account) == nullptr) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "fill refused: unknown account or instrument");
  }
  if (fill.book != tables_.book_of(fill.account)) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "fill refused: not of its account's book");
  }
  const bool buys = fill.side == WRIT_SIDE_BUY;
  if (fill.quantity <= 0 || fill.price == WRIT_NONE || (!buys && fill.side != WRIT_SIDE_SELL)) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "fill refused: side, price or quantity");
  }
  const Quantity quantity{buys ? fill.quantity : -fill.quantity};
  const Price price{fill.price};
  AccountBooks& books = accounts_[fill.account];
  if (!books.pending.empty()) {
    price_deposits(fill.account, books, fill.instrument, price, sink);
  }

  // What it changes, all of it before any of it.
  const std::uint32_t reporting = reporting_asset(fill.account);
  StrategyBook& strategy = books.strategies[{fill.instrument, fill.instance}];
  FifoLots& truth = books.truth[fill.instrument];
  const FeeTerms paid = fee_terms(fill, *instrument, quantity);
  const auto terms = trade_terms(*instrument, quantity, price);
  const auto kept = trade_terms(*instrument, paid.traded, price);
  if (!terms || !kept) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "fill refused: its size does not fit");
  }
  const LotFill traded_lot{id.raw(), kept->units, price, kept->cost, paid.fee};
  const auto change = strategy.lots.plan(traded_lot);
  const auto true_change = truth.plan(traded_lot);
  if (!change || !true_change) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "fill refused: a result does not fit");
  }
  // A perpetual's cash moves by the account's result, everything else's by the principal.
  const Money traded = exchanges_principal(*instrument) ? -terms->cost : true_change->gross;
  std::optional<Money> base = Money{};
  if (instrument->kind == WRIT_KIND_SPOT) base = underlying_coins(*instrument, quantity);
  const auto after_trade = checked_add(books.cash[asset], traded);
  const Money fee_here = paid.asset == 0 ? paid.fee : Money{};
  const auto after_fee = after_trade ? checked_sub(*after_trade, fee_here) : std::nullopt;
  const auto base_after =
      base ? checked_add(cash(AccountId{fill.account}, AssetId{instrument->base_asset}), *base)
           : std::nullopt;
  const Money charged_from = paid.asset == instrument->base_asset && base_after
                                 ? *base_after
                                 : cash(AccountId{fill.account}, AssetId{paid.asset});
  CheckedMove move;
  move.add(strategy.totals.realized, change->gross);
  move.add(strategy.totals.fees, paid.fee);
  move.add(books.totals[asset].realized, change->gross);
  move.add(books.totals[asset].fees, paid.in_result);
  if (paid.apart != Money{}) move.add(books.totals[paid.asset].fees, paid.apart);
  move.add(books.reporting.realized, worth_or_zero(change->gross, asset, reporting));
  move.add(books.reporting.fees, worth_or_zero(paid.fee, asset, reporting));
  if (!after_fee || !base_after || !checked_sub(charged_from, paid.charged) || !move.ok()) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "fill refused: a sum does not fit");
  }

  const Quantity position_before = strategy.lots.position();
  move.commit();
  books.foreign |= asset != reporting || (paid.apart != Money{} && paid.asset != reporting);
  strategy.lots.apply(*change);
  truth.apply(*true_change);
  if (instrument->kind == WRIT_KIND_RUNNER) strategy.bets.push_back({id.raw(), quantity, price});

  const Ref ref{WRIT_REF_FILL, id.raw()};
  if (traded != Money{}) cash_row(entry, WRIT_ENTRY_TRADE, traded, ref, sink);
  if (*base != Money{}) {
    const Entry coins{fill.account, fill.instrument, fill.instance, instrument->base_asset};
    cash_row(coins, WRIT_ENTRY_TRADE, *base, ref, sink);
    watch_cash(fill.header, coins, sink);
  }
  if (fee_here != Money{}) cash_row(entry, WRIT_ENTRY_FEE, -fee_here, ref, sink);
  watch_cash(fill.header, entry, sink);
  if (paid.asset != 0) {
    const Entry elsewhere{fill.account, fill.instrument, fill.instance, paid.asset};
    cash_row(elsewhere, WRIT_ENTRY_FEE, -paid.charged, ref, sink);
    watch_cash(fill.header, elsewhere, sink);
  }
  if (!change->matches.empty()) pnl_row(entry, WRIT_ENTRY_REALIZED, change->gross, ref, sink);
  if (paid.fee != Money{}) pnl_row(entry, WRIT_ENTRY_FEE, -paid.fee, ref, sink);

  auto trade = model::make_record<writ_executed_trade>();
  trade.fill_id = id.raw();
  trade.account = fill.account;
  trade.instrument = fill.instrument;
  trade.instance = fill.instance;
  trade.side = fill.side;
  trade.book = tables_.book_of(fill.account);
  Quantity position = position_before;
  const auto append_leg = [&](Quantity leg_quantity) {
    position += buys ? leg_quantity : -leg_quantity;
    trade.quantity = leg_quantity.raw;
    trade.position_after = position.raw;
    auto leg = trade;
    sink.append(leg.header);
    ++trade.leg;
  };
  for (const LotMatch& match : change->matches) {
    trade.closes = 1;
    trade.entry_price = match.entry.raw;
    trade.exit_price = price.raw;
    trade.fee = to_abi(Money{match.open_fee.raw + match.close_fee.raw});
    trade.realized = to_abi(match.gross);
    append_leg(match.quantity);
  }
  if (change->opened.raw != 0) {
    trade.closes = 0;
    trade.entry_price = price.raw;
    trade.exit_price = 0;
    trade.fee = to_abi(Money{});
    trade.realized = to_abi(Money{});
    append_leg(abs(change->opened));
  }
  WRIT_ASSERT(position == strategy.lots.position());
  if (instrument->kind == WRIT_KIND_PERP) fund_late(fill, *instrument, quantity, sink);
  return true;
}

void Ledger::on_funding(const writ_funding& funding, std::uint64_t id, model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(funding.instrument);
  if (instrument == nullptr || instrument->kind != WRIT_KIND_PERP || funding.mark == WRIT_NONE) {
    return;
  }
  const std::uint32_t asset = model::result_asset(*instrument);
  const Ref ref{WRIT_REF_FUNDING, id};
  auto& past = fundings_[funding.instrument];
  past.push_back({id, funding.header.event_ts, funding.mark, funding.rate, {}});
  if (past.size() > kFundingsKept) past.pop_front();
  for (auto& [account, books] : accounts_) {
    const std::uint32_t reporting = reporting_asset(account);
    std::vector<std::pair<std::uint32_t, Money>> parts;  // (instance, received)
    CheckedMove move;
    Money received;
    bool fits = true;
    const auto first = books.strategies.lower_bound({funding.instrument, 0});
    for (auto at = first; at != books.strategies.end() && at->first.first == funding.instrument;
         ++at) {
      const Quantity position = at->second.lots.position();
      if (position.raw == 0) continue;
      // Each strategy's part is rounded once; the account gets their sum.
      const auto paid = funding_paid(position, funding.mark, funding.rate);
      const auto sum = paid ? checked_sub(received, *paid) : std::nullopt;
      if (!sum) {
        fits = false;
        break;
      }
      received = *sum;
      parts.emplace_back(at->first.second, -*paid);
      move.add(at->second.totals.funding, -*paid);
    }
    if (parts.empty() && fits) continue;
    move.add(books.totals[asset].funding, received);
    move.add(books.reporting.funding, worth_or_zero(received, asset, reporting));
    const Entry whole{account, funding.instrument, 0, asset};
    if (!fits || !move.ok() || !checked_add(books.cash[asset], received)) {
      incident(funding.header, WRIT_INCIDENT_ARITHMETIC, whole,
               "funding refused: a sum does not fit", sink);
      continue;
    }
    move.commit();
    for (const auto& [instance, part] : parts) {
      past.back().positions[{account, instance}] =
          books.strategies[{funding.instrument, instance}].lots.position();
    }
    books.foreign |= asset != reporting;
    if (received != Money{}) cash_row(whole, WRIT_ENTRY_FUNDING, received, ref, sink);
    watch_cash(funding.header, whole, sink);
    for (const auto& [instance, part] : parts) {
      if (part == Money{}) continue;
      pnl_row({account, funding.instrument, instance, asset}, WRIT_ENTRY_FUNDING, part, ref, sink);
    }
  }
}

void Ledger::fund_late(const writ_fill& fill, const writ_instrument& instrument, Quantity quantity,
                       model::RecordSink& sink) {
  const auto past = fundings_.find(fill.instrument);
  if (past == fundings_.end() || fill.header.event_ts <= 0) return;
  const std::uint32_t asset = model::result_asset(instrument);
  AccountBooks& books = accounts_[fill.account];
  for (PastFunding& funding : past->second) {
    if (fill.header.event_ts >= funding.event_ts) continue;
    Quantity& held = funding.positions[{fill.account, fill.instance}];
    const auto corrected = checked_add(held, quantity);
    const auto booked = funding_paid(held, funding.mark, funding.rate);
    const auto due =
        corrected ? funding_paid(*corrected, funding.mark, funding.rate) : std::nullopt;
    const auto received = booked && due ? checked_sub(*booked, *due) : std::nullopt;
    const Entry whole{fill.account, fill.instrument, 0, asset};
    CheckedMove move;
    if (received) {
      move.add(books.strategies[{fill.instrument, fill.instance}].totals.funding, *received);
      move.add(books.totals[asset].funding, *received);
      move.add(books.reporting.funding,
               worth_or_zero(*received, asset, reporting_asset(fill.account)));
    }
    if (!received || !move.ok() || !checked_add(books.cash[asset], *received)) {
      incident(fill.header, WRIT_INCIDENT_ARITHMETIC, whole, "funding refused: a sum does not fit",
               sink);
      continue;
    }
    move.commit();
    held = *corrected;
    if (*received == Money{}) continue;
    const Ref ref{WRIT_REF_FUNDING, funding.id};
    cash_row(whole, WRIT_ENTRY_FUNDING, *received, ref, sink);
    watch_cash(fill.header, whole, sink);
    pnl_row({fill.account, fill.instrument, fill.instance, asset}, WRIT_ENTRY_FUNDING, *received,
            ref, sink);
  }
}

}  // namespace writ::ledger
