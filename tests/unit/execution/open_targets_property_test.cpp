// A venue that loses, delays and doubles what it is sent and what it says takes no position through
// its target, and where it answers in the end, the target is reached.
#include "host/base/random.hpp"
#include "host/execution/open_targets.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/execution/order_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace writ::execution {
namespace {

using test::OrderDesk;

constexpr std::int64_t kUnit = 1'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint32_t kPerpetual = 2;

using Answer = std::variant<writ_report, writ_fill>;

/// One strategy's orders at a venue, and what the host knows of them.
class Trade {
 public:
  explicit Trade(base::RandomStream& random) : random_(random) {
    if (random_.below(2) == 0)
      most_ = Quantity{static_cast<std::int64_t>(1 + random_.below(3)) * kUnit};
    for (auto orders = random_.below(4); orders > 0; --orders) place();
    for (auto steps = random_.below(12); steps > 0; --steps) step();
  }

  /// A strategy's TARGET or FLATTEN, or a FLATTEN by the host.
  void aim() {
    auto intent = desk_.intent(WRIT_INTENT_TARGET, 1, kPerpetual);
    intent.quantity = (static_cast<std::int64_t>(random_.below(9)) - 4) * kUnit;
    by_host_ = random_.below(3) == 0;
    if (by_host_ || random_.below(2) == 0) {
      intent.kind = WRIT_INTENT_FLATTEN;
      intent.quantity = 0;
    }
    if (by_host_) intent.flags = WRIT_INTENT_BY_HOST;
    goal_ = intent.quantity;
    lowest_ = std::min(goal_, true_position_ - at_venue(WRIT_SIDE_SELL));
    highest_ = std::max(goal_, true_position_ + at_venue(WRIT_SIDE_BUY));
    if (by_host_) targets_.stop(OrderScope{});
    aimed_ = desk_.sink.next_id<OrderId>().raw();
    carry_out(intent);
  }

  void step() {
    switch (random_.below(6)) {
      case 0:
        if (!commands_.empty()) obey_one(random_.below(4) == 0);
        break;
      case 1:
        fill_some();
        break;
      case 2:
      case 3:
        if (!answers_.empty()) hear_one();
        break;
      case 4:
        pass(static_cast<std::int64_t>(random_.below(4)) * kSecond);
        break;
      default:
        if (by_host_ && random_.below(3) == 0) flatten_again();
        break;
    }
  }

  /// From here on the venue obeys and answers everything.
  void settle() {
    for (int round = 0; round < 200; ++round) {
      while (!commands_.empty() || !answers_.empty()) {
        if (!commands_.empty()) {
          obey_one(false);
        } else {
          hear(0);
        }
      }
      if (by_host_) flatten_again();
      if (commands_.empty() && !desk_.orders.next_due()) return;
      pass(400 * kSecond);
    }
  }

  [[nodiscard]] bool within() const {
    return true_position_ - at_venue(WRIT_SIDE_SELL) >= lowest_ &&
           true_position_ + at_venue(WRIT_SIDE_BUY) <= highest_;
  }
  [[nodiscard]] bool reached() const {
    if (targets_.count() != 0 || position_ != true_position_) return false;
    const bool gave_up = std::any_of(orders_.begin(), orders_.end(), [this](const auto& entry) {
      return entry.first >= aimed_ && entry.second.filled < entry.second.quantity;
    });
    if (in_parts() && gave_up && !by_host_) return true;  // the rest is its strategy's
    std::int64_t lost = 0;  // of the target's own orders, and so its strategy's to send again
    for (const auto& [id, order] : orders_) {
      if (id < aimed_ || order.filled != 0 || by_host_) continue;
      lost += order.side == WRIT_SIDE_BUY ? order.quantity : -order.quantity;
    }
    return true_position_ + lost == goal_;
  }
  [[nodiscard]] std::string story() const {
    std::string text = "goal " + std::to_string(goal_ / kUnit) + ", position " +
                       std::to_string(true_position_ / kUnit) + " known as " +
                       std::to_string(position_ / kUnit);
    for (const auto& [id, order] : orders_) {
      text += "\n  " + std::string(order.side == WRIT_SIDE_BUY ? "buy " : "sell ") +
              std::to_string(order.quantity / kUnit) + " filled " +
              std::to_string(order.filled / kUnit) + (order.may_fill() ? " may fill" : " ended");
    }
    return text;
  }

