#include "host/engine/run_summary.hpp"

#include "host/model/record_view.hpp"

#include <writ/money_abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::uint32_t kInstance = 4;
constexpr std::uint32_t kAsset = 9;

/// In the account of the records here, which name none.
const RunSummary::Instance& instance_of(RunSummary& summary, std::uint32_t instance) {
  return summary.instances[{instance, 0}];
}

writ_verdict verdict_of(std::uint16_t approved, std::uint16_t detail) {
  auto verdict = model::make_record<writ_verdict>();
  verdict.instance = kInstance;
  verdict.approved = approved;
  verdict.detail = detail;
  return verdict;
}

writ_order order_in(std::uint16_t state, std::uint16_t command, std::uint64_t id = 1) {
  auto order = model::make_record<writ_order>();
  order.instance = kInstance;
  order.order_id = id;
  order.state = state;
  order.command = command;
  return order;
}

writ_ledger entry_of(std::uint16_t ledger, std::uint16_t kind, std::int64_t amount) {
  auto entry = model::make_record<writ_ledger>();
  entry.instance = kInstance;
  entry.asset = kAsset;
  entry.book = WRIT_BOOK_MAIN;
  entry.ledger = ledger;
  entry.kind = kind;
  entry.amount = to_abi(Money{amount});
  return entry;
}

TEST(RunSummary, CountsEveryRecordByType) {
  RunSummary summary;
  summary.add(model::make_record<writ_trade>().header);
  summary.add(model::make_record<writ_trade>().header);
  summary.add(model::make_record<writ_log_line>().header);
  EXPECT_EQ(summary.records, 3U);
  EXPECT_THAT(summary.by_type, ElementsAre(Pair(WRIT_RECORD_TRADE, 2U), Pair(WRIT_RECORD_LOG, 1U)));
}

TEST(RunSummary, CountsMarketInputsAsEvents) {
  RunSummary summary;
  summary.add(model::make_record<writ_book_snapshot>().header);
  summary.add(model::make_record<writ_reduction>().header);
  EXPECT_EQ(summary.events, 2U);
}

TEST(RunSummary, CountsNoOtherInputAsAnEvent) {
  RunSummary summary;
  summary.add(model::make_record<writ_conversion>().header);
  summary.add(model::make_record<writ_plugin_fault>().header);
  summary.add(model::make_record<writ_fill>().header);
  EXPECT_EQ(summary.events, 0U);
}

TEST(RunSummary, SpansFromTheFirstInputToTheLast) {
  RunSummary summary;
  for (const std::int64_t ts : {100, 200, 300}) {
    auto clock = model::make_record<writ_clock>();
    clock.header.ingest_ts = ts;
    summary.add(clock.header);
  }
  EXPECT_EQ(summary.first_ts, 100);
  EXPECT_EQ(summary.last_ts, 300);
}

TEST(RunSummary, SpansInputsOnly) {
  RunSummary summary;
  auto line = model::make_record<writ_log_line>();
  line.header.ingest_ts = 100;
  summary.add(line.header);
  EXPECT_EQ(summary.first_ts, 0);
  EXPECT_EQ(summary.last_ts, 0);
}

TEST(RunSummary, CountsIntentsOfEachInstance) {
  RunSummary summary;
  auto intent = model::make_record<writ_intent>();
  for (const std::uint32_t instance : {1U, 2U, 2U}) {
    intent.instance = instance;
    summary.add(intent.header);
  }
  EXPECT_EQ(summary.intents, 3U);
  EXPECT_EQ(instance_of(summary, 1).intents, 1U);
  EXPECT_EQ(instance_of(summary, 2).intents, 2U);
}

TEST(RunSummary, TellsHowManyIntentsWereOfTheWarmUp) {
  RunSummary summary;
  auto intent = model::make_record<writ_intent>();
  summary.add(intent.header);
  intent.flags = WRIT_INTENT_WARMUP | WRIT_INTENT_POST_ONLY;
  summary.add(intent.header);
  EXPECT_EQ(summary.warmup_intents, 1U);
}

TEST(RunSummary, CountsAnApprovalOnceAndAsNoVeto) {
  RunSummary summary;
  summary.add(verdict_of(1, WRIT_CHECK_NONE).header);
  EXPECT_EQ(summary.approved, 1U);
  EXPECT_EQ(instance_of(summary, kInstance).approved, 1U);
  EXPECT_EQ(summary.vetoed, 0U);
  EXPECT_THAT(summary.vetoes, IsEmpty());
}

