#include "tests/support/scripted_exchange.hpp"

#include "host/base/assert.hpp"
#include "host/execution/client_order_id.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <utility>

namespace writ::test {

using execution::OrderState;

namespace {

execution::VenueOrder as_seen(const ScriptedExchange::Order& order) {
  execution::VenueOrder seen;
  seen.client_order_id = model::text_of(order.terms.client_order_id);
  seen.venue_order_id = model::text_of(order.terms.venue_order_id);
  seen.account = order.terms.account;
  seen.instrument = order.terms.instrument;
  seen.state = order.state;
  seen.price = order.terms.price;
  seen.quantity = order.terms.quantity;
  seen.filled = order.filled;
  return seen;
}

bool is_open(const ScriptedExchange::Order& order) { return !execution::is_final(order.state); }

std::uint16_t end_kind(OrderState state) {
  if (state == OrderState::kRejected) return WRIT_REPORT_REJECTED;
  if (state == OrderState::kExpired) return WRIT_REPORT_EXPIRED;
  if (state == OrderState::kCancelled) return WRIT_REPORT_CANCELLED;
  return WRIT_REPORT_FOUND;
}

}  // namespace

void ScriptedExchange::deposit(std::uint32_t account, std::uint32_t asset, Money amount) {
  balances_[{account, asset}] += amount;
}

void ScriptedExchange::receive(const writ_order& command, std::int64_t now) {
  advance(now);
  const std::string id(model::text_of(command.client_order_id));
  const auto known = orders_.find(id);
  if (command.command == WRIT_COMMAND_SEND) {
    if (known != orders_.end()) {
      ++sent_twice_;
      return;
    }
    auto& order = orders_[id];
    order.terms = command;
    order.number = orders_.size();
    const bool fits =
        model::set_text(order.terms.venue_order_id, "X" + std::to_string(order.number));
    WRIT_ASSERT(fits);
    on_arrival_(*this, order);
    return;
  }
  if (command.command == WRIT_COMMAND_LOOKUP) return look_up(id, command);
  if (known == orders_.end() || !is_open(known->second)) {
    Order absent;
    absent.terms = command;
    return say(absent,
               command.command == WRIT_COMMAND_CANCEL ? WRIT_REPORT_CANCEL_REJECTED
                                                      : WRIT_REPORT_REPLACE_REJECTED,
               WRIT_REPORT_REASON_NOT_FOUND);
  }
  auto& order = known->second;
  if (command.command == WRIT_COMMAND_CANCEL) {
    return end(order, OrderState::kCancelled, WRIT_REPORT_REASON_USER);
  }
  order.terms.price = command.price;
  order.terms.quantity = std::max(command.quantity, order.filled);
  say(order, WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_NONE);
  if (order.filled == order.terms.quantity) order.state = OrderState::kFilled;
}

void ScriptedExchange::look_up(const std::string& id, const writ_order& asked) {
  const auto known = orders_.find(id);
  if (known == orders_.end()) {
    Order absent;
    absent.terms = asked;
    return say(absent, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND);
  }
  for (const auto& fill : fills_) {
    if (model::text_of(fill.client_order_id) == id) tell(fill.header);
  }
  say(known->second, end_kind(known->second.state), WRIT_REPORT_REASON_NONE);
}

void ScriptedExchange::advance(std::int64_t now) {
  while (!put_off_.empty() && put_off_.begin()->first <= now) {
    const auto due = put_off_.begin()->second;
    now_ = std::max(now_, put_off_.begin()->first);
    put_off_.erase(put_off_.begin());
    auto& order = orders_.at(due.first);
    if (is_open(order)) due.second(*this, order);
  }
  now_ = std::max(now_, now);
}

void ScriptedExchange::put_off(std::int64_t at, const std::string& client_order_id,
                               Behaviour behaviour) {
  put_off_.emplace(at, std::pair{client_order_id, std::move(behaviour)});
}

void ScriptedExchange::place_by_hand(const writ_order& terms) {
  auto& order = orders_[std::string(model::text_of(terms.client_order_id))];
  order.terms = terms;
  order.number = orders_.size();
  const bool fits = model::set_text(order.terms.venue_order_id, "X" + std::to_string(order.number));
  WRIT_ASSERT(fits);
}

void ScriptedExchange::fill(Order& order, std::int64_t quantity) {
  quantity = std::min(quantity, order.terms.quantity - order.filled);
  if (quantity <= 0 || !is_open(order)) return;
  order.filled += quantity;
  order.state = order.filled == order.terms.quantity ? OrderState::kFilled : OrderState::kPartial;
  auto made = model::make_record<writ_fill>();
  made.instrument = order.terms.instrument;
  made.account = order.terms.account;
  made.side = order.terms.side;
  made.liquidity = WRIT_LIQUIDITY_MAKER;
  made.price = order.terms.price;
  made.quantity = quantity;
  made.book = WRIT_BOOK_MAIN;
  made.venue_seq = ++said_;
  made.header.ingest_ts = now_;
  const auto& facts = instruments_.at(order.terms.instrument);
  made.fee_asset = facts.quote_asset;
  std::copy(std::begin(order.terms.client_order_id), std::end(order.terms.client_order_id),
            std::begin(made.client_order_id));
  std::copy(std::begin(order.terms.venue_order_id), std::end(order.terms.venue_order_id),
            std::begin(made.venue_order_id));
  const bool fits =
      model::set_text(made.exchange_trade_id, "T" + std::to_string(fills_.size() + 1));
  WRIT_ASSERT(fits);
  fills_.push_back(made);

  const std::int64_t sign = order.terms.side == WRIT_SIDE_BUY ? 1 : -1;
  const auto account = order.terms.account;
  if (facts.kind == WRIT_KIND_SPOT) {
    balances_[{account, facts.base_asset}] += Money{Int128{sign} * quantity * facts.quantity_unit};
    balances_[{account, facts.quote_asset}] -= Money{Int128{sign} * quantity * order.terms.price};
  } else {
    positions_[{account, facts.instrument}] += Quantity{sign * quantity};
  }
  tell(made.header);
}

void ScriptedExchange::end(Order& order, OrderState state, std::uint16_t reason) {
  order.state = state;
  say(order, end_kind(state), reason);
}

void ScriptedExchange::say(const Order& order, std::uint16_t kind, std::uint16_t reason) {
  auto report = model::make_record<writ_report>();
  report.instrument = order.terms.instrument;
  report.account = order.terms.account;
  report.book = WRIT_BOOK_MAIN;
  report.kind = kind;
  report.reason = reason;
  report.price = order.terms.price;
  report.quantity = order.terms.quantity;
  report.filled = order.filled;
  report.venue_seq = ++said_;
  report.header.ingest_ts = now_;
  std::copy(std::begin(order.terms.client_order_id), std::end(order.terms.client_order_id),
            std::begin(report.client_order_id));
  std::copy(std::begin(order.terms.venue_order_id), std::end(order.terms.venue_order_id),
            std::begin(report.venue_order_id));
  tell(report.header);
}

void ScriptedExchange::tell(const writ_record& record) {
  if (listener == nullptr) return;
  auto words = model::words_of(record);
  model::record_in(words).ingest_ts = now_;
  listener->push_back(std::move(words));
}

execution::VenueState ScriptedExchange::state(const execution::VenueQuestion& question) const {
  execution::VenueState state;
  for (const auto& [id, order] : orders_) {
    if (is_open(order)) {
      state.open.push_back(as_seen(order));
    } else if (std::any_of(question.orders.begin(), question.orders.end(),
                           [&](const auto& asked) { return asked.client_order_id == id; })) {
      state.closed.push_back(as_seen(order));
    }
  }
  for (const auto& fill : fills_) {
    if (fill.header.ingest_ts >= question.fills_since) state.fills.push_back(fill);
  }
  for (const auto& [key, quantity] : positions_) {
    if (quantity.raw != 0) state.positions.push_back({key.first, key.second, quantity});
  }
  for (const auto& [key, amount] : balances_) {
    if (amount.raw != 0) state.balances.push_back({key.first, key.second, amount});
  }
  return state;
}

std::optional<std::int64_t> ScriptedGateway::next_due() const {
  if (queue_.empty()) return std::nullopt;
  return model::record_in(queue_.front()).ingest_ts;
}

const writ_record* ScriptedGateway::take_report(std::int64_t until) {
  if (queue_.empty() || model::record_in(queue_.front()).ingest_ts > until) return nullptr;
  taken_ = std::move(queue_.front());
  queue_.pop_front();
  return &model::record_in(taken_);
}

std::optional<base::Result<execution::VenueState>> ScriptedGateway::take_answer() {
  if (!asked_) return std::nullopt;
  const auto question = *std::exchange(asked_, std::nullopt);
  if (failing_rounds > 0) {
    --failing_rounds;
    return base::Error{base::Errc::kTimeout, "ask the venue"};
  }
  return exchange_.state(question);
}

}  // namespace writ::test
