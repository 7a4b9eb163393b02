#include "host/engine/risk_view_builder.hpp"

#include "host/arbiter/exposure.hpp"
#include "host/engine/market_payoffs.hpp"
#include "host/engine/operator_instance.hpp"
#include "host/execution/reservation.hpp"
#include "host/ledger/betting.hpp"
#include "host/ledger/betting_market.hpp"
#include "host/model/result_asset.hpp"

#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::engine {
namespace {

// Made beside the core, it had seen an earlier input than the one it came as.
std::int64_t decided_ts(const writ_intent& intent, std::uint64_t input_seq) {
  return intent.seen_seq == input_seq ? intent.header.ingest_ts : intent.header.event_ts;
}

// It is neutral whatever is at risk, and judged by what it says alone.
bool asks_for_no_order(const writ_intent& intent) {
  return intent.kind == WRIT_INTENT_CANCEL || intent.kind == WRIT_INTENT_CANCEL_ALL ||
         intent.kind == WRIT_INTENT_NOOP;
}

}  // namespace

// Of a selection: what its bets at work come to without those the intent replaces or takes back;
// instance 0 = the account's.
void RiskViewBuilder::add_bets(const writ_intent& intent, std::uint32_t instance,
                               arbiter::Holding& held) const {
  const execution::OrderScope scope{intent.account, intent.instrument, instance};
  const Rate slippage = arbiter_.options().market_order_slippage;
  const auto unmatched = payoffs_.unmatched_bets(
      scope, slippage, [&](const writ_order& order) { return !is_replaced(intent, order); });
  orders_.for_each_fillable(scope, [&](const writ_order& order) {
    if (is_replaced(intent, order)) return;
    const auto units = most_units(order, payoffs_.counted_price(order, slippage));
    Quantity& sum = order.side == WRIT_SIDE_BUY ? held.back_units : held.lay_units;
    sum = checked_add(sum, units).value_or(Quantity::max());
  });
  held.unmatched_if_wins = unmatched.if_wins;
  held.unmatched_if_loses = unmatched.if_loses;
}

// A lay is matched at its odds at most; a back at its own, before or after an amendment, or at the
// better ones that are there when it arrives.
Quantity RiskViewBuilder::most_units(const writ_order& order, Price counted) const {
  constexpr Int128 kOne = 1'000'000'000;
  Price odds = counted;
  if (odds.is_none()) return Quantity::max();
  if (order.side == WRIT_SIDE_BUY) {
    const OrderId id{order.order_id};
    const auto* record = orders_.find(id);
    const auto& seen = markets_.view(InstrumentId{order.instrument}, sink_.now());
    // One at market was sized by the last trade where nobody offered odds.
    const bool by_trade = order.price == WRIT_NONE && seen.bid_price == WRIT_NONE;
    const std::int64_t best = by_trade ? seen.last_trade_price : seen.bid_price;
    odds = std::max({odds, Price{record == nullptr ? order.price : record->price},
                     orders_.agreed_price(id), Price{best}});
  }
  const auto units = narrow_to_int64(
      divide_rounded(Int128{execution::leaves(order).raw} * odds.raw, kOne, Rounding::kCeil));
  return units ? Quantity{*units} : Quantity::max();
}

// Only of intents about an order: another that names one gives nothing back for it.
arbiter::TargetOrder RiskViewBuilder::target(const writ_intent& intent) const {
  if (intent.kind != WRIT_INTENT_CANCEL && intent.kind != WRIT_INTENT_REPLACE) return {};
  const auto* order = orders_.order_of_intent(IntentId{intent.target_intent});
  if (order == nullptr) return {};
  const auto* instrument = tables_.instrument(order->instrument);
  if (instrument == nullptr) return {};
  return {execution::Orders::is_working(*order),
          order->instance,
          order->instrument,
          order->side,
          Price{order->price},
          Quantity{order->quantity},
          Quantity{order->filled},
          execution::cash_reserved(*instrument, *order),
          execution::base_reserved(*instrument, *order)};
}

Money RiskViewBuilder::cash_free(AccountId account, const writ_instrument& instrument) const {
  const AssetId asset{model::result_asset(instrument)};
  return ledger_.cash(account, asset) - orders_.reserved(account, asset) -
         sums_.open_liabilities(account, asset);
}

// What it opens it opens only once the rest of it closed.
Money RiskViewBuilder::freed_by_flip(const writ_intent& intent, const arbiter::OrderTerms& terms,
                                     const writ_instrument& instrument) const {
  const bool flips = terms.closable.raw > 0 && terms.quantity > terms.closable;
  if (instrument.kind != WRIT_KIND_PERP || !flips) return {};
  return liabilities_.freed_by_closing(
      AccountId{intent.account}, instrument,
      terms.side == WRIT_SIDE_BUY ? terms.closable : -terms.closable, terms.price);
}

