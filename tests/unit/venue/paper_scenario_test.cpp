// The paper exchange, told as stories: what we ask, what the market does, what comes back.
#include "tests/unit/venue/scenario.hpp"

#include <gtest/gtest.h>

namespace writ::venue::paper {
namespace {

#define EXPECT_STORY(text) EXPECT_EQ(test::run_scenario(text), "")

// V 14: 4 of 2 + 3, then only 1 left, until the level is updated
TEST(PaperVenue, TakesOnlyWhatIsLeftOfALevelUntilItIsUpdated) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2 100.2x3 100.3x10
20 buy a 4 @ 100.2 ioc
   -> 20 a accepted
   -> 20 a fill 2 @ 100.1 taker fee 0.1001
   -> 20 a fill 2 @ 100.2 taker fee 0.1002
30 buy b 4 @ 100.2 ioc
   -> 30 b accepted
   -> 30 b fill 1 @ 100.2 taker fee 0.0501
   -> 30 b expired no_liquidity
40 depth ask 100.2x3
50 buy c 4 @ 100.2 ioc
   -> 50 c accepted
   -> 50 c fill 3 @ 100.2 taker fee 0.1503
   -> 50 c expired no_liquidity
)");
}

// V 14: front 100, join 10; after 20 cancel, +30, trade 25, 40 cancel the front is 45
TEST(PaperVenue, MovesAheadByTradesAndWhenTheLevelGetsSmaller) {
  EXPECT_STORY(R"(
10 book  bid 100.0x100 ask 100.1x5
20 buy   a 10 @ 100.0
   -> 20 a accepted
30 depth bid 100.0x80
31 depth bid 100.0x110
32 trade sell 25 @ 100.0
33 depth bid 100.0x85
34 depth bid 100.0x45
35 trade sell 50 @ 100.0
   -> 35 a fill 5 @ 100 maker fee 0.1
)");
}

TEST(PaperVenue, IgnoresTradesOfTheOtherSideAndOutsideTheBook) {
  EXPECT_STORY(R"(
10 book  bid 100.0x1 ask 100.1x5
20 buy   a 10 @ 100.0
   -> 20 a accepted
30 trade buy 50 @ 100.0
31 trade none 50 @ 100.0
32 trade sell 50 @ 100.0 outside
33 trade sell 50 @ 99.0 outside
)");
}

TEST(PaperVenue, FillsAtTheLimitWhenATradeGoesThroughIt) {
  EXPECT_STORY(R"(
10 book  bid 100.0x100 ask 100.1x5
20 buy   a 10 @ 100.0
21 sell  b 3 @ 100.2
   -> 20 a accepted
   -> 21 b accepted
30 trade sell 0.01 @ 99.9
   -> 30 a fill 10 @ 100 maker fee 0.2
40 trade buy 0.01 @ 100.3
   -> 40 b fill 3 @ 100.2 maker fee 0.06012
)");
}

TEST(PaperVenue, FillsAtTheLimitWhenTheOtherSideCrossesIt) {
  EXPECT_STORY(R"(
10 book  bid 99.9x100 ask 100.2x5
20 buy   a 10 @ 100.0
   -> 20 a accepted
30 depth ask 100.1x1
31 depth ask 100.0x1
   -> 31 a fill 10 @ 100 maker fee 0.2
)");
}

TEST(PaperVenue, DoesNotFillARestAgainstTheLevelItHasEmptied) {
  EXPECT_STORY(R"(
10 book  bid 99.9x100 ask 100.1x2 100.2x5
20 buy   a 3 @ 100.1
   -> 20 a accepted
   -> 20 a fill 2 @ 100.1 taker fee 0.1001
30 depth bid 99.8x7
31 depth ask 100.2x6
40 depth ask 100.1x0.5
   -> 40 a fill 1 @ 100.1 maker fee 0.02002
)");
}

TEST(PaperVenue, SharesATradeAmongOwnOrdersInTimePriority) {
  EXPECT_STORY(R"(
10 book  bid 100.0x10 ask 100.1x5
20 buy   a 5 @ 100.0
21 buy   b 5 @ 100.0
   -> 20 a accepted
   -> 21 b accepted
30 trade sell 12 @ 100.0
   -> 30 a fill 2 @ 100 maker fee 0.04
31 trade sell 4 @ 100.0
   -> 31 a fill 3 @ 100 maker fee 0.06
   -> 31 b fill 1 @ 100 maker fee 0.02
32 trade sell 9 @ 100.0
   -> 32 b fill 4 @ 100 maker fee 0.08
)");
}

