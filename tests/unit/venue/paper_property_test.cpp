// Orders and the paper exchange together, under random markets and commands.
#include "host/base/random.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/venue/market_records.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace writ::venue::paper {
namespace {

using test::OrderDesk;

constexpr int kSteps = 400;
/// More than 100,000 steps at scale 1.
std::uint64_t seeds() { return test::scaled(260); }

/// What the recorded book showed, to hold takers' fills against.
class ShownLevels {
 public:
  void image(std::int64_t at, const std::vector<writ_level>& bids,
             const std::vector<writ_level>& asks) {
    lose(at);
    in_sync_ = true;
    for (const writ_level& level : bids) put(at, market::Side::kBid, level);
    for (const writ_level& level : asks) put(at, market::Side::kAsk, level);
  }
  void change(std::int64_t at, market::Side side, const writ_level& level) {
    if (in_sync_) put(at, side, level);
  }
  /// Out of sync: nothing shown counts.
  void lose(std::int64_t at) {
    in_sync_ = false;
    for (auto& [key, updates] : levels_) updates.push_back({at, 0, 0});
  }
  /// Takes from a level as it was last updated by `at`; false if that is more than it showed.
  [[nodiscard]] bool take(market::Side side, std::int64_t price, std::int64_t at,
                          std::int64_t quantity) {
    auto& updates = levels_[{side, price}];
    auto last = std::find_if(updates.rbegin(), updates.rend(),
                             [at](const Update& update) { return update.at <= at; });
    if (last == updates.rend()) return false;
    last->taken += quantity;
    return last->taken <= last->shown;
  }

 private:
  struct Update {
    std::int64_t at;
    std::int64_t shown;
    std::int64_t taken;
  };
  void put(std::int64_t at, market::Side side, const writ_level& level) {
    levels_[{side, level.price}].push_back({at, level.quantity, 0});
  }
  bool in_sync_ = false;
  std::map<std::pair<market::Side, std::int64_t>, std::vector<Update>> levels_;
};

/// One run of a seed, whose number chooses kind, latency, queue model and mode of self-trade. Each
/// fill is delivered twice. With `reloads` the exchange is now and then saved, thrown away and
/// loaded into another.
class PaperRun {
 public:
  PaperRun(std::uint64_t seed, bool reloads)
      : random_(seed, "test.paper"),
        reload_(seed, "test.reload"),
        options_(options_of(seed)),
        kind_(static_cast<std::uint32_t>(1 + seed / 3 % 4)),
        reloads_(reloads) {
    venue_ = std::make_unique<PaperVenue>(options_);
    desk.now = 1'000;
    writ_instrument facts = test::make_instrument(1, kind_);
    facts.header.ingest_ts = ++desk.now;
    if (kind_ == WRIT_KIND_RUNNER) facts.ladder = WRIT_LADDER_FINEST;
    observe(facts.header);
  }

  void go() {
    for (int step = 0; step < kSteps; ++step) {
      if (reloads_ && reload_.below(20) == 0) reload();
      desk.now += static_cast<std::int64_t>(random_.below(30));
      deliver_before(desk.now);
      if (random_.below(3) == 0) {
        command();
      } else {
        market();
      }
      send_new();
      if (testing::Test::HasFailure()) return;
    }
    while (const auto due = venue_->next_due()) {
      deliver_before(*due + 1);
      send_new();
    }
  }

  OrderDesk desk;
  std::vector<std::byte> bytes;  ///< of every report and fill, in order
  std::size_t fills = 0;
  std::int64_t prevented[2] = {0, 0};  ///< by self-trade, of buys and of sells
  [[nodiscard]] bool decrements() const {
    return options_.self_trade == SelfTrade::kDecrement && kind_ != WRIT_KIND_PERP;
  }
  [[nodiscard]] std::vector<std::byte> venue_state() const { return venue_->save(); }

 private:
  static PaperOptions options_of(std::uint64_t seed) {
    PaperOptions options;
    options.bet_delay_ns = 40;
    if (seed % 5 == 0) options.recorded_latency = recording(seed);
    options.order_latency_ns = static_cast<std::int64_t>(seed % 4) * 17;
    options.report_latency_ns = static_cast<std::int64_t>(seed % 3) * 11;
    options.self_trade = static_cast<SelfTrade>(seed % 4);
    options.queue_model = {static_cast<QueueKind>(seed / 4 % 4), static_cast<int>(1 + seed % 3)};
    return options;
  }

