#include "host/execution/order_state.hpp"

#include "tests/support/vectors.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace writ::execution {
namespace {

std::vector<OrderState> all_states() {
  std::vector<OrderState> states;
  for (std::uint16_t i = WRIT_ORDER_NEW; i <= WRIT_ORDER_FAILED; ++i)
    states.push_back(OrderState{i});
  return states;
}

std::vector<OrderEvent> all_events() {
  std::vector<OrderEvent> events;
  for (std::uint8_t i = 0; i < kOrderEventCount; ++i) events.push_back(OrderEvent{i});
  return events;
}

// Every state by every event: the next state, `=` for no change, `!` for a contradiction.
constexpr const char* kExpected = R"(
             acknowledged opened  rejected cancelled expired cancel_rejected replaced replace_rejected unanswered failed filled_in_part filled
NEW          ACK          OPEN    REJECTED CANCELLED EXPIRED =               OPEN     =                UNKNOWN    FAILED PARTIAL        FILLED
ACK          =            OPEN    REJECTED CANCELLED EXPIRED =               OPEN     =                =          !      PARTIAL        FILLED
OPEN         =            =       !        CANCELLED EXPIRED =               =        =                =          !      PARTIAL        FILLED
PARTIAL      =            =       !        CANCELLED EXPIRED =               =        =                =          !      PARTIAL        FILLED
FILLED       =            =       !        =         =       =               =        =                =          !      !              !
CANCELLED    =            =       !        =         =       =               =        =                =          !      =              FILLED
EXPIRED      =            =       !        =         =       =               =        =                =          !      =              FILLED
REJECTED     !            !       =        !         !       =               !        =                =          =      !              !
UNKNOWN      ACK          OPEN    REJECTED CANCELLED EXPIRED =               OPEN     =                =          FAILED PARTIAL        FILLED
FAILED       !            !       =        !         !       =               !        =                =          =      !              !
)";

TEST(OrderState, FollowsTheTableForEveryStateAndEvent) {
  std::istringstream text(kExpected);
  std::string line;
  std::getline(text, line);
  std::getline(text, line);
  std::istringstream heads(line);
  std::vector<std::string> columns{std::istream_iterator<std::string>(heads), {}};
  ASSERT_EQ(columns.size(), kOrderEventCount);

  std::size_t checked = 0;
  for (const OrderState state : all_states()) {
    ASSERT_TRUE(std::getline(text, line));
    std::istringstream row(line);
    std::string cell;
    row >> cell;
    ASSERT_EQ(cell, to_string(state));
    for (const OrderEvent event : all_events()) {
      std::string head(to_string(event));
      for (char& c : head) c = c == ' ' ? '_' : c;
      ASSERT_EQ(columns[static_cast<std::size_t>(event)], head);
      ASSERT_TRUE(row >> cell);
      const Transition step = next_state(state, event);
      const std::string found = step.move == Move::kStay     ? "="
                                : step.move == Move::kRefuse ? "!"
                                                             : std::string(to_string(step.state));
      EXPECT_EQ(found, cell) << to_string(state) << " on " << to_string(event);
      if (step.move != Move::kGo) {
        EXPECT_EQ(step.state, state);
      }
      ++checked;
    }
  }
  EXPECT_EQ(checked, kOrderStateCount * kOrderEventCount);
}

TEST(OrderState, LeavesAFinalStateOnlyByTheFillThatCompletesWhatWasCutShort) {
  for (const OrderState state : all_states()) {
    if (!is_final(state)) continue;
    for (const OrderEvent event : all_events()) {
      const bool late_fill = (state == OrderState::kCancelled || state == OrderState::kExpired) &&
                             event == OrderEvent::kFilledWhole;
      EXPECT_EQ(next_state(state, event).move == Move::kGo, late_fill)
          << to_string(state) << " on " << to_string(event);
    }
  }
}

// The domain's names: an order of unknown fate is its Failed, an expired one its Canceled.
TEST(OrderState, AllowsWhatTheVectorsAllowAndNothingElse) {
  const std::map<std::string, OrderState> states = {
      {"Submitted", OrderState::kNew},     {"Acked", OrderState::kAck},
      {"Open", OrderState::kOpen},         {"PartiallyFilled", OrderState::kPartial},
      {"Filled", OrderState::kFilled},     {"Canceled", OrderState::kCancelled},
      {"Rejected", OrderState::kRejected}, {"Failed", OrderState::kUnknown}};
  std::map<OrderState, std::string> names;
  for (const auto& [name, state] : states) names[state] = name;
  names[OrderState::kExpired] = "Canceled";
  names[OrderState::kFailed] = "Rejected";  // resolved: never accepted

  test::run_vectors("15_reconciliation",
                    {{"order_transitions",
                      [&](const test::VectorCase& vector) {
                        for (const auto& [name, from] : states) {
                          std::set<std::string> allowed;
                          for (const auto& to : test::member(vector.expected, name).as_array()) {
                            allowed.emplace(to.as_string());
                          }
                          std::set<std::string> reached;
                          for (const OrderEvent event : all_events()) {
                            const Transition step = next_state(from, event);
                            if (step.move == Move::kGo) reached.insert(names.at(step.state));
                          }
                          // A resolved unknown order may turn out rejected: reason
                          // UNKNOWN_RESOLVED.
                          if (from == OrderState::kUnknown) allowed.insert("Rejected");
                          EXPECT_EQ(reached, allowed) << name;
                        }
                      }}},
                    test::VectorCoverage::kNamed);
}

}  // namespace
}  // namespace writ::execution