TEST(PaperVenue, FloorsAMakerFillToTheLot) {
  EXPECT_STORY(R"(
10 book  bid 100.0x1 ask 100.1x5
20 buy   a 5 @ 100.0
   -> 20 a accepted
30 trade sell 1.5055 @ 100.0
   -> 30 a fill 0.5 @ 100 maker fee 0.01
)");
}

TEST(PaperVenue, LetsMarketEventsOfTheSameInstantGoFirst) {
  EXPECT_STORY(R"(
latency 40 35
 900 book bid 100.0x0.01 ask 100.1x5
1000 buy  a 10 @ 100.0
1040 trade sell 10 @ 100.0    # stamped when the order arrives: not part of it
   -> 1075 a accepted
1060 cancel a
1100 trade sell 10.01 @ 100.0 # stamped when the cancel arrives: the fill wins
   -> 1135 a fill 10 @ 100 maker fee 0.2
   -> 1135 a cancel_rejected not_found
)");
}

TEST(PaperVenue, CancelsWhatAnEarlierArrivalFinds) {
  EXPECT_STORY(R"(
latency 40 35
 900 book bid 100.0x0.01 ask 100.1x5
1000 buy  a 10 @ 100.0
   -> 1075 a accepted
1060 cancel a
1101 trade sell 50 @ 100.0
   -> 1135 a cancelled user
)");
}

TEST(PaperVenue, FillsAllOfAFokOrNothing) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2 100.2x3
20 buy  a 5.01 @ 100.2 fok
   -> 20 a accepted
   -> 20 a expired no_liquidity
30 buy  b 5 @ 100.2 fok
   -> 30 b accepted
   -> 30 b fill 2 @ 100.1 taker fee 0.1001
   -> 30 b fill 3 @ 100.2 taker fee 0.1503
)");
}

TEST(PaperVenue, WalksTheWholeBookForAMarketOrderAndExpiresTheRest) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 90.0x1 ask 100.1x2
20 sell a 7 @ market
   -> 20 a accepted
   -> 20 a fill 5 @ 100 taker fee 0.25
   -> 20 a fill 1 @ 90 taker fee 0.045
   -> 20 a expired no_liquidity
)");
}

TEST(PaperVenue, RejectsAPostOnlyOrderThatWouldTake) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2
20 buy  a 1 @ 100.1 post
   -> 20 a rejected post_only
30 buy  b 1 @ 100.0 post
   -> 30 b accepted
40 sell c 1 @ 100.0 post      # would meet our own as well
   -> 40 c rejected post_only
)");
}

TEST(PaperVenue, EndsAGtdOrderAtItsTime) {
  EXPECT_STORY(R"(
latency 5 7
 10 book bid 100.0x5 ask 100.1x2
 20 buy  a 1 @ 100.0 gtd=100
    -> 32 a accepted
 30 buy  b 1 @ 100.0 gtd=31   # over before it arrives
    -> 42 b accepted
    -> 42 b expired expiry
100 trade sell 5.5 @ 100.0    # the market's events of the instant still count
    -> 107 a fill 0.5 @ 100 maker fee 0.01
    -> 107 a expired expiry
)");
}

TEST(PaperVenue, LetsAnExpiryGoBeforeAnArrivalOfTheSameInstant) {
  EXPECT_STORY(R"(
 10 book bid 100.0x5 ask 100.1x2
 20 buy  a 1 @ 100.0 gtd=100
    -> 20 a accepted
100 cancel a
    -> 100 a expired expiry
    -> 100 a cancel_rejected not_found
)");
}

TEST(PaperVenue, KeepsThePlaceOfAnOrderAmendedDownOnly) {
  EXPECT_STORY(R"(
10 book  bid 100.0x10 ask 100.1x5
20 buy   a 5 @ 100.0
   -> 20 a accepted
30 depth bid 100.0x30         # 20 joined behind us
31 replace a 4 @ 100.0
   -> 31 a replaced 4 @ 100
32 trade sell 11 @ 100.0
   -> 32 a fill 1 @ 100 maker fee 0.02
33 replace a 6 @ 100.0        # amended up: to the back of 30
   -> 33 a replaced 6 @ 100
34 trade sell 29 @ 100.0
35 trade sell 2 @ 100.0
   -> 35 a fill 1 @ 100 maker fee 0.02
)");
}

TEST(PaperVenue, TakesWithAnOrderRepricedThroughTheOtherSide) {
  EXPECT_STORY(R"(
10 book  bid 100.0x10 ask 100.1x2
20 buy   a 5 @ 100.0
   -> 20 a accepted
30 replace a 5 @ 100.1
   -> 30 a replaced 5 @ 100.1
   -> 30 a fill 2 @ 100.1 taker fee 0.1001
)");
}

