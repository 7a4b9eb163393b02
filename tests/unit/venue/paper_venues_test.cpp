// One simulated exchange for each book: they see the same market and nothing of each other.
#include "host/venue/paper/paper_venues.hpp"

#include "tests/unit/venue/market_records.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::venue::paper {
namespace {

using test::px;
using test::qty;

const PaperOptions kInstant{0, 5, {}, SelfTrade::kExpireTaker};

writ_account shadow_account() {
  auto account = model::make_record<writ_account>();
  account.account = 2;
  account.shadow_of = 1;
  account.book = WRIT_BOOK_SHADOW;
  EXPECT_TRUE(model::set_text(account.name, "main"));
  return account;
}

writ_order order_of_book(std::uint16_t book, std::uint64_t id, std::uint16_t side,
                         std::int64_t price, std::int64_t quantity) {
  auto order = test::make_order(id, side, price, quantity);
  order.book = book;
  order.account = book == WRIT_BOOK_SHADOW ? 2 : 1;
  return order;
}

/// What is due until `until`, as "R order kind" and "F order quantity@trade id".
std::vector<std::string> reports(PaperVenues& venues, std::int64_t until) {
  std::vector<std::string> said;
  while (const auto* record = venues.take_report(until)) {
    if (const auto* fill = model::as<writ_fill>(*record)) {
      said.push_back("F " + std::to_string(fill->order_id) + " " +
                     std::string(model::text_of(fill->exchange_trade_id)) + " of book " +
                     std::to_string(fill->book));
    } else if (const auto* report = model::as<writ_report>(*record)) {
      said.push_back("R " + std::to_string(report->order_id) + " " +
                     std::string(model::text_of(report->venue_order_id)) + " kind " +
                     std::to_string(report->kind));
    }
  }
  return said;
}

/// A book with one unit at each side.
class PaperVenuesTest : public testing::Test {
 protected:
  PaperVenuesTest() {
    venues_.observe(records_.instrument(1));
    venues_.observe(records_.image(2, {{px("99"), qty("1")}}, {{px("101"), qty("1")}}));
  }
  void send(std::uint16_t book, std::uint64_t id, std::uint16_t side, std::int64_t price) {
    auto order = order_of_book(book, id, side, price, qty("1"));
    order.header.ingest_ts = 10;
    venues_.send(order);
  }

  test::MarketRecords records_;
  PaperVenues venues_{kInstant};
};

TEST_F(PaperVenuesTest, EachBookTakesTheWholeOfALevel) {
  venues_.observe(shadow_account().header);
  send(WRIT_BOOK_MAIN, 1, WRIT_SIDE_BUY, px("101"));
  send(WRIT_BOOK_SHADOW, 2, WRIT_SIDE_BUY, px("101"));
  EXPECT_EQ(reports(venues_, 20),
            (std::vector<std::string>{"R 1 P1 kind 1", "F 1 T1 of book 1", "R 2 SP1 kind 1",
                                      "F 2 ST1 of book 2"}));
}

TEST_F(PaperVenuesTest, OrdersOfTheTwoBooksNeverMeet) {
  venues_.observe(shadow_account().header);
  send(WRIT_BOOK_MAIN, 1, WRIT_SIDE_BUY, px("100"));
  send(WRIT_BOOK_SHADOW, 2, WRIT_SIDE_SELL, px("100"));
  EXPECT_EQ(reports(venues_, 20), (std::vector<std::string>{"R 1 P1 kind 1", "R 2 SP1 kind 1"}));
}

TEST_F(PaperVenuesTest, AShadowBookThatBeginsLateFindsTheMarketUntouched) {
  send(WRIT_BOOK_MAIN, 1, WRIT_SIDE_BUY, px("101"));  // takes what is there
  (void)reports(venues_, 20);
  venues_.observe(shadow_account().header);
  send(WRIT_BOOK_SHADOW, 2, WRIT_SIDE_BUY, px("101"));
  EXPECT_EQ(reports(venues_, 40),
            (std::vector<std::string>{"R 2 SP1 kind 1", "F 2 ST1 of book 2"}));
}

TEST_F(PaperVenuesTest, SavedStateBringsBothBooksBack) {
  venues_.observe(shadow_account().header);
  send(WRIT_BOOK_MAIN, 1, WRIT_SIDE_BUY, px("100"));
  send(WRIT_BOOK_SHADOW, 2, WRIT_SIDE_SELL, px("100"));
  (void)reports(venues_, 15);
  PaperVenues other{kInstant};
  ASSERT_TRUE(other.load(venues_.save()));
  EXPECT_EQ(other.save(), venues_.save());
  const auto& trade = records_.trade(30, WRIT_SIDE_SELL, px("99"), qty("5"), 0);
  other.observe(trade);
  EXPECT_EQ(reports(other, 40), (std::vector<std::string>{"F 1 T1 of book 1"}));
}

TEST_F(PaperVenuesTest, RefusesDamagedStateAndStaysAsItWas) {
  venues_.observe(shadow_account().header);
  send(WRIT_BOOK_SHADOW, 2, WRIT_SIDE_SELL, px("100"));
  const auto saved = venues_.save();
  PaperVenues other{kInstant};
  const auto before = other.save();
  for (std::size_t size = 0; size < saved.size(); ++size) {
    ASSERT_FALSE(other.load(std::span(saved).first(size))) << size;
  }
  EXPECT_EQ(other.save(), before);
}

}  // namespace
}  // namespace writ::venue::paper
