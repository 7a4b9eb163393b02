#include "host/engine/risk_view_builder.hpp"

#include "host/engine/own_orders.hpp"
#include "host/execution/reservation.hpp"

#include <algorithm>

namespace writ::engine {

arbiter::Holding RiskViewBuilder::holding(std::uint32_t account, std::uint32_t instance,
                                          std::uint32_t instrument) const {
  const AccountId account_id{account};
  const InstrumentId instrument_id{instrument};
  const auto working = orders_.sums({account, instrument, instance});
  return {instance == 0
              ? ledger_.position(account_id, instrument_id)
              : ledger_.strategy_position(account_id, InstanceId{instance}, instrument_id),
          working.buy,
          working.sell,
          {},
          {}};
}

arbiter::TargetOrder RiskViewBuilder::target(const writ_intent& intent) const {
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

Money RiskViewBuilder::perpetual_notional(AccountId account, std::uint32_t settle_asset) const {
  Money total;
  tables_.for_each_instrument([&](const writ_instrument& instrument) {
    if (instrument.kind != WRIT_KIND_PERP || instrument.settle_asset != settle_asset) return;
    const InstrumentId id{instrument.instrument};
    const auto position = ledger_.position(account, id);
    if (position.raw == 0 || !markets_.knows(id)) return;
    const auto side = position.raw > 0 ? market::Side::kBid : market::Side::kAsk;
    const auto* best = markets_.book(id).best(side);
    if (best != nullptr) total += notional(Price{best->price}, abs(position));
  });
  return total;
}

Money RiskViewBuilder::cash_free(AccountId account, const writ_instrument& instrument) const {
  const bool perpetual = instrument.kind == WRIT_KIND_PERP;
  const AssetId asset{perpetual ? instrument.settle_asset : instrument.quote_asset};
  const Money free = ledger_.cash(account, asset) - orders_.reserved(account, asset);
  return perpetual ? free - perpetual_notional(account, instrument.settle_asset) : free;
}

arbiter::RiskView RiskViewBuilder::build(const writ_intent& intent) const {
  arbiter::RiskView view;
  view.now = sink_.now();
  view.submitted_ts = intent.header.ingest_ts;
  view.target = target(intent);
  const auto* asks = tables_.instance(intent.instance);
  view.by_operator = asks != nullptr && asks->kind == 0;
  const InstrumentId instrument{intent.instrument};
  if (!markets_.knows(instrument)) return view;
  view.instrument = &markets_.instrument(instrument);  // with the tick in force
  const AccountId account{intent.account};
  view.market = markets_.view(instrument, view.now);
  view.account = holding(intent.account, 0, intent.instrument);
  view.strategy = holding(intent.account, intent.instance, intent.instrument);
  if (view.instrument->complement != 0) {
    view.complement = holding(intent.account, 0, view.instrument->complement);
    view.strategy_complement =
        holding(intent.account, intent.instance, view.instrument->complement);
  }
  view.cash_free = cash_free(account, *view.instrument);
  if (view.instrument->kind == WRIT_KIND_SPOT) {
    const AssetId base{view.instrument->base_asset};
    view.base_free = ledger_.cash(account, base) - orders_.reserved(account, base);
  }
  view.strategy_open_orders =
      orders_.sums({intent.account, intent.instrument, intent.instance}).count;
  view.tier = ledger_.tier(account);

  const auto terms = arbiter_.terms(intent, view);
  if (terms.makes_order) {
    const auto met = own_orders_met(orders_, *view.instrument, intent, terms);
    if (!met.empty()) view.own_order_met = met.front().price;
    view.cash_required = execution::cash_required(*view.instrument, terms.side, terms.price,
                                                  terms.quantity, terms.closable);
  }
  return view;
}

}  // namespace writ::engine