TEST(RunSummary, CountsVetoesByTheCheckThatFailed) {
  RunSummary summary;
  summary.add(verdict_of(0, WRIT_CHECK_CASH).header);
  summary.add(verdict_of(0, WRIT_CHECK_KILL).header);
  summary.add(verdict_of(0, WRIT_CHECK_CASH).header);
  EXPECT_EQ(summary.vetoed, 3U);
  EXPECT_EQ(instance_of(summary, kInstance).vetoed, 3U);
  EXPECT_THAT(summary.vetoes, ElementsAre(Pair(WRIT_CHECK_KILL, 1U), Pair(WRIT_CHECK_CASH, 2U)));
}

TEST(RunSummary, CountsAnOrderWhenItIsToBeSent) {
  RunSummary summary;
  summary.add(order_in(WRIT_ORDER_NEW, WRIT_COMMAND_SEND).header);
  EXPECT_EQ(summary.orders, 1U);
  EXPECT_EQ(instance_of(summary, kInstance).orders, 1U);
}

TEST(RunSummary, CountsNoOrderAgainForWhatBecomesOfIt) {
  RunSummary summary;
  summary.add(order_in(WRIT_ORDER_OPEN, WRIT_COMMAND_NONE).header);
  summary.add(order_in(WRIT_ORDER_OPEN, WRIT_COMMAND_CANCEL).header);
  summary.add(order_in(WRIT_ORDER_CANCELLED, WRIT_COMMAND_NONE).header);
  EXPECT_EQ(summary.orders, 0U);
}

TEST(RunSummary, RemembersTheOrderFilledLast) {
  RunSummary summary;
  summary.add(order_in(WRIT_ORDER_FILLED, WRIT_COMMAND_NONE, 11).header);
  summary.add(order_in(WRIT_ORDER_FILLED, WRIT_COMMAND_NONE, 12).header);
  summary.add(order_in(WRIT_ORDER_PARTIAL, WRIT_COMMAND_NONE, 13).header);
  EXPECT_EQ(summary.last_filled_order, 12U);
}

TEST(RunSummary, CountsFillsOfEachInstance) {
  RunSummary summary;
  auto fill = model::make_record<writ_fill>();
  fill.instance = kInstance;
  summary.add(fill.header);
  summary.add(fill.header);
  EXPECT_EQ(summary.fills, 2U);
  EXPECT_EQ(instance_of(summary, kInstance).fills, 2U);
}

TEST(RunSummary, AddsUpTheRealizedResult) {
  RunSummary summary;
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_REALIZED, 500).header);
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_REALIZED, -700).header);
  EXPECT_EQ(instance_of(summary, kInstance).realized, Money{-200});
}

TEST(RunSummary, AddsUpTheChangesOfTheUnrealizedResult) {
  RunSummary summary;
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_MTM, -30).header);
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_MTM, 10).header);
  EXPECT_EQ(instance_of(summary, kInstance).unrealized, Money{-20});
}

TEST(RunSummary, KeepsFeesOutOfTheRealizedResult) {
  RunSummary summary;
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_FEE, -25).header);
  EXPECT_EQ(instance_of(summary, kInstance).realized, Money{});
}

TEST(RunSummary, TellsFeesPaidAsPositiveAndRebatesAsNegative) {
  RunSummary summary;
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_FEE, -25).header);
  summary.add(entry_of(WRIT_LEDGER_PNL, WRIT_ENTRY_FEE, 40).header);
  EXPECT_EQ(instance_of(summary, kInstance).fees, Money{-15});
}

TEST(RunSummary, LeavesOutTheCashSideOfTheLedger) {
  RunSummary summary;
  summary.add(entry_of(WRIT_LEDGER_CASH, WRIT_ENTRY_FEE, -25).header);
  EXPECT_THAT(summary.instances, IsEmpty());
}

TEST(RunSummary, CountsIncidentsByCode) {
  RunSummary summary;
  auto incident = model::make_record<writ_incident>();
  for (const std::uint16_t code : {WRIT_INCIDENT_KILL, WRIT_INCIDENT_HALT, WRIT_INCIDENT_KILL}) {
    incident.code = code;
    summary.add(incident.header);
  }
  EXPECT_EQ(summary.incidents, 3U);
  EXPECT_THAT(summary.incidents_by_code,
              ElementsAre(Pair(WRIT_INCIDENT_KILL, 2U), Pair(WRIT_INCIDENT_HALT, 1U)));
}

}  // namespace
}  // namespace writ::engine
