#include "host/engine/veto_marks.hpp"

#include "host/model/record_view.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/execution/recording_sink.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace writ::engine {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

Money money(std::int64_t units) { return Money{Int128{units} * kOne * kOne}; }

class VetoMarksTest : public testing::Test {
 protected:
  VetoMarksTest() {
    add_instrument(1, WRIT_KIND_SPOT);
    add_instrument(2, WRIT_KIND_RUNNER);
  }
  void add_instrument(std::uint32_t number, std::uint32_t kind) {
    auto instrument = model::make_record<writ_instrument>();
    instrument.instrument = number;
    instrument.kind = kind;
    instrument.quote_asset = 7;
    instrument.quantity_unit = kOne;
    const std::string market = "M" + std::to_string(number);
    ASSERT_TRUE(model::set_text(instrument.venue, "sim") &&
                model::set_text(instrument.market, market));
    ASSERT_TRUE(tables_.apply(instrument.header));
  }

  void quote(std::int64_t bid, std::int64_t ask, std::uint32_t instrument = 1) {
    const ledger::Quote best{Price{bid * kOne}, Price{ask * kOne}, true};
    ledger_.on_quote(instrument, best, sink_);
    marks_.on_quote(instrument, best);
  }
  void veto(std::int64_t now, std::uint16_t side, std::int64_t price, std::int64_t quantity = 2,
            std::uint32_t instrument = 1, std::uint16_t tif = WRIT_TIF_GTC,
            std::uint16_t reason = WRIT_REASON_RISK_VETO) {
    auto intent = model::make_record<writ_intent>();
    intent.instrument = instrument;
    intent.time_in_force = tif;
    auto verdict = model::make_record<writ_verdict>();
    verdict.header.ingest_ts = now;
    verdict.intent_id = 50;
    verdict.reason = reason;
    verdict.detail = WRIT_CHECK_CASH;
    arbiter::OrderTerms terms;
    terms.makes_order = true;
    terms.side = side;
    terms.price = Price{price * kOne};
    terms.quantity = Quantity{quantity * kOne};
    marks_.on_veto(intent, terms, verdict, VerdictId{51});
  }
  std::vector<writ_veto_mark> marks_at(std::int64_t now) {
    test::RecordingSink sink;
    marks_.mark(now, sink);
    return sink.all<writ_veto_mark>();
  }

  model::InstrumentTable tables_;
  test::RecordingSink sink_;
  ledger::Ledger ledger_{tables_};
  VetoMarks marks_{tables_, ledger_};
};

TEST_F(VetoMarksTest, FollowAnOrderThatTakesAtOnceThroughBothHorizons) {
  quote(99, 100);
  veto(0, WRIT_SIDE_BUY, 101);
  quote(110, 111);
  EXPECT_EQ(marks_.next_due(), 5 * kSecond);
  EXPECT_TRUE(marks_at(5 * kSecond - 1).empty());
  const auto first = marks_at(5 * kSecond);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].verdict_id, 51U);
  EXPECT_EQ(first[0].intent_id, 50U);
  EXPECT_EQ(first[0].check, WRIT_CHECK_CASH);
  EXPECT_EQ(first[0].asset, 7U);
  EXPECT_EQ(first[0].horizon_ns, 5 * kSecond);
  EXPECT_EQ(first[0].filled, 1);
  EXPECT_EQ(first[0].reference_price, 100 * kOne);
  EXPECT_EQ(first[0].mark_price, 110 * kOne);
  EXPECT_EQ(from_abi(first[0].pnl), money(20));
  quote(95, 96);
  EXPECT_EQ(marks_.next_due(), 60 * kSecond);
  const auto second = marks_at(61 * kSecond);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(from_abi(second[0].pnl), money(-10));
  EXPECT_EQ(marks_.next_due(), std::nullopt);
}

TEST_F(VetoMarksTest, FillASaleThatRestsWhenTheBidComesToIt) {
  quote(99, 100);
  veto(0, WRIT_SIDE_SELL, 105);
  const auto before = marks_at(5 * kSecond);
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].filled, 0);
  EXPECT_EQ(from_abi(before[0].pnl), Money{});
  quote(104, 105);
  quote(105, 106);
  quote(101, 102);
  const auto after = marks_at(60 * kSecond);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].filled, 1);
  EXPECT_EQ(after[0].quantity, -2 * kOne);
  EXPECT_EQ(after[0].reference_price, 105 * kOne);
  EXPECT_EQ(from_abi(after[0].pnl), money(6));
}

