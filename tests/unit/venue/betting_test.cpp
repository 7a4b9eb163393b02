// Runners of a betting market at the paper exchange: odds, the delay in play, and how bets end.
#include "tests/unit/venue/scenario.hpp"

#include <gtest/gtest.h>

namespace writ::venue::paper {
namespace {

#define EXPECT_STORY(text) EXPECT_EQ(test::run_scenario(text), "")

// Bids are what can be backed (domain §8 P2: best = highest), asks what can be layed.
TEST(Betting, BacksAtTheHighestOddsOnOfferDownToItsOwn) {
  EXPECT_STORY(R"(
kind runner
10 book bid 3.45x2 3.4x10 ask 3.6x75.25
20 back a 5 @ 3.4
   -> 20 a accepted
   -> 20 a fill 2 @ 3.45 taker fee 0
   -> 20 a fill 3 @ 3.4 taker fee 0
)");
}

TEST(Betting, LaysAtTheLowestOddsOnOfferUpToItsOwn) {
  EXPECT_STORY(R"(
kind runner
10 book bid 3.45x2 ask 3.5x4 3.6x75.25 3.65x9
20 lay  a 5 @ 3.6
   -> 20 a accepted
   -> 20 a fill 4 @ 3.5 taker fee 0
   -> 20 a fill 1 @ 3.6 taker fee 0
)");
}

TEST(Betting, RestsABackAmongWhatCanBeLayed) {
  EXPECT_STORY(R"(
kind runner
10 book  bid 3.45x2 ask 3.6x75
20 back  a 5 @ 3.6            # behind the 75 there
   -> 20 a accepted
30 trade back 100 @ 3.6       # backers do not take backs
31 trade lay 77 @ 3.6
   -> 31 a fill 2 @ 3.6 maker fee 0
32 trade lay 1 @ 3.65         # a layer gave more than it asked
   -> 32 a fill 3 @ 3.6 maker fee 0
)");
}

TEST(Betting, RestsALayAmongWhatCanBeBacked) {
  EXPECT_STORY(R"(
kind runner
10 book  bid 3.45x2 ask 3.6x75
20 lay   a 5 @ 3.45
21 lay   b 1 @ 3.5
   -> 20 a accepted
   -> 21 b accepted
30 depth bid 3.45x0 ask 3.5x1 # a back at its odds: it was taken first
   -> 30 b fill 1 @ 3.5 maker fee 0
31 trade back 1 @ 3.4
   -> 31 a fill 5 @ 3.45 maker fee 0
)");
}

TEST(Betting, RefusesAMakerThatWouldBeMatchedAndOddsOffTheLadder) {
  EXPECT_STORY(R"(
kind runner
10 book bid 3.45x2 ask 3.6x75
20 back a 5 @ 3.45 post
   -> 20 a rejected post_only
21 back b 5 @ 3.5 post
   -> 21 b accepted
22 back c 5 @ 3.53
   -> 22 c rejected filter
23 lay  d 5 @ 1
   -> 23 d rejected filter
24 lay  e 5 @ 1.01
   -> 24 e accepted
25 back f 5 @ 1010
   -> 25 f rejected filter
)");
}

TEST(Betting, MeetsItsOwnBetByTheModeOfSelfTrade) {
  EXPECT_STORY(R"(
kind runner
stp decrement
10 book bid 3.4x2 ask 3.7x75
20 back a 5 @ 3.5
   -> 20 a accepted
30 lay  b 3 @ 3.55
   -> 30 b accepted
   -> 30 a replaced 2 @ 3.5
   -> 30 b expired self_trade
)");
}

TEST(Betting, WaitsInPlayAndIsMatchedOnlyAfterwards) {
  EXPECT_STORY(R"(
kind runner
        10 book   bid 3.45x2 ask 3.6x75
        11 status open in_play 2
        20 back   a 5 @ 3.4
1000000000 depth  bid 3.45x1        # gone before its delay is over
1000000001 trade  lay 1 @ 3.65      # not part of it
2000000020 depth  bid 3.45x3        # the market's events of the instant count
        -> 2000000020 a accepted
        -> 2000000020 a fill 3 @ 3.45 taker fee 0
)");
}

TEST(Betting, WaitsAsLongAsConfiguredWhereTheMarketDoesNotSay) {
  EXPECT_STORY(R"(
kind runner
bet_delay 50
10 book   bid 3.45x2 ask 3.6x75
11 status open in_play
20 back   a 1 @ 3.4
30 back   b 1 @ 3.4
   -> 70 a accepted
   -> 70 a fill 1 @ 3.45 taker fee 0
   -> 80 b accepted
   -> 80 b fill 1 @ 3.45 taker fee 0
)");
}

TEST(Betting, DoesNotWaitBeforeTheOff) {
  EXPECT_STORY(R"(
kind runner
10 book   bid 3.45x2 ask 3.6x75
11 status open
20 back   a 1 @ 3.4
   -> 20 a accepted
   -> 20 a fill 1 @ 3.45 taker fee 0
)");
}

TEST(Betting, ABetThatWaitsEndsWithASuspension) {
  EXPECT_STORY(R"(
kind runner
bet_delay 50
10 book   bid 3.45x2 ask 3.6x75
11 status open in_play
20 back   a 1 @ 3.4
30 status suspended in_play
   -> 30 a rejected market
40 status open in_play
41 back   b 1 @ 3.6
42 status closed in_play
   -> 42 b rejected market
)");
}

TEST(Betting, ACancelDoesNotWaitAndFindsNoBetThatDoes) {
  EXPECT_STORY(R"(
kind runner
bet_delay 50
10 book   bid 3.45x2 ask 3.6x75
11 status open in_play
20 back   a 1 @ 3.6
30 cancel a                       # in progress
   -> 30 a cancel_rejected other
   -> 70 a accepted
80 cancel a
   -> 80 a cancelled user
)");
}

TEST(Betting, AnAmendmentWaitsUnlessItOnlyTakesBack) {
  EXPECT_STORY(R"(
kind runner
bet_delay 50
 10 book    bid 3.45x2 ask 3.6x75
 11 status  open in_play
 20 back    a 5 @ 3.6
    -> 70 a accepted
 80 replace a 4 @ 3.6
    -> 80 a replaced 4 @ 3.6
 90 replace a 4 @ 3.45            # rests as it is meanwhile
 99 trade   lay 76 @ 3.6
    -> 99 a fill 1 @ 3.6 maker fee 0
    -> 140 a replaced 4 @ 3.45
    -> 140 a fill 2 @ 3.45 taker fee 0
150 replace a 5 @ 3.45
160 status  suspended in_play
    -> 160 a replace_rejected market
)");
}

TEST(Betting, NoBetPersistsWhenTheMarketTurnsInPlay) {
  EXPECT_STORY(R"(
kind runner
10 book   bid 3.45x2 ask 3.6x75
20 back   a 1 @ 3.6
21 lay    b 1 @ 3.4
   -> 20 a accepted
   -> 21 b accepted
30 status suspended
40 status open in_play
   -> 40 a cancelled market
   -> 40 b cancelled market
)");
}

TEST(Betting, ANonRunnerEndsTheLaysOnTheOthersFromItsThreshold) {
  EXPECT_STORY(R"(
kind runner
10 book bid 3.45x2 ask 3.6x75
20 back a 1 @ 3.6
21 lay  b 1 @ 3.4
   -> 20 a accepted
   -> 21 b accepted
30 reduction 2 2.49
31 reduction 2 3.99 place
32 reduction 2 2.5
   -> 32 b cancelled market
33 reduction 1 10             # the runner itself
   -> 33 a cancelled market
)");
}

TEST(Betting, ASettlementEndsWhatRestsAndATakenBackOneDoesNot) {
  EXPECT_STORY(R"(
kind runner
10 book bid 3.45x2 ask 3.6x75
20 back a 1 @ 3.6
   -> 20 a accepted
30 settled reversed
31 settled
   -> 31 a cancelled market
)");
}

}  // namespace
}  // namespace writ::venue::paper
