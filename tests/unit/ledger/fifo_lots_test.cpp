#include "host/ledger/fifo_lots.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <map>

namespace writ::ledger {
namespace {

using test::money;
using test::px;
using test::qty;

/// A queue with the sums a vector's steps name.
struct Account {
  FifoLots lots;
  Money cash;
  Money realized;
  Money fees;

  base::Result<LotChange> fill(std::uint64_t id, Quantity quantity, Price price, Money fee) {
    auto change = lots.fill(id, quantity, price, fee);
    if (!change) return change;
    cash = cash - notional(price, quantity) - fee;
    realized += change->gross;
    fees += fee;
    return change;
  }
};

// V 02.
TEST(FifoLots, GivesTheFiguresOfItsDefinition) {
  Account a;
  const auto step = [&](const char* quantity, const char* price, const char* fee) {
    static std::uint64_t id = 0;
    return *a.fill(++id, qty(quantity), px(price), money(fee));
  };
  step("1", "100", "0.10");
  step("2", "110", "0.22");
  step("-1.5", "120", "0.18");
  EXPECT_EQ(a.realized, money("25"));
  const LotChange flip = step("-2.5", "105", "0.2625");
  EXPECT_EQ(a.realized, money("17.5"));
  ASSERT_EQ(flip.matches.size(), 1U);
  EXPECT_EQ(flip.matches[0].close_fee, money("0.1575"));
  EXPECT_EQ(flip.opened, qty("-1"));
  EXPECT_EQ(flip.opened_fee, money("0.105"));  // leaves 0.042 + 0.063 on the short lot
  EXPECT_EQ(step("0.4", "100", "0.04").matches[0].open_fee, money("0.042"));
  EXPECT_EQ(a.realized, money("19.5"));
  EXPECT_EQ(step("0.6", "108", "0.0648").matches[0].open_fee, money("0.063"));
  EXPECT_EQ(a.realized, money("17.7"));
  EXPECT_EQ(a.fees, money("0.8673"));
  EXPECT_EQ(a.cash, money("16.8327"));

  // Ten units of fee over three parts.
  FifoLots remainder;
  (void)remainder.fill(1, qty("3"), px("0.333333333"), money("0.000000000000000010"));
  EXPECT_EQ(remainder.fill(2, qty("-1"), px("0.4"), {})->matches[0].open_fee.raw, 3);
  EXPECT_EQ(remainder.fill(3, qty("-1"), px("0.45"), {})->matches[0].open_fee.raw, 3);
  EXPECT_EQ(remainder.fill(4, qty("-0.5"), px("0.2"), {})->matches[0].open_fee.raw, 2);
  EXPECT_EQ(remainder.lots().front().fee_remaining.raw, 2);

  Account s;
  (void)s.fill(1, qty("-10"), px("0.7"), money("0.05"));
  (void)s.fill(2, qty("-5"), px("0.72"), money("0.02"));
  const LotChange closing = *s.fill(3, qty("20"), px("0.65"), money("0.13"));
  EXPECT_EQ(s.realized, money("0.85"));
  EXPECT_EQ(closing.opened_fee, money("0.0325"));
  EXPECT_EQ(s.cash + notional(px("0.64"), s.lots.position()), money("0.6"));
}

void check_fills(const writ::test::VectorCase& c) {
  Account a;
  std::map<std::string, std::uint64_t> ids;
  const auto& fills = writ::test::member(c.inputs, "fills").as_array();
  const auto& steps = writ::test::member(c.expected, "steps").as_array();
  ASSERT_EQ(fills.size(), steps.size());
  for (std::size_t i = 0; i < fills.size(); ++i) {
    const auto& fill = fills[i].as_object();
    const auto& step = steps[i].as_object();
    const std::uint64_t id = i + 1;
    ids[writ::test::text_of(fill, "id")] = id;
    Quantity quantity = writ::test::quantity_of(fill, "qty");
    if (writ::test::text_of(fill, "side") == "SELL") quantity = -quantity;
    const auto change =
        a.fill(id, quantity, writ::test::price_of(fill, "px"), writ::test::money_of(fill, "fee"));
    ASSERT_TRUE(change);
    const auto& matches = writ::test::member(step, "matches").as_array();
    ASSERT_EQ(change->matches.size(), matches.size());
    for (std::size_t m = 0; m < matches.size(); ++m) {
      const auto& want = matches[m].as_object();
      const LotMatch& got = change->matches[m];
      EXPECT_EQ(got.open_fill, ids[writ::test::text_of(want, "open_fill")]);
      EXPECT_EQ(got.quantity, writ::test::quantity_of(want, "qty"));
      EXPECT_EQ(got.gross, writ::test::money_of(want, "gross"));
      EXPECT_EQ(got.open_fee, writ::test::money_of(want, "open_fee"));
      EXPECT_EQ(got.close_fee, writ::test::money_of(want, "close_fee"));
      EXPECT_EQ(got.gross - got.open_fee - got.close_fee, writ::test::money_of(want, "net"));
    }
    EXPECT_EQ(a.lots.position(), writ::test::quantity_of(step, "position"));
    EXPECT_EQ(a.realized, writ::test::money_of(step, "realized_gross"));
    EXPECT_EQ(a.fees, writ::test::money_of(step, "fees"));
    EXPECT_EQ(a.cash, writ::test::money_of(step, "cash"));
  }
  const auto& open = writ::test::member(c.expected, "open_lots").as_array();
  ASSERT_EQ(a.lots.lots().size(), open.size());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto& want = open[i].as_object();
    const Lot& lot = a.lots.lots()[i];
    EXPECT_EQ(lot.fill_id, ids[writ::test::text_of(want, "fill")]);
    EXPECT_EQ(lot.quantity, writ::test::quantity_of(want, "qty"));
    EXPECT_EQ(lot.price, writ::test::price_of(want, "px"));
    EXPECT_EQ(lot.fee_remaining, writ::test::money_of(want, "fee_remaining"));
  }
  const Price mark = writ::test::price_of(c.inputs, "mark");
  EXPECT_EQ(a.lots.unrealized(mark), writ::test::money_of(c.expected, "unrealized"));
  EXPECT_EQ(a.cash + notional(mark, a.lots.position()),
            writ::test::money_of(c.expected, "equity_change"));
}

TEST(FifoLots, EqualsItsVectors) {
  writ::test::run_vectors("02_fifo", {{"perp_flip", check_fills},
                                      {"binary_fee_remainder", check_fills},
                                      {"short_then_flip_long", check_fills}});
}

TEST(FifoLots, KeepsTheIdentityAtEveryRandomFill) {
  const std::size_t wanted = writ::test::scaled(100'000);
  std::size_t fills = 0, flips = 0;
  for (std::uint64_t seed = 1; fills < wanted; ++seed) {
    base::RandomStream random(seed, "fills");
    const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
    Account a;
    Money fee_parts;  // what legs showed
    for (int i = 0; i < 200; ++i) {
      const std::int64_t size = 1 + below(5'000'000'000);
      const Quantity quantity{below(2) == 0 ? size : -size};
      const Price price{1 + below(100'000'000'000)};
      const Money fee{Int128{below(2'000'000'000)} * 1'000'000 - 500'000'000'000'000};
      const std::int64_t before = a.lots.position().raw;
      const auto change = a.fill(static_cast<std::uint64_t>(i) + 1, quantity, price, fee);
      ASSERT_TRUE(change);
      ++fills;
      for (const LotMatch& match : change->matches) fee_parts += match.open_fee + match.close_fee;
      const std::int64_t after = a.lots.position().raw;
      if ((before < 0 && after > 0) || (before > 0 && after < 0)) ++flips;
      Money on_lots;
      for (const Lot& lot : a.lots.lots()) {
        ASSERT_EQ(lot.quantity.raw < 0, after < 0) << "a queue never holds both signs";
        on_lots += lot.fee_remaining;
      }
      ASSERT_EQ(fee_parts + on_lots, a.fees) << "seed " << seed << " fill " << i;
      const Price mark{1 + below(100'000'000'000)};
      ASSERT_EQ(a.cash + notional(mark, a.lots.position()),
                a.realized - a.fees + *a.lots.unrealized(mark))
          << "seed " << seed << " fill " << i;
    }
  }
  EXPECT_GT(flips, wanted / 100);
}

TEST(FifoLots, RefusesWholeWhatDoesNotFit) {
  FifoLots lots;
  ASSERT_TRUE(lots.fill(1, Quantity::max(), px("100"), {}));
  const auto saved = [&] {
    base::ByteWriter out;
    lots.save(out);
    return out.take();
  };
  const auto before = saved();
  EXPECT_EQ(lots.fill(2, Quantity{1}, px("1"), {}).error().code(), base::Errc::kOverflow);
  EXPECT_EQ(lots.fill(3, Quantity::min(), Price::min(), {}).error().code(), base::Errc::kOverflow);
  EXPECT_EQ(lots.fill(4, Quantity{}, px("1"), {}).error().code(), base::Errc::kInvalid);
  EXPECT_EQ(lots.fill(5, Quantity{1}, Price::none(), {}).error().code(), base::Errc::kInvalid);
  EXPECT_EQ(saved(), before);
}

TEST(FifoLots, LoadsWhatItSavedAndNothingElse) {
  FifoLots lots;
  (void)lots.fill(1, qty("2"), px("100"), money("0.1"));
  (void)lots.fill(2, qty("3"), px("101"), money("0.2"));
  (void)lots.fill(3, qty("-1"), px("99"), money("0.1"));
  base::ByteWriter out;
  lots.save(out);
  const auto bytes = out.take();
  FifoLots loaded;
  base::ByteReader in(bytes);
  ASSERT_TRUE(loaded.load(in));
  EXPECT_TRUE(in.complete());
  base::ByteWriter again;
  loaded.save(again);
  EXPECT_EQ(again.take(), bytes);
  EXPECT_EQ(loaded.position(), qty("4"));
  EXPECT_EQ(loaded.cost(), lots.cost());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    base::ByteReader cut({bytes.data(), size});
    FifoLots target;
    EXPECT_FALSE(target.load(cut)) << size;
  }
}

}  // namespace
}  // namespace writ::ledger