 private:
  struct VenueOrder {
    std::uint16_t side = 0;
    bool immediate = false;
    bool on_its_way = true;
    bool alive = false;
    std::int64_t quantity = 0;
    std::int64_t filled = 0;
    std::vector<writ_fill> fills;
    [[nodiscard]] bool may_fill() const { return on_its_way || alive; }
  };

  [[nodiscard]] std::int64_t at_venue(std::uint16_t side) const {
    std::int64_t open = 0;
    for (const auto& [id, order] : orders_) {
      if (order.side == side && order.may_fill()) open += order.quantity - order.filled;
    }
    return open;
  }

  void place() {
    auto intent = desk_.intent(WRIT_INTENT_PLACE, 1, kPerpetual);
    intent.side = random_.below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.time_in_force = WRIT_TIF_GTC;
    intent.price = 100 * kUnit;
    intent.quantity = static_cast<std::int64_t>(1 + random_.below(4)) * kUnit;
    carry_out(intent);
  }
  void flatten_again() {
    auto intent = desk_.intent(WRIT_INTENT_FLATTEN, 1, kPerpetual);
    intent.flags = WRIT_INTENT_BY_HOST;
    carry_out(intent);
  }
  IntentId carry_out(const writ_intent& intent) {
    const auto decision = desk_.decide(intent);
    const Quantity position{position_};
    Funding funding{};
    funding.most = most_;
    desk_.orders.carry_out(decision.approved(), position, funding, desk_.sink);
    if ((intent.flags & WRIT_INTENT_BY_HOST) == 0 && intent.kind != WRIT_INTENT_PLACE) {
      targets_.begin(decision.approved(), position);
    }
    take_commands();
    return IntentId{decision.approved().verdict.intent_id};
  }
  void take_commands() {
    const auto& records = desk_.sink.records();
    for (; seen_ < records.size(); ++seen_) {
      const auto* order = model::as<writ_order>(desk_.sink.record(seen_));
      if (order == nullptr || order->command == WRIT_COMMAND_NONE) continue;
      commands_.push_back(*order);
      if (order->command != WRIT_COMMAND_SEND) continue;
      auto& known = orders_[order->order_id];
      known.side = order->side;
      known.quantity = order->quantity;
      known.immediate = order->order_type == WRIT_ORDER_MARKET;
    }
  }

  // The venue's side.

  void obey_one(bool lost) {
    const auto at =
        commands_.begin() + static_cast<std::ptrdiff_t>(random_.below(commands_.size()));
    const writ_order command = *at;
    auto& order = orders_.at(command.order_id);
    // Nothing overtakes the order itself.
    if (command.command != WRIT_COMMAND_SEND && order.on_its_way) return;
    commands_.erase(at);
    if (command.command == WRIT_COMMAND_SEND) {
      order.on_its_way = false;
      order.alive = !lost;
      if (lost) return;
      say(command, WRIT_REPORT_ACCEPTED);
      if (order.immediate) fill(command, order.quantity);
    } else if (lost) {
      return;
    } else if (command.command == WRIT_COMMAND_CANCEL) {
      const bool alive = std::exchange(order.alive, false);
      say(command, alive ? WRIT_REPORT_CANCELLED : WRIT_REPORT_CANCEL_REJECTED,
          alive ? WRIT_REPORT_REASON_USER : WRIT_REPORT_REASON_NOT_FOUND);
    } else {
      tell_all(command);
    }
  }
  void tell_all(const writ_order& command) {
    const auto& order = orders_.at(command.order_id);
    for (const auto& fill : order.fills) answers_.emplace_back(fill);
    const bool known = order.alive || cancelled_.contains(command.order_id) || order.filled > 0;
    if (!known) return say(command, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND);
    if (order.alive) return say(command, WRIT_REPORT_FOUND);
    if (order.filled < order.quantity) say(command, WRIT_REPORT_CANCELLED);
  }
  void fill_some() {
    for (auto& [id, order] : orders_) {
      if (!order.alive || random_.below(3) != 0) continue;
      const auto left = static_cast<std::uint64_t>((order.quantity - order.filled) / kUnit);
      fill(desk_.order(OrderId{id}), static_cast<std::int64_t>(1 + random_.below(left)) * kUnit);
    }
  }
  void fill(const writ_order& about, std::int64_t quantity) {
    auto& order = orders_.at(about.order_id);
    auto fill =
        desk_.make_fill(OrderId{about.order_id}, "100", "1", "t" + std::to_string(++trades_));
    fill.quantity = quantity;
    order.filled += quantity;
    order.fills.push_back(fill);
    if (order.filled == order.quantity) order.alive = false;
    true_position_ += order.side == WRIT_SIDE_BUY ? quantity : -quantity;
    answers_.emplace_back(fill);
  }
  void say(const writ_order& about, std::uint16_t kind,
           std::uint16_t reason = WRIT_REPORT_REASON_NONE) {
    auto report = desk_.make_report(OrderId{about.order_id}, kind, reason);
    report.filled = orders_.at(about.order_id).filled;
    report.venue_seq = ++venue_seq_;
    if (kind == WRIT_REPORT_CANCELLED) cancelled_[about.order_id] = true;
    answers_.emplace_back(report);
  }

