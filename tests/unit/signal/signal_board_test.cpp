#include "host/signal/signal_board.hpp"

#include "host/model/record_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace writ::signal {
namespace {

using ::testing::IsEmpty;

constexpr std::uint32_t kPublisher = 1;
constexpr std::uint32_t kSubscriber = 5;
constexpr std::uint32_t kSignal = 3;
constexpr std::uint32_t kPort = 8;
constexpr std::uint32_t kInstrument = 20;
constexpr Wire kWire{kSubscriber, kPort, kPublisher, kSignal};

writ_signal value_of(double value, std::uint32_t instrument = kInstrument) {
  auto record = model::make_record<writ_signal>();
  record.header.ingest_ts = 1'000;
  record.instance = kPublisher;
  record.signal = kSignal;
  record.instrument = instrument;
  record.value = value;
  return record;
}

SignalBoard wired_board() {
  SignalBoard board;
  board.connect(kWire);
  return board;
}

std::vector<double> numbers(const std::vector<writ_signal_value>& values) {
  std::vector<double> all;
  for (const auto& value : values) all.push_back(value.value);
  return all;
}

TEST(SignalBoard, HasNoValueBeforeOneIsPosted) {
  EXPECT_THAT(wired_board().values_for(kSubscriber, kInstrument), IsEmpty());
}

TEST(SignalBoard, GivesAValueWithItsOriginUnderTheSubscribersPort) {
  auto board = wired_board();
  auto posted = value_of(0.25);
  posted.flags = WRIT_SIGNAL_WARM;
  posted.header.ingest_ts = 77;
  board.post(posted.header);

  const auto values = board.values_for(kSubscriber, kInstrument);
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(values[0].instance, kPublisher);
  EXPECT_EQ(values[0].port, kPort);
  EXPECT_EQ(values[0].instrument, kInstrument);
  EXPECT_EQ(values[0].flags, WRIT_SIGNAL_WARM);
  EXPECT_EQ(values[0].ingest_ts, 77);
  EXPECT_EQ(values[0].value, 0.25);
}

TEST(SignalBoard, KeepsOnlyTheLatestValue) {
  auto board = wired_board();
  board.post(value_of(1.0).header);
  board.post(value_of(2.0).header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{2.0}));
}

TEST(SignalBoard, KeepsAValueForEachInstrument) {
  auto board = wired_board();
  board.post(value_of(1.0, 20).header);
  board.post(value_of(2.0, 21).header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, 20)), (std::vector{1.0}));
}

TEST(SignalBoard, KeepsTheSignalsOfAPublisherApart) {
  auto board = wired_board();
  auto other = value_of(9.0);
  other.signal = kSignal + 1;
  board.post(other.header);
  EXPECT_THAT(board.values_for(kSubscriber, kInstrument), IsEmpty());
}

TEST(SignalBoard, KeepsPublishersApart) {
  auto board = wired_board();
  auto other = value_of(9.0);
  other.instance = kPublisher + 1;
  board.post(other.header);
  EXPECT_THAT(board.values_for(kSubscriber, kInstrument), IsEmpty());
}

TEST(SignalBoard, AddsTheValueAboutNoInstrumentAfterTheOneAboutIt) {
  auto board = wired_board();
  board.post(value_of(2.0, 0).header);
  board.post(value_of(1.0).header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{1.0, 2.0}));
}

TEST(SignalBoard, GivesTheValueAboutNoInstrumentOnceWhenAskedForNone) {
  auto board = wired_board();
  board.post(value_of(2.0, 0).header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, 0)), (std::vector{2.0}));
}

TEST(SignalBoard, GivesValuesInWireOrder) {
  SignalBoard board;
  board.connect({kSubscriber, 1, 9, kSignal});
  board.connect({kSubscriber, 2, kPublisher, kSignal});
  board.post(value_of(1.0).header);
  auto other = value_of(9.0);
  other.instance = 9;
  board.post(other.header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{9.0, 1.0}));
}

TEST(SignalBoard, GivesNothingToWhoIsNotWired) {
  auto board = wired_board();
  board.post(value_of(1.0).header);
  EXPECT_THAT(board.values_for(kSubscriber + 1, kInstrument), IsEmpty());
}

TEST(SignalBoard, GivesAWireMadeLaterWhatWasPostedBefore) {
  SignalBoard board;
  board.post(value_of(1.0).header);
  board.connect(kWire);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{1.0}));
}

