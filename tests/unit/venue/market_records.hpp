#pragma once

#include "host/model/record_view.hpp"
#include "tests/unit/execution/order_desk.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/market.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::test {

/// Market records of instrument 1 with ids that follow each other. Each is valid until the next.
class MarketRecords {
 public:
  const writ_record& instrument(std::int64_t at, std::uint32_t kind = WRIT_KIND_SPOT) {
    writ_instrument facts = make_instrument(1, kind);
    facts.market_group = 7;
    if (kind == WRIT_KIND_RUNNER) facts.ladder = WRIT_LADDER_CLASSIC;
    if (kind == WRIT_KIND_BINARY) facts.tick = px("0.01");
    return fixed(facts, at);
  }

  const writ_record& image(std::int64_t at, const std::vector<writ_level>& bids,
                           const std::vector<writ_level>& asks) {
    auto image = model::make_record<writ_book_snapshot>();
    image.instrument = 1;
    image.last_id = ++id_;
    image.bid_count = static_cast<std::uint32_t>(bids.size());
    image.ask_count = static_cast<std::uint32_t>(asks.size());
    return levels(image, at, bids, asks);
  }

  const writ_record& change(std::int64_t at, const std::vector<writ_level>& bids,
                            const std::vector<writ_level>& asks) {
    auto delta = model::make_record<writ_book_delta>();
    delta.instrument = 1;
    delta.flags = WRIT_DELTA_CONTIGUOUS;
    delta.first_id = delta.last_id = ++id_;
    delta.bid_count = static_cast<std::uint32_t>(bids.size());
    delta.ask_count = static_cast<std::uint32_t>(asks.size());
    return levels(delta, at, bids, asks);
  }

  const writ_record& gap(std::int64_t at) {
    ++id_;
    return change(at, {}, {});
  }

  const writ_record& trade(std::int64_t at, std::uint16_t side, std::int64_t price,
                           std::int64_t quantity, std::uint32_t flags) {
    auto trade = model::make_record<writ_trade>();
    trade.instrument = 1;
    trade.side = side;
    trade.flags = static_cast<std::uint16_t>(flags);
    trade.price = price;
    trade.quantity = quantity;
    return fixed(trade, at);
  }

  const writ_record& status(std::int64_t at, std::uint32_t status, bool in_play = false,
                            std::uint32_t bet_delay_s = 0) {
    auto record = model::make_record<writ_market_status>();
    record.instrument = 1;
    record.status = status;
    record.in_play = in_play ? 1 : 0;
    record.bet_delay_s = bet_delay_s;
    return fixed(record, at);
  }

  const writ_record& settlement(std::int64_t at, std::uint32_t result) {
    auto record = model::make_record<writ_settlement>();
    record.instrument = 1;
    record.result = result;
    return fixed(record, at);
  }

  const writ_record& adjustment(std::int64_t at, std::int64_t quantity) {
    auto record = model::make_record<writ_adjustment>();
    record.account = 1;
    record.instrument = 1;
    record.instance = 1;
    record.kind = WRIT_ADJUST_POSITION;
    record.quantity = quantity;
    return fixed(record, at);
  }

  /// A non-runner of the same market.
  const writ_record& reduction(std::int64_t at, std::uint32_t runner, std::int64_t factor,
                               bool place) {
    auto record = model::make_record<writ_reduction>();
    record.instrument = runner;
    record.market_group = 7;
    record.factor = factor;
    record.market = place ? WRIT_REDUCTION_PLACE : WRIT_REDUCTION_WIN;
    return fixed(record, at);
  }

  const writ_record& tick(std::int64_t at, std::int64_t tick) {
    auto record = model::make_record<writ_tick_change>();
    record.instrument = 1;
    record.tick = tick;
    return fixed(record, at);
  }

 private:
  template <class T>
  const writ_record& fixed(T record, std::int64_t at) {
    record.header.ingest_ts = at;
    buffer_.begin(record);
    return buffer_.finish();
  }
  template <class T>
  const writ_record& levels(T record, std::int64_t at, const std::vector<writ_level>& bids,
                            const std::vector<writ_level>& asks) {
    record.header.ingest_ts = at;
    buffer_.begin(record)
        .append(bids.data(), bids.size() * sizeof(writ_level))
        .append(asks.data(), asks.size() * sizeof(writ_level));
    return buffer_.finish();
  }

  std::uint64_t id_ = 0;
  model::RecordBuffer buffer_;
};

/// An order record as a gateway gets it; price WRIT_NONE makes it a market order.
inline writ_order make_order(std::uint64_t id, std::uint16_t side, std::int64_t price,
                             std::int64_t quantity) {
  auto order = model::make_record<writ_order>();
  order.order_id = id;
  order.intent_id = 1'000 + id;
  order.tag = 2'000 + id;
  order.instance = 1;
  order.instrument = 1;
  order.account = 1;
  order.book = WRIT_BOOK_MAIN;
  order.side = side;
  order.order_type = price == WRIT_NONE ? WRIT_ORDER_MARKET : WRIT_ORDER_LIMIT;
  order.time_in_force = price == WRIT_NONE ? WRIT_TIF_IOC : WRIT_TIF_GTC;
  order.state = WRIT_ORDER_NEW;
  order.command = WRIT_COMMAND_SEND;
  order.price = price;
  order.quantity = quantity;
  order.expire_ts = WRIT_NONE;
  EXPECT_TRUE(model::set_text(order.client_order_id, "wr1-test" + std::to_string(id)));
  return order;
}

}  // namespace writ::test
