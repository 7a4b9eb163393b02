// Mode live: each account's venue, and the simulated exchange of the shadow book beside them.
#include "host/venue/account_router.hpp"

#include "tests/unit/venue/market_records.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace writ::venue {
namespace {

using execution::VenueState;
using test::px;
using test::qty;

const paper::PaperOptions kInstant{0, 5, {}, paper::SelfTrade::kExpireTaker};

/// A line to a venue that notes what it is given and says what it is told to.
class NotingGateway final : public execution::OrderGateway, public execution::VenueAccount {
 public:
  void observe(const writ_record& input) override { observed.push_back(input.type); }
  void send(const writ_order& order) override { sent.push_back(order.order_id); }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override {
    return due.empty() ? std::nullopt : std::optional(due.front().header.ingest_ts);
  }
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override {
    if (due.empty() || due.front().header.ingest_ts > until) return nullptr;
    taken_ = due.front();
    due.pop_front();
    return &taken_.header;
  }
  [[nodiscard]] execution::VenueAccount* account() override { return this; }
  [[nodiscard]] bool simulates(std::uint32_t) const override { return false; }
  [[nodiscard]] std::vector<std::byte> save() const override { return {std::byte{1}}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte>) override { return {}; }
  void ask(const execution::VenueQuestion& question) override {
    asked.push_back(question);
    answer.reset();
  }
  [[nodiscard]] std::optional<base::Result<VenueState>> take_answer() override {
    return std::exchange(answer, std::nullopt);
  }
  [[nodiscard]] bool is_killed(std::uint32_t account) const { return latch().is_set(account); }

  void say(std::uint64_t order, std::int64_t at) {
    auto report = model::make_record<writ_report>();
    report.order_id = order;
    report.header.ingest_ts = at;
    due.push_back(report);
  }

  std::vector<std::uint16_t> observed;
  std::vector<std::uint64_t> sent;
  std::deque<writ_report> due;
  std::vector<execution::VenueQuestion> asked;
  std::optional<base::Result<VenueState>> answer;

 private:
  writ_report taken_{};
};

writ_order order_of(std::uint32_t account, std::uint16_t book, std::uint64_t id) {
  auto order = test::make_order(id, WRIT_SIDE_BUY, px("99"), qty("1"));
  order.account = account;
  order.book = book;
  return order;
}

class AccountRouterTest : public testing::Test {
 protected:
  std::vector<std::uint64_t> reports(std::int64_t until) {
    std::vector<std::uint64_t> orders;
    for (auto due = router_.next_due(); due && *due <= until; due = router_.next_due()) {
      if (const auto* said = router_.take_report(*due)) {
        orders.push_back(reinterpret_cast<const writ_report*>(said)->order_id);
      }
    }
    return orders;
  }

  NotingGateway spot_;
  NotingGateway futures_;
  AccountRouter router_{kInstant, {{1, &spot_}, {2, &futures_}}};
  test::MarketRecords records_;
};

TEST_F(AccountRouterTest, SendsAnOrderToTheVenueOfItsAccount) {
  router_.send(order_of(2, WRIT_BOOK_MAIN, 7));
  router_.send(order_of(1, WRIT_BOOK_MAIN, 8));
  EXPECT_EQ(spot_.sent, std::vector<std::uint64_t>{8});
  EXPECT_EQ(futures_.sent, std::vector<std::uint64_t>{7});
}

TEST_F(AccountRouterTest, NoRealVenueSeesAnOrderOfTheShadowBook) {
  auto account = model::make_record<writ_account>();
  account.account = 3;
  account.shadow_of = 1;
  account.book = WRIT_BOOK_SHADOW;
  router_.observe(account.header);
  router_.observe(records_.instrument(1));
  router_.observe(records_.image(2, {{px("99"), qty("1")}}, {{px("101"), qty("1")}}));
  router_.send(order_of(3, WRIT_BOOK_SHADOW, 9));
  EXPECT_EQ(reports(1'000'000'000), std::vector<std::uint64_t>{9});
  EXPECT_TRUE(spot_.sent.empty());
  EXPECT_TRUE(futures_.sent.empty());
  EXPECT_EQ(spot_.observed.size(), 3U);
  EXPECT_TRUE(router_.simulates(WRIT_BOOK_SHADOW));
  EXPECT_FALSE(router_.simulates(WRIT_BOOK_MAIN));
}

TEST_F(AccountRouterTest, SaysWhatItsVenuesSayByTime) {
  spot_.say(1, 30);
  futures_.say(2, 10);
  futures_.say(3, 30);
  EXPECT_EQ(reports(29), std::vector<std::uint64_t>{2});
  EXPECT_EQ(reports(30), (std::vector<std::uint64_t>{1, 3}));
}

TEST_F(AccountRouterTest, KillsWhereTheAccountIsAndEverywhereForAll) {
  router_.kill(2);
  EXPECT_FALSE(spot_.is_killed(2));
  EXPECT_TRUE(futures_.is_killed(2));
  router_.kill(0);
  EXPECT_TRUE(spot_.is_killed(1));
}

TEST_F(AccountRouterTest, AsksEveryVenueAndAnswersWhenAllHave) {
  execution::VenueQuestion question;
  question.fills_since = 5;
  router_.account()->ask(question);
  ASSERT_EQ(spot_.asked.size(), 1U);
  ASSERT_EQ(futures_.asked.size(), 1U);
  EXPECT_EQ(futures_.asked[0].fills_since, 5);

  VenueState of_spot;
  of_spot.balances.push_back({1, 1, Money{5}});
  spot_.answer = of_spot;
  EXPECT_FALSE(router_.account()->take_answer().has_value());
  VenueState of_futures;
  of_futures.balances.push_back({2, 1, Money{7}});
  futures_.answer = of_futures;
  const auto whole = router_.account()->take_answer();
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ((*whole)->balances.size(), 2U);
  EXPECT_FALSE(router_.account()->take_answer().has_value());
}

TEST_F(AccountRouterTest, ARoundFailsWithTheFirstVenueThatDoes) {
  router_.account()->ask({});
  spot_.answer = base::Error{base::Errc::kTimeout, "ask"};
  const auto failed = router_.account()->take_answer();
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->error().code(), base::Errc::kTimeout);
  router_.account()->ask({});
  spot_.answer = VenueState{};
  futures_.answer = VenueState{};
  EXPECT_TRUE(router_.account()->take_answer().has_value());
}

TEST_F(AccountRouterTest, WithoutRoutesNothingLeavesAndItsStateIsTheSame) {
  AccountRouter replayed(kInstant);
  for (auto* router : {&router_, &replayed}) {
    router->observe(records_.instrument(1));
    router->send(order_of(1, WRIT_BOOK_MAIN, 7));
  }
  EXPECT_EQ(replayed.account(), nullptr);
  EXPECT_EQ(replayed.save(), router_.save());
  EXPECT_TRUE(replayed.load(router_.save()).has_value());
}

}  // namespace
}  // namespace writ::venue
