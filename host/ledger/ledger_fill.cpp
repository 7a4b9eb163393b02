#include "host/base/assert.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/rate.hpp>

#include <limits>

// What fills, funding and settlements do. Each first computes everything it will change; a number
// that does not fit refuses the whole event before anything moved.

namespace writ::ledger {
namespace {

/// The running sum if it fits; the caller refuses the event otherwise.
class CheckedMove {
 public:
  /// Adds `amount` to `*sum` on commit.
  void add(Money& sum, Money amount) {
    const auto moved = checked_add(sum, amount);
    if (moved) {
      moves_.emplace_back(&sum, *moved);
    } else {
      ok_ = false;
    }
  }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  void commit() {
    for (const auto& [sum, value] : moves_) *sum = value;
  }

 private:
  std::vector<std::pair<Money*, Money>> moves_;
  bool ok_ = true;
};

/// base or underlying units in a quantity, at 1e-18; nothing if it does not fit.
std::optional<Money> underlying(const writ_instrument& instrument, Quantity quantity) {
  const Money amount{Int128{quantity.raw} * instrument.quantity_unit};
  if (instrument.quantity_unit <= 0 || !amount.in_bounds()) return std::nullopt;
  return amount;
}

}  // namespace

bool Ledger::on_fill(const writ_fill& fill, FillId id, model::RecordSink& sink) {
  if (fill.book != book_) return false;
  const writ_instrument* instrument = tables_.instrument(fill.instrument);
  const std::uint32_t asset = instrument == nullptr ? 0 : result_asset(*instrument);
  const Entry entry{fill.account, fill.instrument, fill.instance, asset};
  const auto refuse = [&](std::uint16_t code, std::string_view why) {
    incident(fill.header, code, entry, why, sink);
    return false;
  };
  if (instrument == nullptr || tables_.account(fill.account) == nullptr) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "fill refused: unknown account or instrument");
  }
  const bool buys = fill.side == WRIT_SIDE_BUY;
  if (fill.quantity <= 0 || fill.price == WRIT_NONE || (!buys && fill.side != WRIT_SIDE_SELL)) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "fill refused: side, price or quantity");
  }
  if (instrument->kind == WRIT_KIND_RUNNER) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "fill refused: bets are not kept as lots of odds");
  }
  const Quantity quantity{buys ? fill.quantity : -fill.quantity};
  const Price price{fill.price};
  const Money fee = from_abi(fill.fee);
  AccountBooks& books = accounts_[fill.account];
  if (!books.pending.empty()) {
    price_deposits(fill.account, books, fill.instrument, price, sink);
  }

  // What it changes, all of it before any of it.
  const std::uint32_t reporting = reporting_asset(fill.account);
  StrategyBook& strategy = books.strategies[{fill.instrument, fill.instance}];
  FifoLots& truth = books.truth[fill.instrument];
  const auto change = strategy.lots.plan(id.raw(), quantity, price, fee);
  const auto true_change = truth.plan(id.raw(), quantity, price, fee);
  const auto principal = checked_notional(price, -quantity);
  if (!change || !true_change || !principal) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "fill refused: a result does not fit");
  }
  // A perpetual's cash moves by the account's result, everything else's by the principal.
  const Money traded = exchanges_principal(*instrument) ? *principal : true_change->gross;
  std::optional<Money> base = Money{};
  if (instrument->kind == WRIT_KIND_SPOT) base = underlying(*instrument, quantity);
  const auto after_trade = checked_add(books.cash[asset], traded);
  const auto after_fee = after_trade ? checked_sub(*after_trade, fee) : std::nullopt;
  const auto base_after =
      base ? checked_add(books.cash[instrument->base_asset], *base) : std::nullopt;
  CheckedMove move;
  move.add(strategy.totals.realized, change->gross);
  move.add(strategy.totals.fees, fee);
  move.add(books.totals[asset].realized, change->gross);
  move.add(books.totals[asset].fees, fee);
  move.add(books.reporting.realized, worth_or_zero(change->gross, asset, reporting));
  move.add(books.reporting.fees, worth_or_zero(fee, asset, reporting));
  if (!after_fee || !base_after || !move.ok()) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "fill refused: a sum does not fit");
  }

  const Quantity position_before = strategy.lots.position();
  move.commit();
  books.foreign |= asset != reporting;
  strategy.lots.apply(*change);
  truth.apply(*true_change);

  const Ref ref{WRIT_REF_FILL, id.raw()};
  if (traded != Money{}) cash_row(entry, WRIT_ENTRY_TRADE, traded, ref, sink);
  if (*base != Money{}) {
    const Entry coins{fill.account, fill.instrument, fill.instance, instrument->base_asset};
    cash_row(coins, WRIT_ENTRY_TRADE, *base, ref, sink);
    watch_cash(fill.header, coins, sink);
  }
  if (fee != Money{}) cash_row(entry, WRIT_ENTRY_FEE, -fee, ref, sink);
  watch_cash(fill.header, entry, sink);
  if (!change->matches.empty()) pnl_row(entry, WRIT_ENTRY_REALIZED, change->gross, ref, sink);
  if (fee != Money{}) pnl_row(entry, WRIT_ENTRY_FEE, -fee, ref, sink);

  auto trade = model::make_record<writ_executed_trade>();
  trade.fill_id = id.raw();
  trade.account = fill.account;
  trade.instrument = fill.instrument;
  trade.instance = fill.instance;
  trade.side = fill.side;
  trade.book = book_;
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
  return true;
}