  // The host's side.

  void hear_one() {
    const auto at = random_.below(answers_.size());
    const auto luck = random_.below(6);
    if (luck == 0) {
      answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(at));  // lost
      return;
    }
    if (luck == 1) answers_.push_back(answers_[at]);  // heard twice
    hear(at);
  }
  void hear(std::size_t at) {
    const Answer answer = answers_[at];
    answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(at));
    if (const auto* report = std::get_if<writ_report>(&answer)) {
      desk_.deliver(*report);
    } else if (const auto& fill = std::get<writ_fill>(answer); desk_.deliver(fill)) {
      position_ += fill.side == WRIT_SIDE_BUY ? fill.quantity : -fill.quantity;
    }
    go_on();
  }
  void pass(std::int64_t time) {
    desk_.now += time;
    auto timer = model::make_record<writ_timer>();
    desk_.sink.input(timer.header, desk_.now);
    desk_.orders.on_time(desk_.now, Seq{timer.header.seq}, desk_.sink);
    go_on();
  }
  void go_on() {
    take_commands();
    for (const auto& rest : targets_.take_due([this](const auto&) { return most_; })) {
      auto sent = rest;
      sent.flags |= WRIT_INTENT_BY_HOST;
      targets_.sent(rest, carry_out(sent));
    }
  }

  [[nodiscard]] bool in_parts() const { return most_ != Quantity::max(); }

  base::RandomStream& random_;
  Quantity most_ = Quantity::max();  ///< the venue's largest order
  OrderDesk desk_{{.answer_timeout_ns = kSecond}};
  OpenTargets targets_{desk_.orders};
  std::size_t seen_ = 0;
  std::map<std::uint64_t, VenueOrder> orders_;
  std::map<std::uint64_t, bool> cancelled_;
  std::vector<writ_order> commands_;
  std::vector<Answer> answers_;
  std::uint64_t trades_ = 0;
  std::uint64_t venue_seq_ = 0;
  std::int64_t position_ = 0;
  std::int64_t true_position_ = 0;
  std::int64_t goal_ = 0;
  std::int64_t lowest_ = INT64_MIN;
  std::int64_t highest_ = INT64_MAX;
  std::uint64_t aimed_ = 0;  ///< orders from here on are the target's
  bool by_host_ = false;
};

TEST(OpenTargets, NoSetOfFillsTakesAPositionThroughItsTarget) {
  const auto cases = test::scaled(100'000);
  for (std::size_t i = 0; i < cases; ++i) {
    base::RandomStream random(20'261'121, "test.open_targets", i);
    Trade trade(random);
    for (auto targets = 1 + random.below(2); targets > 0; --targets) {
      trade.aim();
      for (auto steps = random.below(40); steps > 0; --steps) {
        ASSERT_TRUE(trade.within()) << "case " << i << ": " << trade.story();
        trade.step();
      }
    }
    ASSERT_TRUE(trade.within()) << "case " << i << ": " << trade.story();
    trade.settle();
    ASSERT_TRUE(trade.within()) << "case " << i << ": " << trade.story();
    ASSERT_TRUE(trade.reached()) << "case " << i << ": " << trade.story();
  }
  std::cout << "open targets: " << cases << " cases\n";
}

}  // namespace
}  // namespace writ::execution