TEST(PaperVenue, AnswersAmendmentsThatCannotBe) {
  EXPECT_STORY(R"(
10 book  bid 100.0x10 ask 100.1x2
20 buy   a 5 @ 100.0 post
   -> 20 a accepted
30 replace a 5 @ 100.1
   -> 30 a replace_rejected post_only
31 replace a 5 @ 99.95
   -> 31 a replace_rejected filter
32 trade sell 15 @ 100.0
   -> 32 a fill 5 @ 100 maker fee 0.1
33 replace a 6 @ 100.0
   -> 33 a replace_rejected not_found
34 cancel a
   -> 34 a cancel_rejected not_found
)");
}

TEST(PaperVenue, FinishesAnOrderAmendedBelowWhatWasFilled) {
  EXPECT_STORY(R"(
latency 10 0
10 book  bid 100.0x1 ask 100.1x2
20 buy   a 5 @ 100.0
   -> 30 a accepted
40 replace a 2 @ 100.0
45 trade sell 4 @ 100.0
   -> 45 a fill 3 @ 100 maker fee 0.06
   -> 50 a replaced 3 @ 100
60 trade sell 9 @ 100.0
)");
}

TEST(PaperVenue, RejectsWhatTheFiltersDoNotAdmit) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2
20 buy  a 1 @ 99.95           # tick 0.1
   -> 20 a rejected filter
21 buy  b 0.001 @ 100.0       # lot 0.01
   -> 21 b rejected filter
22 tick 0.05
23 buy  c 1 @ 99.95
   -> 23 c accepted
24 buy  d 9000000000 @ 9000000000
   -> 24 d rejected filter
)");
}

TEST(PaperVenue, TakesNoOrdersWhileTheMarketIsNotOpen) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2
20 buy  a 1 @ 99.9
   -> 20 a accepted
21 buy  b 1 @ 99.8
   -> 21 b accepted
30 status suspended
31 buy  c 1 @ 99.9
   -> 31 c rejected market
32 replace a 2 @ 99.9
   -> 32 a replace_rejected market
33 cancel a
   -> 33 a cancelled user
40 status open
41 buy  d 1 @ 99.9
   -> 41 d accepted
50 status disconnected
51 buy  e 1 @ 99.9
   -> 51 e rejected market
60 status connected
70 status closed
   -> 70 b cancelled market
   -> 70 d cancelled market
71 buy  f 1 @ 99.9
   -> 71 f rejected market
)");
}

TEST(PaperVenue, FindsNoLiquidityInABookThatIsOutOfSync) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2
20 gap
30 buy  a 1 @ 100.1 ioc
   -> 30 a accepted
   -> 30 a expired no_liquidity
31 buy  b 1 @ 100.0           # behind a queue of unknown length
   -> 31 b accepted
32 trade sell 50 @ 100.0
40 book bid 100.0x3 ask 100.2x2
41 trade sell 3.5 @ 100.0
   -> 41 b fill 0.5 @ 100 maker fee 0.01
42 gap
43 trade sell 0.1 @ 99.9      # through it: known without a book
   -> 43 b fill 0.5 @ 100 maker fee 0.01
)");
}

TEST(PaperVenue, FillsNothingAgainstACrossedBook) {
  EXPECT_STORY(R"(
10 book  bid 100.0x5 ask 100.2x2
20 buy   a 1 @ 100.1
   -> 20 a accepted
30 depth bid 100.3x1 ask 100.0x1
31 sell  b 1 @ market
   -> 31 b accepted
   -> 31 b expired self_trade
)");
}

TEST(PaperVenue, RestsInAOneSidedBook) {
  EXPECT_STORY(R"(
10 book  bid 100.0x5 ask
20 buy   a 1 @ 100.1
   -> 20 a accepted
21 buy   b 1 @ market
   -> 21 b accepted
   -> 21 b expired no_liquidity
30 depth ask 100.1x1
   -> 30 a fill 1 @ 100.1 maker fee 0.02002
)");
}

TEST(PaperVenue, ExpiresTheTakerThatMeetsItsOwnOrder) {
  EXPECT_STORY(R"(
10 book bid 100.0x2 99.9x5 ask 100.2x2
20 buy  a 1 @ 100.0
   -> 20 a accepted
30 sell b 5 @ 99.9            # 2 stand ahead of our own order
   -> 30 b accepted
   -> 30 b fill 2 @ 100 taker fee 0.1
   -> 30 b expired self_trade
)");
}

