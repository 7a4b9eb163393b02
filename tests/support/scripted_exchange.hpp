#pragma once

#include "host/execution/order_gateway.hpp"
#include "host/execution/venue_account.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::test {

/// A small exchange with its own truth of orders, fills and positions, which lives on while hosts
/// die. Every order is filled at its limit price when the test says so, without fees. A copy is
/// another exchange that went through the same.
class ScriptedExchange {
 public:
  struct Order {
    writ_order terms{};
    std::uint64_t number = 0;  ///< from 1, in the order of arrival
    execution::OrderState state = execution::OrderState::kOpen;
    std::int64_t filled = 0;
  };
  /// What happens to an order when it arrives, and at core times after that.
  using Behaviour = std::function<void(ScriptedExchange&, Order&)>;

  explicit ScriptedExchange(Behaviour on_arrival) : on_arrival_(std::move(on_arrival)) {}

  void deposit(std::uint32_t account, std::uint32_t asset, Money amount);
  /// Base and quote of a spot instrument; others have positions and no cash here.
  void list(const writ_instrument& instrument) { instruments_[instrument.instrument] = instrument; }

  // What happens there.
  void receive(const writ_order& command, std::int64_t now);
  /// Time passes: what was put off happens.
  void advance(std::int64_t now);
  void accept(const Order& order) { say(order, WRIT_REPORT_ACCEPTED, WRIT_REPORT_REASON_NONE); }
  /// Fills no more than is open.
  void fill(Order& order, std::int64_t quantity);
  void end(Order& order, execution::OrderState state, std::uint16_t reason);
  /// Later, at `at`.
  void put_off(std::int64_t at, const std::string& client_order_id, Behaviour behaviour);
  /// An order that is there though no host sent it.
  void place_by_hand(const writ_order& terms);

  // Its truth.
  [[nodiscard]] const std::map<std::string, Order>& orders() const noexcept { return orders_; }
  [[nodiscard]] const std::vector<writ_fill>& fills() const noexcept { return fills_; }
  [[nodiscard]] execution::VenueState state(const execution::VenueQuestion& question) const;
  /// Orders sent under an id it knew already.
  [[nodiscard]] std::size_t sent_twice() const noexcept { return sent_twice_; }
  [[nodiscard]] std::int64_t now() const noexcept { return now_; }

  /// Where its answers go; nullptr: nobody listens, and they are gone.
  std::deque<model::RecordWords>* listener = nullptr;

 private:
  void say(const Order& order, std::uint16_t kind, std::uint16_t reason);
  void tell(const writ_record& record);
  void look_up(const std::string& client_order_id, const writ_order& asked);

  Behaviour on_arrival_;
  std::map<std::uint32_t, writ_instrument> instruments_;
  std::map<std::string, Order> orders_;
  std::vector<writ_fill> fills_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Money> balances_;      // (account, asset)
  std::map<std::pair<std::uint32_t, std::uint32_t>, Quantity> positions_;  // (account, instrument)
  std::multimap<std::int64_t, std::pair<std::string, Behaviour>> put_off_;
  std::int64_t now_ = 0;
  std::uint64_t said_ = 0;
  std::size_t sent_twice_ = 0;
};

/// A host's line to it, real in the sense that it is asked after a crash and never told again. Its
/// answers name orders by client id alone. Disconnects when it ends.
class ScriptedGateway final : public execution::OrderGateway, public execution::VenueAccount {
 public:
  explicit ScriptedGateway(ScriptedExchange& exchange) : exchange_(exchange) {
    exchange_.listener = &queue_;
  }
  ~ScriptedGateway() override { exchange_.listener = nullptr; }
  ScriptedGateway(const ScriptedGateway&) = delete;
  ScriptedGateway& operator=(const ScriptedGateway&) = delete;

  void observe(const writ_record& input) override { exchange_.advance(input.ingest_ts); }
  void send(const writ_order& order) override { exchange_.receive(order, order.header.ingest_ts); }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;
  [[nodiscard]] execution::VenueAccount* account() override { return this; }
  [[nodiscard]] bool simulates(std::uint32_t) const override { return false; }
  [[nodiscard]] std::vector<std::byte> save() const override { return {}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte>) override { return {}; }

  void ask(const execution::VenueQuestion& question) override { asked_ = question; }
  [[nodiscard]] std::optional<base::Result<execution::VenueState>> take_answer() override;

  /// Rounds that fail before one is answered.
  std::size_t failing_rounds = 0;

 private:
  ScriptedExchange& exchange_;
  std::deque<model::RecordWords> queue_;
  model::RecordWords taken_;
  std::optional<execution::VenueQuestion> asked_;
};

}  // namespace writ::test
