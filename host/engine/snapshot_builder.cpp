#include "host/engine/snapshot_builder.hpp"

#include <writ/money_abi.hpp>

namespace writ::engine {
namespace {

std::uint32_t flags_of(const market::MarketView& market, std::uint32_t tier, bool barred,
                       bool warm) {
  std::uint32_t flags = 0;
  const bool halted = tier == WRIT_TIER_HALT20;
  if (market.tradable() && !halted && !barred) flags |= WRIT_SNAPSHOT_CAN_TRADE;
  if (halted) flags |= WRIT_SNAPSHOT_DRAWDOWN_HALT;
  if (market.stale) flags |= WRIT_SNAPSHOT_STALE;
  if (market.in_sync) flags |= WRIT_SNAPSHOT_IN_SYNC;
  if (!warm) flags |= WRIT_SNAPSHOT_WARMUP;
  return flags;
}

}  // namespace

const writ_snapshot& SnapshotBuilder::build(const plugin::Actor& actor, std::uint32_t instrument) {
  return build({actor.number(), actor.account, actor.warm_up.warm()}, instrument);
}

const writ_snapshot& SnapshotBuilder::build(const Whose& whose, std::uint32_t instrument) {
  const InstrumentId instrument_id{instrument};
  const AccountId account{whose.account};
  const auto market = markets_.view(instrument_id, sink_.now());
  const auto features = markets_.features(instrument_id, sink_.now());
  const auto signals = board_.values_for(whose.instance, instrument);
  const bool barred =
      arbiter_.is_killed(whose.account) || arbiter_.is_paused(whose.account, whose.instance);

  auto snapshot = model::make_record<writ_snapshot>();
  snapshot.header.event_ts = sink_.event_ts();
  snapshot.header.ingest_ts = sink_.now();
  snapshot.instance = whose.instance;
  snapshot.instrument = instrument;
  snapshot.account = whose.account;
  snapshot.tier = ledger_.tier(account);
  snapshot.flags = flags_of(market, snapshot.tier, barred, whose.warm);
  snapshot.as_of_seq = sink_.input_seq();
  snapshot.bid_price = market.bid_price;
  snapshot.bid_quantity = market.bid_quantity;
  snapshot.ask_price = market.ask_price;
  snapshot.ask_quantity = market.ask_quantity;
  snapshot.position =
      ledger_.strategy_position(account, InstanceId{whose.instance}, instrument_id).raw;
  snapshot.account_position = ledger_.position(account, instrument_id).raw;
  const Money cash = risk_views_.cash_free(account, markets_.instrument(instrument_id));
  snapshot.cash_left = to_abi(cash);
  snapshot.budget_left = to_abi(cash);
  snapshot.net_exposure = to_abi(ledger_.net_exposure(account));
  snapshot.gross_exposure = to_abi(ledger_.gross_exposure(account));
  snapshot.equity = to_abi(ledger_.equity(account));
  snapshot.open_orders = orders_.sums({whose.account, instrument, whose.instance}).count;
  snapshot.feature_schema = WRIT_FEATURE_SCHEMA_VERSION;
  snapshot.feature_count = static_cast<std::uint32_t>(features.size());
  snapshot.signal_count = static_cast<std::uint32_t>(signals.size());

  buffer_.begin(snapshot)
      .append(features.data(), features.size() * sizeof(writ_feature))
      .append(signals.data(), signals.size() * sizeof(writ_signal_value));
  return *model::as<writ_snapshot>(buffer_.finish());
}

}  // namespace writ::engine