TEST(PaperVenue, ExpiresTheMakerIfToldTo) {
  EXPECT_STORY(R"(
stp expire_maker
10 book bid 100.0x2 99.9x5 ask 100.2x2
20 buy  a 1 @ 100.0
   -> 20 a accepted
30 sell b 4 @ 99.9
   -> 30 b accepted
   -> 30 b fill 2 @ 100 taker fee 0.1
   -> 30 a expired self_trade
   -> 30 b fill 2 @ 99.9 taker fee 0.0999
)");
}

TEST(PaperVenue, TakesFromEachOwnOrderWhatStandsBetweenThem) {
  EXPECT_STORY(R"(
stp expire_maker
10 book  bid 100.0x2 ask 100.2x2
20 buy   a 1 @ 100.0
   -> 20 a accepted
21 depth bid 100.0x5          # 3 joined behind the first
22 buy   b 1 @ 100.0
   -> 22 b accepted
23 depth bid 100.0x9          # and 4 behind the second
30 sell  c 10 @ 100.0 ioc
   -> 30 c accepted
   -> 30 c fill 2 @ 100 taker fee 0.1
   -> 30 a expired self_trade
   -> 30 c fill 3 @ 100 taker fee 0.15
   -> 30 b expired self_trade
   -> 30 c fill 4 @ 100 taker fee 0.2
   -> 30 c expired no_liquidity
)");
}

TEST(PaperVenue, ExpiresBothIfToldTo) {
  EXPECT_STORY(R"(
stp expire_both
10 book bid 99.9x5 ask 100.2x2
20 buy  a 1.2 @ 100.0
   -> 20 a accepted
30 sell b 3 @ 99.9
   -> 30 b accepted
   -> 30 a expired self_trade
   -> 30 b expired self_trade
)");
}

TEST(PaperVenue, DecrementsBothIfToldTo) {
  EXPECT_STORY(R"(
stp decrement
10 book bid 99.8x5 ask 100.2x2
20 buy  a 1.2 @ 100.0
   -> 20 a accepted
30 sell b 3 @ 99.9
   -> 30 b accepted
   -> 30 a expired self_trade
   -> 30 b replaced 1.8 @ 99.9
40 trade buy 2 @ 99.9
   -> 40 b fill 1.8 @ 99.9 maker fee 0.035964
)");
}

TEST(PaperVenue, LetsOrdersOfDifferentAccountsPass) {
  EXPECT_STORY(R"(
10 book bid 99.8x5 ask 100.2x2
20 buy  a 1 @ 100.0
   -> 20 a accepted
30 sell b 1 @ 100.0 account=2
   -> 30 b accepted
)");
}

TEST(PaperVenue, KeepsThePlaceOfAnOrderAmendedDownWhilePartlyFilled) {
  EXPECT_STORY(R"(
10 book  bid 100.0x10 ask 100.1x5
20 buy   a 5 @ 100.0
   -> 20 a accepted
30 depth bid 100.0x30
31 trade sell 12 @ 100.0
   -> 31 a fill 2 @ 100 maker fee 0.04
32 replace a 4 @ 100.0        # 2 of them are filled
   -> 32 a replaced 4 @ 100
33 trade sell 1 @ 100.0       # still in front
   -> 33 a fill 1 @ 100 maker fee 0.02
34 replace a 4 @ 99.9         # repriced: 1 rests anew, nothing known to be ahead
   -> 34 a replaced 4 @ 99.9
35 trade sell 3 @ 99.9
   -> 35 a fill 1 @ 99.9 maker fee 0.01998
)");
}

TEST(PaperVenue, ChargesATokenByItsPriceAndKeepsItsBounds) {
  EXPECT_STORY(R"(
kind binary
10 book  bid 0.48x100 ask 0.52x100
20 buy   a 10 @ 0.52          # 10 x 0.52 x 0.48 x 0.0005
   -> 20 a accepted
   -> 20 a fill 10 @ 0.52 taker fee 0.001248
30 buy   b 10 @ 1
   -> 30 b rejected filter
31 sell  c 10 @ 0.005
   -> 31 c rejected filter
)");
}