TEST_F(VetoMarksTest, OfABackAreThoseOfItsWinUnits) {
  quote(3, 4, 2);  // odds available to back, to lay
  veto(0, WRIT_SIDE_BUY, 3, 10, 2);
  quote(2, 2, 2);
  const auto found = marks_at(5 * kSecond);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].filled, 1);
  EXPECT_EQ(found[0].reference_price, 3 * kOne);
  EXPECT_EQ(from_abi(found[0].pnl), money(5));  // 30 units at odds 2, less 10
}

TEST_F(VetoMarksTest, LeaveOutWhatNoRuleDecided) {
  quote(99, 100);
  veto(0, WRIT_SIDE_BUY, 101, 1, 1, WRIT_TIF_GTC, WRIT_REASON_INVALID);
  veto(0, WRIT_SIDE_BUY, 101, 1, 1, WRIT_TIF_GTC, WRIT_REASON_PLUGIN_ERROR);
  EXPECT_EQ(marks_.next_due(), std::nullopt);
}

TEST_F(VetoMarksTest, LeaveOutAnOrderThatWouldNotHaveRested) {
  quote(99, 100);
  veto(0, WRIT_SIDE_BUY, 98, 1, 1, WRIT_TIF_IOC);
  EXPECT_EQ(marks_.next_due(), std::nullopt);
}

TEST_F(VetoMarksTest, AreTheSameFromSavedState) {
  quote(99, 100);
  for (int i = 0; i < 20; ++i) veto(i * kSecond, WRIT_SIDE_BUY, 90 + i, 1 + i);
  static_cast<void>(marks_at(7 * kSecond));
  VetoMarks loaded{tables_, ledger_};
  ASSERT_TRUE(loaded.load(marks_.save()).has_value());
  EXPECT_EQ(loaded.save(), marks_.save());
  const ledger::Quote low{Price{95 * kOne}, Price{96 * kOne}, true};
  quote(95, 96);
  loaded.on_quote(1, low);
  test::RecordingSink a;
  test::RecordingSink b;
  marks_.mark(100 * kSecond, a);
  loaded.mark(100 * kSecond, b);
  EXPECT_EQ(a.records(), b.records());
  EXPECT_GT(a.records().size(), 20U);
  auto cut = marks_.save();
  quote(1, 2);
  cut.push_back(std::byte{});
  EXPECT_FALSE(loaded.load(cut).has_value());
}

// Against a second computation that looks at every quote since the verdict.
TEST_F(VetoMarksTest, AreWhatTheQuotesSinceTheVerdictSay) {
  const std::size_t cases = test::scaled(100'000);
  std::mt19937_64 random{20240808};
  const auto below = [&](std::int64_t limit) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
  };
  struct Followed {
    std::int64_t judged;
    bool buys;
    std::int64_t limit;
    std::int64_t quantity;
    std::optional<std::int64_t> entry;
  };
  std::vector<Followed> followed;
  std::vector<std::size_t> done(2, 0);
  std::int64_t now = 0;
  std::int64_t bid = 100;
  std::int64_t ask = 101;
  quote(bid, ask);
  std::uint64_t compared = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    now += 1 + below(kSecond);
    const auto found = marks_at(now);
    std::size_t next = 0;
    for (std::size_t horizon = 0; horizon < 2; ++horizon) {
      for (; done[horizon] < followed.size(); ++done[horizon]) {
        const auto& one = followed[done[horizon]];
        if (one.judged + VetoMarks::kHorizonsNs[horizon] > now) break;
        ASSERT_LT(next, found.size());
        const auto& mark = found[next++];
        const std::int64_t exit = one.buys ? bid : ask;
        const std::int64_t sign = one.buys ? 1 : -1;
        ASSERT_EQ(mark.filled, one.entry ? 1 : 0) << i;
        ASSERT_EQ(from_abi(mark.pnl),
                  money(one.entry ? sign * one.quantity * (exit - *one.entry) : 0));
        ++compared;
      }
    }
    ASSERT_EQ(next, found.size());
    if (below(3) == 0) {
      Followed one{now, below(2) == 0, 90 + below(22), 1 + below(5), {}};
      veto(now, one.buys ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, one.limit, one.quantity);
      if (one.buys ? ask <= one.limit : bid >= one.limit) one.entry = one.buys ? ask : bid;
      followed.push_back(one);
    } else {
      bid = 90 + below(20);
      ask = bid + 1 + below(3);
      quote(bid, ask);
      for (auto at = done[1]; at < followed.size(); ++at) {
        auto& one = followed[at];
        if (!one.entry && (one.buys ? ask <= one.limit : bid >= one.limit)) one.entry = one.limit;
      }
    }
  }
  EXPECT_GT(compared, cases / 2);
}

}  // namespace
}  // namespace writ::engine
