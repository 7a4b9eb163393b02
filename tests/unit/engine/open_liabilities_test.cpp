#include "host/engine/open_liabilities.hpp"

#include "host/base/random.hpp"
#include "host/engine/held_back_cash.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace writ::engine {
namespace {

namespace fixture = ledger::test;
using fixture::money;
using fixture::px;
using fixture::qty;

constexpr AccountId kAccount{fixture::kAccount};
constexpr AssetId kUsdt{fixture::kUsdt};
constexpr std::int64_t kOne = 1'000'000'000;

struct Book {
  fixture::World world;
  ledger::Ledger ledger{world.tables};
  OpenLiabilities liabilities{world.tables, ledger};
  HeldBackCash held_back{world.tables, ledger};

  Book() { world.deposit(ledger, fixture::kUsdt, money("1000")); }

  void trade(std::uint32_t instrument, std::string_view size, std::string_view price) {
    ASSERT_TRUE(world.fill(ledger, instrument, 1, qty(size), px(price)));
  }
  void quote(std::uint32_t instrument, Price bid, Price ask) {
    ledger.on_quote(instrument, {bid, ask, true}, world.sink);
  }
  [[nodiscard]] Money owed() {
    held_back.touch_all();
    return held_back.of_account(kAccount, kUsdt);
  }
  [[nodiscard]] Money cash() const { return ledger.cash(kAccount, kUsdt); }
};

TEST(OpenLiabilities, OfALongPerpetualAreWhatItCostOrIsWorthIfThatIsMore) {
  Book book;
  book.trade(fixture::kPerp, "6", "100");
  book.quote(fixture::kPerp, px("119.9"), px("120"));
  EXPECT_EQ(book.owed(), money("719.4"));
  book.quote(fixture::kPerp, px("79.9"), px("80"));
  EXPECT_EQ(book.owed(), money("600"));
}

TEST(OpenLiabilities, OfAShortPerpetualAreItsNotionalAndWhatItLost) {
  Book book;
  book.trade(fixture::kPerp, "-6", "100");
  book.quote(fixture::kPerp, px("79.9"), px("80"));
  EXPECT_EQ(book.owed(), money("480"));
  book.quote(fixture::kPerp, px("119.9"), px("120"));
  EXPECT_EQ(book.owed(), money("840"));
}

TEST(OpenLiabilities, OfTokensSoldShortAreOnePerUnitAndOnceForTheTwo) {
  Book book;
  book.trade(fixture::kYes, "-100", "0.6");
  EXPECT_EQ(book.owed(), money("100"));
  book.trade(fixture::kNo, "-40", "0.4");
  EXPECT_EQ(book.owed(), money("100"));
  book.trade(fixture::kYes, "150", "0.6");
  EXPECT_EQ(book.owed(), money("40")) << "YES pays, but not if NO wins";
}

TEST(OpenLiabilities, OfCoinsAndBoughtTokensAreNone) {
  Book book;
  book.trade(fixture::kSpot, "3", "100");
  book.trade(fixture::kYes, "100", "0.6");
  book.trade(fixture::kRunners[0], "10", "4");
  EXPECT_EQ(book.owed(), Money{});
}

TEST(OpenLiabilities, OfALayAreItsWholeReturnAndOfTwoTheDearer) {
  Book book;
  book.trade(fixture::kRunners[0], "-20", "3");
  EXPECT_EQ(book.owed(), money("60"));
  EXPECT_EQ(book.liabilities.beside(kAccount, *book.world.tables.instrument(fixture::kRunners[0])),
            Money{});
  book.trade(fixture::kRunners[1], "-20", "4");
  // The second wins; or the first is removed before, and its stake returned besides.
  EXPECT_EQ(book.owed(), money("100"));
}

/// What an account comes to if the markets end so.
struct Ending {
  ledger::Ledger ledger;
  fixture::World& world;