TEST(PaperVenue, TradesNoMoreOfAReduceOnlyOrderThanThePosition) {
  EXPECT_STORY(R"(
kind perp
10 book bid 100.0x50 ask 100.1x50
20 buy  a 5 @ 100.1
   -> 20 a accepted
   -> 20 a fill 5 @ 100.1 taker fee 0.25025
30 sell b 5 @ 100.2 reduce    # two under way for the same position
31 sell c 3 @ 100.0 reduce
   -> 30 b accepted
   -> 31 c accepted
   -> 31 c fill 3 @ 100 taker fee 0.15
40 trade buy 100 @ 100.3
   -> 40 b fill 2 @ 100.2 maker fee 0.04008
   -> 40 b expired reduce_only
50 sell d 1 @ 100.0 reduce
   -> 50 d rejected reduce_only
60 buy  e 1 @ 100.1 reduce    # nothing is short
   -> 60 e rejected reduce_only
)");
}

TEST(PaperVenue, EndsTheRestOfAReduceOnlyTakerWithThePosition) {
  EXPECT_STORY(R"(
kind perp
10 book bid 100.0x50 ask 100.1x50
20 sell a 2 @ 100.0
   -> 20 a accepted
   -> 20 a fill 2 @ 100 taker fee 0.1
30 buy  b 3 @ 100.1 reduce
   -> 30 b accepted
   -> 30 b fill 2 @ 100.1 taker fee 0.1001
   -> 30 b expired reduce_only
40 buy  c 2 @ 99.9 reduce account=2
   -> 40 c rejected reduce_only
)");
}

TEST(PaperVenue, EndsARestingReduceOnlyOrderWhenAnotherHasClosedThePosition) {
  EXPECT_STORY(R"(
kind perp
10 book bid 100.0x50 ask 100.1x50
20 buy  a 2 @ 100.1
   -> 20 a accepted
   -> 20 a fill 2 @ 100.1 taker fee 0.1001
30 sell b 2 @ 100.5 reduce
   -> 30 b accepted
40 sell c 2 @ 100.0
   -> 40 c accepted
   -> 40 c fill 2 @ 100 taker fee 0.1
   -> 40 b expired reduce_only
)");
}

TEST(PaperVenue, LetsAStrategyReduceItsOwnPositionWhateverTheAccountHolds) {
  EXPECT_STORY(R"(
kind perp
10 book bid 100.0x50 ask 100.1x50
20 buy  a 2 @ 100.1
21 sell b 1 @ 100.0 instance=2
   -> 20 a accepted
   -> 20 a fill 2 @ 100.1 taker fee 0.1001
   -> 21 b accepted
   -> 21 b fill 1 @ 100 taker fee 0.05
30 buy  c 3 @ 100.1 instance=2 reduce   # the account is long, its strategy short
   -> 30 c accepted
   -> 30 c fill 1 @ 100.1 taker fee 0.05005
   -> 30 c expired reduce_only
40 sell d 3 @ 100.0 instance=3 reduce   # a person closes what the account holds
   -> 40 d accepted
   -> 40 d fill 2 @ 100 taker fee 0.1
   -> 40 d expired reduce_only
)");
}

TEST(PaperVenue, KnowsThePositionAPersonPutRight) {
  EXPECT_STORY(R"(
kind perp
10 book   bid 100.0x50 ask 100.1x50
20 adjust 3
30 sell   a 2 @ 100.2 reduce
   -> 30 a accepted
40 sell   b 5 @ 100.0 reduce ioc
   -> 40 b accepted
   -> 40 b fill 3 @ 100 taker fee 0.15
   -> 40 a expired reduce_only
   -> 40 b expired reduce_only
50 adjust -1
60 buy    c 2 @ 100.0 reduce
   -> 60 c accepted
70 adjust 1
   -> 70 c expired reduce_only
)");
}

TEST(PaperVenue, LetsAFillOfTheInstantBeatAnExpiryAndACancel) {
  EXPECT_STORY(R"(
 10 book  bid 100.0x5 ask 100.1x2
 20 buy   a 1 @ 100.0 gtd=100
    -> 20 a accepted
 21 buy   b 1 @ 100.0
    -> 21 b accepted
100 trade sell 8 @ 100.0
100 cancel b
    -> 100 a fill 1 @ 100 maker fee 0.02
    -> 100 b fill 1 @ 100 maker fee 0.02
    -> 100 b cancel_rejected not_found
)");
}

TEST(PaperVenue, SharesAnInstantsLiquidityInTheOrderOfSending) {
  EXPECT_STORY(R"(
10 book bid 100.0x5 ask 100.1x2
20 buy  a 1.5 @ 100.1 ioc
20 buy  b 1.5 @ 100.1 ioc
   -> 20 a accepted
   -> 20 a fill 1.5 @ 100.1 taker fee 0.075075
   -> 20 b accepted
   -> 20 b fill 0.5 @ 100.1 taker fee 0.025025
   -> 20 b expired no_liquidity
)");
}

}  // namespace
}  // namespace writ::venue::paper