void Ledger::on_funding(const writ_funding& funding, std::uint64_t id, model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(funding.instrument);
  if (instrument == nullptr || instrument->kind != WRIT_KIND_PERP || funding.mark == WRIT_NONE) {
    return;
  }
  const std::uint32_t asset = result_asset(*instrument);
  const Ref ref{WRIT_REF_FUNDING, id};
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
      // Longs pay a positive rate. Each strategy's part is rounded once; the account gets their
      // sum.
      const auto value = checked_notional(Price{funding.mark}, position);
      const auto paid =
          value ? scaled(*value, Rate{funding.rate}, Rounding::kHalfEven) : std::nullopt;
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
    books.foreign |= asset != reporting;
    if (received != Money{}) cash_row(whole, WRIT_ENTRY_FUNDING, received, ref, sink);
    watch_cash(funding.header, whole, sink);
    for (const auto& [instance, part] : parts) {
      if (part == Money{}) continue;
      pnl_row({account, funding.instrument, instance, asset}, WRIT_ENTRY_FUNDING, part, ref, sink);
    }
  }
}

void Ledger::on_settlement(const writ_settlement& settlement, std::uint64_t id,
                           model::RecordSink& sink) {
  const writ_instrument* instrument = tables_.instrument(settlement.instrument);
  if (instrument == nullptr) return;
  const std::uint32_t asset = result_asset(*instrument);
  const Ref ref{WRIT_REF_SETTLEMENT, id};
  std::optional<Price> payout;
  if (settlement.result == WRIT_SETTLED_PAYOUT && settlement.payout_denominator > 0 &&
      settlement.payout_numerator >= 0 && instrument->kind != WRIT_KIND_RUNNER) {
    const auto raw =
        narrow_to_int64(divide_rounded(Int128{settlement.payout_numerator} * Rate::one().raw,
                                       settlement.payout_denominator, Rounding::kHalfEven));
    if (raw) payout = Price{*raw};
  }
  for (auto& [account, books] : accounts_) {
    const auto held = books.truth.find(settlement.instrument);
    if (held == books.truth.end()) continue;
    const std::uint32_t reporting = reporting_asset(account);
    const Entry whole{account, settlement.instrument, 0, asset};
    if (!payout) {
      incident(settlement.header, WRIT_INCIDENT_BAD_MESSAGE, whole,
               "settlement refused: not a payout per unit", sink);
      continue;
    }
    struct Closing {
      std::uint32_t instance;
      StrategyBook* book;
      LotChange change;
    };
    std::vector<Closing> closings;
    CheckedMove move;
    bool fits = true;
    const auto first = books.strategies.lower_bound({settlement.instrument, 0});
    Money result;
    for (auto at = first; at != books.strategies.end() && at->first.first == settlement.instrument;
         ++at) {
      const Quantity position = at->second.lots.position();
      if (position.raw == 0) continue;
      auto change = at->second.lots.plan(id, -position, *payout, {});
      const auto sum = change ? checked_add(result, change->gross) : std::nullopt;
      if (!sum) {
        fits = false;
        break;
      }
      result = *sum;
      move.add(at->second.totals.adjustments, change->gross);
      closings.push_back({at->first.second, &at->second, *std::move(change)});
    }
    const Quantity position = held->second.position();
    if (closings.empty() && position.raw == 0 && fits) continue;
    Money moved;  // cash
    std::optional<LotChange> true_change;
    if (position.raw != 0) {
      if (auto change = held->second.plan(id, -position, *payout, {})) {
        const auto paid = checked_notional(*payout, position);
        moved = exchanges_principal(*instrument) && paid ? *paid : change->gross;
        fits = fits && paid;
        true_change = *std::move(change);
      } else {
        fits = false;
      }
    }
    move.add(books.totals[asset].adjustments, result);
    move.add(books.reporting.adjustments, worth_or_zero(result, asset, reporting));
    if (!fits || !move.ok() || !checked_add(books.cash[asset], moved)) {
      incident(settlement.header, WRIT_INCIDENT_ARITHMETIC, whole,
               "settlement refused: a sum does not fit", sink);
      continue;
    }
    move.commit();
    books.foreign |= asset != reporting;
    if (true_change) held->second.apply(*true_change);
    for (Closing& closing : closings) closing.book->lots.apply(closing.change);
    if (moved != Money{}) cash_row(whole, WRIT_ENTRY_SETTLEMENT, moved, ref, sink);
    watch_cash(settlement.header, whole, sink);
    for (const Closing& closing : closings) {
      pnl_row({account, settlement.instrument, closing.instance, asset}, WRIT_ENTRY_ADJUSTMENT,
              closing.change.gross, ref, sink);
    }
  }
}

}  // namespace writ::ledger
