#include "host/ledger/drawdown.hpp"

#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <writ/abi/snapshot.h>

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <set>

namespace writ::ledger {
namespace {

using test::money;

// V 03.
TEST(Drawdown, GivesTheFiguresOfItsDefinition) {
  Drawdown drawdown;
  drawdown.update(money("104000"), DrawdownStep::kCycle);
  drawdown.update(money("93600"), DrawdownStep::kCycle);
  EXPECT_EQ(drawdown.fraction().raw, 100'000'000);
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_DD10);
  drawdown.update(money("88400"), DrawdownStep::kEscalateOnly);
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_DD15);
  drawdown.update(money("83200"), DrawdownStep::kEscalateOnly);
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_HALT20);
  drawdown.update(money("104000"), DrawdownStep::kCycle);
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_HALT20) << "latches";
  drawdown.rebase(money("90000"));
  EXPECT_EQ(drawdown.peak(), money("90000"));
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_NORMAL);
}

TEST(Drawdown, EscalatesAtTheExactUnit) {
  for (const auto& [limit, tier] :
       {std::pair{"90", WRIT_TIER_DD10}, std::pair{"85", WRIT_TIER_DD15},
        std::pair{"80", WRIT_TIER_HALT20}}) {
    Drawdown drawdown;
    drawdown.update(money("100"), DrawdownStep::kEscalateOnly);
    drawdown.update(Money{money(limit).raw + 1}, DrawdownStep::kEscalateOnly);
    EXPECT_EQ(drawdown.tier() + 1, static_cast<std::uint32_t>(tier));
    drawdown.update(money(limit), DrawdownStep::kEscalateOnly);
    EXPECT_EQ(drawdown.tier(), static_cast<std::uint32_t>(tier));
  }
}

TEST(Drawdown, FallsOnlyOnCycles) {
  Drawdown drawdown;
  drawdown.update(money("100"), DrawdownStep::kCycle);
  drawdown.update(money("90"), DrawdownStep::kCycle);
  for (int i = 0; i < 10; ++i) drawdown.update(money("99"), DrawdownStep::kEscalateOnly);
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_DD10);
  for (int i = 0; i < 3; ++i) drawdown.update(money("99"), DrawdownStep::kCycle);
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_NORMAL);
}

TEST(Drawdown, IsNeitherMadeNorCuredByMoneyMoved) {
  Drawdown drawdown;
  drawdown.update(money("100"), DrawdownStep::kCycle);
  drawdown.shift(money("50"));
  drawdown.update(money("150"), DrawdownStep::kCycle);
  EXPECT_EQ(drawdown.drawdown(), Money{});
  drawdown.shift(money("-100"));
  drawdown.update(money("50"), DrawdownStep::kCycle);
  EXPECT_EQ(drawdown.drawdown(), Money{});
  EXPECT_EQ(drawdown.tier(), WRIT_TIER_NORMAL);
}

void check_tiers(const writ::test::VectorCase& c) {
  Drawdown drawdown;
  std::set<std::int64_t> resets;
  for (const auto& at : writ::test::member(c.inputs, "manual_reset_before_index").as_array()) {
    resets.insert(at.as_int64());
  }
  const auto& steps = writ::test::member(c.expected, "steps").as_array();
  ASSERT_GT(steps.size(), 0U);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i].as_object();
    const Money equity = writ::test::money_of(step, "equity");
    if (resets.contains(static_cast<std::int64_t>(i))) {
      drawdown.rebase(equity);
    } else {
      drawdown.update(equity, DrawdownStep::kCycle);
    }
    EXPECT_EQ(drawdown.peak(), writ::test::money_of(step, "peak")) << i;
    EXPECT_EQ(drawdown.drawdown(), writ::test::money_of(step, "drawdown_usd")) << i;
    EXPECT_EQ(drawdown.fraction(), writ::test::rate_of(step, "drawdown_pct")) << i;
    static const std::map<std::string, std::uint32_t> kTiers = {{"NORMAL", WRIT_TIER_NORMAL},
                                                                {"DD10", WRIT_TIER_DD10},
                                                                {"DD15", WRIT_TIER_DD15},
                                                                {"HALT20", WRIT_TIER_HALT20}};
    EXPECT_EQ(drawdown.tier(), kTiers.at(writ::test::text_of(step, "tier"))) << i;
  }
}

TEST(Drawdown, EqualsItsVectors) {
  writ::test::run_vectors("03_marks_equity_drawdown", {{"drawdown_tiers", check_tiers}},
                          writ::test::VectorCoverage::kNamed);
}

}  // namespace
}  // namespace writ::ledger
