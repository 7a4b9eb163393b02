#include "host/execution/reconciliation.hpp"

#include "host/model/record_view.hpp"
#include "tests/support/vectors.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::execution {
namespace {

const std::map<std::string, OrderState> kStates = {{"Submitted", OrderState::kNew},
                                                   {"Open", OrderState::kOpen},
                                                   {"PartiallyFilled", OrderState::kPartial},
                                                   {"Filled", OrderState::kFilled},
                                                   {"Canceled", OrderState::kCancelled}};

std::string status_of(OrderState state) {
  for (const auto& [name, each] : kStates) {
    if (each == state) return name;
  }
  return "?";
}

writ_fill make_fill(const std::string& order, const std::string& trade, const std::string& size) {
  auto fill = model::make_record<writ_fill>();
  EXPECT_TRUE(model::set_text(fill.client_order_id, order));
  EXPECT_TRUE(model::set_text(fill.exchange_trade_id, trade));
  fill.quantity = parse_quantity(size).value.raw;
  return fill;
}

VenueOrder make_order(const std::string& id, OrderState state) {
  VenueOrder order;
  order.client_order_id = id;
  order.state = state;
  return order;
}

/// `WHAT id ...` as the vectors list it.
std::vector<std::string> lines_of(const std::vector<ReconcileAction>& actions) {
  std::vector<std::string> lines;
  for (const auto& action : actions) {
    std::string line(to_string(action.what));
    line += " " + action.client_order_id;
    if (action.fill != nullptr) {
      line += " " + std::string(model::text_of(action.fill->exchange_trade_id));
      line += " " + to_string(Quantity{action.fill->quantity});
    }
    if (action.what == Reconcile::kAdoptOpen || action.what == Reconcile::kFinalize) {
      line += " " + status_of(action.order->state);
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(Reconciliation, BringsOrdersTogetherAsTheDomainStates) {  // V 15
  const std::vector<LocalOrder> local = {{"wr1-a", OrderState::kOpen, true},
                                         {"wr1-b", OrderState::kNew, true},
                                         {"wr1-c", OrderState::kPartial, true},
                                         {"wr1-d", OrderState::kNew, false},
                                         {"wr1-e", OrderState::kOpen, true}};
  VenueState venue;
  venue.open = {make_order("wr1-a", OrderState::kOpen), make_order("wr1-z", OrderState::kOpen),
                make_order("web_17", OrderState::kOpen)};
  venue.closed = {make_order("wr1-c", OrderState::kFilled)};
  venue.fills = {make_fill("wr1-a", "t1", "1"), make_fill("wr1-c", "t2", "2"),
                 make_fill("wr1-c", "t2", "2"), make_fill("wr1-c", "t0", "1")};
  const auto actions = reconcile_orders(
      local, venue, [](std::string_view, std::string_view trade) { return trade == "t0"; });
  EXPECT_EQ(lines_of(actions),
            (std::vector<std::string>{"APPLY_FILL wr1-a t1 1", "APPLY_FILL wr1-c t2 2",
                                      "ADOPT_OPEN wr1-a Open", "MARK_FAILED_NOT_FOUND wr1-b",
                                      "FINALIZE wr1-c Filled", "WAIT wr1-d", "HALT_MISSING wr1-e",
                                      "CANCEL_ORPHAN wr1-z", "FOREIGN_IGNORE web_17"}));
}

TEST(Reconciliation, AllowsDustAndHaltsForMore) {  // V 15
  const auto difference = [](const char* there) {
    return Int128{parse_quantity(there).value.raw - parse_quantity("10").value.raw};
  };
  const Int128 dust = parse_quantity("0.01").value.raw;
  EXPECT_EQ(reconcile_amount(difference("10"), dust), ReconcileAmount::kOk);
  EXPECT_EQ(reconcile_amount(difference("10.005"), dust), ReconcileAmount::kAdjustDust);
  EXPECT_EQ(reconcile_amount(difference("9.99"), dust), ReconcileAmount::kAdjustDust);
  EXPECT_EQ(reconcile_amount(difference("9"), dust), ReconcileAmount::kHaltMismatch);
}

TEST(Reconciliation, EqualsTheVectors) {
  const auto text = [](const boost::json::value& item, const char* key) {
    return test::text_of(item.as_object(), key);
  };
  test::run_vectors(
      "15_reconciliation",
      {{"reconcile_orders",
        [&](const test::VectorCase& vector) {
          const auto list = [&](const char* key) {
            return test::member(vector.inputs, key).as_array();
          };
          std::vector<LocalOrder> local;
          for (const auto& item : list("local_nonterminal")) {
            local.push_back({text(item, "cid"), kStates.at(text(item, "status")),
                             test::member(item.as_object(), "sent_window_elapsed").as_bool()});
          }
          VenueState venue;
          for (const auto& item : list("venue_open")) {
            venue.open.push_back(make_order(text(item, "cid"), kStates.at(text(item, "status"))));
          }
          for (const auto& item : list("venue_closed")) {
            venue.closed.push_back(make_order(text(item, "cid"), kStates.at(text(item, "status"))));
          }
          for (const auto& item : list("venue_fills")) {
            venue.fills.push_back(
                make_fill(text(item, "cid"), text(item, "fill_id"), text(item, "qty")));
          }
          std::set<std::string, std::less<>> known;
          for (const auto& item : list("known_fill_ids")) known.emplace(item.as_string());
          const auto actions = reconcile_orders(
              local, venue,
              [&](std::string_view, std::string_view trade) { return known.count(trade) != 0; });
          std::vector<std::string> expected;
          for (const auto& action : test::member(vector.expected, "actions").as_array()) {
            std::string line;
            for (const auto& word : action.as_array()) {
              line += (line.empty() ? "" : " ") + std::string(word.as_string());
            }
            expected.push_back(line);
          }
          EXPECT_EQ(lines_of(actions), expected);
        }},
       {"reconcile_position",
        [](const test::VectorCase& vector) {
          const auto there = test::quantity_of(vector.inputs, "venue");
          const auto here = test::quantity_of(vector.inputs, "ledger");
          const Quantity difference = there - here;
          EXPECT_EQ(difference, test::quantity_of(vector.expected, "diff"));
          EXPECT_EQ(to_string(reconcile_amount(difference.raw,
                                               test::quantity_of(vector.inputs, "dust").raw)),
                    test::text_of(vector.expected, "action"));
        }}},
      test::VectorCoverage::kNamed);
}

TEST(Reconciliation, TellsAnOrderOfUnknownFateFromOneThatWasOpen) {
  const auto only = [](OrderState state, bool window_over) {
    return reconcile_orders({{"wr1-a", state, window_over}}, {},
                            [](std::string_view, std::string_view) { return false; })
        .front()
        .what;
  };
  EXPECT_EQ(only(OrderState::kUnknown, false), Reconcile::kWait);
  EXPECT_EQ(only(OrderState::kUnknown, true), Reconcile::kMarkFailed);
  EXPECT_EQ(only(OrderState::kAck, false), Reconcile::kHaltMissing);
  EXPECT_EQ(only(OrderState::kPartial, true), Reconcile::kHaltMissing);
}

TEST(Reconciliation, RoundsAgreeOnlyIfNothingMoved) {
  VenueState round;
  round.open = {make_order("wr1-a", OrderState::kOpen)};
  round.fills = {make_fill("wr1-a", "t1", "1")};
  round.positions = {{1, 1, Quantity{5}}};
  round.balances = {{1, 2, Money{7}}};
  EXPECT_TRUE(agree(round, round));
  auto moved = round;
  moved.open[0].filled = 1;
  EXPECT_FALSE(agree(round, moved));
  moved = round;
  moved.fills.push_back(make_fill("wr1-a", "t2", "1"));
  EXPECT_FALSE(agree(round, moved));
  moved = round;
  moved.positions[0].quantity = Quantity{6};
  EXPECT_FALSE(agree(round, moved));
  moved = round;
  moved.balances[0].amount = Money{8};
  EXPECT_FALSE(agree(round, moved));
}

}  // namespace
}  // namespace writ::execution