TEST(SignalBoard, TakesAReportForAValueOfTheSameSignal) {
  auto board = wired_board();
  board.post(value_of(1.0).header);
  auto report = model::make_record<writ_signal_report>();
  report.instance = kPublisher;
  report.signal = kSignal;
  report.instrument = kInstrument;
  report.value = 4.0;
  board.post(report.header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{4.0}));
}

TEST(SignalBoard, TakesAValueFromOutsideTheCoreForOneOfTheSameSignal) {
  auto board = wired_board();
  auto input = value_of(6.0);
  input.header.type = WRIT_RECORD_SIGNAL_INPUT;
  board.post(input.header);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{6.0}));
}

TEST(SignalBoardDeathTest, RefusesARecordThatIsNoSignal) {
  auto board = wired_board();
  const auto trade = model::make_record<writ_trade>();
  EXPECT_DEATH(board.post(trade.header), "");
}

TEST(SignalBoard, FeedsTheSubscriberOfThatSignal) {
  EXPECT_TRUE(wired_board().feeds(value_of(1.0).header, kSubscriber));
}

TEST(SignalBoard, DoesNotFeedAnotherInstance) {
  EXPECT_FALSE(wired_board().feeds(value_of(1.0).header, kPublisher));
}

TEST(SignalBoard, DoesNotFeedFromAnotherPublisher) {
  auto other = value_of(1.0);
  other.instance = kPublisher + 1;
  EXPECT_FALSE(wired_board().feeds(other.header, kSubscriber));
}

TEST(SignalBoard, DoesNotFeedFromAnotherSignalOfThePublisher) {
  auto other = value_of(1.0);
  other.signal = kSignal + 1;
  EXPECT_FALSE(wired_board().feeds(other.header, kSubscriber));
}

TEST(SignalBoard, DisconnectsEveryWireOfTheSubscriber) {
  auto board = wired_board();
  board.connect({kSubscriber, kPort + 1, kPublisher, kSignal});
  board.post(value_of(1.0).header);
  board.disconnect(kSubscriber);
  EXPECT_THAT(board.values_for(kSubscriber, kInstrument), IsEmpty());
  EXPECT_FALSE(board.feeds(value_of(1.0).header, kSubscriber));
}

TEST(SignalBoard, LeavesOtherSubscribersConnected) {
  auto board = wired_board();
  board.connect({kSubscriber + 1, kPort, kPublisher, kSignal});
  board.post(value_of(1.0).header);
  board.disconnect(kSubscriber);
  EXPECT_EQ(numbers(board.values_for(kSubscriber + 1, kInstrument)), (std::vector{1.0}));
}

TEST(SignalBoard, GivesSavedValuesToItsOwnWires) {
  SignalBoard saved;
  auto posted = value_of(-0.5);
  posted.flags = WRIT_SIGNAL_WARM;
  saved.post(posted.header);
  auto loaded = wired_board();
  ASSERT_TRUE(loaded.load(saved.save()));

  const auto values = loaded.values_for(kSubscriber, kInstrument);
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(values[0].flags, WRIT_SIGNAL_WARM);
  EXPECT_EQ(values[0].ingest_ts, 1'000);
  EXPECT_EQ(values[0].value, -0.5);
}

TEST(SignalBoard, SavesTheSameBytesWhateverTheOrderOfPosts) {
  SignalBoard ascending;
  ascending.post(value_of(1.0, 20).header);
  ascending.post(value_of(2.0, 21).header);
  SignalBoard descending;
  descending.post(value_of(2.0, 21).header);
  descending.post(value_of(1.0, 20).header);
  EXPECT_EQ(ascending.save(), descending.save());
}

TEST(SignalBoard, LoadForgetsWhatWasPostedBefore) {
  auto board = wired_board();
  board.post(value_of(1.0).header);
  ASSERT_TRUE(board.load(SignalBoard{}.save()));
  EXPECT_THAT(board.values_for(kSubscriber, kInstrument), IsEmpty());
}

TEST(SignalBoard, KeepsItsValuesWhenTheBytesEndEarly) {
  auto board = wired_board();
  board.post(value_of(1.0).header);
  auto bytes = board.save();
  bytes.pop_back();
  board.post(value_of(2.0).header);

  const auto loaded = board.load(bytes);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), base::Errc::kCorrupt);
  EXPECT_EQ(numbers(board.values_for(kSubscriber, kInstrument)), (std::vector{2.0}));
}

TEST(SignalBoard, RefusesBytesBehindTheLastValue) {
  SignalBoard board;
  auto bytes = board.save();
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(board.load(bytes));
}

}  // namespace
}  // namespace writ::signal