arbiter::RiskView RiskViewBuilder::build(const writ_intent& intent) const {
  arbiter::RiskView view;
  view.now = sink_.now();
  view.decided_ts = decided_ts(intent, sink_.input_seq());
  view.target = target(intent);
  view.by_operator = is_operator(tables_, intent.instance);
  const InstrumentId instrument{intent.instrument};
  if (!markets_.knows(instrument)) return view;
  view.instrument = &markets_.instrument(instrument);  // with the tick in force
  const AccountId account{intent.account};
  view.market = markets_.view(instrument, view.now);
  if (asks_for_no_order(intent)) return view;
  const InstanceId instance{intent.instance};
  view.account = sums_.holding(account, InstanceId{0}, instrument);
  view.strategy = sums_.holding(account, instance, instrument);
  if (view.instrument->kind == WRIT_KIND_RUNNER) {
    add_bets(intent, 0, view.account);
    add_bets(intent, intent.instance, view.strategy);
  }
  if (view.instrument->complement != 0) {
    const InstrumentId complement{view.instrument->complement};
    view.complement = sums_.holding(account, InstanceId{0}, complement);
    view.strategy_complement = sums_.holding(account, instance, complement);
  }
  view.cash_free = cash_free(account, *view.instrument);
  if (view.account.position.raw < 0) {
    view.owed_beside = liabilities_.beside(account, *view.instrument);
  }
  if (view.instrument->kind == WRIT_KIND_SPOT) {
    const AssetId base{view.instrument->base_asset};
    view.base_free = ledger_.cash(account, base) - orders_.reserved(account, base);
  }
  view.strategy_open_orders =
      orders_.sums({intent.account, intent.instrument, intent.instance}).count;
  view.tier = ledger_.tier(account);

  if (const auto terms = arbiter_.terms(intent, view); terms.makes_order) {
    const auto met = orders_met(intent, terms, view);
    if (!met.empty()) view.own_order_met = met.front().price;
    view.cash_free += freed_by_flip(intent, terms, *view.instrument);
  }
  view.duplicate_age_ns = arbiter_.duplicate_age(intent, view.now, [this](std::uint64_t intent_id) {
    const auto* order = orders_.order_of_intent(IntentId{intent_id});
    return order != nullptr && execution::Orders::is_working(*order);
  });
  view.daily_loss = ledger_.daily_loss(account, view.now);
  value(intent, view);
  return view;
}

std::vector<OwnOrderMet> RiskViewBuilder::orders_met(const writ_intent& intent,
                                                     const arbiter::RiskView& view) const {
  return orders_met(intent, arbiter_.terms(intent, view), view);
}

std::vector<OwnOrderMet> RiskViewBuilder::orders_met(const writ_intent& intent,
                                                     arbiter::OrderTerms terms,
                                                     const arbiter::RiskView& view) const {
  if (terms.market && terms.side == WRIT_SIDE_SELL && view.instrument->kind == WRIT_KIND_PERP) {
    // It is reserved at the best bid, not at the worst it may get.
    const auto worse =
        scaled(terms.price, arbiter_.options().market_order_slippage, Rounding::kCeil);
    if (worse) terms.price = terms.price - *worse;
  }
  const auto& book = markets_.book(InstrumentId{intent.instrument});
  terms.price = price_reached(book, *view.instrument, terms);
  return own_orders_met(orders_, *view.instrument, intent, terms);
}

// What exposure, worst case and budget are measured by.
void RiskViewBuilder::value(const writ_intent& intent, arbiter::RiskView& view) const {
  const writ_instrument& instrument = *view.instrument;
  const AccountId account{intent.account};
  const InstrumentId id{intent.instrument};
  view.marks = {ledger_.last_mark(id, Quantity{1}), ledger_.last_mark(id, Quantity{-1})};
  view.market_payoff = sums_.market_payoff(instrument, intent);
  const auto elsewhere = sums_.beside(instrument, account, InstanceId{intent.instance});
  if (!elsewhere) {
    view.reporting_rate.reset();
    return;
  }
  view.reporting_rate = elsewhere->rate;
  view.exposure_elsewhere = elsewhere->exposure;
  view.worst_case_elsewhere = elsewhere->worst_case;
  const auto less = arbiter::reported(view.target.cash_reserved, view.reporting_rate);
  view.strategy_capital = std::max(Money{}, elsewhere->strategy_capital - less.value_or(Money{}));
}

Money RiskViewBuilder::cash_required(const arbiter::OrderTerms& terms,
                                     const arbiter::RiskView& view) {
  if (!terms.makes_order) return Money{};
  return execution::cash_required(*view.instrument, terms.side, terms.price, terms.quantity,
                                  terms.covered)
      .value_or(Money{});
}

}  // namespace writ::engine
