#pragma once

#include "host/model/record_view.hpp"
#include "host/plugin/instance.hpp"

#include <writ/abi/market.h>
#include <writ/abi/outcome.h>
#include <writ/abi/snapshot.h>

#include <cstdint>
#include <vector>

namespace writ::test {

/// Events that never change: what a released plugin did with them once, it does in every later
/// host. Two instruments, their trades, tops and snapshots; approval, an open order and now and
/// then a fill for what it submits.
class FixedEvents {
 public:
  struct Submitted {
    std::uint64_t id;
    writ_intent intent;
  };

  std::int64_t time = 1'700'000'000'000'000'000;

  void announce(plugin::Instance& instance) {
    for (const std::uint32_t number : {1U, 2U}) give(instance, instrument(number).header);
  }

  /// One more market event, and the snapshot after it. Nothing the instance does changes it.
  void step(plugin::Instance& instance) {
    time += 40'000'000;
    const std::uint32_t number = 1 + static_cast<std::uint32_t>(draw(2));
    std::int64_t& mid = mid_[number - 1];
    mid += kTick * (static_cast<std::int64_t>(draw(7)) - 3);
    const std::int64_t half = kTick * static_cast<std::int64_t>(1 + draw(3));
    if (draw(3) == 0) {
      auto trade = model::make_record<writ_trade>();
      trade.instrument = number;
      trade.side = draw(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
      trade.price = trade.side == WRIT_SIDE_BUY ? mid + half : mid - half;
      trade.quantity = quantity();
      trade.trade_id = seq_;
      give(instance, trade.header);
    }
    auto top = model::make_record<writ_book_top>();
    top.instrument = number;
    top.bid_price = mid - half;
    top.ask_price = mid + half;
    top.bid_quantity = quantity();
    top.ask_quantity = quantity();
    give(instance, top.header);
    evaluate(instance, top);
  }

  /// What becomes of an intent: by its number alone.
  void answer(plugin::Instance& instance, const Submitted& submitted) {
    const writ_intent& intent = submitted.intent;
    auto verdict = model::make_record<writ_verdict>();
    verdict.intent_id = submitted.id;
    verdict.tag = intent.tag;
    verdict.instance = instance.number();
    verdict.instrument = intent.instrument;
    verdict.book = WRIT_BOOK_MAIN;
    verdict.approved = submitted.id % 7 != 0 ? 1 : 0;
    verdict.reason = verdict.approved != 0 ? WRIT_REASON_OK : WRIT_REASON_RISK_VETO;
    verdict.price = verdict.approved != 0 ? intent.price : WRIT_NONE;
    verdict.quantity = verdict.approved != 0 ? intent.quantity : 0;
    give(instance, verdict.header);
    if (verdict.approved == 0 || intent.kind != WRIT_INTENT_PLACE) return;
    const bool filled = submitted.id % 4 == 0;
    if (filled) give(instance, fill_of(instance, submitted).header);
    give(instance, order_of(instance, submitted, filled).header);
  }

 private:
  static constexpr std::int64_t kUnit = 1'000'000'000;
  static constexpr std::int64_t kTick = kUnit / 100;

  static writ_instrument instrument(std::uint32_t number) {
    auto record = model::make_record<writ_instrument>();
    record.instrument = number;
    record.kind = number == 1 ? WRIT_KIND_SPOT : WRIT_KIND_PERP;
    record.base_asset = 1;
    record.quote_asset = record.settle_asset = 2;
    record.status = WRIT_INSTRUMENT_ACTIVE;
    record.ladder = WRIT_LADDER_TICK;
    record.tick = kTick;
    record.lot = kUnit / 10'000;
    record.price_min = record.price_max = WRIT_NONE;
    record.quantity_min = record.quantity_max = WRIT_NONE;
    record.quantity_unit = kUnit;
    record.start_ts = record.expiry_ts = WRIT_NONE;
    (void)model::set_text(record.venue, "fixed");
    (void)model::set_text(record.market, number == 1 ? "SPOT" : "PERP");
    return record;
  }

  writ_order order_of(const plugin::Instance& instance, const Submitted& submitted, bool filled) {
    auto order = model::make_record<writ_order>();
    order.order_id = submitted.id + 1'000'000;
    order.intent_id = submitted.id;
    order.tag = submitted.intent.tag;
    order.instance = instance.number();
    order.instrument = submitted.intent.instrument;
    order.side = submitted.intent.side;
    order.state = filled ? WRIT_ORDER_FILLED : WRIT_ORDER_OPEN;
    order.price = submitted.intent.price;
    order.quantity = submitted.intent.quantity;
    order.filled = filled ? submitted.intent.quantity : 0;
    return order;
  }

  writ_fill fill_of(const plugin::Instance& instance, const Submitted& submitted) {
    const writ_intent& intent = submitted.intent;
    auto fill = model::make_record<writ_fill>();
    fill.order_id = submitted.id + 1'000'000;
    fill.intent_id = submitted.id;
    fill.instance = instance.number();
    fill.instrument = intent.instrument;
    fill.side = intent.side;
    fill.liquidity = WRIT_LIQUIDITY_MAKER;
    fill.price = intent.price;
    fill.quantity = intent.quantity;
    position_[intent.instrument - 1] +=
        intent.side == WRIT_SIDE_BUY ? intent.quantity : -intent.quantity;
    return fill;
  }

  void evaluate(plugin::Instance& instance, const writ_book_top& top) {
    auto snapshot = model::make_record<writ_snapshot>();
    snapshot.instance = instance.number();
    snapshot.instrument = top.instrument;
    snapshot.account = 1;
    snapshot.flags = WRIT_SNAPSHOT_CAN_TRADE | WRIT_SNAPSHOT_IN_SYNC;
    snapshot.bid_price = top.bid_price;
    snapshot.bid_quantity = top.bid_quantity;
    snapshot.ask_price = top.ask_price;
    snapshot.ask_quantity = top.ask_quantity;
    snapshot.position = snapshot.account_position = position_[top.instrument - 1];
    snapshot.feature_schema = 1;
    snapshot.feature_count = 9;
    model::RecordBuffer buffer;
    buffer.begin(snapshot);
    for (std::uint32_t feature = 0; feature < snapshot.feature_count; ++feature) {
      const writ_feature entry{static_cast<double>(draw(1'000)) / 2'000, feature, 1};
      buffer.append(&entry, sizeof entry);
    }
    auto& record = buffer.finish();
    stamp(record);
    (void)instance.on_snapshot(reinterpret_cast<const writ_snapshot&>(record));
  }

  void give(plugin::Instance& instance, writ_record& record) {
    stamp(record);
    (void)instance.on_event(reinterpret_cast<const writ_event&>(record));
  }
  void give(plugin::Instance& instance, writ_record&& record) { give(instance, record); }

  void stamp(writ_record& record) {
    record.seq = ++seq_;
    record.event_ts = record.ingest_ts = time;
  }

  std::int64_t quantity() { return static_cast<std::int64_t>(1 + draw(1'000)) * (kUnit / 100); }

  // Knuth's MMIX multiplier: of this file alone, so that no other change touches it.
  std::uint64_t draw(std::uint64_t below) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state_ >> 33U) % below;
  }

  std::uint64_t state_ = 1;
  std::uint64_t seq_ = 0;
  std::int64_t mid_[2] = {2'000 * kUnit, 2'000 * kUnit};
  std::int64_t position_[2] = {0, 0};
};

}  // namespace writ::test
