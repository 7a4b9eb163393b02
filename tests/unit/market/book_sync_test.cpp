#include "host/market/book_sync.hpp"

#include "tests/unit/market/market_records.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::market {
namespace {

using test::linked;
using test::make_delta;
using test::make_image;
using test::spot;

SyncStep change(BookSync& sync, test::OwnedRecord record) {
  return sync.on_change(record.fixed<writ_book_delta>());
}
SyncStep image(BookSync& sync, test::OwnedRecord record) {
  return sync.on_image(record.fixed<writ_book_snapshot>());
}
// Applies what was kept; the outcome of the last.
SyncOutcome drain(BookSync& sync) {
  SyncOutcome outcome = SyncOutcome::kIgnored;
  while (sync.has_buffered()) outcome = sync.apply_buffered().outcome;
  return outcome;
}

TEST(BookSyncContiguous, AppliesChangesThatFollowTheImage) {
  BookSync sync;
  EXPECT_EQ(sync.state(), SyncState::kWaiting);
  EXPECT_EQ(image(sync, make_image(100, {{10, 1}}, {{11, 1}})).outcome, SyncOutcome::kApplied);
  EXPECT_TRUE(sync.in_sync());
  EXPECT_EQ(change(sync, spot(101, 103, {{10, 5}})).outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.id(), 103U);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 5);
}

TEST(BookSyncContiguous, AppliesKeptChangesByRuleWhenTheImageComes) {
  BookSync sync;
  EXPECT_EQ(change(sync, spot(90, 95, {{10, 7}})).outcome, SyncOutcome::kBuffered);
  EXPECT_EQ(change(sync, spot(96, 102, {{10, 8}})).outcome, SyncOutcome::kBuffered);  // holds 100
  EXPECT_EQ(change(sync, spot(103, 104, {{10, 9}})).outcome, SyncOutcome::kBuffered);
  EXPECT_FALSE(sync.has_buffered());
  (void)image(sync, make_image(100, {{10, 1}}, {{11, 1}}));
  EXPECT_EQ(sync.apply_buffered().outcome, SyncOutcome::kIgnored);  // older than the image
  EXPECT_EQ(sync.apply_buffered().outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.apply_buffered().outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.id(), 104U);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 9);
}

TEST(BookSyncContiguous, AcceptsFirstChangeThatEndsRightAfterTheImage) {
  // U <= lastUpdateId + 1 <= u, both bounds reached.
  BookSync sync;
  (void)image(sync, make_image(100, {}, {}));
  EXPECT_EQ(change(sync, spot(101, 101, {{10, 1}})).outcome, SyncOutcome::kApplied);
}

TEST(BookSyncContiguous, IgnoresChangesTheBookContains) {
  BookSync sync;
  (void)image(sync, make_image(100, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, spot(99, 100, {{10, 9}})).outcome, SyncOutcome::kIgnored);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 1);
}

TEST(BookSyncContiguous, AppliesChangeThatOverlapsTheBook) {
  BookSync sync;
  (void)image(sync, make_image(100, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, spot(98, 105, {{10, 9}})).outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.id(), 105U);
}

TEST(BookSyncContiguous, LosesSyncAtGapAndRecoversWithTheNextImage) {
  BookSync sync;
  (void)image(sync, make_image(100, {{10, 1}}, {{11, 1}}));
  const SyncStep gap = change(sync, spot(102, 103, {{10, 5}}));
  EXPECT_EQ(gap.outcome, SyncOutcome::kGap);
  EXPECT_EQ(gap.expected, 101U);
  EXPECT_EQ(gap.found, 102U);
  EXPECT_EQ(sync.state(), SyncState::kGap);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 1);  // not applied
  EXPECT_EQ(change(sync, spot(104, 105, {{10, 6}})).outcome, SyncOutcome::kBuffered);

  (void)image(sync, make_image(103, {{10, 4}}, {{11, 1}}));
  EXPECT_EQ(drain(sync), SyncOutcome::kApplied);
  EXPECT_TRUE(sync.in_sync());
  EXPECT_EQ(sync.id(), 105U);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 6);
}

