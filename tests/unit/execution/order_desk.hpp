#pragma once

#include "host/execution/orders.hpp"
#include "host/execution/reservation.hpp"
#include "host/model/record_view.hpp"
#include "tests/unit/execution/recording_sink.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::test {

inline std::int64_t px(std::string_view text) { return parse_price(text).value.raw; }
inline std::int64_t qty(std::string_view text) { return parse_quantity(text).value.raw; }
inline Money cash(std::string_view text) { return parse_money(text).value; }

/// An instrument with everything a venue states. Assets: 1 quote and settle, 2 base.
inline writ_instrument make_instrument(std::uint32_t id, std::uint32_t kind) {
  auto facts = model::make_record<writ_instrument>();
  facts.instrument = id;
  facts.kind = kind;
  facts.base_asset = 2;
  facts.quote_asset = 1;
  facts.settle_asset = 1;
  facts.status = WRIT_INSTRUMENT_ACTIVE;
  facts.ladder = WRIT_LADDER_TICK;
  facts.tick = px("0.1");
  facts.lot = qty("0.01");
  facts.price_min = facts.price_max = WRIT_NONE;
  facts.quantity_min = facts.quantity_max = WRIT_NONE;
  facts.quantity_unit = 1'000'000'000;
  facts.maker_fee = parse_rate("0.0002").value.raw;
  facts.taker_fee = parse_rate("0.0005").value.raw;
  facts.fee_decimals = 8;
  facts.fee_rounding = WRIT_ROUND_CEIL;
  facts.expiry_ts = WRIT_NONE;
  return facts;
}

/// Orders with a sink behind them, and the records of an intent's life made up around them.
/// Instances 1 (`mm`) and 2 (`taker`), instruments 1 (spot) and 2 (perpetual), account 1.
class OrderDesk {
 public:
  explicit OrderDesk(execution::OrdersOptions options = {}) : options_(options), orders(options) {
    auto run = model::make_record<writ_run_started>();
    for (std::uint8_t i = 0; i < 16; ++i) run.run_id[i] = i;
    note(run);
    for (std::uint32_t id : {1U, 2U}) {
      auto instance = model::make_record<writ_instance>();
      instance.instance = id;
      EXPECT_TRUE(model::set_text(instance.name, id == 1 ? "mm" : "taker"));
      note(instance);
    }
    note(make_instrument(1, WRIT_KIND_SPOT));
    note(make_instrument(2, WRIT_KIND_PERP));
  }

  /// An intent of `instance`, approved as it stands.
  struct Decision {
    writ_intent intent;
    writ_verdict verdict;
    [[nodiscard]] execution::Approved approved() const {
      return {intent, verdict, record_id<VerdictId>(RunNumber{1}, Seq{verdict.header.seq})};
    }
  };

  writ_intent intent(std::uint16_t kind, std::uint32_t instance = 1, std::uint32_t instrument = 1) {
    auto record = model::make_record<writ_intent>();
    record.kind = kind;
    record.instance = instance;
    record.instrument = instrument;
    record.account = 1;
    record.price = WRIT_NONE;
    record.quantity = WRIT_NONE;
    record.expire_ts = WRIT_NONE;
    record.tag = 77;
    return record;
  }

  Decision decide(writ_intent record) {
    sink.append(record.header);
    auto verdict = model::make_record<writ_verdict>();
    verdict.intent_id = record_id<IntentId>(RunNumber{1}, Seq{record.header.seq}).raw();
    verdict.tag = record.tag;
    verdict.instance = record.instance;
    verdict.instrument = record.instrument;
    verdict.account = record.account;
    verdict.book = WRIT_BOOK_MAIN;
    verdict.approved = 1;
    verdict.price = record.price;
    verdict.quantity = record.quantity;
    sink.append(verdict.header);
    return {record, verdict};
  }

  Decision decide_place(std::uint16_t side, std::string_view at, std::string_view size,
                        std::uint32_t instance = 1, std::uint32_t instrument = 1) {
    writ_intent record = intent(WRIT_INTENT_PLACE, instance, instrument);
    record.side = side;
    record.order_type = at == "market" ? WRIT_ORDER_MARKET : WRIT_ORDER_LIMIT;
    record.time_in_force = WRIT_TIF_GTC;
    if (at != "market") record.price = px(at);
    record.quantity = qty(size);
    return decide(record);
  }