  static std::shared_ptr<const RecordedLatency> recording(std::uint64_t seed) {
    base::RandomStream random(seed, "test.recording");
    std::vector<LatencySample> samples;
    for (std::int64_t at = 1'000; at < 8'000; at += 1 + int64(random.below(200))) {
      const std::int64_t there = at + int64(random.below(60));
      const bool lost = !samples.empty() && random.below(12) == 0;
      samples.push_back({at, lost ? 0 : there, there + int64(random.below(60))});
    }
    return std::make_shared<RecordedLatency>(std::move(samples));
  }

  /// Of a token below 1, of everything else around 100, bids below the middle and asks above.
  [[nodiscard]] std::int64_t middle() const {
    return kind_ == WRIT_KIND_BINARY ? test::px("0.5") : test::px("100");
  }
  std::int64_t price() { return middle() + 100'000'000 * (int64(random_.below(9)) - 4); }
  std::int64_t size() { return 10'000'000 * (1 + int64(random_.below(300))); }
  static std::int64_t int64(std::uint64_t value) { return static_cast<std::int64_t>(value); }

  void observe(const writ_record& record) { venue_->observe(record); }

  void market() {
    const std::int64_t at = desk.now;
    const auto dice = random_.below(40);
    if (dice == 0) {
      std::vector<writ_level> bids;
      std::vector<writ_level> asks;
      for (int i = 1; i <= 4; ++i) {
        bids.push_back({middle() - 100'000'000 * i, size()});
        asks.push_back({middle() + 100'000'000 * i, size()});
      }
      shown_.image(at, bids, asks);
      return observe(records_.image(at, bids, asks));
    }
    if (dice == 1) {
      shown_.lose(at);
      return observe(records_.gap(at));
    }
    if (dice == 2) {
      const auto status = static_cast<std::uint32_t>(1 + random_.below(5));
      if (status == WRIT_MARKET_DISCONNECTED) shown_.lose(at);
      return observe(records_.status(at, status, random_.below(2) == 0));
    }
    if (dice == 3) return observe(records_.status(at, WRIT_MARKET_CONNECTED));
    if (dice < 6) return observe(records_.status(at, WRIT_MARKET_OPEN, random_.below(4) == 0));
    if (dice == 6 && random_.below(8) == 0) {
      return observe(records_.reduction(at, 2, 3'000'000'000, false));
    }
    if (dice < 22) {
      const auto side = static_cast<std::uint16_t>(random_.below(3));
      const std::int64_t at_price = price();
      return observe(records_.trade(at, side, at_price, size(), 0));
    }
    const std::int64_t quantity = random_.below(3) == 0 ? 0 : size();
    const std::int64_t at_price = price();
    // bids below, asks above: mostly uncrossed
    const writ_level level{at_price, quantity};
    if (at_price < middle()) {
      shown_.change(at, market::Side::kBid, level);
      return observe(records_.change(at, {level}, {}));
    }
    shown_.change(at, market::Side::kAsk, level);
    observe(records_.change(at, {}, {level}));
  }

  void command() {
    const auto dice = random_.below(10);
    if (ids_.empty() || dice < 6) {
      auto intent = desk.intent(WRIT_INTENT_PLACE);
      intent.side = random_.below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
      intent.order_type = random_.below(8) == 0 ? WRIT_ORDER_MARKET : WRIT_ORDER_LIMIT;
      intent.time_in_force = static_cast<std::uint16_t>(1 + random_.below(4));
      intent.price = intent.order_type == WRIT_ORDER_MARKET ? WRIT_NONE : price();
      if (random_.below(20) == 0 && intent.price != WRIT_NONE) intent.price += 1;  // off the tick
      intent.quantity = size();
      intent.expire_ts = desk.now + int64(random_.below(400));
      if (random_.below(4) == 0) intent.flags = WRIT_INTENT_POST_ONLY;
      if (random_.below(4) == 0) intent.flags |= WRIT_INTENT_REDUCE_ONLY;
      ids_.push_back(desk.orders.place(desk.decide(intent).approved(), {}, desk.sink));
      return;
    }
    const OrderId id = ids_[random_.below(ids_.size())];
    auto intent = desk.intent(dice < 8 ? WRIT_INTENT_CANCEL : WRIT_INTENT_REPLACE);
    intent.target_intent = desk.order(id).intent_id;
    intent.price = price();
    intent.quantity = size();
    desk.orders.carry_out(desk.decide(intent).approved(), Quantity{}, {}, desk.sink);
  }

  void send_new() {
    for (; sent_ < desk.sink.records().size(); ++sent_) {
      const auto* order = model::as<writ_order>(desk.sink.record(sent_));
      if (order == nullptr || order->command == WRIT_COMMAND_NONE) continue;
      writ_order command = *order;
      command.header.ingest_ts = desk.now;
      venue_->send(command);
    }
  }

  void deliver_before(std::int64_t end) {
    for (auto due = venue_->next_due(); due && *due < end; due = venue_->next_due()) {
      const writ_record* record = venue_->take_report(*due);
      if (record == nullptr) {  // what arrived must wait
        ASSERT_NE(venue_->next_due(), due) << "nothing was due and nothing happened";
        continue;
      }
      EXPECT_EQ(record->ingest_ts, *due);
      EXPECT_GE(record->ingest_ts, last_due_);
      last_due_ = record->ingest_ts;
      const auto of_record = model::bytes_of(*record);
      bytes.insert(bytes.end(), of_record.begin(), of_record.end());
      if (const auto* report = model::as<writ_report>(*record)) {
        on_report(*report);
      } else if (const auto* fill = model::as<writ_fill>(*record)) {
        on_fill(*fill);
      }
    }
  }

  void on_report(writ_report report) {
    // Of an order that is not in its book the exchange only repeats what the command said.
    const bool repeats =
        report.reason == WRIT_REPORT_REASON_NOT_FOUND ||
        report.reason == WRIT_REPORT_REASON_OTHER ||
        (report.reason == WRIT_REPORT_REASON_MARKET && report.kind == WRIT_REPORT_REPLACE_REJECTED);
    if (!repeats) {
      EXPECT_EQ(report.filled, filled_[report.order_id]) << "cumulative quantity";
    }
    if (report.reason == WRIT_REPORT_REASON_SELF_TRADE) {
      const bool expired = report.kind == WRIT_REPORT_EXPIRED;
      const bool buys = desk.order(OrderId{report.order_id}).side == WRIT_SIDE_BUY;
      prevented[buys ? 0 : 1] +=
          quantity_.at(report.order_id) - (expired ? report.filled : report.quantity);
    }
    if (report.kind == WRIT_REPORT_REPLACED || report.kind == WRIT_REPORT_ACCEPTED) {
      quantity_[report.order_id] = report.quantity;
    }
    if (report.kind == WRIT_REPORT_REPLACED) limit_[report.order_id] = report.price;
    if (report.kind == WRIT_REPORT_ACCEPTED) limit_[report.order_id] = report.price;
    desk.sink.input(report.header, report.header.ingest_ts);
    desk.orders.on_report(report, desk.sink);
  }

  void on_fill(writ_fill fill) {
    ++fills;
    filled_[fill.order_id] += fill.quantity;
    const std::int64_t limit = limit_.at(fill.order_id);
    EXPECT_GT(fill.quantity, 0);
    const bool wants_low = (fill.side == WRIT_SIDE_BUY) != (kind_ == WRIT_KIND_RUNNER);
    if (limit != WRIT_NONE) {
      EXPECT_LE(wants_low ? fill.price : -fill.price, wants_low ? limit : -limit);
    }
    if (fill.liquidity == WRIT_LIQUIDITY_MAKER) {
      EXPECT_EQ(fill.price, limit);
    } else {
      const auto side = wants_low ? market::Side::kAsk : market::Side::kBid;
      EXPECT_TRUE(shown_.take(side, fill.price, fill.header.event_ts, fill.quantity))
          << "took more than was displayed";
    }
    if (kind_ == WRIT_KIND_PERP) check_position(fill);
    desk.sink.input(fill.header, fill.header.ingest_ts);
    EXPECT_TRUE(desk.orders.on_fill(fill, desk.sink));
    const auto before = desk.orders.save();
    desk.sink.input(fill.header, fill.header.ingest_ts);
    EXPECT_FALSE(desk.orders.on_fill(fill, desk.sink));
    EXPECT_EQ(desk.orders.save(), before);
    const writ_order& order = desk.order(OrderId{fill.order_id});
    EXPECT_LE(order.filled, order.quantity);
    EXPECT_EQ(order.filled, filled_[fill.order_id]);
  }

  /// A reduce-only fill brings the account nearer to nothing and not past it.
  void check_position(const writ_fill& fill) {
    const std::int64_t before = position_;
    position_ += fill.side == WRIT_SIDE_BUY ? fill.quantity : -fill.quantity;
    if ((desk.order(OrderId{fill.order_id}).flags & WRIT_INTENT_REDUCE_ONLY) == 0) return;
    EXPECT_LT(std::abs(position_), std::abs(before));
    EXPECT_TRUE(position_ == 0 || (position_ < 0) == (before < 0)) << position_;
  }

  void reload() {
    const auto saved = venue_->save();
    venue_ = std::make_unique<PaperVenue>(options_);
    ASSERT_TRUE(venue_->load(saved));
    ASSERT_EQ(venue_->save(), saved);
  }

  base::RandomStream random_;
  base::RandomStream reload_;
  PaperOptions options_;
  std::uint32_t kind_;
  bool reloads_;
  ShownLevels shown_;
  std::int64_t position_ = 0;
  std::unique_ptr<PaperVenue> venue_;
  test::MarketRecords records_;
  std::vector<OrderId> ids_;
  std::size_t sent_ = 0;
  std::int64_t last_due_ = 0;
  std::map<std::uint64_t, std::int64_t> filled_;
  std::map<std::uint64_t, std::int64_t> limit_;
  std::map<std::uint64_t, std::int64_t> quantity_;
};

TEST(PaperVenueProperty, HoldsUnderRandomMarketsAndCommands) {
  std::size_t orders = 0;
  std::size_t fills = 0;
  std::int64_t prevented = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PaperRun run(seed, false);
    run.go();
    // The exchange never says anything that contradicts the order's record.
    EXPECT_EQ(run.desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 0U);
    EXPECT_EQ(run.desk.sink.incidents(WRIT_INCIDENT_ORDER_UNKNOWN), 0U);
    EXPECT_EQ(run.desk.sink.incidents(WRIT_INCIDENT_DUPLICATE_FILL), run.fills);
    EXPECT_EQ(run.desk.folded(), run.desk.orders.save());
    // Nothing is under way any more: every order is final or rests at the exchange.
    run.desk.orders.for_each_working({}, [&](const writ_order& order) {
      EXPECT_TRUE(order.state == WRIT_ORDER_OPEN || order.state == WRIT_ORDER_PARTIAL)
          << order.state;
      EXPECT_FALSE(run.desk.orders.has_command_under_way(OrderId{order.order_id}));
    });
    for (const writ_order& order : run.desk.sink.all<writ_order>()) {
      orders += order.command == WRIT_COMMAND_SEND ? 1 : 0;
    }
    fills += run.fills;
    prevented += run.prevented[0] + run.prevented[1];
    if (run.decrements()) {
      EXPECT_EQ(run.prevented[0], run.prevented[1]) << "own orders met and lost unequal parts";
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(orders, seeds() * 30);
  EXPECT_GT(fills, seeds() * 6);
  EXPECT_GT(prevented, 0);
  std::cout << "paper property: " << seeds() << " seeds of " << kSteps << " steps, " << orders
            << " orders, " << fills << " fills, each delivered twice\n";
}

TEST(PaperVenueProperty, GoesOnFromSavedStateWithTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PaperRun straight(seed, false);
    straight.go();
    PaperRun reloaded(seed, true);
    reloaded.go();
    ASSERT_EQ(straight.bytes, reloaded.bytes);
    ASSERT_EQ(straight.venue_state(), reloaded.venue_state());
    ASSERT_GT(straight.bytes.size(), 0U);
  }
}

TEST(PaperVenue, RefusesDamagedStateAndStaysAsItWas) {
  PaperRun run(5, false);
  run.go();
  const auto saved = run.venue_state();
  PaperVenue venue({});
  test::MarketRecords records;
  venue.observe(records.instrument(1));
  const auto before = venue.save();
  for (std::size_t size = 0; size < saved.size(); size += 13) {
    ASSERT_FALSE(venue.load(std::span(saved).first(size))) << size;
  }
  EXPECT_EQ(venue.save(), before);
  EXPECT_TRUE(venue.load(saved));
  EXPECT_EQ(venue.save(), saved);
}

TEST(PaperVenue, EchoesWhatTheOrderCarried) {
  PaperVenue venue({0, 5, {}, SelfTrade::kExpireTaker});
  test::MarketRecords records;
  venue.observe(records.instrument(1));
  venue.observe(
      records.image(2, {{test::px("99"), test::qty("1")}}, {{test::px("101"), test::qty("1")}}));
  writ_order order = test::make_order(7, WRIT_SIDE_BUY, test::px("101"), test::qty("1"));
  order.header.ingest_ts = 10;
  venue.send(order);
  EXPECT_EQ(venue.next_due(), 15);
  EXPECT_EQ(venue.take_report(14), nullptr);
  const auto* report = model::as<writ_report>(*venue.take_report(15));
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->order_id, 7U);
  EXPECT_EQ(report->intent_id, 1'007U);
  EXPECT_EQ(report->tag, 2'007U);
  EXPECT_EQ(report->instance, 1U);
  EXPECT_EQ(report->account, 1U);
  EXPECT_EQ(report->header.event_ts, 10);
  EXPECT_EQ(report->header.ingest_ts, 15);
  EXPECT_EQ(model::text_of(report->client_order_id), "wr1-test7");
  EXPECT_EQ(model::text_of(report->venue_order_id), "P1");
  const auto* fill = model::as<writ_fill>(*venue.take_report(15));
  ASSERT_NE(fill, nullptr);
  EXPECT_EQ(fill->order_id, 7U);
  EXPECT_EQ(fill->tag, 2'007U);
  EXPECT_EQ(fill->liquidity, WRIT_LIQUIDITY_TAKER);
  EXPECT_EQ(fill->fee_asset, 1U);
  EXPECT_EQ(model::text_of(fill->exchange_trade_id), "T1");
  EXPECT_EQ(venue.take_report(1'000), nullptr);
  EXPECT_FALSE(venue.next_due());
}

TEST(PaperVenue, AppliesAStatusOfAWholeSourceToItsInstruments) {
  PaperVenue venue({0, 0, {}, SelfTrade::kExpireTaker});
  for (std::uint32_t id : {1U, 2U, 3U}) {
    auto facts = test::make_instrument(id, WRIT_KIND_SPOT);
    venue.observe(facts.header);
    auto stream = model::make_record<writ_stream>();
    stream.stream = id;
    stream.instrument = id;
    ASSERT_TRUE(model::set_text(stream.source, id == 3 ? "other" : "sim"));
    venue.observe(stream.header);
  }
  auto status = model::make_record<writ_market_status>();
  status.header.stream = 1;
  status.status = WRIT_MARKET_DISCONNECTED;
  venue.observe(status.header);
  std::map<std::uint64_t, std::uint16_t> kinds;
  for (std::uint32_t id : {1U, 2U, 3U}) {
    writ_order order = test::make_order(id, WRIT_SIDE_BUY, test::px("100"), test::qty("1"));
    order.instrument = id;
    venue.send(order);
  }
  while (const auto* record = venue.take_report(10)) {
    const auto* report = model::as<writ_report>(*record);
    ASSERT_NE(report, nullptr);
    kinds[report->order_id] = report->kind;
  }
  EXPECT_EQ(kinds[1], WRIT_REPORT_REJECTED);
  EXPECT_EQ(kinds[2], WRIT_REPORT_REJECTED);
  EXPECT_EQ(kinds[3], WRIT_REPORT_ACCEPTED);
}

TEST(PaperVenue, RejectsAnOrderForAnInstrumentItNeverHeardOf) {
  PaperVenue venue({0, 0, {}, SelfTrade::kExpireTaker});
  venue.send(test::make_order(1, WRIT_SIDE_BUY, test::px("100"), test::qty("1")));
  const auto* report = model::as<writ_report>(*venue.take_report(1));
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->kind, WRIT_REPORT_REJECTED);
  EXPECT_EQ(report->reason, WRIT_REPORT_REASON_MARKET);
}

}  // namespace
}  // namespace writ::venue::paper