TEST(BookSyncContiguous, RefusesImageOlderThanTheFirstKeptChange) {
  BookSync sync;
  (void)change(sync, spot(110, 112, {{10, 5}}));
  (void)image(sync, make_image(100, {{10, 1}}, {}));
  EXPECT_EQ(drain(sync), SyncOutcome::kGap);
  EXPECT_FALSE(sync.in_sync());
  // The change is kept: a newer image reaches it.
  (void)image(sync, make_image(110, {{10, 1}}, {}));
  EXPECT_EQ(drain(sync), SyncOutcome::kApplied);
  EXPECT_EQ(sync.id(), 112U);
}

TEST(BookSyncContiguous, ImageInSyncReplacesTheBookUnlessOlder) {
  BookSync sync;
  (void)image(sync, make_image(100, {{10, 1}}, {}));
  EXPECT_EQ(image(sync, make_image(99, {{8, 1}}, {})).outcome, SyncOutcome::kIgnored);
  EXPECT_EQ(sync.book().best(Side::kBid)->price, 10);
  EXPECT_EQ(image(sync, make_image(120, {{9, 1}}, {})).outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.book().best(Side::kBid)->price, 9);
  EXPECT_EQ(change(sync, spot(121, 121, {{9, 2}})).outcome, SyncOutcome::kApplied);
}

TEST(BookSyncLinked, FirstChangeHoldsTheImageAndEachNextIsLinked) {
  BookSync sync;
  (void)change(sync, linked(90, 99, 85, {{10, 7}}));
  (void)change(sync, linked(100, 110, 99, {{10, 8}}));  // U <= 105 <= u
  (void)change(sync, linked(115, 120, 110, {{10, 9}}));
  (void)image(sync, make_image(105, {{10, 1}}, {{11, 1}}));
  EXPECT_EQ(sync.apply_buffered().outcome, SyncOutcome::kIgnored);
  EXPECT_EQ(sync.apply_buffered().outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.apply_buffered().outcome, SyncOutcome::kApplied);
  // Ids need not be contiguous, only linked.
  EXPECT_EQ(change(sync, linked(900, 901, 120, {{10, 3}})).outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.id(), 901U);
}

TEST(BookSyncLinked, FirstChangeMayEndExactlyAtTheImage) {
  BookSync sync;
  (void)image(sync, make_image(105, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, linked(100, 105, 99, {{10, 8}})).outcome, SyncOutcome::kApplied);
  EXPECT_EQ(change(sync, linked(106, 109, 105, {{10, 9}})).outcome, SyncOutcome::kApplied);
}

TEST(BookSyncLinked, FirstChangeMayBeLinkedToTheImage) {
  BookSync sync;
  (void)image(sync, make_image(105, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, linked(107, 109, 105, {{10, 9}})).outcome, SyncOutcome::kApplied);
}

TEST(BookSyncLinked, FirstChangePastTheImageIsGap) {
  BookSync sync;
  (void)image(sync, make_image(105, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, linked(107, 109, 106, {{10, 9}})).outcome, SyncOutcome::kGap);
}

TEST(BookSyncLinked, LosesSyncWhenALinkIsMissing) {
  BookSync sync;
  (void)image(sync, make_image(105, {{10, 1}}, {}));
  (void)change(sync, linked(100, 110, 99, {{10, 8}}));
  const SyncStep gap = change(sync, linked(111, 112, 109, {{10, 9}}));
  EXPECT_EQ(gap.outcome, SyncOutcome::kGap);
  EXPECT_EQ(gap.expected, 110U);
  EXPECT_EQ(gap.found, 109U);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 8);
}

TEST(BookSync, AppliesUnflaggedChangesInTheOrderTheyCome) {
  BookSync sync;
  (void)image(sync, make_image(0, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, make_delta(0, 0, 0, 0, {{10, 2}}, {})).outcome, SyncOutcome::kApplied);
  EXPECT_EQ(sync.book().best(Side::kBid)->quantity, 2);
}