  execution::Funding funding(std::uint16_t side, std::string_view at, std::string_view size,
                             std::uint32_t kind) {
    const auto required = execution::cash_required(make_instrument(1, kind), side, Price{px(at)},
                                                   Quantity{qty(size)}, Quantity{});
    return {cash("1000000"), *required};
  }

  OrderId place(std::uint16_t side, std::string_view at, std::string_view size,
                std::uint32_t instance = 1, std::uint32_t instrument = 1) {
    const Decision decision = decide_place(side, at, size, instance, instrument);
    return orders.place(decision.approved(),
                        funding(side, at == "market" ? "100" : at, size,
                                instrument == 1 ? WRIT_KIND_SPOT : WRIT_KIND_PERP),
                        sink);
  }

  [[nodiscard]] const writ_order& order(OrderId id) const {
    const writ_order* found = orders.find(id);
    EXPECT_NE(found, nullptr);
    return *found;
  }

  writ_report make_report(OrderId id, std::uint16_t kind,
                          std::uint16_t reason = WRIT_REPORT_REASON_NONE) {
    const writ_order& about = order(id);
    auto report = model::make_record<writ_report>();
    report.order_id = about.order_id;
    report.intent_id = about.intent_id;
    report.instance = about.instance;
    report.instrument = about.instrument;
    report.account = about.account;
    report.kind = kind;
    report.reason = reason;
    report.price = about.price;
    report.quantity = about.quantity;
    report.filled = about.filled;
    std::memcpy(report.client_order_id, about.client_order_id, sizeof report.client_order_id);
    EXPECT_TRUE(
        model::set_text(report.venue_order_id, "V" + std::to_string(about.order_id % 1000)));
    return report;
  }

  void deliver(writ_report report) {
    sink.input(report.header, now += 1'000);
    orders.on_report(report, sink);
  }
  void report(OrderId id, std::uint16_t kind, std::uint16_t reason = WRIT_REPORT_REASON_NONE) {
    deliver(make_report(id, kind, reason));
  }

  writ_fill make_fill(OrderId id, std::string_view at, std::string_view size,
                      std::string_view trade) {
    const writ_order& about = order(id);
    auto fill = model::make_record<writ_fill>();
    fill.order_id = about.order_id;
    fill.intent_id = about.intent_id;
    fill.instance = about.instance;
    fill.instrument = about.instrument;
    fill.account = about.account;
    fill.side = about.side;
    fill.price = px(at);
    fill.quantity = qty(size);
    std::memcpy(fill.client_order_id, about.client_order_id, sizeof fill.client_order_id);
    std::memcpy(fill.venue_order_id, about.venue_order_id, sizeof fill.venue_order_id);
    EXPECT_TRUE(model::set_text(fill.exchange_trade_id, trade));
    return fill;
  }

  bool deliver(writ_fill fill) {
    sink.input(fill.header, now += 1'000);
    return orders.on_fill(fill, sink);
  }
  bool fill(OrderId id, std::string_view at, std::string_view size, std::string_view trade) {
    return deliver(make_fill(id, at, size, trade));
  }

  /// The same orders from the journal alone: inputs and ORDER records, in order.
  [[nodiscard]] std::vector<std::byte> folded() const {
    execution::Orders fold(options_);
    for (std::size_t i = 0; i < sink.records().size(); ++i) {
      const writ_record& record = sink.record(i);
      if (const auto* run = model::as<writ_run_started>(record)) fold.apply(*run);
      if (const auto* instance = model::as<writ_instance>(record)) fold.apply(*instance);
      if (const auto* facts = model::as<writ_instrument>(record)) fold.apply(*facts);
      if (const auto* order = model::as<writ_order>(record)) fold.apply(*order);
      if (const auto* report = model::as<writ_report>(record)) fold.apply(*report);
      if (const auto* fill = model::as<writ_fill>(record)) fold.apply(*fill);
    }
    return fold.save();
  }

 private:
  template <class T>
  void note(T record) {
    sink.input(record.header, now);
    orders.apply(record);
  }

  execution::OrdersOptions options_;

 public:
  RecordingSink sink;
  execution::Orders orders;
  std::int64_t now = 1'000'000;
};

}  // namespace writ::test