  Ending(const ledger::Ledger& from, fixture::World& w) : ledger(w.tables), world(w) {
    EXPECT_TRUE(ledger.load(from.save()));
  }
  Money with_yes_paying(std::int64_t halves) {
    world.pay_out(ledger, fixture::kYes, halves, 2);
    world.pay_out(ledger, fixture::kNo, 2 - halves, 2);
    return ledger.cash(kAccount, kUsdt);
  }
  Money with_winner(std::size_t winner, std::size_t removed) {
    for (std::size_t i = 0; i < std::size(fixture::kRunners); ++i) {
      const auto result = i == removed  ? WRIT_SETTLED_VOID
                          : i == winner ? WRIT_SETTLED_WINNER
                                        : WRIT_SETTLED_LOSER;
      world.settle(ledger, fixture::kRunners[i], result);
    }
    return ledger.cash(kAccount, kUsdt);
  }
};

TEST(OpenLiabilities, AreExactlyWhatTheWorstEndingTakesFromCash) {
  base::RandomStream random(1, "liabilities");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    Book book;
    const bool tokens = i % 2 == 0;
    for (auto left = 1 + below(6); left > 0; --left) {
      const Quantity size{(below(2) == 0 ? 1 : -1) * (1 + below(50)) * kOne};
      const auto number = tokens ? fixture::kYes + static_cast<std::uint32_t>(below(2))
                                 : fixture::kRunners[below(std::size(fixture::kRunners))];
      const Price price{tokens ? (1 + below(99)) * kOne / 100
                               : kOne + (1 + below(1'900)) * kOne / 100};
      ASSERT_TRUE(book.world.fill(book.ledger, number, 1 + static_cast<std::uint32_t>(below(2)),
                                  size, price));
    }
    Money least = book.cash();
    const auto consider = [&](Money cash) { least = std::min(least, cash); };
    if (tokens) {
      for (const std::int64_t halves : {0, 1, 2}) {
        consider(Ending{book.ledger, book.world}.with_yes_paying(halves));
      }
    } else {
      for (std::size_t removed = 0; removed <= 3; ++removed) {
        for (std::size_t winner = 0; winner < 3; ++winner) {
          if (winner == removed) continue;
          consider(Ending{book.ledger, book.world}.with_winner(winner, removed));
        }
      }
    }
    ASSERT_EQ(book.owed(), book.cash() - least) << i;
  }
}

TEST(OpenLiabilities, OfAPerpetualCoverEveryPriceUpToTwiceTheMark) {
  base::RandomStream random(1, "liabilities_perpetual");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    Book book;
    for (auto left = 1 + below(6); left > 0; --left) {
      const Quantity size{(below(2) == 0 ? 1 : -1) * (1 + below(50'000'000'000))};
      ASSERT_TRUE(
          book.world.fill(book.ledger, fixture::kPerp, 1, size, Price{1 + below(100 * kOne)}));
    }
    const std::int64_t mark = 2 + below(100 * kOne);
    book.quote(fixture::kPerp, Price{mark}, Price{mark});
    const Quantity position = book.ledger.position(kAccount, InstrumentId{fixture::kPerp});
    if (position.raw == 0) continue;
    const Money free = book.cash() - book.owed();
    const Price exit{1 + below(2 * static_cast<std::uint64_t>(mark))};
    // Closed in part, at any price, it frees what was said; closed in whole, what was free stays
    // so.
    const Quantity part{-position.raw / (1 + below(4))};
    if (part.raw == 0) continue;
    const auto& facts = *book.world.tables.instrument(fixture::kPerp);
    const Money freed = book.liabilities.freed_by_closing(kAccount, facts, part, exit);
    ASSERT_TRUE(book.world.fill(book.ledger, fixture::kPerp, 1, part, exit));
    book.quote(fixture::kPerp, Price{mark}, Price{mark});
    const Money gained = book.cash() - book.owed() - free;
    ASSERT_EQ(freed, std::max(gained, Money{})) << i;
    const Quantity rest = book.ledger.position(kAccount, InstrumentId{fixture::kPerp});
    if (rest.raw != 0) {
      ASSERT_TRUE(book.world.fill(book.ledger, fixture::kPerp, 1, -rest, exit));
    }
    ASSERT_EQ(book.owed(), Money{});
    ASSERT_GE(book.cash(), free) << i;
  }
}

}  // namespace
}  // namespace writ::engine