TEST(BookSync, DamagedRecordsTakeTheBookOutOfSyncWithoutBeingRead) {
  BookSync sync;
  (void)image(sync, make_image(100, {{10, 1}}, {}));
  auto longer = spot(101, 101, {{10, 5}});
  longer.fixed<writ_book_delta>().bid_count = 1000;  // says more levels than it has
  EXPECT_EQ(change(sync, longer).outcome, SyncOutcome::kInvalid);
  EXPECT_EQ(sync.state(), SyncState::kGap);

  (void)image(sync, make_image(100, {{10, 1}}, {}));
  EXPECT_EQ(change(sync, spot(101, 101, {{10, -5}})).outcome, SyncOutcome::kInvalid);
  auto image_twice = make_image(200, {{10, 1}, {10, 2}}, {});
  EXPECT_EQ(image(sync, image_twice).outcome, SyncOutcome::kInvalid);
  EXPECT_FALSE(sync.in_sync());
}

TEST(BookSync, KeepsABoundedNumberOfChanges) {
  BookSync sync;
  for (std::uint64_t i = 0; i < BookSync::kBufferedMax + 10; ++i) {
    (void)change(sync, spot(i + 1, i + 1, {{10, 1}}));
  }
  EXPECT_EQ(sync.buffered(), BookSync::kBufferedMax);
  (void)image(sync, make_image(5, {}, {}));  // the changes right after it were dropped
  EXPECT_EQ(drain(sync), SyncOutcome::kGap);
  (void)image(sync, make_image(20, {}, {}));
  EXPECT_EQ(drain(sync), SyncOutcome::kApplied);
}

TEST(BookSync, WaitsForAnImageAfterDisconnect) {
  BookSync sync;
  (void)image(sync, make_image(100, {{10, 1}}, {}));
  sync.disconnect();
  EXPECT_EQ(sync.state(), SyncState::kWaiting);
  EXPECT_TRUE(sync.ever_in_sync());
  EXPECT_EQ(change(sync, spot(101, 101, {{10, 5}})).outcome, SyncOutcome::kBuffered);
  EXPECT_EQ(image(sync, make_image(50, {{10, 3}}, {})).outcome, SyncOutcome::kApplied);
}

TEST(BookSync, LoadedStateGoesOnAsTheSavedOne) {
  for (const bool in_sync : {true, false}) {
    BookSync sync;
    if (in_sync) {
      (void)image(sync, make_image(105, {{10, 1}}, {{11, 2}}));
      (void)change(sync, linked(100, 110, 99, {{10, 8}}));
    } else {
      (void)change(sync, linked(100, 110, 99, {{10, 8}}));
      (void)change(sync, linked(111, 120, 110, {{10, 9}}));
    }
    base::ByteWriter saved;
    sync.save(saved);
    BookSync loaded;
    base::ByteReader in(saved.bytes());
    ASSERT_TRUE(loaded.load(in));
    EXPECT_TRUE(in.complete());
    for (BookSync* each : {&sync, &loaded}) {
      if (!in_sync) (void)image(*each, make_image(105, {{10, 1}}, {{11, 2}}));
      (void)drain(*each);
      if (in_sync) (void)change(*each, linked(111, 120, 110, {{10, 9}}));
      EXPECT_EQ(each->id(), 120U);
      EXPECT_EQ(each->book().best(Side::kBid)->quantity, 9);
    }
    base::ByteWriter first;
    base::ByteWriter second;
    sync.save(first);
    loaded.save(second);
    EXPECT_TRUE(std::equal(first.bytes().begin(), first.bytes().end(), second.bytes().begin(),
                           second.bytes().end()));
    for (std::size_t cut = 0; cut < saved.bytes().size(); cut += 7) {
      BookSync damaged;
      base::ByteReader part(saved.bytes().first(cut));
      EXPECT_FALSE(damaged.load(part)) << cut;
    }
  }
}

}  // namespace
}  // namespace writ::market
